import { type Clock, systemClock } from "../core/index.js";
import type { Connection } from "../mqtt/index.js";
import type { Pipeline } from "../spec/index.js";
import { openStore, type Store } from "../store/index.js";
import type { LearningReport } from "../stream/index.js";
import { type Answer, type ControlMessage, ControlServer } from "./control/index.js";
import { identityOf, settleIdentity } from "./identity.js";
import { Learner } from "./learner.js";
import { LivePipeline, type WatchDrops } from "./live-pipeline.js";
import type { Log } from "./log.js";
import { SpareTime } from "./spare-time.js";

export interface EddyOptions {
  readonly pipelines: readonly Pipeline[];
  readonly data: string;
  /** Makes a pipeline's line to its broker. */
  readonly connect: (pipeline: Pipeline, store: Store) => Connection;
  readonly log: Log;
  readonly clock?: Clock;
  /** Told of what each pipeline learns, beside the topic where it says so. */
  readonly onLearning?: (pipeline: string, report: LearningReport) => void;
  readonly history?: string | undefined;
  /** Topics on which messages come on a pipeline's broker: asked for when none comes on its own. */
  readonly lookAround?: (pipeline: Pipeline) => Promise<readonly string[]>;
  /** Listens to how many messages a pipeline's broker has dropped; returns what ends it. */
  readonly watchDrops?: (
    pipeline: Pipeline,
    store: Store,
    ...of: Parameters<WatchDrops>
  ) => ReturnType<WatchDrops>;
  /** Steps the stored events again under a changed pipeline. */
  readonly restep?: boolean;
}

/**
 * Several pipelines in one process, on one data directory. `ended` is fulfilled when it was stopped, and
 * rejected when a pipeline failed.
 */
export class Eddy {
  readonly live: readonly LivePipeline[];
  readonly ended: Promise<void>;
  readonly #store: Store;
  readonly #learner: Learner;
  #control: ControlServer | undefined;
  #stopping: Promise<void> | undefined;
  #markEnded: () => void = () => {};
  #markFailed: (error: unknown) => void = () => {};

  private constructor(store: Store, learner: Learner, makeLive: (eddy: Eddy) => readonly LivePipeline[]) {
    this.#store = store;
    this.#learner = learner;
    this.ended = new Promise((resolve, reject) => {
      this.#markEnded = resolve;
      this.#markFailed = reject;
    });
    this.ended.catch(() => {});
    this.live = makeLive(this);
  }

  /** Opens the data directory, resumes every pipeline's state, and begins to take packets. */
  static async start(options: EddyOptions): Promise<Eddy> {
    const { pipelines, data, log, lookAround, watchDrops, clock = systemClock } = options;
    const store = openStore(data, storeOptions(pipelines, log));
    const learner = new Learner({
      spareTime: new SpareTime(),
      onWaiting: (why) => log.info(`learning waits: ${why}`),
    });
    let eddy: Eddy | undefined;
    try {
      const identities = await Promise.all(pipelines.map(identityOf));
      const handles = pipelines.map((pipeline, i) => {
        const identity = identities[i];
        if (identity === undefined) throw new RangeError(`no identity of ${pipeline.name}`);
        return { pipeline, identity, store: store.pipeline(pipeline.name, identity) };
      });
      for (const { identity, store: own } of handles) {
        await settleIdentity(own, identity, options.restep ?? false);
      }
      eddy = new Eddy(store, learner, (self) =>
        handles.map(
          ({ pipeline, store: own }) =>
            new LivePipeline({
              pipeline,
              store: own,
              connection: options.connect(pipeline, store),
              engines: { trainer: learner, fineTunes: true },
              log,
              clock,
              history: options.history,
              lookAround: lookAround && (() => lookAround(pipeline)),
              watchDrops: watchDrops && ((...of) => watchDrops(pipeline, store, ...of)),
              onLearning: (report) => options.onLearning?.(pipeline.name, report),
              onFailure: (error) => self.#fail(error),
            }),
        ),
      );
      for (const live of eddy.live) await live.start();
      const running = eddy;
      eddy.#control = await ControlServer.open(data, (message) => running.request(message), log);
      return eddy;
    } catch (error) {
      // Pipelines that run already end in order: their connections would keep the process alive.
      await eddy?.stop();
      await learner.close();
      await store.close();
      throw error;
    }
  }

  /** Asks something of a pipeline; of the only one, if none is named. Never rejects. */
  async request({ pipeline, command, body }: ControlMessage): Promise<Answer> {
    const named = this.live.filter(({ name }) => pipeline === undefined || name === pipeline);
    const [only] = named;
    if (only && named.length === 1) return only.control.request(command, body);
    const names = this.live.map(({ name }) => name).join(", ");
    const message = `Cannot ${command}: expected the name of a pipeline that runs (${names}), found ${pipeline ?? "none"}`;
    return { ok: false, command, error: { code: "NO_SUCH_PIPELINE", message } };
  }

  /** The data directory. */
  get directory(): string {
    return this.#store.directory;
  }

  /** Size of the data directory's files. */
  storeBytes(): number {
    return this.#store.bytes();
  }

  /** Size of what is stored, without the log that is written ahead of it. */
  contentBytes(): number {
    return this.#store.contentBytes();
  }

  /** Stops every pipeline in order and closes the store. Safe to call again. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().then(this.#markEnded, this.#markFailed);
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    await this.#control?.close();
    await Promise.all(this.live.map((live) => live.stop()));
    await this.#learner.close();
    await this.#store.close();
  }

  #fail(error: unknown): void {
    this.#markFailed(error);
    void this.stop();
  }
}

/** The strictest durability and the widest retention that any pipeline asks for: they share one file. */
function storeOptions(pipelines: readonly Pipeline[], log: Log): Parameters<typeof openStore>[1] {
  const order = ["none", "crash", "power-loss"] as const;
  const durability = order[Math.max(...pipelines.map(({ store }) => order.indexOf(store.durability)))];
  const ages = pipelines.map(({ store }) => store.retention.ageMs);
  const sizes = pipelines.map(({ store }) => store.retention.bytes);
  return {
    durability: durability ?? "power-loss",
    retention: { ...widest("ageMs", ages), ...widest("bytes", sizes) },
    onProblem: (error) => log.error(error.message),
  };
}

function widest<Name extends string>(
  name: Name,
  values: readonly (number | undefined)[],
): { readonly [K in Name]?: number } | Record<never, never> {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length && known.length > 0 ? { [name]: Math.max(...known) } : {};
}
