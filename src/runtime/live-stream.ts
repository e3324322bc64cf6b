import { merge, type Observable, takeUntil } from "rxjs";
import type { Batch, Clock, Stage, StreamEvent } from "../core/index.js";
import type { Connection, ConnectionState } from "../mqtt/index.js";
import type { Pipeline } from "../spec/index.js";
import type { PipelineStore } from "../store/index.js";
import {
  type CommitOptions,
  commit,
  type DeliveryWatch,
  decodePackets,
  type PacketDecoding,
  packetSource,
  type RequestLine,
  requestSource,
  stepWith,
} from "../stream/index.js";
import type { SampleReading } from "./sample-reader.js";

export interface LiveStreamOptions
  extends Required<Pick<CommitOptions, "onScope" | "resume" | "onCommitMs" | "onTrouble">> {
  readonly pipeline: Pipeline;
  readonly store: PipelineStore;
  readonly connection: Connection;
  readonly clock: Clock;
  /** In stream order. */
  readonly stages: readonly Stage[];
  readonly reading: SampleReading;
  readonly deliveries: DeliveryWatch;
  /** Takes no more packets and requests once it emits. */
  readonly stop: Observable<void>;
  /** Takes packets that ask for something. */
  readonly requests: NonNullable<PacketDecoding["requests"]>;
  /** Is handed the line for what is asked elsewhere. */
  readonly onLine: (line: RequestLine) => void;
  readonly onConnection: (state: ConnectionState) => void;
  readonly shed: (events: readonly StreamEvent[], waiting: number) => readonly StreamEvent[];
  readonly onIgnored: () => void;
}

/**
 * A live pipeline's operators, from packets and requests to committed batches.
 *
 * Emission, errors, completion: see `commit`. Completes once all is committed that had come when `stop` emitted.
 */
export function liveStream(options: LiveStreamOptions): Observable<Batch> {
  const { pipeline, store, connection, clock, stages, reading, stop } = options;
  const { onScope, resume, onCommitMs, onTrouble } = options;
  const packets = packetSource(connection, options.onConnection, options.deliveries, {
    lingerMs: pipeline.lingerMs,
  }).pipe(
    takeUntil(stop),
    decodePackets({
      codec: reading.codec,
      reader: reading.reader,
      clock,
      retained: pipeline.input.retained,
      requests: options.requests,
      shed: options.shed,
      onIgnored: options.onIgnored,
    }),
  );
  const asked = requestSource(options.onLine).pipe(takeUntil(stop));
  const stepped = stages.reduce((source, stage) => source.pipe(stepWith(() => stage)), merge(packets, asked));
  const { memoryBytes, snapshotEvery } = pipeline.store;
  return stepped.pipe(
    commit(store, {
      memoryBytes,
      ...(snapshotEvery ? { snapshotEvery } : {}),
      ...{ onScope, resume, onCommitMs, onTrouble },
    }),
  );
}
