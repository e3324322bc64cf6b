import { type MonoTypeOperatorFunction, Observable, type OperatorFunction } from "rxjs";
import type { RecurrentModel } from "../cells/index.js";
import { type CodecName, codecOf, sampleReader } from "../codecs/index.js";
import {
  type Batch,
  parseDuration,
  parseKeyTemplate,
  problem,
  systemClock,
  timeReader,
} from "../core/index.js";
import { chooseDetectors, type DetectorName, detectionStage, type ForecastUnit } from "../detection/index.js";
import { type Calendar, type Feature, featureStage, type Scale } from "../features/index.js";
import { brokerConnection, Ledger, topicsOf } from "../mqtt/index.js";
import { type PipelineStore, Store } from "../store/index.js";
import { type CommitOptions, commit as commitTo } from "./commit.js";
import { decodePackets } from "./decode.js";
import { fixedCellsStage } from "./fixed-cells-stage.js";
import { type PacketBatch, packetSource } from "./mqtt-source.js";
import { Outboxes } from "./outboxes.js";
import { currentScope, PipelineScope, withScope } from "./scope.js";
import { sequenceStage } from "./sequence-stage.js";
import { stepWith } from "./step-with.js";

/*
 * The operators as a programmer composes them: the ones of a YAML pipeline, with the same defaults. What
 * they need of each other (fields, targets, the store's ledger) they find in the pipeline's scope.
 */

export interface MqttSourceOptions {
  readonly url: string;
  readonly topics: readonly string[];
  /** Of the subscriptions, default 1. */
  readonly qos?: 1 | 2;
  /** Default: the store's instance id and the pipeline's name. */
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string;
  readonly log?: (message: string) => void;
}

/**
 * Packets from a broker, in batches, un-acknowledged until the batch is committed. Emits when the pipeline
 * below has resumed its state; never errors for a broker that is away; completes when unsubscribed only.
 *
 * @throws Error code `NO_COMMIT` at subscription where no `commit` stands below
 */
export function mqttSource(options: MqttSourceOptions): Observable<PacketBatch> {
  const { url, topics, clientId, ...rest } = options;
  return new Observable((subscriber) => {
    const store = scopeOf("mqttSource").store;
    const connection = brokerConnection({
      ...rest,
      url,
      filters: topics,
      // Two boxes with the same pipeline must not push each other off the broker.
      clientId: clientId ?? `${store.instanceId}-${store.name}`,
      ledger: new Ledger({ entries: store.ledger() }),
      onReleased: (packetId) => store.releasePacket(packetId),
    });
    const subscription = packetSource(connection).subscribe(subscriber);
    return () => {
      subscription.unsubscribe();
      void connection.close();
    };
  });
}

export interface DecodeOptions {
  readonly codec?: CodecName;
  /** Default: one key, `default`. */
  readonly key?: string;
  /** Field with the event time; default: time of arrival. */
  readonly time?: string;
  readonly zone?: string;
  readonly id?: string;
  /** Default 1h. */
  readonly maxAhead?: string;
  /** Default 256 KiB. */
  readonly maxBytes?: number;
  readonly retained?: "ignore" | "step";
}

/** Bytes to samples of the fields that `features` below names; what can't be read becomes a dead letter. */
export function decode(options: DecodeOptions = {}): OperatorFunction<PacketBatch, Batch> {
  const { codec = "json", key = "default", time, zone, id, maxAhead = "1h", maxBytes = 262_144 } = options;
  return (source) =>
    new Observable((subscriber) => {
      const reader = sampleReader({
        key: parseKeyTemplate(key),
        time,
        timeReader: timeReader({ zone }),
        fields: [...scopeOf("decode").fields],
        id,
        maxAheadMs: parseDuration(maxAhead),
        maxBytes,
      });
      const retained = options.retained ?? "ignore";
      const operator = decodePackets({ codec: codecOf(codec), reader, clock: systemClock, retained });
      return source.pipe(operator).subscribe(subscriber);
    });
}

/** Per key: a gap resets the state; late events step as they come, or are dropped. */
export function sequence(
  options: { readonly gap?: string; readonly late?: "step" | "drop"; readonly id?: string } = {},
): MonoTypeOperatorFunction<Batch> {
  const { gap, late = "step", id } = options;
  return stepWith(() =>
    sequenceStage({
      late,
      ...(gap === undefined ? {} : { gapMs: parseDuration(gap) }),
      ...(id === undefined ? {} : { id }),
    }),
  );
}

/** A feature as it is written: a field's name is a robustly scaled number. */
export type FeatureInput =
  | string
  | { readonly field: string; readonly scale?: Scale }
  | { readonly difference: string; readonly scale?: Scale }
  | { readonly calendar: Calendar; readonly harmonics?: number }
  | { readonly lag: string; readonly by: string };

export interface FeaturesOptions {
  /** Fields that are forecast; default: the first field. */
  readonly targets?: readonly string[];
  readonly horizons?: readonly number[];
  readonly zone?: string;
}

/** Samples to network inputs. */
export function features(
  list: readonly FeatureInput[],
  options: FeaturesOptions = {},
): MonoTypeOperatorFunction<Batch> {
  const parsed = list.map(featureOf);
  const fields = parsed.flatMap((feature) => (feature.kind === "calendar" ? [] : [feature.field]));
  const targets = options.targets ?? fields.slice(0, 1);
  const horizons = options.horizons ?? [1];
  return stepWith(() => {
    const scope = currentScope();
    if (scope) {
      for (const field of [...fields, ...targets]) scope.fields.add(field);
      scope.targets = targets;
      scope.horizons = horizons;
    }
    const { zone } = options;
    return featureStage({ features: parsed, targets, horizons, ...(zone === undefined ? {} : { zone }) });
  });
}

function featureOf(input: FeatureInput): Feature {
  if (typeof input === "string") return { kind: "field", field: input, scale: "robust" };
  if ("calendar" in input) return { kind: "calendar", ...input };
  if ("lag" in input) return { kind: "lag", field: input.lag, byMs: parseDuration(input.by) };
  const scale = input.scale ?? "robust";
  return "field" in input
    ? { kind: "field", field: input.field, scale }
    : { kind: "difference", field: input.difference, scale };
}

/** Steps a network: one hidden state per key, kept between events. */
export function stepCells(model: RecurrentModel): MonoTypeOperatorFunction<Batch> {
  return stepWith(() => fixedCellsStage(model));
}

export interface DetectOptions {
  /** At most about so many a day and key; default 1. */
  readonly alertsPerDay?: number;
  /** Events of a key before its scores count; default 750. */
  readonly warmUp?: number;
  /** Usual events in a row that clear an alert; default 5. */
  readonly hold?: number;
  /** What watches; default: what suits the number of targets and of keys. */
  readonly detectors?: readonly DetectorName[];
  /** About how many to expect; default 100. */
  readonly keys?: number;
  /** What the network's output means; default `value`. */
  readonly unit?: ForecastUnit;
}

/** Compares each value with what was forecast: score, alert raised and cleared. */
export function detect(options: DetectOptions = {}): MonoTypeOperatorFunction<Batch> {
  const { alertsPerDay = 1, warmUp = 750, hold = 5, unit = "value", keys = 100 } = options;
  return stepWith(() => {
    const scope = scopeOf("detect");
    // `features` stands above and is subscribed later: it is asked when the first event comes.
    return detectionStage(() => {
      const { targets, horizons } = scope;
      const { detectors, rings } = chooseDetectors(targets.length, keys);
      const watch = {
        alertsPerDay,
        warmUp,
        hold,
        detectors: options.detectors ?? detectors,
        rings,
        limits: {},
      };
      return { targets, horizons, unit, watch };
    });
  });
}

/** One transaction a batch, then the PUBACKs. A whole store takes a pipeline's `name`, default `pipeline`. */
export function commit(
  store: Store | PipelineStore,
  options: CommitOptions & { readonly name?: string } = {},
): MonoTypeOperatorFunction<Batch> {
  return commitTo(store instanceof Store ? store.pipeline(options.name ?? "pipeline") : store, options);
}

export interface PublishOptions {
  /** First levels of the topics; default `eddy`. */
  readonly base?: string;
  readonly predictions?: boolean;
  readonly alerts?: boolean;
  readonly qos?: 0 | 1;
  readonly expirySeconds?: number;
  readonly onWarning?: (message: string) => void;
}

/**
 * Publishes what was committed on `BASE/PIPELINE/KEY/...`, from the store by cursor, at least once.
 * Emits each batch as it comes; what is not yet published goes out later, also in the next run.
 */
export function publish(options: PublishOptions = {}): MonoTypeOperatorFunction<Batch> {
  const { base = "eddy", predictions = true, alerts = true, qos = 1, expirySeconds = 3600 } = options;
  return (source) =>
    new Observable((subscriber) => {
      const scope = currentScope() ?? new PipelineScope();
      let outboxes: Outboxes | undefined;
      scope.ready.then(
        () => {
          const { store, connection, targets } = scope;
          const topics = topicsOf(base, store.name);
          outboxes = new Outboxes({
            messages: { pipeline: store.name, topics, targets, qos, expirySeconds },
            connection,
            store,
            output: { predictions, alerts },
            onWarning: options.onWarning ?? (() => {}),
          });
        },
        () => {},
      );
      scope.onConnection(({ state }) => {
        if (state === "online") outboxes?.online();
        else outboxes?.offline();
      });
      return withScope(scope, () =>
        source.subscribe({
          next: (batch) => {
            outboxes?.offer(batch);
            subscriber.next(batch);
          },
          error: (error) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}

function scopeOf(operator: string): PipelineScope {
  const scope = currentScope();
  if (scope) return scope;
  throw problem(Error, {
    code: "NO_COMMIT",
    action: "subscribe",
    on: operator,
    expected: "a commit(store) further down the pipeline",
    found: "none",
  });
}
