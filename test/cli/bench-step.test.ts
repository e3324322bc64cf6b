import { describe, expect, it } from "vitest";
import { eddy } from "../support/cli.js";

const quick = ["--rounds", "1", "--json"];

describe("eddy bench step", () => {
  it("gives a line for every engine, the last as the result", async () => {
    const sizes = ["--cell", "lstm", "--hidden", "4", "--batch", "1,3", "--ms", "1"];
    const { code, stdout } = await eddy(
      "bench",
      "step",
      ...sizes,
      "--engine",
      "kernel,ort-web,reference",
      ...quick,
    );
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type, batch, engine }) => [type, batch, engine])).toEqual([
      ["step", 1, "kernel"],
      ["step", 1, "ort-web"],
      ["step", 1, "reference"],
      ["step", 3, "kernel"],
      ["step", 3, "ort-web"],
      ["result", 3, "reference"],
    ]);
    for (const line of lines) {
      expect(line).toMatchObject({ bench: "step", cell: "lstm", hidden: 4, inputs: 8 });
      expect(line.microseconds).toBeGreaterThan(0);
      expect(line.spread).toBeGreaterThanOrEqual(0);
    }
  });

  it("refuses an engine that it doesn't know", async () => {
    const { code, stderr } = await eddy("bench", "step", "--engine", "gpu");
    expect(code).toBe(2);
    expect(stderr).toContain("kernel, ort-web, ort-node, reference");
  });
});

describe("eddy bench keys", () => {
  it("gives a line for every number of keys", async () => {
    const { code, stdout } = await eddy("bench", "keys", "--keys", "1,200", "--events", "500", ...quick);
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type, keys }) => [type, keys])).toEqual([
      ["keys", 1],
      ["result", 200],
    ]);
    for (const line of lines) expect(line.microseconds).toBeGreaterThan(0);
  });
});
