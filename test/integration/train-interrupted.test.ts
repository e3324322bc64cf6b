import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sin } from "../../src/core/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

describe("eddy train that is interrupted", () => {
  const folder = temporaryFolder();
  const pipeline = join(folder, "room.yaml");
  const input = join(folder, "room.csv");
  writeFileSync(
    pipeline,
    "name: room\ninput: { topics: [room/1], time: ts }\ntarget: celsius\nmodel: { hidden: 8, members: 3 }\n",
  );
  const lines = Array.from({ length: 500 }, (_, t) => {
    const celsius = 20 + 3 * sin((6.283185307179586 * t) / 24) + ((t * 7919) % 101) / 200;
    return `${new Date(Date.UTC(2026, 0, 1) + t * 3_600_000).toISOString()},${celsius.toFixed(3)}`;
  });
  writeFileSync(input, `ts,celsius\n${lines.join("\n")}\n`);

  /** Networks that its file holds when it is killed. */
  async function killed(model: string, signal: "SIGKILL" | "SIGINT", ...more: string[]): Promise<void> {
    const unfinished = `${model}.unfinished`;
    const before = existsSync(unfinished) ? readFileSync(unfinished).length : 0;
    const running = new RunningEddy(["train", pipeline, "--input", input, "--model", model, ...more]);
    await until(
      () => existsSync(unfinished) && readFileSync(unfinished).length > before,
      "a network is finished",
    );
    running.process.kill(signal);
    await running.finished();
    expect(existsSync(model)).toBe(false);
  }

  it("goes on from its last finished network, after a kill -9 and a Ctrl-C, to the same bytes", async () => {
    const whole = join(folder, "whole.onnx");
    const args = (model: string) => ["train", pipeline, "--input", input, "--model", model, "--json"];
    expect(await eddy(...args(whole))).toMatchObject({ code: 0 });
    expect(existsSync(`${whole}.unfinished`)).toBe(false);

    const model = join(folder, "again.onnx");
    await killed(model, "SIGKILL");
    await killed(model, "SIGINT");
    const { code, stdout } = await eddy(...args(model));
    expect(code).toBe(0);
    const [first, second] = stdout.split("\n").map((line) => (line === "" ? {} : JSON.parse(line)));
    expect(first).toMatchObject({ type: "resumed", file: `${model}.unfinished`, of: 3 });
    expect(first.networks).toBeGreaterThanOrEqual(2);
    expect(second.epoch).toBe(60 * first.networks + 1);
    expect(readFileSync(model).equals(readFileSync(whole))).toBe(true);
    expect(existsSync(`${model}.unfinished`)).toBe(false);
  });

  it("begins anew, and says so, when data or settings are others", async () => {
    const model = join(folder, "other.onnx");
    await killed(model, "SIGKILL", "--seed", "7");
    const { code, stderr } = await eddy("train", pipeline, "--input", input, "--model", model);
    expect(code).toBe(0);
    expect(stderr).toContain("other.onnx.unfinished is of a training on other data or with other settings");
    expect(readFileSync(model).equals(readFileSync(join(folder, "whole.onnx")))).toBe(true);
    expect(existsSync(`${model}.unfinished`)).toBe(false);
  });
});
