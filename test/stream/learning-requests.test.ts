import { describe, expect, it } from "vitest";
import { ByteReader, type Request, request, type StreamEvent } from "../../src/core/index.js";
import {
  decisionFromBody,
  LearningCellsStage,
  type LearningReport,
  writePromotion,
} from "../../src/stream/index.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import { batchOf } from "./events.js";
import { EVENTS, events, LEAD, options, run } from "./learning.js";

describe("LearningCellsStage, asked to", () => {
  const asked = async (stage: LearningCellsStage, ...requests: Request[]) => {
    await stage.process({ ...batchOf([]), requests });
    return requests.map(({ refusal }) => refusal?.code);
  };
  /** Another first network, as bytes. */
  const another = async () => {
    const { log } = await run(
      new LearningCellsStage(options(inPlaceTrainer(), { seed: 9 })),
      events(EVENTS + LEAD + 5),
    );
    return decisionFromBody(new ByteReader(log[0]!.body, "log")).forecaster;
  };
  const promotion = (bytes: Uint8Array) =>
    request({ kind: "promote", why: "asked", body: writePromotion({ model: "gru-x", bytes }) });

  it("promote, puts a network into service, whose predecessor rollback brings back", async () => {
    const all = events(EVENTS + LEAD + 60);
    const reports: LearningReport[] = [];
    const stage = new LearningCellsStage(
      options(inPlaceTrainer(), { onLearning: (report) => reports.push(report) }),
    );
    const cuts = [EVENTS + LEAD + 20, EVENTS + LEAD + 40];
    await run(stage, all.slice(0, cuts[0]));
    expect(await asked(stage, promotion(await another()))).toEqual([undefined]);
    await run(stage, all.slice(cuts[0], cuts[1]));
    expect(all[cuts[1]! - 1]?.model).toBe("gru-x");
    expect(await asked(stage, request({ kind: "rollback" }))).toEqual([undefined]);
    await run(stage, all.slice(cuts[1]));
    expect(all.at(-1)?.model).toBe("gru-1");
    expect(await asked(stage, request({ kind: "rollback" }))).toEqual(["NOT_DONE"]);
    expect(reports.slice(-2)).toMatchObject([
      { kind: "checkpoint", model: "gru-x", why: "asked" },
      { kind: "rolled-back", model: "gru-1" },
    ]);
  });

  it("promote, refuses a network of another shape, and what is in service already", async () => {
    const stage = new LearningCellsStage(options(inPlaceTrainer(), { horizons: [1, 2] }));
    expect(await asked(stage, promotion(await another()))).toEqual(["NOT_DONE"]);
    const own = new LearningCellsStage(options(inPlaceTrainer()));
    const bytes = await another();
    expect(await asked(own, promotion(bytes), promotion(bytes))).toEqual([undefined, "NOT_DONE"]);
  });

  it("tune, starts a tuning at once, and is refused where nothing is learned", async () => {
    const all = events(EVENTS + LEAD + 120);
    const trainer = inPlaceTrainer();
    const stage = new LearningCellsStage(options(trainer, { fineTune: { events: 100_000 } }));
    await run(stage, all.slice(0, EVENTS + LEAD + 10));
    const tunings = () => trainer.tended.filter(({ tune }) => tune !== undefined).length;
    expect(tunings()).toBe(1);
    expect(await asked(stage, request({ kind: "tune" }))).toEqual([undefined]);
    await run(stage, all.slice(EVENTS + LEAD + 10, EVENTS + LEAD + 20));
    expect(tunings()).toBe(2);
    expect(await asked(new LearningCellsStage(options(inPlaceTrainer())), request({ kind: "tune" }))).toEqual(
      ["NOT_DONE"],
    );
  });

  it("reset, begins a key anew, and leaves the others alone", async () => {
    const plain = events(EVENTS + LEAD + 60);
    await run(new LearningCellsStage(options(inPlaceTrainer())), plain);
    const all = events(EVENTS + LEAD + 60);
    const stage = new LearningCellsStage(options(inPlaceTrainer()));
    const cut = EVENTS + LEAD + 30;
    await run(stage, all.slice(0, cut));
    expect(await asked(stage, request({ kind: "reset", key: "key-0" }))).toEqual([undefined]);
    await run(stage, all.slice(cut));
    const rest = (list: readonly StreamEvent[], key: string) =>
      list
        .slice(cut)
        .filter(({ sample }) => sample.key === key)
        .map(({ output }) => output?.[0]);
    expect(rest(all, "key-1")).toEqual(rest(plain, "key-1"));
    expect(rest(all, "key-0")[0]).not.toEqual(rest(plain, "key-0")[0]);
  });
});
