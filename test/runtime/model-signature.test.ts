import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeModel } from "../../src/onnx/index.js";
import {
  modelSignatures,
  newSigningKey,
  requireSignature,
  signModel,
} from "../../src/runtime/model-signature.js";
import { buildModel, rnnNode, rnnSpec } from "../onnx/build-model.js";

const MODEL = buildModel(
  rnnSpec({
    inputs: [{ name: "x", shape: ["time", "batch", 2] }],
    outputs: [{ name: "y", shape: ["time", 1, "batch", 3] }],
    nodes: [rnnNode({ inputs: ["x", "W", "R"], outputs: ["y"] })],
  }),
);
const KEY = newSigningKey();

describe("signModel()", () => {
  it("leaves a model that every reader of ONNX reads as before, with one entry of metadata more", () => {
    const { bytes, publicKey } = signModel(MODEL, KEY);
    const [before, after] = [decodeModel(MODEL, { name: "m" }), decodeModel(bytes, { name: "m" })];
    expect(after.graph).toEqual(before.graph);
    const added = after.metadataProps?.slice(before.metadataProps?.length ?? 0);
    expect(added).toHaveLength(1);
    expect(added?.[0]).toMatchObject({ key: "eddy.signature1" });
    expect(added?.[0]?.value?.startsWith(`${publicKey}:`)).toBe(true);
  });

  it("refuses what is no ed25519 key, without quoting it", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    expect(() => signModel(MODEL, pem)).toThrow(
      "expected a private key for ed25519 in PEM, found one for ec",
    );
    expect(() => signModel(MODEL, "secret")).toThrow(/^((?!secret).)*$/);
  });
});

describe("modelSignatures()", () => {
  it("finds each signature, the newest first, also where the same file was signed twice", () => {
    const first = signModel(MODEL, KEY);
    const second = signModel(first.bytes, newSigningKey());
    expect(modelSignatures(second.bytes)).toEqual([
      { publicKey: second.publicKey, isValid: true },
      { publicKey: first.publicKey, isValid: true },
    ]);
    expect(modelSignatures(MODEL)).toEqual([]);
  });

  it("notices any changed byte, and any byte added before or behind", () => {
    const { bytes } = signModel(MODEL, KEY);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        return modelSignatures(changed).every(({ isValid }) => !isValid);
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(modelSignatures(Buffer.concat([bytes, Buffer.from([0])]))).toEqual([]);
    const [longer] = modelSignatures(Buffer.concat([Buffer.from([0]), bytes]));
    expect(longer?.isValid).toBe(false);
  });
});

describe("requireSignature()", () => {
  const { bytes, publicKey } = signModel(MODEL, KEY);

  it("lets pass what a trusted key has signed, and everything where none is asked for", () => {
    expect(() => requireSignature(bytes, [publicKey], "m.onnx")).not.toThrow();
    expect(() => requireSignature(MODEL, [], "m.onnx")).not.toThrow();
  });

  it("refuses what is unsigned, changed, or signed by somebody else, saying which", () => {
    const other = signModel(MODEL, newSigningKey());
    const changed = Uint8Array.from(bytes);
    changed[5] = (changed[5] ?? 0) ^ 1;
    for (const [model, found] of [
      [MODEL, "none"],
      [other.bytes, `one of ${other.publicKey}`],
      [changed, `one that does not fit its bytes, of ${publicKey}`],
    ] as const) {
      expect(() => requireSignature(model, [publicKey], "m.onnx")).toThrow(
        `Cannot run model m.onnx: expected a valid signature of ${publicKey}, found ${found}`,
      );
    }
  });
});
