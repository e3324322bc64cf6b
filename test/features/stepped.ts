import { Delivery, type StreamEvent } from "../../src/core/index.js";
import { type FeatureOptions, featureStage } from "../../src/features/index.js";

/** Features of two fields, both targets. */
export const options: FeatureOptions = {
  features: [
    { kind: "field", field: "rms", scale: "robust" },
    { kind: "field", field: "temperature", scale: { mean: 3, sd: 2 } },
    { kind: "difference", field: "rms", scale: "robust" },
    { kind: "calendar", calendar: "hour-of-day" },
  ],
  targets: ["rms", "temperature"],
  horizons: [1, 3],
};

/** Steps events through a features stage of these options, changed. */
export function stepped(events: StreamEvent[], changes: Partial<FeatureOptions>): StreamEvent[] {
  const stage = featureStage({ ...options, ...changes });
  void stage.process({
    events,
    requests: [],
    deadLetters: [],
    ledger: [],
    log: [],
    delivery: new Delivery(),
  });
  return events;
}

/** Of each event its network input. */
export const inputs = (events: StreamEvent[]) => events.map((event) => [...(event.input ?? [])]);
