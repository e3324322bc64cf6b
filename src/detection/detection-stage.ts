import {
  type Batch,
  ByteReader,
  KeyedState,
  type Request,
  readLabel,
  type Stage,
  standing,
} from "../core/index.js";
import { Shared } from "./ensemble.js";
import { type DetectorOptions, KeyDetector } from "./key-detector.js";

/**
 * The detectors of every key behind one state slot, `detection`.
 *
 * @param options or a function that is asked for them when the first key comes
 */
export function detectionStage(options: DetectorOptions | (() => DetectorOptions)): Stage {
  const shared = new Shared();
  const detector = () => new KeyDetector(typeof options === "function" ? options() : options, shared);
  const detectors = new KeyedState<KeyDetector>({
    name: "detection",
    version: 4,
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
