import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sin } from "../../src/core/index.js";
import { identityOf } from "../../src/runtime/identity.js";
import { readTrainingData, train } from "../../src/runtime/index.js";
import { parsePipeline } from "../../src/spec/index.js";
import { openStore, type Store } from "../../src/store/index.js";
import { decisionToBody } from "../../src/stream/learner-work.js";
import { events } from "../store/rows.js";
import { eddy } from "../support/cli.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import { temporaryFolder } from "../support/temporary.js";

const PIPELINE = `name: room
input: { topics: [room/1], time: ts }
features: [celsius, { difference: celsius }]
target: celsius
model: { hidden: 8, members: 1 }
`;

describe("eddy train --from", () => {
  const folder = temporaryFolder();
  const pipeline = join(folder, "room.yaml");
  const input = join(folder, "room.csv");
  const data = join(folder, "data");
  const model = join(folder, "room.onnx");
  writeFileSync(pipeline, PIPELINE);
  const lines = Array.from({ length: 600 }, (_, t) => {
    const celsius = 20 + 3 * sin((6.283185307179586 * t) / 24) + ((t * 7919) % 101) / 200;
    return `${new Date(Date.UTC(2026, 0, 1) + t * 3_600_000).toISOString()},${celsius.toFixed(3)}`;
  });
  writeFileSync(input, `ts,celsius\n${lines.join("\n")}\n`);

  let store: Store;
  let address = "";
  let reached = Number.NaN;
  // It stays open, as a running Eddy's does.
  beforeAll(async () => {
    const room = parsePipeline(PIPELINE).pipeline!;
    const { result } = await train({
      pipeline: room,
      data: await readTrainingData(room, input),
      trainer: inPlaceTrainer(),
    });
    reached = result.validation.network;
    address = createHash("sha256").update(result.forecaster).digest("hex").slice(0, 12);
    const body = decisionToBody({ model: "gru-1", forecaster: result.forecaster, details: {} });
    store = openStore(data, { durability: "none" });
    const own = store.pipeline("room");
    await own.adopt(await identityOf(room));
    const entry = { position: 20, slot: "learner", kind: "checkpoint", why: "better than its rivals", body };
    await own.commit(events(1, 40, { log: [entry] }));
  });
  afterAll(() => store.close());

  const args = (file: string, ...more: string[]) => [
    ...["train", file, "--input", input, "--model", model, "--json"],
    ...more,
  ];
  const from = (name: string) => ["--from", name, "--data", data];
  const parsed = (stdout: string) =>
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("starts from a network that was in service, by its name or its address", async () => {
    const scratch = parsed((await eddy(...args(pipeline))).stdout);
    const named = await eddy(...args(pipeline, ...from("gru-1")));
    expect(named).toMatchObject({ code: 0, stderr: "" });
    const [first, ...rest] = parsed(named.stdout);
    // From its first epoch on it is as good as the network that it started from, which took many.
    expect(first.validation).toBeLessThan(1.1 * reached);
    expect(scratch[0].validation).toBeGreaterThan(1.1 * reached);
    expect(rest.at(-1).why).toMatch(/the network in service/);
    const bytes = readFileSync(model);
    expect(readFileSync(join(folder, "room.md"), "utf8")).toContain(`--from gru-1 --data ${data}`);

    expect(await eddy(...args(pipeline, ...from(address)))).toMatchObject({ code: 0 });
    expect(readFileSync(model).equals(bytes)).toBe(true);
  });

  it("says which networks there are, and which shape is wanted", async () => {
    const unknown = await eddy(...args(pipeline, ...from("gru-9")));
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('Cannot find checkpoint "gru-9"');
    expect(unknown.stderr).toContain('gru-1 of pipeline "room"');
    const wide = join(folder, "wide.yaml");
    writeFileSync(wide, PIPELINE.replace("hidden: 8", "hidden: 16"));
    const other = await eddy(...args(wide, ...from("gru-1")));
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/expected 1 x 1 x gru, 2 inputs, 1 x 16 hidden.*found.* 1 x 8 hidden/s);
    const nowhere = await eddy(...args(pipeline, "--from", "gru-1", "--data", join(folder, "nothing")));
    expect(nowhere.code).toBe(1);
  });
});
