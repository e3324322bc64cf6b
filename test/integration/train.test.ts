import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sin } from "../../src/core/index.js";
import { decodeModel } from "../../src/onnx/index.js";
import { eddy } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

const ROWS = 1000;

describe("eddy train", () => {
  const folder = temporaryFolder();
  const pipeline = join(folder, "room.yaml");
  const input = join(folder, "room.csv");
  const model = join(folder, "room.onnx");
  const file = `name: room\ninput: { topics: [room/1], time: ts }\ntarget: celsius\nmodel: { hidden: 8 }\n`;
  writeFileSync(pipeline, file);
  const lines = Array.from({ length: ROWS }, (_, t) => {
    const noise = ((t * 7919) % 101) / 200;
    const celsius = 20 + 3 * sin((6.283185307179586 * t) / 24) + noise;
    return `${new Date(Date.UTC(2026, 0, 1) + t * 3_600_000).toISOString()},${celsius.toFixed(3)}`;
  });
  writeFileSync(input, `ts,celsius\n${lines.join("\n")}\n`);

  it("writes a model with its card, says how it compares, and gives the same bytes for the same seed", async () => {
    const first = await eddy("train", pipeline, "--input", input, "--model", model, "--json");
    expect(first.code).toBe(0);
    const results = first.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(results[0]).toMatchObject({ type: "progress", epoch: 1, epochs: 120 });
    const { test, parameters, type } = results.at(-1);
    expect(type).toBe("result");
    expect(parameters).toBeGreaterThan(100);
    for (const rival of ["persistence", "seasonalNaive", "holtWinters", "ridge"]) {
      expect(Object.keys(test[rival])).toEqual(["mae", "rmse", "smape", "mase"]);
    }
    const [{ horizon, networks }] = results.at(-1).gradients;
    expect(horizon).toBe(1);
    expect(networks[0]).toMatchObject({ refused: 0, layers: [{ depth: 128 }] });
    expect(test.model.mae).toBeLessThan(0.5 * test.persistence.mae);

    const bytes = readFileSync(model);
    const card = readFileSync(join(folder, "room.md"), "utf8");
    expect(card).toContain("| this network |");
    expect(card).toContain("| 1 step ahead, network 1 |");
    const { metadataProps } = decodeModel(bytes, { name: "room" });
    const kept = metadataProps.find(({ key }) => key === "eddy.gradients");
    expect(JSON.parse(kept?.value ?? "")).toEqual(results.at(-1).gradients);
    const again = await eddy("train", pipeline, "--input", input, "--model", model);
    expect(again.stdout).toMatch(/this network +\d/);
    expect(again.stdout).toMatch(/^gradients +norm .* reach$/m);
    expect(readFileSync(model).equals(bytes)).toBe(true);
    const second = join(folder, "second.onnx");
    const other = await eddy("train", pipeline, "--input", input, "--model", second, "--seed", "2");
    expect(other.code).toBe(0);
    expect(readFileSync(second).equals(bytes)).toBe(false);
  });

  it("makes a model that a pipeline can run by naming it: it forecasts as the table says", async () => {
    const { metadataProps } = decodeModel(readFileSync(model), { name: "room" });
    const [table] = JSON.parse(metadataProps.find(({ key }) => key === "eddy.test")?.value ?? "");
    const ready = join(folder, "ready.yaml");
    writeFileSync(ready, "name: ready\ninput: { topics: [room/1], time: ts }\nmodel: { file: room.onnx }\n");
    const shown = await eddy("lint", "--show", ready);
    expect(shown.stdout).toContain("- lag: celsius");
    expect(shown.stdout).toContain("output: step");
    const out = join(folder, "out.csv");
    expect(await eddy("replay", ready, "--input", input, "--output", out)).toMatchObject({ code: 0 });
    const rows = readFileSync(out, "utf8").trim().split("\n");
    expect(rows).toHaveLength(ROWS + 1);
    const residual = rows[0]!.split(",").indexOf("residual");
    const tested = rows.slice(1 + 0.8 * ROWS).map((row) => Math.abs(Number(row.split(",")[residual])));
    const mae = tested.reduce((sum, one) => sum + one, 0) / tested.length;
    // The table's first forecast is of the test part's second row.
    expect(Math.abs(mae - table.model.mae)).toBeLessThan(0.01 * table.model.mae);
  });

  it("a pipeline that contradicts the model it names is refused", async () => {
    const other = join(folder, "other.yaml");
    writeFileSync(
      other,
      "name: other\ninput: { topics: [room/1] }\ntarget: kelvin\nmodel: { file: room.onnx }\n",
    );
    const { code, stderr } = await eddy("replay", other, "--input", input);
    expect(code).toBe(1);
    expect(stderr).toContain('target: expected [celsius], as "room.onnx" was trained, found [kelvin]');
  });

  it("tries sizes and rates, shows them, and takes the best on the validation part", async () => {
    const few = join(folder, "short.csv");
    writeFileSync(few, `ts,celsius\n${lines.slice(0, 400).join("\n")}\n`);
    const small = join(folder, "small.yaml");
    writeFileSync(small, file.replace("hidden: 8", "hidden: 4, members: 1"));
    const found = join(folder, "found.onnx");
    const args = ["train", small, "--input", few, "--model", found, "--search", "3"];
    const { code, stdout } = await eddy(...args);
    expect(code).toBe(0);
    const rows = stdout.split("\n").filter((line) => line.includes(" units, rate "));
    expect(rows.map((line) => line.split(",")[0])).toEqual(["4 units", "8 units", "2 units"]);
    const errors = rows.map((line) => Number(line.trim().split(" ").at(-1)));
    expect(rows.findIndex((line) => line.includes("(chosen)"))).toBe(errors.indexOf(Math.min(...errors)));
    expect(readFileSync(join(folder, "found.md"), "utf8")).toContain("(chosen) |");
    const { metadataProps } = decodeModel(readFileSync(found), { name: "found" });
    expect(JSON.parse(metadataProps.find(({ key }) => key === "eddy.search")?.value ?? "")).toHaveLength(3);
    expect(await eddy(...args, "--from", "gru-1")).toMatchObject({ code: 2 });
    expect(await eddy(...args.slice(0, -1), "1")).toMatchObject({ code: 2 });
  });

  it("says what it cannot learn from", async () => {
    const empty = join(folder, "empty.csv");
    writeFileSync(empty, "ts,celsius\nyesterday,warm\n");
    const nothing = await eddy("train", pipeline, "--input", empty, "--model", join(folder, "no.onnx"));
    expect(nothing.code).toBe(1);
    expect(nothing.stderr).toContain(
      "expected rows with numbers in celsius, found 1 rows, none of them readable",
    );
    const few = join(folder, "few.csv");
    writeFileSync(few, `ts,celsius\n${lines.slice(0, 4).join("\n")}\n`);
    const little = await eddy("train", pipeline, "--input", few, "--model", join(folder, "no.onnx"));
    expect(little.code).toBe(1);
    expect(little.stderr).toContain("expected enough events to learn from");
  });
});
