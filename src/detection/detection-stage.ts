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
  stepEvents,
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
    const { key, time } = event.sample;
    const own = detectors.of(key);
    own.step(event);
    if (own.watchesSilence) own.note(event, heard.of(key));
    const { prediction } = event;
    if (prediction === undefined) return;
    const { value = Number.NaN, forecast = null } = prediction.targets[0] ?? {};
    event.change = groups.pass(key, time, event.change, { score: prediction.score ?? 0, value, forecast });
    if (groups.isLed(key)) event.prediction = { ...prediction, alert: true };
  };
  const forget = (key: string, why: string): void => {
    const before = detectors.of(key);
    detectors.reset(key);
    heard.reset(key);
    groups.forget(key);
    if (before.isAlertOpen) detectors.of(key).takeOver(before, why);
  };
  const steps: EventSteps = {
    stage: "detection",
    step,
    forget: (key) => forget(key, "its detectors failed"),
    begin: (key) => detectors.of(key).begin(),
  };
  const ask = (request: Request): void => {
    const { kind, key, body } = request;
    if (kind === "reset") forget(key, "the key was reset");
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
      void stepEvents(batch, steps);
    },
  };
}
