import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KernelModel, Network } from "../../src/cells/index.js";
import { type LogEntry, Rng } from "../../src/core/index.js";
import { decodeModel, loadModelAs } from "../../src/onnx/index.js";
import { identityOf } from "../../src/runtime/identity.js";
import { parsePipeline } from "../../src/spec/index.js";
import { openStore, type Store } from "../../src/store/index.js";
import type { LearningDetails } from "../../src/stream/index.js";
import { decisionToBody } from "../../src/stream/learner-work.js";
import { type Forecaster, forecasterGraph, forecasterToBytes } from "../../src/training/index.js";
import { streamRows } from "../onnx/stream-rows.js";
import { events } from "../store/rows.js";
import { eddy } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

const PIPELINE = `
name: pump
input: { topics: [plant/pump] }
features: [rms]
target: rms
model: { hidden: 4, horizon: [1, 6] }
`;

/** Two horizons, two networks each, of one input. */
function forecaster(seed: number): Forecaster {
  const rng = new Rng(seed);
  const shape = { cell: "gru", inputs: 1, hidden: 4, layers: 1, outputs: 1 } as const;
  const one = () => new Network(shape).initialize(rng);
  return {
    networks: [
      [one(), one()],
      [one(), one()],
    ],
  };
}

function entry(
  position: number,
  kind: string,
  why: string,
  model: string,
  brought?: Forecaster,
  details: LearningDetails = {},
): LogEntry {
  const forecaster = brought ? forecasterToBytes(brought) : new Uint8Array(0);
  const body = decisionToBody({ model, forecaster, details });
  return { position, slot: "learner", kind, why, body };
}

const first = forecaster(1);
const second = forecaster(2);
const third = forecaster(3);
const FIRST: LearningDetails = {
  seed: 1,
  trigger: "first",
  data: { events: 20, fromMs: 1_700_000_000_000, toMs: 1_700_000_020_000 },
};
const TUNED: LearningDetails = {
  trigger: "drift",
  tuning: {
    updates: 200,
    loss: 0.41,
    gradientNorm: { median: 0.3, largest: 2 },
    clipped: 7,
    refused: 0,
    diverged: false,
    layers: [{ distances: [0, 1], norms: [1, 0.5], steps: 9, depth: 96, largest: { norm: 1, distance: 0 } }],
    advice: [],
  },
};
const LOG: readonly LogEntry[] = [
  entry(10, "rejected", "does not beat persistence", "naive", third),
  entry(20, "checkpoint", "forecasts better than its rivals", "gru-1", first, FIRST),
  entry(24, "learned", "errs 2.0 % less: too little evidence", "gru-1", undefined, TUNED),
  entry(28, "checkpoint", "errs 7.0 % less, 4.1 standard errors", "gru-2", second),
  entry(32, "learned", "errs 1.0 % more", "gru-2"),
  entry(33, "learned", "errs 1.5 % more", "gru-2"),
  { position: 34, slot: "detection", kind: "label", why: "by hand", body: new Uint8Array(0) },
  entry(36, "rolled-back", "the one before errs 9.0 % less", "gru-1", first),
  entry(40, "learned", "errs 0.5 % less", "gru-1"),
];

describe("eddy checkpoint", () => {
  const folder = temporaryFolder();
  const data = join(folder, "data");
  let store: Store;
  // It stays open: what reads does so beside a running Eddy.
  beforeAll(async () => {
    store = openStore(data, { durability: "none" });
    const pump = store.pipeline("pump");
    await pump.adopt(await identityOf(parsePipeline(PIPELINE).pipeline!));
    await pump.commit(events(1, 40, { log: LOG }));
    await store.pipeline("fan").commit(events(1, 3));
  });
  afterAll(() => store.close());

  const run = (...args: string[]) => eddy("checkpoint", ...args, "--data", data);
  async function objects(...args: string[]): Promise<Record<string, unknown>[]> {
    const { code, stdout, stderr } = await run(...args, "--json");
    expect([code, stderr]).toEqual([0, ""]);
    return stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  it("list gives the lineage, with what is in service and how it was judged", async () => {
    const entries = await objects("list");
    expect(entries.pop()).toEqual({ type: "result", entries: 4 });
    const picked = entries.map(({ kind, model, position, replaced, inService, judged }) => [
      kind,
      model,
      position,
      replaced,
      inService,
      judged,
    ]);
    expect(picked).toEqual([
      ["rejected", null, 10, null, false, 0],
      ["first", "gru-1", 20, null, false, 1],
      ["promoted", "gru-2", 28, "gru-1", false, 2],
      ["rolled-back", "gru-1", 36, "gru-2", true, 1],
    ]);
    expect(entries[1]).toMatchObject({
      type: "entry",
      pipeline: "pump",
      time: new Date(1_700_000_020_000).toISOString(),
      parameters: 4 * (3 * 4 * (1 + 4 + 2) + 5),
      why: "forecasts better than its rivals",
    });
    expect(entries[3]?.address).toBe(entries[1]?.address);
    expect(entries[2]?.address).toMatch(/^[0-9a-f]{12}$/);
    expect(entries[2]?.address).not.toBe(entries[1]?.address);
  });

  it("list says the same to people, and of a pipeline without networks that it has none", async () => {
    const { stdout } = await run("list");
    expect(stdout).toMatch(/^pump: gru-1 in service, judged once since$/m);
    expect(stdout).toMatch(/^gru-2 +promoted +28 .* gru-1 .* errs 7\.0 % less, 4\.1 standard errors$/m);
    expect(stdout).toMatch(/^gru-1 \* +rolled back to +36 .* gru-2 /m);
    expect(stdout).toMatch(/^fan: no network has come into service yet/m);
  });

  it("show tells how one came and went", async () => {
    const [detail] = await objects("show", "gru-1");
    expect(detail).toMatchObject({
      type: "result",
      inService: true,
      horizons: 2,
      members: 2,
      shape: { cell: "gru", inputs: 1, hidden: 4 },
      came: [
        { kind: "first", position: 20 },
        { kind: "rolled-back", position: 36, replaced: "gru-2" },
      ],
      went: [{ position: 28, by: "gru-2" }],
      judged: 2,
      verdict: { position: 40, why: "errs 0.5 % less" },
    });
    expect(detail?.details).toEqual(FIRST);
    expect(detail?.tunings).toEqual([{ position: 24, details: TUNED }]);
    const { stdout } = await run("show", String(detail?.address));
    expect(stdout).toContain("20 events, 2023-11-14T22:13:20.000Z to 2023-11-14T22:13:40.000Z, seed 1");
    expect(stdout).toMatch(/position 24 \(drift\): 200 updates.*7 clipped, gradients reach 9 steps back/);
    expect(stdout).toContain('gru-1 of pipeline "pump", in service');
    expect(stdout).toContain("2 for each of 2 horizons");
  });

  it("show finds a rejected network by its address", async () => {
    const [rejected] = await objects("list");
    const [detail] = await objects("show", String(rejected?.address));
    expect(detail).toMatchObject({ model: `rejected-${rejected?.address}`, inService: false });
  });

  it("export writes an ONNX file that gives the checkpoint's outputs", async () => {
    const output = join(folder, "gru-2.onnx");
    expect(await objects("export", "gru-2", "--output", output)).toMatchObject([
      { model: "gru-2", file: output },
    ]);
    const bytes = readFileSync(output);
    const metadata = new Map(
      decodeModel(bytes, { name: "gru-2" }).metadataProps.map(({ key, value }) => [key, value]),
    );
    expect(metadata.get("eddy.pipeline")).toBe("pump");
    expect(metadata.get("eddy.model")).toBe("gru-2");
    expect(metadata.get("eddy.output")).toBe("step");
    expect(metadata.get("eddy.horizons")).toBe("[1,6]");

    const rng = new Rng(3);
    const rows = Array.from({ length: 30 }, () => [rng.normal()]);
    const kernel = new KernelModel(forecasterGraph(second));
    const expected = await streamRows(kernel, rows);
    expect(await streamRows(await loadModelAs(bytes, { name: "gru-2" }), rows)).toEqual(expected);
    expect((await eddy("model", "inspect", output)).code).toBe(0);
  });

  it.each([
    [
      "a model that isn't there",
      ["show", "gru-9"],
      1,
      /found rejected-[0-9a-f]+ of pipeline "pump", gru-1 of pipeline "pump", gru-2 of pipeline "pump"/,
    ],
    [
      "a model of another pipeline",
      ["show", "gru-1", "--pipeline", "fan"],
      1,
      /no network has come into service/,
    ],
    ["a pipeline that isn't there", ["list", "--pipeline", "pumpe"], 1, /found "pump", "fan"/],
    ["an export to nowhere", ["export", "gru-1"], 2, /--output/],
  ])("refuses %s, and says what is there", async (_, args, code, words) => {
    const ended = await run(...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(words);
  });

  it("refuses a data directory that isn't there", async () => {
    const ended = await eddy("checkpoint", "list", "--data", join(folder, "none"));
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining("no such folder") });
  });
});
