import { type MonoTypeOperatorFunction, Observable } from "rxjs";
import { type Batch, dropWork, requestToEntry, standing } from "../core/index.js";
import type { AlertRow, Commit, PipelineStore } from "../store/index.js";
import { CommitLine, type CommitLineOptions } from "./commit-line.js";
import { readForgotten } from "./forgotten.js";
import { KeyPager, type KeyPagerOptions } from "./key-pager.js";
import type { PagePart } from "./page-line.js";
import { type Resumed, resume } from "./resume.js";
import { currentScope, PipelineScope, withScope } from "./scope.js";
import { SnapshotPace } from "./snapshot-pace.js";

export interface CommitOptions extends CommitLineOptions, KeyPagerOptions {
  /**
   * A snapshot of what has changed about every so many events, or so much time by arrival: bounds what a start has
   * to step again. Default: every 20,000 events, or less often where snapshots are large (see `SnapshotPace`).
   */
  readonly snapshotEvery?: { readonly events: number } | { readonly ms: number };
  /** Commits under way before the source is held back; default 2. */
  readonly ahead?: number;
  /** Called with the pipeline's scope when it is subscribed: for the runtime. */
  readonly onScope?: (scope: PipelineScope) => void;
  /** Brings the stages up to date before the source begins; default: newest snapshot and journal. */
  readonly resume?: (scope: PipelineScope) => Promise<Resumed>;
  /** Told how long each commit took, ms, from handing it over until it is on disk. */
  readonly onCommitMs?: (ms: number) => void;
}

/** One is written while the next is stepped: what comes meanwhile makes larger batches, each of which costs a wake-up of two threads and a flush. */
const AHEAD = 2;

const NOTHING: Commit = { events: [], deadLetters: [], log: [], ledger: [] };

/** Changes of alerts that came with a request, without an event. */
export function requestedAlerts(batch: Batch): AlertRow[] {
  return standing(batch.requests).flatMap(({ position, alert }) => (alert ? [{ position, ...alert }] : []));
}

/** What the store takes of a batch. */
export function commitOf(batch: Batch): Commit {
  const forgotten = standing(batch.requests).flatMap(({ kind, body }) =>
    kind === "forget" ? readForgotten(body).map(({ key }) => key) : [],
  );
  return {
    events: batch.events,
    ...(forgotten.length > 0 ? { forgotten } : {}),
    alerts: requestedAlerts(batch),
    deadLetters: batch.deadLetters,
    log: [...standing(batch.requests).map(requestToEntry), ...batch.log],
    ledger: batch.ledger,
  };
}

/**
 * One transaction a batch, then the acknowledgements: the batch's delivery is settled as `committed`
 * when the store has it on disk.
 *
 * Emission: the batch, after its commit, in order. While the disk is full, or fails in another way that may
 * pass, commits are tried again and the source is held back; the broker keeps what comes. A commit that fails for
 * good settles its delivery as `failed` (the broker keeps the packets) and ends the stream with the error, as do
 * those that still wait when the source completes. Completion waits for the commits under way. Before the
 * source begins, the state is resumed from the store. Memory: `ahead` batches.
 */
export function commit(store: PipelineStore, options: CommitOptions = {}): MonoTypeOperatorFunction<Batch> {
  const { snapshotEvery, ahead = AHEAD } = options;
  return (source) =>
    new Observable<Batch>((subscriber) => {
      const scope = currentScope() ?? new PipelineScope();
      const pager = new KeyPager(scope.stages, store, options);
      scope.open(store, ahead, pager);
      options.onScope?.(scope);
      const line = new CommitLine(store, options);
      let underWay = 0;
      let isComplete = false;
      const pace = new SnapshotPace(snapshotEvery);

      const completeIfDone = (): void => {
        if (isComplete && underWay === 0) subscriber.complete();
      };

      /** What the pager has for the store goes along with the next commit, or in one of its own. */
      const commitWith = (record: Commit, part: PagePart | undefined): Promise<void> => {
        underWay++;
        const whole = part ? { ...record, ...part } : record;
        return line.commit(whole).then(() => {
          pager.settle(whole);
          underWay--;
        });
      };

      const commitRest = (): void => {
        if (underWay > 0 || isComplete || !pager.hasMore) return;
        const part = pager.take();
        if (part === undefined) return;
        commitWith(NOTHING, part).then(
          () => {
            commitRest();
            completeIfDone();
          },
          (error: unknown) => subscriber.error(error),
        );
      };

      /** All stages have stepped the batch, and nothing after it. */
      const page = (batch: Batch): PagePart | undefined => {
        pager.stepped(batch);
        pager.relieve();
        const arrival = batch.events.at(-1)?.sample.arrival;
        if (arrival !== undefined && !pager.isKeeping && pace.isDue(arrival, pager.dirtyBytes)) {
          pager.keep();
          pace.take(arrival);
        }
        return pager.take();
      };

      const take = (batch: Batch): void => {
        pace.see(batch.events.length);
        const part = scope.isAlone ? page(batch) : undefined;
        const begun = options.onCommitMs && performance.now();
        const committed = commitWith(commitOf(batch), part);
        for (const event of batch.events) dropWork(event);
        // Only now: it may let in the next batch at once, whose commit has to come after this one.
        scope.beginCommit();
        committed.then(
          () => {
            batch.delivery.settle("committed");
            for (const request of batch.requests) request.onSettled?.(request);
            if (begun !== undefined) options.onCommitMs?.(performance.now() - begun);
            subscriber.next(batch);
            scope.endCommit();
            commitRest();
            completeIfDone();
          },
          (error: unknown) => {
            batch.delivery.settle("failed");
            for (const request of batch.requests) {
              request.refusal ??= { code: "NOT_KEPT", message: `Cannot ${request.kind}: ${error}` };
              request.onSettled?.(request);
            }
            subscriber.error(error);
          },
        );
      };

      const subscription = withScope(scope, () =>
        source.subscribe({
          next: take,
          error: (error) => subscriber.error(error),
          complete: () => {
            isComplete = true;
            line.giveUp();
            completeIfDone();
          },
        }),
      );
      scope
        .start(async () => {
          const { from, to } = await (options.resume ?? ((own) => resume(own, { pager })))(scope);
          pace.see(to - from);
        })
        .catch((error: unknown) => subscriber.error(error));
      return subscription;
    });
}
