import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildModel, rnnNode, rnnSpec } from "../onnx/build-model.js";
import { eddy } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

const folder = temporaryFolder();
const inFolder = (name: string) => join(folder, name);

const MODEL = buildModel(
  rnnSpec({
    inputs: [{ name: "x", shape: ["time", "batch", 2] }],
    outputs: [{ name: "y", shape: ["time", 1, "batch", 1] }],
    nodes: [rnnNode({ inputs: ["x", "W", "R"], outputs: ["y"], attributes: { hidden_size: 1 } })],
  }),
);

describe("eddy model sign and verify", () => {
  it("sign with a new key, which only its owner reads; verify tells the signer, and any change", async () => {
    writeFileSync(inFolder("m.onnx"), MODEL);
    const before = await eddy("model", "verify", inFolder("m.onnx"));
    expect(before).toMatchObject({ code: 1, stdout: "not signed\n" });

    const signed = await eddy(
      "model",
      "sign",
      inFolder("m.onnx"),
      "--new-key",
      inFolder("key.pem"),
      "--json",
    );
    expect(signed.code).toBe(0);
    const { publicKey } = JSON.parse(signed.stdout);
    expect(statSync(inFolder("key.pem")).mode & 0o777).toBe(0o600);
    expect(await eddy("model", "verify", inFolder("m.onnx"), "--key", publicKey)).toMatchObject({ code: 0 });
    const other = `${"A".repeat(43)}=`;
    expect(await eddy("model", "verify", inFolder("m.onnx"), "--key", other)).toMatchObject({ code: 1 });

    // A key that is there is never written over.
    const again = await eddy("model", "sign", inFolder("m.onnx"), "--new-key", inFolder("key.pem"));
    expect(again.code).toBe(1);

    const bytes = readFileSync(inFolder("m.onnx"));
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    writeFileSync(inFolder("changed.onnx"), bytes);
    const changed = await eddy("model", "verify", inFolder("changed.onnx"));
    expect(changed).toMatchObject({ code: 1 });
    expect(changed.stdout).toContain(`${publicKey}: does NOT fit the file`);
  });

  it("a pipeline runs only what a key that it names has signed", async () => {
    writeFileSync(inFolder("own.onnx"), MODEL);
    const { stdout } = await eddy(
      "model",
      "sign",
      inFolder("own.onnx"),
      "--new-key",
      inFolder("own.pem"),
      "--json",
    );
    const { publicKey } = JSON.parse(stdout);
    writeFileSync(inFolder("unsigned.onnx"), MODEL);
    const rows = "v,w\n1,2\n2,3\n";
    writeFileSync(inFolder("rows.csv"), rows);
    const replay = (model: string) => {
      const text = `name: p\ninput: { topics: [t] }\nfeatures: [v, w]\ntarget: v\nmodel: { file: ${model} }\nmodels: { require-signature: ["${publicKey}"] }\n`;
      writeFileSync(inFolder("p.yaml"), text);
      return eddy(
        "replay",
        inFolder("p.yaml"),
        "--input",
        inFolder("rows.csv"),
        "--output",
        inFolder("out.csv"),
      );
    };
    expect(await replay("own.onnx")).toMatchObject({ code: 0 });
    const refused = await replay("unsigned.onnx");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /Cannot run model .*unsigned\.onnx: expected a valid signature of .*, found none/,
    );
  });
});
