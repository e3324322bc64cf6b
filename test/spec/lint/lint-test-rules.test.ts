import { testRules } from "../../../src/spec/lint-test-rules.js";
import { GOOD } from "../lines.js";
import { expectRules } from "./expect-rules.js";

expectRules("testRules", testRules, [
  [
    "TEST_NAME",
    `${GOOD}tests:
  - { name: t, rows: [{}], expect: { rows: 1 } }
  - { name: t, rows: [{}], expect: { rows: 1 } }
`,
    [`p.yaml:6:13: error: tests[1].name: expected a name of its own, found "t" again`],
  ],
  [
    "TEST_SOURCE",
    `${GOOD}tests:
  - { name: t, expect: { rows: 1 } }
  - { name: u, rows: [{}], input: f.csv, expect: { rows: 1 } }
`,
    [
      "p.yaml:5:5: error: tests[0]: expected one of input, rows, payloads, series, found none",
      "p.yaml:6:5: error: tests[1]: expected one of input, rows, payloads, series, found 2",
    ],
  ],
  [
    "TEST_EXPECTS_NOTHING",
    `${GOOD}tests:
  - { name: t, rows: [{}], expect: {} }
`,
    [
      "p.yaml:5:36: error: tests[0].expect: expected at least one of rows, stepped, alerts, raised, quiet, ..., found none",
    ],
  ],
  [
    "TEST_ROWS",
    `${GOOD}tests:
  - name: t
    rows: [{}, {}]
    expect:
      raised: [{ from: 1, to: 0 }, { from: 0, to: 2 }]
      quiet: [{ from: 0, to: 2 }]
      cells: [{ row: 2, column: note, value: '' }]
      alerts: { min: 2, max: 1 }
`,
    [
      "p.yaml:8:16: error: tests[0].expect.raised[0]: expected from <= to, found 1 and 0",
      "p.yaml:8:51: error: tests[0].expect.raised[1].to: expected a row below 2, found 2",
      "p.yaml:9:30: error: tests[0].expect.quiet[0].to: expected a row below 2, found 2",
      "p.yaml:10:22: error: tests[0].expect.cells[0].row: expected a row below 2, found 2",
      "p.yaml:11:15: error: tests[0].expect.alerts: expected min <= max, found 2 and 1",
    ],
  ],
  [
    "TEST_FIELDS",
    `name: a
input: { topics: [x], key: "{pump}", time: ts, id: n }
features: [v, { difference: w }]
tests:
  - { name: t, series: { count: 9, every: 1s, fields: { v: {}, ts: {} } }, expect: { rows: 9 } }
`,
    [
      "p.yaml:5:55: error: tests[0].series.fields: expected the fields that the pipeline reads, found no pump, n, w",
      "p.yaml:5:68: error: tests[0].series.fields.ts: expected other fields than input.time, which is written by itself",
    ],
  ],
  [
    "TEST_TOPIC",
    `${GOOD}tests:
  - { name: t, topic: plant/x, rows: [{}], expect: { rows: 1 } }
  - { name: u, topic: plant/+/vibration, rows: [{}], expect: { rows: 1 } }
`,
    [
      `p.yaml:5:23: error: tests[0].topic: expected a topic that input.topics match, found "plant/x"`,
      `p.yaml:6:23: error: tests[1].topic: expected a topic that input.topics match, found "plant/+/vibration"`,
    ],
  ],
  [
    "TEST_SERIES",
    `${GOOD}tests:
  - name: t
    series:
      count: 9
      every: 1s
      fields:
        rms: { amplitude: 1, faults: [{ at: 1 }, { at: 1, add: 1, stuck: true }, { at: 8, length: 2, value: 0 }] }
        u: { period: 1m }
    expect: { rows: 9 }
`,
    [
      "p.yaml:10:14: error: tests[0].series.fields.rms: expected both amplitude and period, or neither, found one of them",
      "p.yaml:10:39: error: tests[0].series.fields.rms.faults[0]: expected one of add, value, stuck, found none",
      "p.yaml:10:50: error: tests[0].series.fields.rms.faults[1]: expected one of add, value, stuck, found 2",
      "p.yaml:10:82: error: tests[0].series.fields.rms.faults[2]: expected a fault within 9 rows, found one until row 9",
      "p.yaml:11:12: error: tests[0].series.fields.u: expected both amplitude and period, or neither, found one of them",
    ],
  ],
]);
