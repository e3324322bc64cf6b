import { audioRules } from "../../../src/spec/lint-audio-rules.js";
import { GOOD } from "../lines.js";
import { expectRules } from "./expect-rules.js";

expectRules("audioRules", audioRules, [
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
]);
