import { expect, it } from "vitest";
import { runningMeanOutputs } from "../../src/training/running-mean-outputs.js";

it("runningMeanOutputs() says the mean of what has come, of each target, in usual steps", () => {
  const sequence = {
    x: new Float64Array(0),
    y: Float64Array.of(1, 10, 3, 20, 5, 60),
    scale: Float64Array.of(2, 10, 2, 10, 2, 10),
    begins: Uint8Array.of(1, 0, 0),
  };
  const wanted = Float64Array.of(Number.NaN, 0, 0, 0, 0, Number.NaN);
  const outputs = runningMeanOutputs([{ sequence, wanted }], { targets: 2, horizons: [1] }, 0);
  // Means after each row: 1, 2, 3 and 10, 15, 30.
  expect([...outputs]).toEqual([0, -0.5, -0.5, -1]);
});
