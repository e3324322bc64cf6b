import { pathRules } from "../../../src/spec/lint-path-rules.js";
import { expectRules } from "./expect-rules.js";

expectRules("pathRules", pathRules, [
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
]);
