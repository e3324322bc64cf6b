import { anomalyRules } from "../../../src/spec/lint-anomaly-rules.js";
import { expectRules } from "./expect-rules.js";

expectRules("anomalyRules", anomalyRules, [
  [
    "LIMITS_OF_NO_TARGET",
    `name: a
input: { topics: [a/b] }
target: [rms, hum]
anomaly: { limits: { rms: { max: 5 }, rsm: { max: 5 } } }
`,
    [`p.yaml:4:44: error: anomaly.limits.rsm: expected a target (rms, hum), found "rsm"`],
  ],
  [
    "LIMITS_ORDER",
    `name: a
input: { topics: [a/b] }
target: rms
anomaly: { limits: { rms: { min: 9, max: 5 } } }
`,
    ["p.yaml:4:34: error: anomaly.limits.rms.min: expected at most max, 5, found 9"],
  ],
  [
    "WATCH_NOT_CHOSEN",
    `name: a
input: { topics: [a/b] }
target: rms
anomaly: { detectors: [pattern, missing], limits: { rms: { max: 5 } }, silence: 5m, missing: { most: 10% } }
`,
    [
      "p.yaml:4:51: warning: anomaly.limits: expected range among anomaly.detectors, found no such watch",
      "p.yaml:4:81: warning: anomaly.silence: expected silence among anomaly.detectors, found no such watch",
    ],
  ],
  [
    "WATCH_WITHOUT_SUBJECT",
    `name: a
input: { topics: [a/b] }
target: rms
anomaly: { detectors: [pattern, together, range] }
`,
    [
      "p.yaml:4:33: error: anomaly.detectors[1]: expected two targets or more for together, found 1",
      "p.yaml:4:43: error: anomaly.detectors[2]: expected anomaly.limits beside range, found none",
    ],
  ],
  [
    "SILENCE_AFTER_EXPIRY",
    `name: a
input: { topics: [a/b] }
sequence: { expire: 1d }
target: rms
anomaly: { silence: 2d }
`,
    ["p.yaml:5:21: error: anomaly.silence: expected less than sequence.expire, 1d, found 2d"],
  ],
  [
    "MAINTENANCE_ORDER",
    `name: a
input: { topics: [a/b], zone: Europe/Berlin }
target: v
anomaly:
  maintenance:
    - { from: "2026-05-02T00:00:00Z", to: "2026-05-01T00:00:00Z" }
    - { at: "02:00", for: 30h }
    - { at: "02:00", for: 30h, days: [sat] }
`,
    [
      "p.yaml:6:43: error: anomaly.maintenance[0].to: expected a time after 2026-05-02T00:00:00Z, found 2026-05-01T00:00:00Z",
      "p.yaml:7:27: error: anomaly.maintenance[1].for: expected at most 1d, found 30h",
    ],
  ],
  [
    "MAINTENANCE_WITHOUT_ZONE",
    `name: a
input: { topics: [a/b] }
target: v
anomaly: { maintenance: [{ at: 02:00, for: 30m }] }
`,
    [
      "p.yaml:4:32: warning: anomaly.maintenance[0].at: expected input.zone beside it, found none: it goes by UTC",
    ],
  ],
]);
