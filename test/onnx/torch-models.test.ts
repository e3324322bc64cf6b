import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { adoptModel, type Engine, loadModelAs, nativeRuntime } from "../../src/onnx/index.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";
import { largestError, streamRows } from "./stream-rows.js";

const folder = join(sharedData ?? "", "torch-models");
const names = sharedData ? readdirSync(folder).filter((file) => file.endsWith(".onnx")) : [];
const hasNative = (await nativeRuntime()) !== undefined;
const engines: Engine[] = ["kernel", "ort-web", ...(hasNative ? (["ort-node"] as const) : [])];

describe.skipIf(!sharedData)(`PyTorch's models, step by step${sharedDataHint}`, () => {
  describe.each(engines)("with %s", (engine) => {
    it.each(names)("%s gives PyTorch's outputs within 1e-5", async (file) => {
      const golden = JSON.parse(readFileSync(join(folder, file.replace(".onnx", ".json")), "utf8"));
      const bytes = readFileSync(join(folder, file));
      for (const given of [bytes, adoptModel(bytes, { name: file }).bytes]) {
        const model = await loadModelAs(given, { name: file, engine });
        const outputs = await streamRows(model, golden.input);
        expect(outputs.length).toBeGreaterThan(10);
        expect(largestError(outputs, golden.output)).toBeLessThan(1e-5);
        await model.close?.();
      }
    });
  });
});
