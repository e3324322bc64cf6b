import { onTestFinished } from "vitest";
import { type Batch, Delivery, type Stage, streamEvent } from "../../src/core/index.js";
import { makeStages } from "../../src/runtime/stages.js";
import { parsePipeline } from "../../src/spec/index.js";
import { openStore, type PipelineStore, type Store } from "../../src/store/index.js";
import { commitOf, KeyPager, resume, stepThrough } from "../../src/stream/index.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";

export const NAME = "churned";
const { pipeline } = parsePipeline(`
name: ${NAME}
input: { topics: [a/+], id: n }
sequence: { late: drop, gap: 1h }
features: [value, { difference: value }]
target: value
anomaly: { warm-up: 3, alerts-per-day: 5000, detectors: [stuck, silence] }
`);
if (pipeline === undefined) throw new Error("the test's own pipeline has errors");

export const stagesOf = () => makeStages(pipeline, { trainer: inPlaceTrainer(), fineTunes: true }, () => {});

export const batchOf = (parts: Partial<Batch>): Batch => ({
  ...{ events: [], requests: [], deadLetters: [], ledger: [], log: [] },
  delivery: new Delivery(),
  ...parts,
});

/** A live pipeline over a store whose retention takes all it may. */
export class Live {
  constructor(
    readonly store: Store,
    readonly own: PipelineStore,
    readonly stages: readonly Stage[],
    readonly pager: KeyPager,
  ) {}

  static async start(directory: string, memoryBytes = 1e9): Promise<Live> {
    const store = openStore(directory, { durability: "none", retention: { bytes: 1 } });
    onTestFinished(() => store.close());
    const own = store.pipeline(NAME);
    const stages = await stagesOf();
    const pager = new KeyPager(stages, own, { memoryBytes, pagesAtOnce: 1 });
    await resume({ stages, store: own }, { pager });
    return new Live(store, own, stages, pager);
  }

  /** As far as the commit, which may never be made: the process dies. */
  async step(batch: Batch, { keeps = false, dies = false } = {}): Promise<{ committed: Promise<void> }> {
    this.pager.admit(batch);
    await stepThrough(this.stages, batch);
    this.pager.stepped(batch);
    this.pager.relieve();
    if (keeps && !this.pager.isKeeping) this.pager.keep();
    const commit = { ...commitOf(batch), ...this.pager.take() };
    if (dies) return { committed: Promise.resolve() };
    return { committed: this.own.commit(commit).then(() => this.pager.settle(commit)) };
  }

  /** Steps and commits, and lets retention have its turns. */
  async whole(parts: Partial<Batch>): Promise<Batch> {
    const batch = batchOf(parts);
    const { committed } = await this.step(batch);
    await committed;
    return batch;
  }

  /** Until retention has taken all that came before a snapshot of now. */
  async cut(): Promise<void> {
    const { own } = this;
    const to = own.lastPosition();
    await this.pager.keepAll();
    for (let i = 0; own.clearedUpTo() < to; i++) {
      await this.whole({ events: [this.event("clock", 1e9 + own.lastPosition())] });
      if (i < 3) await this.pager.keepAll();
    }
  }

  event(key: string, time: number, n = time): Batch["events"][number] {
    return streamEvent({ key, time, arrival: time, values: { value: Math.sin(time), n } });
  }
}
