import { featureRules } from "../../../src/spec/lint-feature-rules.js";
import { GOOD } from "../lines.js";
import { expectRules } from "./expect-rules.js";

expectRules("featureRules", featureRules, [
  [
    "NO_TARGET",
    `name: a
input: { topics: [x], time: ts }
features: [{ calendar: hour-of-day }]
`,
    [
      "p.yaml:3:11: error: features: expected a target, or features with a field to take for it, found neither",
    ],
  ],
  [
    "NO_TARGET",
    `name: a
input: { topics: [x] }
`,
    ["p.yaml:1:1: error: expected a target, or features with a field to take for it, found neither"],
  ],
  [
    "TARGET_NOT_A_FEATURE",
    `name: a
input: { topics: [x] }
features: [u, { difference: w }]
target: [w, v]
`,
    [
      `p.yaml:4:13: warning: target[1]: expected one of the features' fields, found "v", which the network would forecast without seeing it`,
    ],
  ],
  [
    "DUPLICATE_FEATURE",
    `name: a
input: { topics: [x], time: ts }
features:
  - v
  - { field: v, scale: none }
  - { difference: v }
  - { difference: v }
  - { calendar: day-of-week }
  - { calendar: day-of-week }
`,
    [
      `p.yaml:5:5: error: features[1]: expected each feature once, found "v" again`,
      `p.yaml:7:5: error: features[3]: expected each feature once, found the difference of "v" again`,
      "p.yaml:9:5: error: features[5]: expected each feature once, found the calendar's day-of-week again",
    ],
  ],
  [
    "DUPLICATE_TARGET",
    `name: a
input: { topics: [x] }
target: [v, w, v]
`,
    [`p.yaml:3:16: error: target[2]: expected each target once, found "v" again`],
  ],
  [
    "CALENDAR_WITHOUT_TIME",
    `name: a
input: { topics: [x] }
features: [v, { calendar: hour-of-day }]
`,
    [
      "p.yaml:3:15: warning: features[1]: expected input.time beside a calendar feature, found none: it follows the time of arrival",
    ],
  ],
  [
    "FIELD_NOT_IN_TEXT",
    `name: a
input: { topics: [x], codec: text, key: "{pump}", time: ts, id: n }
features: [value, { difference: rms }]
target: rms
`,
    [
      `p.yaml:2:41: error: input.key: expected the field "value", the only one that codec text has, found "pump"`,
      `p.yaml:2:57: error: input.time: expected the field "value", the only one that codec text has, found "ts"`,
      `p.yaml:2:65: error: input.id: expected the field "value", the only one that codec text has, found "n"`,
      `p.yaml:3:19: error: features[1]: expected the field "value", the only one that codec text has, found "rms"`,
      `p.yaml:4:9: error: target: expected the field "value", the only one that codec text has, found "rms"`,
    ],
  ],
  [
    "COLD_START_TOO_SHORT",
    `${GOOD}model: { horizon: [1, 60], cold-start: { events: 60 } }
`,
    [
      "p.yaml:4:50: error: model.cold-start.events: expected more events than the farthest horizon 60, found 60",
    ],
  ],
  [
    "MISSING_TARGET",
    `name: pump
input: { topics: [a] }
features: [{ field: rms, missing: mark }]
target: rms
`,
    [`p.yaml:3:12: error: features[0]: expected no missing: mark of "rms", which is forecast`],
  ],
]);
