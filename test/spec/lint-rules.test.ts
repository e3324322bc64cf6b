import { describe, expect, it } from "vitest";
import { parsePipeline } from "../../src/spec/index.js";
import { lintRules } from "../../src/spec/lint.js";
import { GOOD, lines } from "./lines.js";

/** A rule, a text against it, and exactly what is said of it. */
const table: readonly (readonly [code: string, text: string, lines: readonly string[]])[] = [
  [
    "BAD_TOPIC_FILTER",
    `name: a
input: { topics: ["a/#/b", "a+", ""] }
target: v
`,
    [
      `p.yaml:2:19: error: input.topics[0]: expected an MQTT topic filter, with + alone on its level and # alone on the last one, found "a/#/b"`,
      `p.yaml:2:28: error: input.topics[1]: expected an MQTT topic filter, with + alone on its level and # alone on the last one, found "a+"`,
      `p.yaml:2:34: error: input.topics[2]: expected an MQTT topic filter, with + alone on its level and # alone on the last one, found ""`,
    ],
  ],
  [
    "SHARED_SUBSCRIPTION",
    `name: a
input: { topics: ["$share/group/plant/x"] }
target: v
`,
    [
      `p.yaml:2:19: error: input.topics[0]: expected a filter of its own such as "plant/x", because state is kept per key, found the shared subscription "$share/group/plant/x"`,
    ],
  ],
  [
    "OVERLAPPING_FILTERS",
    `name: a
input:
  topics: ["a/+/c", d, "a/b/#", e]
  key: "{topic[0]}"
target: v
`,
    [
      `p.yaml:3:24: error: input.topics[2]: expected filters that share no topic, found "a/b/#" beside "a/+/c", whose common events may come twice`,
    ],
  ],
  [
    "OVERLAPPING_FILTERS",
    `name: a
input: { topics: ["a/+/c"], key: k }
sequence: { start: { topic: "a/b/#" }, end: { topic: "$share/g/a/+/c" } }
target: { class: word, at: step }
features: [v]
model: { file: m.onnx }
`,
    [
      `p.yaml:3:29: error: sequence.start.topic: expected filters that share no topic, found "a/b/#" beside "a/+/c", whose common events may come twice`,
      `p.yaml:3:54: error: sequence.end.topic: expected a filter of its own such as "a/+/c", because state is kept per key, found the shared subscription "$share/g/a/+/c"`,
    ],
  ],
  [
    "MARK_TOPIC_KEY",
    `name: a
input: { topics: ["a/+/c"], key: "{topic[1]}/{user}" }
sequence: { end: { topic: "a/+/end" } }
target: { class: word }
features: [v]
model: { file: m.onnx }
`,
    [
      `p.yaml:2:34: error: input.key: expected topic levels alone, because marks on "a/+/end" have no fields, found {user}`,
    ],
  ],
  [
    "KEY_LEVEL",
    `name: a
input: { topics: ["a/b/+"], key: "{topic[2]}" }
sequence: { end: { topic: "ends/+" } }
target: { class: word }
features: [v]
model: { file: m.onnx }
`,
    [
      `p.yaml:2:34: error: input.key: expected levels that every filter has, found {topic[2]}, but "ends/+" ends at {topic[1]}`,
    ],
  ],
  [
    "MARK_TOPIC_TARGET",
    `name: a
input: { topics: ["a/+/c"], key: "{topic[1]}" }
sequence: { start: { topic: "a/+/start" } }
target: v
`,
    [
      `p.yaml:3:29: error: sequence.start.topic: expected a field, because the target is forecast and every event has its value, found the topic "a/+/start"`,
    ],
  ],
  [
    "OWN_OUTPUT",
    `name: a
input: { topics: ["+/+/x/prediction"], key: k }
target: v
`,
    [
      `p.yaml:2:19: error: input.topics[0]: expected a filter that leaves out the pipeline's own output, found "+/+/x/prediction", which shares topics with "eddy/a/#"`,
    ],
  ],
  [
    "OWN_OUTPUT",
    `name: a
input: { topics: ["site/#"], key: k }
target: v
output: { base: site/eddy }
`,
    [
      `p.yaml:2:19: error: input.topics[0]: expected a filter that leaves out the pipeline's own output, found "site/#", which shares topics with "site/eddy/a/#"`,
    ],
  ],
  [
    "PATH_OUTSIDE",
    `name: a
input: { topics: [a/b] }
broker: { ca: /etc/ssl/ca.pem, password-file: "x/../../secret", cert: ./mine.pem, key: sub/mine.key }
target: v
model: { file: ../models/m.onnx }
tests: [{ name: t, input: /etc/passwd, expect: { rows: 1 } }]
`,
    [
      `p.yaml:3:15: error: broker.ca: expected a path within the pipeline's own folder, found "/etc/ssl/ca.pem"`,
      `p.yaml:3:47: error: broker.password-file: expected a path within the pipeline's own folder, found "x/../../secret"`,
      `p.yaml:5:16: error: model.file: expected a path within the pipeline's own folder, found "../models/m.onnx"`,
      `p.yaml:6:27: error: tests[0].input: expected a path within the pipeline's own folder, found "/etc/passwd"`,
    ],
  ],
  [
    "CERTIFICATE_AND_KEY",
    `name: a
input: { topics: [a/b] }
broker: { cert: mine.pem, password: "plain", password-file: p.txt }
target: v
`,
    [
      `p.yaml:3:17: error: broker.cert: expected broker.key beside it, found none`,
      `p.yaml:3:37: warning: broker.password: expected a reference to the environment such as $\{MQTT_PASSWORD}, found the password itself`,
      `p.yaml:3:61: error: broker.password-file: expected either password or password-file, found both`,
    ],
  ],
  [
    "KEY_LEVEL",
    `name: a
input: { topics: ["a/#", "b/+/c"], key: "{topic[1]}-{topic[3]}" }
target: v
`,
    [
      `p.yaml:2:41: error: input.key: expected levels that every filter has, found {topic[3]}, but "b/+/c" ends at {topic[2]}`,
    ],
  ],
  [
    "ONE_KEY",
    `name: a
input: { topics: ["a/b/+"] }
target: v
`,
    [
      `p.yaml:2:8: warning: input: expected a key, found none: all topics of "a/b/+" share one state; write key: "{topic[2]}", or key: default if that is meant`,
    ],
  ],
  [
    "SECRET_IN_FILE",
    `${GOOD}broker: { password: secret }
`,
    [
      `p.yaml:4:21: warning: broker.password: expected a reference to the environment such as \${MQTT_PASSWORD}, found the password itself`,
    ],
  ],
  [
    "SECRET_IN_URL",
    `${GOOD}broker: { url: "mqtt://me:secret@host" }
`,
    [
      "p.yaml:4:16: error: broker.url: expected user name and password in broker.username and broker.password, found them in the URL",
    ],
  ],
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
  [
    "TARGET_NEEDS_FILE",
    `${GOOD}target: { class: state }
`,
    [
      "p.yaml:1:1: error: model: expected a file beside a supervised target, such as { file: mine.onnx }, found none",
    ],
  ],
  [
    "TARGET_OUTPUT",
    `${GOOD}target: { class: state }
model: { file: a.onnx, output: scaled }
`,
    ["p.yaml:5:32: error: model.output: expected logits or probabilities, found scaled"],
  ],
  [
    "TARGET_OUTPUT",
    `${GOOD}model: { file: a.onnx, output: logits }
`,
    ["p.yaml:4:32: error: model.output: expected value, scaled or step, found logits"],
  ],
  [
    "TARGET_OUTPUT",
    `${GOOD}target: { value: reference }
model: { file: a.onnx, output: logits }
`,
    ["p.yaml:5:32: error: model.output: expected value, found logits"],
  ],
  [
    "TARGET_END",
    `${GOOD}target: { value: reference, at: step }
model: { file: a.onnx }
train: { bidirectional: true }
`,
    [
      "p.yaml:4:33: error: target.at: expected sequence.end or voice, by which a sequence's end is known, found neither",
    ],
  ],
  [
    "TARGET_END",
    `${GOOD}target: { class: state, at: end }
model: { file: a.onnx }
`,
    [
      "p.yaml:4:29: error: target.at: expected sequence.end or voice, by which a sequence's end is known, found neither",
    ],
  ],
  [
    "SPOT_STEPS",
    `name: pump
input: { topics: [a] }
sequence: { end: end }
features: [rms]
target: { class: word, spot: { over: 5 } }
model: { file: a.onnx }
`,
    ["p.yaml:5:30: error: target.spot: expected at: step beside spot, found at: end"],
  ],
  [
    "AHEAD_OF_STEPS",
    `name: pump
input: { topics: [a] }
sequence: { end: end }
features: [{ symbol: word }]
target: { class: word, ahead: 1 }
model: { file: a.onnx }
`,
    ["p.yaml:5:31: error: target.ahead: expected at: step beside ahead, found 1 and at: end"],
  ],
  [
    "SPOT_STEPS",
    `name: pump
input: { topics: [a] }
sequence: { end: end }
features: [rms]
target: { class: word, at: step, spot: { over: 5 } }
model: { file: a.onnx }
train: { bidirectional: true }
`,
    ["p.yaml:5:40: error: target.spot: expected a network that reads forward, found bidirectional"],
  ],
  [
    "AHEAD_OF_STEPS",
    `name: pump
input: { topics: [a] }
sequence: { end: end }
features: [rms]
target: { value: reference, at: step, ahead: -5 }
model: { file: a.onnx }
train: { bidirectional: true }
`,
    ["p.yaml:5:46: error: target.ahead: expected 0 with bidirectional, found -5"],
  ],
  [
    "AHEAD_OF_STEPS",
    `name: pump
input: { topics: [a] }
features: [{ audio: value, rate: 8000 }]
target: { class: word, ahead: -2 }
model: { file: a.onnx }
`,
    ["p.yaml:4:31: error: target.ahead: expected 0 with audio, found -2"],
  ],
  [
    "SYMBOL_OF_SUPERVISED",
    `name: pump
input: { topics: [a] }
features: [v, { symbol: word, vocabulary: [a, b, a] }]
target: v
`,
    [
      "p.yaml:3:15: error: features[1]: expected a supervised target beside a symbol, found one that is forecast",
      `p.yaml:3:50: error: features[1].vocabulary[2]: expected each symbol once, found "a" again`,
    ],
  ],
  [
    "TARGET_IS_SEEN",
    `${GOOD}target: { class: rms }
model: { file: a.onnx }
`,
    [`p.yaml:3:12: error: features[0]: expected other fields than the target "rms"`],
  ],
  [
    "TARGET_FORM",
    `name: music
input: { topics: [a] }
features: [{ symbol: keys, vocabulary: ["60"] }]
target: { symbols: keys, ahead: 1 }
model: { file: a.onnx }
`,
    [`p.yaml:3:12: error: features[0]: expected one of symbols, as "keys" is the target too, found symbol`],
  ],
  [
    "TRAIN_OR_LEARN",
    `${GOOD}target: { class: state }
model: { file: a.onnx }
learn: { every: 15m }
`,
    ["p.yaml:6:8: error: learn: expected no learn beside a supervised target, found it"],
  ],
  [
    "TRAIN_OR_LEARN",
    `${GOOD}train: { hidden: 8 }
`,
    [
      "p.yaml:4:8: error: train: expected train beside a supervised target, found it beside one that is forecast",
    ],
  ],
  [
    "DUPLICATE_OUTPUT",
    `${GOOD}target: { class: state, classes: [on, off, on] }
model: { file: a.onnx }
`,
    [`p.yaml:4:44: error: target.classes[2]: expected each class once, found "on" again`],
  ],
  [
    "DUPLICATE_OUTPUT",
    `name: pump
input: { topics: [a] }
features: [{ symbols: keys, vocabulary: ["60", "62"] }]
target: { symbols: keys, ahead: 1, vocabulary: ["60", "60"] }
model: { file: a.onnx }
`,
    [`p.yaml:4:55: error: target.vocabulary[1]: expected each symbol once, found "60" again`],
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
  [
    "SUPERVISED_FEATURES",
    `name: pump
input: { topics: [a] }
target: { class: state }
model: { file: a.onnx }
`,
    ["p.yaml:1:1: error: expected features beside a supervised target, found none"],
  ],
  [
    "VOICE_OF_AUDIO",
    `${GOOD}sequence: { voice: {}, end: e }
`,
    [
      "p.yaml:4:20: error: sequence.voice: expected an audio feature beside it, found none",
      "p.yaml:4:20: error: sequence.voice: expected no start and no end beside it, found them",
    ],
  ],
  [
    "AUDIO_ALONE",
    `${GOOD.replace("[rms]", "[rms, { audio: value, rate: 8000 }]")}target: rms
`,
    [
      "p.yaml:3:17: error: features[1]: expected a supervised target beside audio, found one that is forecast",
    ],
  ],
  [
    "AUDIO_ALONE",
    `${GOOD.replace("[rms]", "[rms, { audio: value, rate: 8000 }]")}target: { class: word }
model: { file: a.onnx }
`,
    ["p.yaml:3:17: error: features[1]: expected audio to be the only feature, found others beside it"],
  ],
  [
    "TEXT_ALONE",
    `name: pump
input: { topics: [a] }
features: [v, { text: date, split: characters }]
sequence: { end: true }
target: { text: iso }
model: { file: a.onnx }
`,
    ["p.yaml:3:15: error: features[1]: expected a text to be the only feature, found others beside it"],
  ],
  [
    "TEXT_ALONE",
    `name: pump
input: { topics: [a] }
features: [{ text: date }]
target: { class: kind }
model: { file: a.onnx }
`,
    [
      "p.yaml:3:12: error: features[0]: expected a target at the end of a sequence beside a text, found at: step",
    ],
  ],
  [
    "TEXT_TRAINING",
    `name: pump
input: { topics: [a] }
features: [{ text: date }]
sequence: { end: end }
target: { text: iso, split: characters, search: { beam: 4 } }
model: { file: a.onnx }
train: { bidirectional: true, audio: { gain: 6 } }
`,
    [
      "p.yaml:7:25: error: train.bidirectional: expected false beside a target that is a text, found true",
      "p.yaml:7:38: error: train.audio: expected no audio beside a target that is a text, found it",
    ],
  ],
  [
    "AUDIO_BANDS",
    `${GOOD.replace("[rms]", "[{ audio: v, rate: 8000, to: 5000, hop: 30ms, cepstra: 40 }]")}target: { class: word }
model: { file: a.onnx }
`,
    [
      "p.yaml:3:12: error: features[0]: expected from < to <= 4000, found 60 and 5000",
      "p.yaml:3:12: error: features[0]: expected hop <= window <= 1s, found 30ms and 25ms",
      "p.yaml:3:12: error: features[0]: expected at most 26 cepstra, one for each filter, found 40",
    ],
  ],
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
];

describe("lint()", () => {
  it.each(table)("applies rule %s", (code, text, expected) => {
    expect(lines(text)).toEqual(expected);
    expect(parsePipeline(text).problems.map((one) => one.code)).toContain(code);
  });

  it.each(lintRules.map((rule) => [rule.code]))("has rule %s in the table", (code) => {
    expect(table.some(([one]) => one === code)).toBe(true);
  });

  it("lets a pipeline run that has warnings only", () => {
    const { pipeline, problems } = parsePipeline(`${GOOD}broker: { password: secret }\n`);
    expect(problems.map((one) => one.severity)).toEqual(["warning"]);
    expect(pipeline?.broker.password).toBe("secret");
  });

  it("lets filters stand that share no topic, and other pipelines' output", () => {
    const topics = '["a/+/c", "a/b", "eddy/other/+/prediction"]';
    expect(lines(`name: a\ninput: { topics: ${topics}, key: k }\ntarget: v\n`)).toEqual([]);
  });

  it("lets topics of marks stand that have filters of their own and the key's levels", () => {
    const sequence = 'sequence: { start: { topic: "a/+/start" }, end: { topic: "a/+/end" } }';
    const rest = "target: { class: word }\nfeatures: [v]\nmodel: { file: m.onnx }";
    expect(lines(`name: a\ninput: { topics: ["a/+/c"], key: "{topic[1]}" }\n${sequence}\n${rest}\n`)).toEqual(
      [],
    );
  });

  it("allows {topic[N]} below a multi-level wildcard", () => {
    expect(lines('name: a\ninput: { topics: ["a/#"], key: "{topic[5]}" }\ntarget: v\n')).toEqual([]);
  });

  it("is silent about a field that is itself at fault", () => {
    const misspelt = 'name: a\ninput: { topics: ["a/+"], kye: "{topic[1]}" }\ntarget: v\n';
    expect(lines(misspelt)).toEqual(['p.yaml:2:27: error: input.kye: no such field; did you mean "key"?']);
  });

  it("still applies to the rest of a file with faults", () => {
    const codes = parsePipeline(
      'name: a\ninput: { topics: ["eddy/#"], key: "{", id: 3 }\nfeatures: [v, v]\ngap: 3\n',
    ).problems.map((one) => one.code);
    expect(codes).toEqual([
      "OWN_OUTPUT",
      "BAD_KEY_TEMPLATE",
      "WRONG_TYPE",
      "DUPLICATE_FEATURE",
      "UNKNOWN_FIELD",
    ]);
  });

  it("lets secrets stand that come from the environment", () => {
    const text = `${GOOD}broker: { url: "\${URL}", password: "\${PASSWORD}" }\n`;
    expect(lines(text, { URL: "mqtts://me:secret@host", PASSWORD: "secret" })).toEqual([]);
  });

  it("quotes a value of the environment as the file has it", () => {
    const text = `name: a\ninput: { topics: ["\${SITE}/+", "\${SITE}/x"], key: k }\ntarget: v\n`;
    const [line] = lines(text, { SITE: "hamburg" });
    expect(line).toContain(`found "\${SITE}/x" beside "\${SITE}/+"`);
  });
});
