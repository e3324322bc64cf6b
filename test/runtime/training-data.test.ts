import { afterAll, describe, expect, it } from "vitest";
import { request, requestToEntry, writeLabel } from "../../src/core/index.js";
import { readTrainingData } from "../../src/runtime/index.js";
import { parsePipeline } from "../../src/spec/index.js";
import { openStore } from "../../src/store/index.js";
import { DOUBT } from "../../src/training/index.js";
import { commitOf, event, events, prediction, range, sample } from "../store/rows.js";
import { temporaryFolder } from "../support/temporary.js";

const pipelineOf = (field: string) =>
  parsePipeline(
    `name: pump\ninput: { topics: [plant/pump] }\nfeatures: [${field}]\ntarget: ${field}\nmodel: { hidden: 4 }\n`,
  ).pipeline!;

describe("readTrainingData from a data directory", () => {
  const data = temporaryFolder();
  const commit = events(1, 600);
  const field = Object.keys(commit.events[0]!.sample.values)[0]!;
  // It stays open: what reads does so beside a running Eddy.
  const store = openStore(data, { durability: "none" });
  afterAll(() => store.close());

  it("gives what the pipeline journalled, every chunk of it, while its writer holds the directory", async () => {
    await store.pipeline("pump").commit(commit);
    const { rows, histories, from, to } = await readTrainingData(pipelineOf(field), data);
    expect(rows).toBe(600);
    const wanted = new Map<string, unknown[]>();
    for (const { sample } of commit.events) {
      wanted.set(sample.key, [...(wanted.get(sample.key) ?? []), sample.values[field]]);
    }
    expect(new Map(histories.map(({ key, sequence }) => [key, [...sequence.y]]))).toEqual(wanted);
    const times = commit.events.map(({ sample }) => sample.time);
    expect([from, to]).toEqual([Math.min(...times), Math.max(...times)]);
    expect(store.pipeline("pump").lastPosition()).toBe(600);
  });

  it("refuses a field that was not recorded, and a pipeline that has written nothing", async () => {
    await expect(readTrainingData(pipelineOf("absent"), data)).rejects.toMatchObject({
      code: "FIELD_NOT_RECORDED",
    });
    const other = { ...pipelineOf(field), name: "fan" };
    await expect(readTrainingData(other, data)).rejects.toMatchObject({ code: "NO_SUCH_PIPELINE" });
  });

  it("doubts how alerts began, and what somebody labelled", async () => {
    const alerted = range(1, 100).map((n) =>
      event(n, { sample: sample(n, { key: "a" }), prediction: prediction(n, { alert: n > 20 && n <= 90 }) }),
    );
    const { time } = sample(5);
    const label = request({
      kind: "label",
      key: "a",
      why: "asked",
      body: writeLabel({ label: "missed", from: time, to: sample(7).time }),
    });
    label.position = 100;
    await store.pipeline("fan").commit(commitOf({ events: alerted, log: [requestToEntry(label)] }));
    const { histories } = await readTrainingData({ ...pipelineOf(field), name: "fan" }, data);
    const doubtful = [...(histories[0]?.sequence.doubtful ?? [])];
    const positions = (doubt: number) => doubtful.flatMap((own, row) => (own === doubt ? [row + 1] : []));
    expect(positions(DOUBT.learning)).toEqual([5, 6, 7, ...range(21, 32)]);
    expect(positions(DOUBT.judging)).toEqual(range(33, 68));
  });
});
