import { describe, expect, it } from "vitest";
import { variantTask } from "../../src/cli/bench/variant-tasks.js";
import { benchVariants, type VariantResult } from "../../src/cli/bench/variants.js";

describe("benchVariants()", () => {
  it("trains every cell forward and both ways; only both ways names a word that later ones tell", async () => {
    const task = await variantTask("gaps", 400, 100);
    expect(task).toMatchObject({ at: "step", classes: 8 });
    expect([task.training.length, task.test.length]).toEqual([400, 100]);
    const results: VariantResult[] = [];
    benchVariants({ task, hidden: 16, seeds: 1, onResult: (result) => results.push(result) });
    expect(results.map(({ cell, bidirectional }) => `${cell} ${bidirectional}`)).toEqual(
      ["false", "true"].flatMap((both) => ["rnn", "gru", "lstm"].map((cell) => `${cell} ${both}`)),
    );
    for (const { bidirectional, accuracy, accuracies, trainSeconds, microsecondsPerStep } of results) {
      expect(accuracies).toEqual([accuracy]);
      expect(trainSeconds).toBeGreaterThan(0);
      expect(microsecondsPerStep).toBeGreaterThan(0);
      if (bidirectional) expect(accuracy).toBeGreaterThan(0.8);
      else expect(accuracy).toBeLessThan(0.3);
    }
    const parameters = results.map((one) => one.parameters);
    expect(parameters.slice(0, 3)).toEqual([...parameters.slice(0, 3)].sort((a, b) => a - b));
  });

  it("takes classes of whole texts too", async () => {
    const task = await variantTask("cue", 300, 10);
    expect(task).toMatchObject({ at: "end", classes: 24 });
    expect(task.test.every(({ target }) => target.length === 1)).toBe(true);
  });
});
