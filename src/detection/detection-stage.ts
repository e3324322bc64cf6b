import {
  type Batch,
  ByteReader,
  type EventSteps,
  KeyedState,
  type KeyedStateFormat,
  type Request,
  readLabel,
  type Stage,
  type StateSlot,
  type StreamEvent,
  standing,
  stepEvent,
} from "../core/index.js";
import { AlertGroups } from "./alert/alert-groups.js";
import { Mutes } from "./alert/mutes.js";
import { Shared, silenceOptions } from "./ensemble.js";
import { type DetectorOptions, KeyDetector } from "./key-detector.js";
import { LastHeard, readSilences, SILENCE_SLOT } from "./watches/last-heard.js";

/** Every key's detectors. */
class Detectors extends KeyedState<KeyDetector> {
  readonly mutes: Mutes;

  constructor(format: KeyedStateFormat<KeyDetector>, mutes: Mutes) {
    super(format);
    this.mutes = mutes;
  }

  /** What was asked of all keys holds for the key from now on. */
  override of(key: string): KeyDetector {
    const detector = super.of(key);
    this.mutes.applyTo(detector);
    return detector;
  }
}

/** Event time, ms, before which a key raises no alerts; undefined: nothing is in memory of the key. */
export function mutedUntil(slots: readonly StateSlot[], key: string): number | undefined {
  const detectors = slots.find((slot) => slot instanceof Detectors);
  return detectors?.has(key) ? detectors.of(key).mutedUntil : undefined;
}

/** Keys in memory that raise no alerts before some event time, ms, with that time. */
export function mutedKeys(slots: readonly StateSlot[]): [key: string, until: number][] {
  const detectors = slots.find((slot) => slot instanceof Detectors);
  return [...(detectors?.keys() ?? [])].flatMap((key): [string, number][] => {
    const until = mutedUntil(slots, key);
    return until !== undefined && until > Number.NEGATIVE_INFINITY ? [[key, until]] : [];
  });
}

/**
 * The detectors of every key behind one state slot, `detection`; what was heard last of each in another, `silence`, where
 * silence is watched for, and what was asked of all keys in a third, `mutes`.
 *
 * Events of a batch are stepped key by key, those of a key in order: of what is remembered of a hundred keys a processor's
 * nearer caches hold only a part, and so it is fetched once a batch. What concerns several keys follows in the stream's order.
 *
 * @param options or a function that is asked for them when the first key comes
 */
export function detectionStage(options: DetectorOptions | (() => DetectorOptions)): Stage {
  const shared = new Shared();
  const known = () => (typeof options === "function" ? options() : options);
  const detector = () => new KeyDetector(known(), shared);
  const lastHeard = () => new LastHeard(silenceOptions(known().watch ?? { warmUp: 0 }));
  const mutes = new Mutes();
  const detectors = new Detectors(
    {
      name: "detection",
      version: 9,
      create: () => mutes.begin(detector()),
      write: (detector, to) => detector.write(to),
      read: (from) => detector().read(from),
      release: (detector) => detector.release(),
      bytes: (detector) => detector.bytes,
    },
    mutes,
  );
  const heard = new KeyedState<LastHeard>({
    name: SILENCE_SLOT,
    version: 1,
    create: () => lastHeard(),
    write: (last, to) => last.write(to),
    read: (from) => lastHeard().read(from),
  });
  const groups = new AlertGroups(() => known().watch?.groupMs);
  /** A request tells of silences: their alert stands at the request's place in the log. */
  const tellSilence = (request: Request): void => {
    const found = readSilences(request.body).flatMap(({ key, silenceMs }) => {
      if (!heard.has(key)) return [];
      const last = heard.of(key);
      const change = detectors.of(key).silent(key, silenceMs, last);
      return change ? [{ key, seq: last.seq, time: last.time + silenceMs, change }] : [];
    });
    const alert = groups.gather(found);
    if (alert) request.alert = alert;
  };
  const step = (event: StreamEvent): void => {
    const { key } = event.sample;
    const own = detectors.of(key);
    own.step(event);
    if (own.watchesSilence) own.note(event, heard.of(key));
  };
  /** What all keys say together of an event. */
  const gather = (event: StreamEvent): void => {
    const { key, time } = event.sample;
    const { prediction, change } = event;
    if (prediction === undefined || (change === undefined && groups.isEmpty)) return;
    const { value = Number.NaN, forecast = null } = prediction.targets[0] ?? {};
    event.change = groups.pass(key, time, change, { score: prediction.score ?? 0, value, forecast });
    if (groups.isLed(key)) event.prediction = { ...prediction, alert: true };
  };
  const forget = (key: string, why: string): void => {
    const before = detectors.of(key);
    detectors.reset(key);
    heard.reset(key);
    if (before.isAlertOpen) detectors.of(key).takeOver(before, why);
  };
  const steps: EventSteps = {
    stage: "detection",
    step,
    forget: (key) => forget(key, "its detectors failed"),
    begin: (key) => detectors.of(key).begin(),
  };
  /** One that fails here was stepped: its key's detectors go on, also where the journal is stepped again. */
  const gathering: EventSteps = {
    stage: "alert groups",
    step: gather,
    forget: (key) => groups.forget(key),
  };
  const ask = (request: Request): void => {
    const { kind, key, body } = request;
    if (kind === "reset") {
      forget(key, "the key was reset");
      groups.forget(key);
    }
    if (kind === "silence") tellSilence(request);
    if (kind === "label") detectors.of(key).label(readLabel(body));
    if (kind === "sensitivity")
      detectors.of(key).sensitivity(new ByteReader(body, "request sensitivity").f64());
    if (kind === "mute") {
      const until = new ByteReader(body, "request mute").f64();
      if (key === "") mutes.mute(until);
      else detectors.of(key).mute(until);
    }
  };
  return {
    slots: [detectors, mutes, heard, groups],
    process(batch: Batch): void {
      for (const request of standing(batch.requests)) ask(request);
      const failed = new Set<StreamEvent>();
      const logged = batch.log.length;
      for (const event of keyByKey(batch.events)) {
        const { note } = event;
        void stepEvent(batch, event, steps);
        if (event.note !== note) failed.add(event);
      }
      for (const event of batch.events) {
        if (failed.has(event)) groups.forget(event.sample.key);
        else void stepEvent(batch, event, gathering);
      }
      // Faults stand in the log in the stream's order.
      if (batch.log.length > logged + 1)
        batch.log.push(...batch.log.splice(logged).sort((a, b) => a.position - b.position));
    },
  };
}

/** Events of the same key next to each other: keys in the order of their first, a key's events in theirs. */
function keyByKey(events: readonly StreamEvent[]): readonly StreamEvent[] {
  if (events.length < 2) return events;
  const keys = new Map<string, StreamEvent[]>();
  for (const event of events) {
    const own = keys.get(event.sample.key);
    if (own) own.push(event);
    else keys.set(event.sample.key, [event]);
  }
  return [...keys.values()].flat();
}
