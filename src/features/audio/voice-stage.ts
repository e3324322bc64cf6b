import {
  type Batch,
  type EventSteps,
  forgetAsked,
  KeyedState,
  type Stage,
  stepEvents,
} from "../../core/index.js";
import { VoiceActivity, type VoiceOptions } from "./voice-activity.js";

export interface VoiceStageOptions extends VoiceOptions {
  /** The field with the samples. */
  readonly field: string;
}

/**
 * Lets a key's sequences begin and end with its voice: fills in `begins`, `ends` and `heard`, the samples that features
 * are made of. Slot: `voice`.
 */
export function voiceStage(options: VoiceStageOptions): Stage {
  const voices = new KeyedState<VoiceActivity>({
    name: "voice",
    version: 1,
    create: () => new VoiceActivity(options),
    write: (voice, to) => voice.write(to),
    read: (from) => new VoiceActivity(options).read(from),
  });
  const steps: EventSteps = {
    stage: "voice",
    step(event) {
      const packet = event.sample.values[options.field];
      if (!(packet instanceof Float64Array)) return;
      const { opens, closes, samples } = voices.of(event.sample.key).step(packet);
      event.begins = opens;
      event.ends = closes;
      event.heard = samples;
    },
    forget: (key) => voices.reset(key),
  };
  return {
    slots: [voices],
    process(batch: Batch): void {
      forgetAsked(batch, voices);
      void stepEvents(batch, steps);
    },
  };
}
