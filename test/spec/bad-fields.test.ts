import { type BadPipeline, expectLines } from "./bad-pipelines.js";
import { GOOD } from "./lines.js";

/** Fields that are missing, misspelt, misplaced or of the wrong kind. */
const table: readonly BadPipeline[] = [
  [
    "reports required fields that are missing",
    `input: {}
target: v
`,
    [
      "p.yaml:1:1: error: name: missing; expected a name of 1 to 64 letters, digits, - _ . that begins with a letter or digit",
      "p.yaml:1:1: error: input.topics: missing; expected a list of MQTT topic filters",
    ],
  ],
  [
    "reports a required section that is missing",
    `name: a
target: v
`,
    ["p.yaml:1:1: error: input: missing; expected the input: topics, codec, key, ..."],
  ],
  [
    "reports a section without content",
    `name: a
input:
target: v
`,
    ["p.yaml:2:7: error: input: expected the input: topics, codec, key, ..., found nothing"],
  ],
  [
    "reports a misspelt required field once",
    `nmae: a
input: { topcis: [x] }
target: v
`,
    [
      `p.yaml:1:1: error: nmae: no such field; did you mean "name"?`,
      `p.yaml:2:10: error: input.topcis: no such field; did you mean "topics"?`,
    ],
  ],
  [
    "reports a bad name",
    `name: pump 1
input: { topics: [x] }
target: v
`,
    [
      `p.yaml:1:7: error: name: expected a name of 1 to 64 letters, digits, - _ . that begins with a letter or digit, found "pump 1"`,
    ],
  ],
  [
    "reports one topic where a list is due",
    `name: a
input:
  topics: plant/a
target: v
`,
    [`p.yaml:3:11: error: input.topics: expected a list of MQTT topic filters, found "plant/a"`],
  ],
  [
    "reports a field at the wrong place",
    `${GOOD}gap: 10m
`,
    [`p.yaml:4:1: error: gap: no such field here; did you mean "sequence.gap"?`],
  ],
  [
    "reports a field that is like none",
    `${GOOD}broker: { tls: true }
`,
    [
      "p.yaml:4:11: error: broker.tls: no such field; expected one of url, username, password, password-file, ca, cert, key, keep-alive",
    ],
  ],
  [
    "reports a number where a duration is due",
    `${GOOD}sequence: { gap: 600, late: dorp }
`,
    [
      "p.yaml:4:18: error: sequence.gap: expected a duration over 0, such as 90s or 1h30m (units ms, s, m, h, d), found 600",
      `p.yaml:4:29: error: sequence.late: expected one of step, drop, found "dorp"; did you mean "drop"?`,
    ],
  ],
  [
    "reports a duration of nothing",
    `${GOOD}sequence: { gap: 0s }
`,
    [
      `p.yaml:4:18: error: sequence.gap: expected a duration over 0, such as 90s or 1h30m (units ms, s, m, h, d), found "0s"`,
    ],
  ],
  [
    "reports a misspelt section",
    `${GOOD}modle: { cell: gru }
`,
    [`p.yaml:4:1: error: modle: no such field; did you mean "model"?`],
  ],
  [
    "reports a text where a section is due",
    `${GOOD}model: gru
`,
    [
      `p.yaml:4:8: error: model: expected a model: { cell, hidden, layers, horizon, seed, cold-start } or { file, horizon, output, batch }, found "gru"`,
    ],
  ],
];

expectLines(table);
