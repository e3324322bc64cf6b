import {
  type Batch,
  ByteReader,
  KeyedState,
  type Request,
  readLabel,
  type Stage,
  type StateSlot,
  standing,
} from "../core/index.js";
import { Shared } from "./ensemble.js";
import { type DetectorOptions, KeyDetector } from "./key-detector.js";

/** Every key's detectors. */
class Detectors extends KeyedState<KeyDetector> {}

/** Event time, ms, before which a key raises no alerts; undefined: nothing is known of the key. Changes nothing. */
export function mutedUntil(slots: readonly StateSlot[], key: string): number | undefined {
  const detectors = slots.find((slot) => slot instanceof Detectors);
  return detectors?.has(key) ? detectors.of(key).mutedUntil : undefined;
}

/** Keys that raise no alerts before some event time, ms, with that time. */
export function mutedKeys(slots: readonly StateSlot[]): [key: string, until: number][] {
  const detectors = slots.find((slot) => slot instanceof Detectors);
  return [...(detectors?.keys() ?? [])].flatMap((key): [string, number][] => {
    const until = mutedUntil(slots, key);
    return until !== undefined && until > Number.NEGATIVE_INFINITY ? [[key, until]] : [];
  });
}

/**
 * The detectors of every key behind one state slot, `detection`.
 *
 * @param options or a function that is asked for them when the first key comes
 */
export function detectionStage(options: DetectorOptions | (() => DetectorOptions)): Stage {
  const shared = new Shared();
  const detector = () => new KeyDetector(typeof options === "function" ? options() : options, shared);
  const detectors = new Detectors({
    name: "detection",
    version: 3,
    create: detector,
    write: (detector, to) => detector.write(to),
    read: (from) => detector().read(from),
    release: (detector) => detector.release(),
  });
  const ask = (request: Request): void => {
    const { kind, key, body } = request;
    if (kind === "reset") {
      const before = detectors.of(key);
      detectors.reset(key);
      if (before.isAlertOpen) detectors.of(key).takeOver(before);
    }
    if (kind === "label") detectors.of(key).label(readLabel(body));
    if (kind === "sensitivity")
      detectors.of(key).sensitivity(new ByteReader(body, "request sensitivity").f64());
    if (kind === "mute") {
      const until = new ByteReader(body, "request mute").f64();
      for (const one of key === "" ? [...detectors.keys()] : [key]) detectors.of(one).mute(until);
    }
  };
  return {
    slots: [detectors],
    process(batch: Batch): void {
      for (const request of standing(batch.requests)) ask(request);
      for (const event of batch.events) {
        if (event.note === "") detectors.of(event.sample.key).step(event);
      }
    },
  };
}
