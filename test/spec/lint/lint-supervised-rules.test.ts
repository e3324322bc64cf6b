import { supervisedRules } from "../../../src/spec/lint-supervised-rules.js";
import { GOOD } from "../lines.js";
import { expectRules } from "./expect-rules.js";

expectRules("supervisedRules", supervisedRules, [
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
    "SUPERVISED_FEATURES",
    `name: pump
input: { topics: [a] }
target: { class: state }
model: { file: a.onnx }
`,
    ["p.yaml:1:1: error: expected features beside a supervised target, found none"],
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
]);
