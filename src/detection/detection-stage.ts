import { type Batch, KeyedState, type Stage } from "../core/index.js";
import { type DetectorOptions, KeyDetector } from "./key-detector.js";

/**
 * The detector of every key behind one state slot, `detection`.
 *
 * @param options or a function that is asked for them when the first key comes
 */
export function detectionStage(options: DetectorOptions | (() => DetectorOptions)): Stage {
  const detector = () => new KeyDetector(typeof options === "function" ? options() : options);
  const detectors = new KeyedState<KeyDetector>({
    name: "detection",
    version: 1,
    create: detector,
    write: (detector, to) => detector.write(to),
    read: (from) => detector().read(from),
  });
  return {
    slots: [detectors],
    process(batch: Batch): void {
      for (const event of batch.events) {
        if (event.note === "") detectors.of(event.sample.key).step(event);
      }
    },
  };
}
