import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/index.js";
import { events } from "../store/rows.js";
import { eddy } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

const folder = temporaryFolder();
const nobody = ["--broker", "mqtt://127.0.0.1:1"];

const lines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("eddy doctor", () => {
  it("says what the device has, and that no broker answers", async () => {
    const { code, stdout } = await eddy("doctor", "--json", "--data", join(folder, "new"), ...nobody);
    expect(code).toBe(0);
    const found = lines(stdout);
    expect(found.map(({ what }) => what)).toEqual([
      ...[
        "processor",
        "memory",
        "keys",
        "clock",
        "disk",
        "flush",
        "database",
        "kernel",
        "ONNX engines",
        "broker",
      ],
      undefined,
    ]);
    const { keysOfOneSignal, keysOfSeveral } = found.find(({ what }) => what === "keys") ?? {};
    expect(keysOfOneSignal).toBeGreaterThan(0);
    expect(keysOfSeveral).toBeGreaterThan(Number(keysOfOneSignal));
    expect(found.find(({ what }) => what === "broker")).toMatchObject({ verdict: "warning" });
    expect(found.at(-1)).toMatchObject({ type: "result", problems: 0 });
  });

  it("finds a damaged database, and --repair saves what can be read", async () => {
    const data = join(folder, "damaged");
    const store = openStore(data, { durability: "none" });
    for (let from = 1; from <= 3000; from += 500)
      await store.pipeline("pump").commit(events(from, from + 499));
    await store.close();
    const file = openSync(join(data, "eddy.sqlite"), "r+");
    for (const page of [40, 60]) writeSync(file, Buffer.alloc(4096, 1), 0, 4096, page * 4096);
    closeSync(file);

    const sick = await eddy("doctor", "--json", "--data", data, ...nobody);
    expect(sick.code).toBe(1);
    expect(lines(sick.stdout).find(({ what }) => what === "database")).toMatchObject({ verdict: "problem" });

    const repaired = await eddy("doctor", "--repair", "--json", "--data", data);
    expect(repaired).toMatchObject({ code: 0, stderr: "" });
    expect(lines(repaired.stdout)).toMatchObject([{ type: "result", pipelines: [{ name: "pump" }] }]);

    const well = await eddy("doctor", "--json", "--data", data, ...nobody);
    expect(well.code).toBe(0);
  });
});
