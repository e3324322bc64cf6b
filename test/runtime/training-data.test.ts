import { afterAll, describe, expect, it } from "vitest";
import { readTrainingData } from "../../src/runtime/index.js";
import { parsePipeline } from "../../src/spec/index.js";
import { openStore } from "../../src/store/index.js";
import { events } from "../store/rows.js";
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
});
