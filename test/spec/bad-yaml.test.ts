import { type BadPipeline, expectLines } from "./bad-pipelines.js";
import { GOOD } from "./lines.js";

/** What is no YAML, or no pipeline, as a whole; and references to the environment. */
const table: readonly BadPipeline[] = [
  [
    "reports an empty file",
    "",
    ["p.yaml:1:1: error: expected a pipeline: name, input, features, target, model, ..., found nothing"],
  ],
  [
    "reports a list",
    "[]",
    ["p.yaml:1:1: error: expected a pipeline: name, input, features, target, model, ..., found []"],
  ],
  [
    "reports a text",
    "just text",
    [`p.yaml:1:1: error: expected a pipeline: name, input, features, target, model, ..., found "just text"`],
  ],
  [
    "reports unclosed flow style at its end",
    "name: [a",
    [
      "p.yaml:1:9: error: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
  ],
  [
    "reports a field that stands twice",
    `name: a
name: b
input: { topics: [x] }
target: v
`,
    ["p.yaml:2:1: error: expected each field once, found a second of this name"],
  ],
  [
    "reports a second document, and the first one's problems",
    `name: a
target: v
---
name: b
`,
    [
      "p.yaml:1:1: error: input: missing; expected the input: topics, codec, key, ...",
      "p.yaml:3:1: error: expected one pipeline in a file, found a second document",
    ],
  ],
  [
    "reports an alias without an anchor",
    "name: *x",
    ["p.yaml:1:7: error: expected an anchor &x above, found none"],
  ],
  [
    "reports an alias within its own anchor",
    "name: &a [*a]",
    ["p.yaml:1:11: error: expected *a outside of its own anchor, found it inside"],
  ],
  [
    "reports a YAML tag",
    `name: !!foo a
input: { topics: [x] }
target: v
`,
    ["p.yaml:1:7: error: expected no YAML tags: Unresolved tag: tag:yaml.org,2002:foo"],
  ],
  [
    "reports a bomb of aliases",
    `a: &a [1,1,1,1,1,1,1,1,1,1]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b]
d: [*c,*c,*c,*c]
`,
    ["p.yaml:1:1: error: expected aliases to stand for at most 100 parts, found more"],
  ],
  [
    "reports what the environment lacks, at each place, and nothing else of that value",
    `${GOOD}broker: { url: "\${HOST}", username: "a\${USER}b\${2X}" }
`,
    [
      "p.yaml:4:17: error: broker.url: expected HOST in the environment, found nothing",
      "p.yaml:4:39: error: broker.username: expected USER in the environment, found nothing",
      `p.yaml:4:47: error: broker.username: expected \${NAME} of letters, digits and _, found \${2X}`,
    ],
  ],
  [
    "reports a reference without quotes in flow style, with a hint",
    `${GOOD}broker: { password: \${PASSWORD} }
`,
    [
      `p.yaml:4:22: error: not YAML: Unexpected flow-map-start at node end; within { } and [ ] write "\${NAME}" in quotes`,
    ],
  ],
  [
    "reports problems of syntax, format and rules together",
    `name: a
name: b
input: { topics: ["x/#/y", $share/g/z], codec: jsn }
features: [v, v]
`,
    [
      "p.yaml:2:1: error: expected each field once, found a second of this name",
      `p.yaml:3:19: error: input.topics[0]: expected an MQTT topic filter, with + alone on its level and # alone on the last one, found "x/#/y"`,
      `p.yaml:3:28: error: input.topics[1]: expected a filter of its own such as "z", because state is kept per key, found the shared subscription "$share/g/z"`,
      `p.yaml:3:48: error: input.codec: expected one of json, cbor, text, senml, influx, sparkplug, float32, pcm16, found "jsn"; did you mean "json"?`,
      `p.yaml:4:15: error: features[1]: expected each feature once, found "v" again`,
    ],
  ],
];

expectLines(table);
