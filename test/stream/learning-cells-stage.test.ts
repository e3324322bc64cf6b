import { describe, expect, it } from "vitest";
import { type LogEntry, request, type Stage, type StreamEvent, writeLabel } from "../../src/core/index.js";
import { LearningCellsStage, type LearningReport } from "../../src/stream/index.js";
import { DOUBT } from "../../src/training/index.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import { batchOf } from "./events.js";
import { EVENTS, events, LEAD, options, restored, run, STOP } from "./learning.js";

describe("LearningCellsStage", () => {
  it("puts its first network into service exactly `lead` events after the ones it was trained on", async () => {
    const all = events(EVENTS + LEAD + 20);
    const { log } = await run(new LearningCellsStage(options(inPlaceTrainer())), all);
    expect(log.map(({ position, kind }) => [position, kind])).toEqual([[EVENTS + LEAD, "checkpoint"]]);
    expect(all[0]).toMatchObject({ model: "naive" });
    expect(all[EVENTS + LEAD - 2]).toMatchObject({ model: "ridge" });
    expect(all[EVENTS + LEAD - 1]).toMatchObject({ model: "gru-1" });
    expect(all.at(-1)?.output?.[0]).toBeTypeOf("number");
  });

  it("gives the same however the events are cut into batches", async () => {
    const [one, many] = await Promise.all(
      [1, 64].map((size) =>
        run(new LearningCellsStage(options(inPlaceTrainer())), events(EVENTS + LEAD + 50), size),
      ),
    );
    expect(many).toEqual(one);
  });

  it("leads every event through the stages behind, and whole batches once it no longer learns", async () => {
    const sizes: number[] = [];
    const positions: number[] = [];
    const behind: Stage = {
      slots: [],
      process({ events }) {
        if (events.length > 0) sizes.push(events.length);
        positions.push(...events.map(({ position }) => position));
      },
    };
    const all = events(EVENTS + LEAD + 100);
    await run(new LearningCellsStage(options(inPlaceTrainer()), () => [behind]), all, 50);
    expect(positions).toEqual(all.map(({ position }) => position));
    expect(sizes).toEqual([...Array(EVENTS + LEAD - 1).fill(1), 11, 50, 40]);
    sizes.length = 0;
    const tuned = options(inPlaceTrainer(), { fineTune: { events: 10_000 } });
    await run(new LearningCellsStage(tuned, () => [behind]), events(EVENTS + LEAD + 100), 50);
    expect(new Set(sizes)).toEqual(new Set([1]));
  });

  it("rejects a network no better than persistence, and tries again on twice the events", async () => {
    const trainer = inPlaceTrainer();
    const { log } = await run(
      new LearningCellsStage(options(trainer)),
      events(2 * EVENTS + LEAD + 5, "walk"),
    );
    expect(log.map(({ position, kind }) => [position, kind])).toEqual([
      [EVENTS + LEAD, "rejected"],
      [2 * EVENTS + LEAD, "rejected"],
    ]);
    const counts = trainer.jobs.map((job) =>
      job.sequences.reduce((sum, { begins }) => sum + begins.length, 0),
    );
    expect(counts).toEqual([EVENTS, 2 * EVENTS]);
  });

  it.each([EVENTS - 50, EVENTS + 10, EVENTS + LEAD + 10])(
    "goes on with the same bits when it is saved and restored at event %i",
    async (cut) => {
      const whole = await run(new LearningCellsStage(options(inPlaceTrainer())), events(EVENTS + LEAD + 60));
      const all = events(EVENTS + LEAD + 60);
      const first = new LearningCellsStage(options(inPlaceTrainer()));
      const before = await run(first, all.slice(0, cut));
      const second = restored(first, options(inPlaceTrainer()));
      const after = await run(second, all.slice(cut));
      expect([...before.outputs, ...after.outputs]).toEqual(whole.outputs);
      expect([...before.log, ...after.log]).toEqual(whole.log);
    },
  );

  it("takes networks from the log, without training, when it is stepped again", async () => {
    const live = await run(new LearningCellsStage(options(inPlaceTrainer())), events(EVENTS + LEAD + 30));
    const trainer = inPlaceTrainer();
    const stage = new LearningCellsStage(options(trainer));
    stage.replayLog(live.log);
    const again = await run(stage, events(EVENTS + LEAD + 30));
    expect(again.outputs).toEqual(live.outputs);
    expect(again.log).toEqual([]);
    expect(trainer.jobs).toEqual([]);
  });

  it("tends an apprentice beside the network in service, and records where that took effect", async () => {
    const trainer = inPlaceTrainer();
    const stage = new LearningCellsStage(options(trainer, { fineTune: { events: 200 } }));
    const { log } = await run(stage, events(EVENTS + LEAD + 700));
    expect(trainer.jobs).toHaveLength(1);
    // At once, then judged every 96 events, and tuned every 200.
    expect(trainer.tended.map(({ tune }) => tune !== undefined).slice(0, 4)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(trainer.tended[0]?.apprentice).toBeUndefined();
    expect(trainer.tended[1]?.apprentice).toBeInstanceOf(Uint8Array);
    const fresh = trainer.tended.map(({ sequences }) => sequences.map((sequence) => sequence.fresh));
    expect(fresh.slice(0, 2)).toEqual([
      [0, 1],
      [48, 48],
    ]);
    expect(log.map(({ kind }) => kind).slice(0, 2)).toEqual(["checkpoint", "learned"]);
    expect(log).toHaveLength(1 + trainer.tended.length);
  });

  const tuned = { fineTune: { events: 150 } };

  it.each([EVENTS + LEAD + 5, EVENTS + LEAD + 250])(
    "goes on with the same apprentice when it is saved and restored at event %i",
    async (cut) => {
      const all = () => events(EVENTS + LEAD + 500);
      const [wholeTrainer, firstTrainer, secondTrainer] = [1, 2, 3].map(() => inPlaceTrainer());
      // One by one: a job's place in the log depends on when it ends, which is at once here.
      const whole = await run(new LearningCellsStage(options(wholeTrainer!, tuned)), all(), 1);
      const first = new LearningCellsStage(options(firstTrainer!, tuned));
      const parts = all();
      const before = await run(first, parts.slice(0, cut), 1);
      const second = restored(first, options(secondTrainer!, tuned));
      const after = await run(second, parts.slice(cut), 1);
      expect([...before.outputs, ...after.outputs]).toEqual(whole.outputs);
      expect(secondTrainer!.tended.at(-1)).toEqual(wholeTrainer!.tended.at(-1));
    },
  );

  describe("a network that has become worse than simple rules", () => {
    const count = STOP + 650;
    const step = (stage: LearningCellsStage, some: readonly StreamEvent[]) => run(stage, some, 1);

    it("is retired; rules that know what came before forecast until the next first network", async () => {
      const reports: LearningReport[] = [];
      const onLearning = (report: LearningReport) => reports.push(report);
      const all = events(count, "stopping");
      const stage = new LearningCellsStage(options(inPlaceTrainer(), { ...tuned, onLearning }));
      const { log } = await step(stage, all);
      const decided = log.filter(({ kind }) => kind !== "learned");
      expect(decided.map(({ kind }) => kind).slice(0, 3)).toEqual([
        "checkpoint",
        "retired",
        expect.any(String),
      ]);
      const [, retired, next] = decided;
      expect(retired?.position).toBeGreaterThan(STOP);
      expect(all[retired!.position - 2]?.model).toBe("gru-1");
      expect(["naive", "ridge"]).toContain(all[retired!.position - 1]?.model);
      // The events of a first training, and its lead.
      expect(next!.position - retired!.position).toBe(EVENTS + LEAD - 1);
      // Of all keys that are remembered they know something now.
      expect(new Set(stage.takeTouched())).toEqual(new Set(all.map(({ sample }) => sample.key)));
      expect([...stage.takeTouched()]).toEqual([]);
      const told = reports.find(({ kind }) => kind === "retired");
      expect(told).toMatchObject({ model: "gru-1", position: retired?.position });
      const since = reports.slice(reports.indexOf(told!));
      expect(since.filter(({ kind }) => kind === "collecting").slice(0, 2)).toEqual([
        { kind: "collecting", events: 1, of: EVENTS },
        { kind: "collecting", events: 2, of: EVENTS },
      ]);
    });

    it("is retired again when the log is repeated, and nothing changes when it is saved and restored", async () => {
      const whole = await step(
        new LearningCellsStage(options(inPlaceTrainer(), tuned)),
        events(count, "stopping"),
      );
      const follower = new LearningCellsStage(options(inPlaceTrainer(), { ...tuned, followsLog: true }));
      follower.replayLog(whole.log);
      const repeated = await run(follower, events(count, "stopping"), 64);
      expect(repeated.outputs).toEqual(whole.outputs);

      const cut = whole.log.find(({ kind }) => kind === "retired")!.position + 20;
      const all = events(count, "stopping");
      const first = new LearningCellsStage(options(inPlaceTrainer(), tuned));
      await step(first, all.slice(0, cut));
      const second = restored(first, options(inPlaceTrainer(), tuned));
      const after = await step(second, all.slice(cut));
      expect(after.outputs).toEqual(whole.outputs.slice(cut));
    });
  });

  it("does the same work again when it is stepped again, and nothing that does not stand in the log", async () => {
    const live = inPlaceTrainer();
    const count = EVENTS + LEAD + 500;
    const { log, outputs } = await run(new LearningCellsStage(options(live, tuned)), events(count), 1);
    const again = inPlaceTrainer();
    const stage = new LearningCellsStage(options(again, { ...tuned, followsLog: true }));
    // Its last entry is lost: what it was about never takes effect.
    stage.replayLog(log.slice(0, -1));
    const repeated = await run(stage, events(count), 64);
    const end = (log.at(-1)?.position ?? 0) - 1;
    expect(repeated.outputs.slice(0, end)).toEqual(outputs.slice(0, end));
    expect(repeated.log).toEqual([]);
    expect(again.tended).toEqual(live.tended.slice(0, again.tended.length));
    expect(again.tended).toHaveLength(live.tended.length - 1);
  });

  it("goes on with what it has when a training fails, and says why", async () => {
    const trainer = { ...inPlaceTrainer(), train: () => Promise.reject(new Error("out of memory")) };
    const all = events(EVENTS + LEAD + 10);
    const { log } = await run(new LearningCellsStage(options(trainer)), all);
    expect(log).toMatchObject([{ kind: "rejected", why: "out of memory", position: EVENTS + LEAD }]);
    expect(all.at(-1)).toMatchObject({ model: "ridge" });
  });

  it("lets nothing take effect among events that are committed already, but what the log holds", async () => {
    const count = EVENTS + LEAD + 300;
    const live = await run(new LearningCellsStage(options(inPlaceTrainer(), tuned)), events(count), 1);
    const known = live.log.filter(({ kind }) => kind === "checkpoint");
    const stage = new LearningCellsStage(options(inPlaceTrainer(), tuned));
    stage.replayLog(known);
    const log: LogEntry[] = [];
    for (const event of events(count)) {
      const batch = { ...batchOf([event]), isCommitted: event.position < count };
      await stage.process(batch);
      log.push(...batch.log);
    }
    expect(live.log.length).toBeGreaterThan(known.length + 1);
    expect(log.filter(({ position }) => position < count)).toEqual([]);
  });

  it("leaves out of training, and of judging, how an alert began, and what was labelled missed", async () => {
    const trainer = inPlaceTrainer();
    const stage = new LearningCellsStage(options(trainer), () => [
      {
        slots: [],
        process: ({ events: few }) => {
          for (const event of few) {
            const alert = event.sample.key === "key-0" && event.seq > 20;
            event.prediction = { targets: [], next: [], score: null, alert, model: "naive" };
          }
        },
      },
    ]);
    const all = events(EVENTS + LEAD + 5);
    await run(stage, all.slice(0, EVENTS - 10));
    const label = writeLabel({ label: "missed", from: 21_000, to: 41_000 });
    await stage.process({
      ...batchOf([]),
      requests: [request({ kind: "label", key: "key-1", body: label })],
    });
    await run(stage, all.slice(EVENTS - 10));
    const doubted = trainer.jobs[0]?.sequences.map(({ doubtful }) =>
      [DOUBT.learning, DOUBT.judging].map((doubt) =>
        [...(doubtful ?? [])].flatMap((own, row) => (own === doubt ? [row] : [])),
      ),
    );
    const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
    expect(doubted).toEqual([
      [rows(20, 32), rows(32, 68)],
      [rows(10, 21), []],
    ]);
  });
});
