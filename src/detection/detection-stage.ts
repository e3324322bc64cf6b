import { type Batch, KeyedState, type Stage } from "../core/index.js";
import { type DetectorOptions, KeyDetector } from "./key-detector.js";

/** The detector of every key behind one state slot, `detection`. */
export function detectionStage(options: DetectorOptions): Stage {
  const detectors = new KeyedState<KeyDetector>({
    name: "detection",
    version: 1,
    create: () => new KeyDetector(options),
    write: (detector, to) => detector.write(to),
    read: (from) => new KeyDetector(options).read(from),
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
