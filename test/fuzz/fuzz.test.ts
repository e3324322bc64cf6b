import { expect, it } from "vitest";
import { sharedDataHint } from "../support/shared-data.js";
import { fuzz } from "./fuzz.js";

it(`nothing from outside crashes what reads it: npm run fuzz for more${sharedDataHint && " (without models)"}`, async () => {
  const { crashes, inputs } = await fuzz({ inputs: 5_000, seed: 11 });
  expect(crashes).toEqual([]);
  expect(inputs).toBeGreaterThanOrEqual(5_000);
});
