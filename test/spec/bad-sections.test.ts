import { type BadPipeline, expectLines } from "./bad-pipelines.js";
import { GOOD } from "./lines.js";

/** Section by section, what each field says of a bad value. */
const table: readonly BadPipeline[] = [
  [
    "reports each field of a model",
    `${GOOD}model: { cell: gur, hidden: 1.5, layers: 9, horizon: 0, seed: -1, cold-start: { events: 5 } }
`,
    [
      `p.yaml:4:16: error: model.cell: expected one of rnn, gru, lstm, found "gur"; did you mean "gru"?`,
      "p.yaml:4:29: error: model.hidden: expected a whole number from 1 to 1024, found 1.5",
      "p.yaml:4:42: error: model.layers: expected a whole number from 1 to 8, found 9",
      "p.yaml:4:54: error: model.horizon: expected a whole number from 1 to 1000, or an ascending list of them, found 0",
      "p.yaml:4:63: error: model.seed: expected a whole number from 0, found -1",
      "p.yaml:4:89: error: model.cold-start.events: expected a whole number from 10 to 1000000, found 5",
    ],
  ],
  [
    "reports horizons that do not ascend",
    `${GOOD}model: { horizon: [2, 1] }
`,
    [
      "p.yaml:4:19: error: model.horizon: expected a whole number from 1 to 1000, or an ascending list of them, found [2,1]",
    ],
  ],
  [
    "reports horizons that repeat",
    `${GOOD}model: { horizon: [1, 1] }
`,
    [
      "p.yaml:4:19: error: model.horizon: expected a whole number from 1 to 1000, or an ascending list of them, found [1,1]",
    ],
  ],
  [
    "reports an empty list of horizons",
    `${GOOD}model: { horizon: [] }
`,
    [
      "p.yaml:4:19: error: model.horizon: expected a whole number from 1 to 1000, or an ascending list of them, found []",
    ],
  ],
  [
    "reports fields of two kinds of model",
    `${GOOD}model: { file: a.onnx, hidden: 3 }
`,
    ["p.yaml:4:24: error: model.hidden: does not go with file"],
  ],
  [
    "reports a model file of another format, and its other fields",
    `${GOOD}model: { file: a.pt, output: scalde }
`,
    [
      `p.yaml:4:16: error: model.file: expected the path of an ONNX file (ends with .onnx), found "a.pt"`,
      `p.yaml:4:30: error: model.output: expected one of value, scaled, step, logits, probabilities, found "scalde"; did you mean "scaled"?`,
    ],
  ],
  [
    "reports anomaly: true",
    `${GOOD}anomaly: true
`,
    [
      "p.yaml:4:10: error: anomaly: expected false, or { alerts-per-day, warm-up, hold, detectors, keys, limits, silence, missing, maintenance, group }, found true",
    ],
  ],
  [
    "reports each field of anomaly",
    `${GOOD}anomaly: { alerts-per-day: 0, warm-up: 0, hold: 0 }
`,
    [
      "p.yaml:4:28: error: anomaly.alerts-per-day: expected a number over 0, found 0",
      "p.yaml:4:40: error: anomaly.warm-up: expected a whole number from 1 to 1000000, found 0",
      "p.yaml:4:49: error: anomaly.hold: expected a whole number from 1 to 1000000, found 0",
    ],
  ],
  [
    "reports each field of learn, k2 < k1 among them",
    `${GOOD}learn: { every: 0, tbptt: [64, 32], budget: 20 }
`,
    [
      "p.yaml:4:17: error: learn.every: expected a duration such as 15m, or a count of events, found 0",
      "p.yaml:4:27: error: learn.tbptt: expected [k1, k2], whole numbers with 1 <= k1 <= k2 <= 4096, found [64,32]",
      "p.yaml:4:45: error: learn.budget: expected a share over 0% and up to 100%, such as 20%, found 20",
    ],
  ],
  [
    "reports each field of output",
    `${GOOD}output: { predictions: yes, qos: 2, base: a/#, expiry: 1y }
`,
    [
      `p.yaml:4:24: error: output.predictions: expected true or false, found "yes"`,
      "p.yaml:4:34: error: output.qos: expected 0 or 1, found 2",
      `p.yaml:4:43: error: output.base: expected a topic without wildcards, such as eddy or site/eddy, found "a/#"`,
      `p.yaml:4:56: error: output.expiry: expected a duration over 0, such as 90s or 1h30m (units ms, s, m, h, d), found "1y"`,
    ],
  ],
  [
    "reports each field of store",
    `${GOOD}store: { retention: { age: forever, size: 2 }, durability: powerloss, snapshot-every: now, memory: much }
`,
    [
      `p.yaml:4:28: error: store.retention.age: expected a duration over 0, such as 90s or 1h30m (units ms, s, m, h, d), found "forever"`,
      "p.yaml:4:43: error: store.retention.size: expected a size, such as 256KiB (units B, kB, MB, GB, KiB, MiB, GiB), found 2",
      `p.yaml:4:60: error: store.durability: expected one of power-loss, crash, none, found "powerloss"; did you mean "power-loss"?`,
      `p.yaml:4:87: error: store.snapshot-every: expected a duration such as 15m, or a count of events, found "now"`,
      `p.yaml:4:100: error: store.memory: expected a size, such as 256KiB (units B, kB, MB, GB, KiB, MiB, GiB), found "much"`,
    ],
  ],
  [
    "reports each feature by the form that was meant",
    `name: a
input: { topics: [x], time: ts }
features:
  - 3
  - { feild: a }
  - { field: a, scael: none }
  - { field: a, scale: robsut }
  - { field: a, scale: { mean: 1, sd: 0 } }
  - { calendar: hour }
  - { difference: a, calendar: hour-of-day }
  - ''
`,
    [
      "p.yaml:4:5: error: features[0]: expected a field's name, { field, scale, missing }, { difference, scale }, { calendar, harmonics }, { lag, by }, { vector, size, scale }, { symbol, vocabulary }, { symbols, vocabulary }, { text, split, vocabulary } or { audio, rate, as, ... }, found 3",
      `p.yaml:5:7: error: features[1].feild: no such field; did you mean "field"?`,
      `p.yaml:6:17: error: features[2].scael: no such field; did you mean "scale"?`,
      `p.yaml:7:24: error: features[3].scale: expected robust, none, or { mean, sd }, found "robsut"; did you mean "robust"?`,
      "p.yaml:8:39: error: features[4].scale.sd: expected a number over 0, found 0",
      `p.yaml:9:17: error: features[5].calendar: expected one of hour-of-day, day-of-week, day-of-year, found "hour"; did you mean "hour-of-day"?`,
      "p.yaml:10:22: error: features[6].calendar: does not go with difference",
      `p.yaml:11:5: error: features[7]: expected a field's name, { field, scale, missing }, { difference, scale }, { calendar, harmonics }, { lag, by }, { vector, size, scale }, { symbol, vocabulary }, { symbols, vocabulary }, { text, split, vocabulary } or { audio, rate, as, ... }, found ""`,
    ],
  ],
  [
    "reports empty lists",
    `name: a
input: { topics: [] }
features: []
target: []
`,
    [
      "p.yaml:2:18: error: input.topics: expected a list of MQTT topic filters, found []",
      "p.yaml:3:11: error: features: expected a list of features, found []",
      "p.yaml:4:9: error: target: expected the name of a field, a list of them, or { class, ... }, { value, ... }, { symbols, ... }, { text, ... }, found []",
    ],
  ],
  [
    "reports each field of input",
    `name: a
input:
  topics: [x]
  codec: jsn
  key: "{topic[1"
  time-unit: min
  zone: Mars/Base
  id: ''
  retained: keep
  max-ahead: 1
  max-bytes: big
target: v
`,
    [
      `p.yaml:4:10: error: input.codec: expected one of json, cbor, text, senml, influx, sparkplug, float32, pcm16, found "jsn"; did you mean "json"?`,
      `p.yaml:5:8: error: input.key: expected a key template: {topic[N]} (from 0), {FIELD}, anything else as it is (a closing "}" at position 1), found "{topic[1"`,
      `p.yaml:6:14: error: input.time-unit: expected one of auto, iso8601, s, ms, found "min"`,
      `p.yaml:7:9: error: input.zone: expected an IANA time zone, such as Europe/Berlin, found "Mars/Base"`,
      `p.yaml:8:7: error: input.id: expected the name of a field (1 to 256 characters), found ""`,
      `p.yaml:9:13: error: input.retained: expected one of ignore, step, found "keep"`,
      "p.yaml:10:14: error: input.max-ahead: expected a duration over 0, such as 90s or 1h30m (units ms, s, m, h, d), found 1",
      `p.yaml:11:14: error: input.max-bytes: expected a size, such as 256KiB (units B, kB, MB, GB, KiB, MiB, GiB), found "big"`,
    ],
  ],
  [
    "reports each field of broker",
    `${GOOD}broker: { url: localhost, username: '', password: 3 }
`,
    [
      `p.yaml:4:16: error: broker.url: expected a broker's URL, such as mqtt://localhost:1883 (schemes mqtt, mqtts, ws, wss), found "localhost"`,
      `p.yaml:4:37: error: broker.username: expected a user name (not empty), found ""`,
      "p.yaml:4:51: error: broker.password: expected a password, found what is not shown",
    ],
  ],
  [
    "reports each field of tests",
    `${GOOD}tests:
  - name: ''
    rows: 3
    expects: { rows: 3 }
  - name: t
    series: { count: 0, every: 1m, start: yesterday, fields: { rms: { levle: 1, faults: [{ at: -1, stuck: false }] } } }
    expect: { notes: { laet: 1 }, alerts: many, cells: [{ row: 0, column: a, value: [1] }] }
`,
    [
      `p.yaml:5:11: error: tests[0].name: expected a name (not empty), found ""`,
      "p.yaml:6:11: error: tests[0].rows: expected a list of payloads, found 3",
      `p.yaml:7:5: error: tests[0].expects: no such field; did you mean "expect"?`,
      "p.yaml:9:22: error: tests[1].series.count: expected a whole number from 1 to 1000000, found 0",
      `p.yaml:9:43: error: tests[1].series.start: expected a time in ISO 8601 with a zone, such as 2025-01-01T00:00:00Z, found "yesterday"`,
      `p.yaml:9:71: error: tests[1].series.fields.rms.levle: no such field; did you mean "level"?`,
      "p.yaml:9:96: error: tests[1].series.fields.rms.faults[0].at: expected a whole number from 0, found -1",
      "p.yaml:9:107: error: tests[1].series.fields.rms.faults[0].stuck: expected true, found false",
      `p.yaml:10:24: error: tests[1].expect.notes.laet: no such field; did you mean "late"?`,
      `p.yaml:10:43: error: tests[1].expect.alerts: expected a whole number from 0, or { min, max }, found "many"`,
      "p.yaml:10:85: error: tests[1].expect.cells[0].value: expected a number, a text or true/false, found [1]",
    ],
  ],
];

expectLines(table);
