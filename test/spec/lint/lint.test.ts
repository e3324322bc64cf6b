import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parsePipeline } from "../../../src/spec/index.js";
import { GOOD, lines } from "../lines.js";

describe("lint()", () => {
  it("has a table for every file of rules", () => {
    const source = new URL("../../../src/spec/", import.meta.url);
    const tables = readdirSync(new URL(".", import.meta.url));
    const files = readdirSync(source).filter((file) => /^lint-.*-rules\.ts$/.test(file));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(tables).toContain(file.replace(".ts", ".test.ts"));
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
