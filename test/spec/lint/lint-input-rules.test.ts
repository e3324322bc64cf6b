import { inputRules } from "../../../src/spec/lint-input-rules.js";
import { GOOD } from "../lines.js";
import { expectRules } from "./expect-rules.js";

expectRules("inputRules", inputRules, [
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
    "MARK_TOPIC_FIELD",
    `name: a
input: { topics: ["a/+/c"], key: "{topic[1]}" }
sequence: { start: { topic: "a/+/start" }, end: { topic: "a/+/end" } }
features: [{ symbol: word, vocabulary: [x] }, "topic a/+/end"]
target: { class: "topic a/+/start" }
model: { file: a.onnx }
`,
    [
      `p.yaml:3:29: error: sequence.start.topic: expected no field of the name "topic a/+/start", by which its marks are known, found it read`,
      `p.yaml:3:58: error: sequence.end.topic: expected no field of the name "topic a/+/end", by which its marks are known, found it read`,
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
]);
