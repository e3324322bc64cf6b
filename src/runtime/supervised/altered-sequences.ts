import { Delivery, Rng, refuseFaults, streamEvent } from "../../core/index.js";
import type { Pipeline } from "../../spec/index.js";
import { type AudioAlteration, alterAudio, InputRows, type LabelledSequence } from "../../training/index.js";
import { makeInputStages } from "../stages.js";
import type { RecordedSequence } from "./recorded-sequences.js";
import { labelled, type TargetCode } from "./target-code.js";

export interface AlteredSequences {
  readonly pipeline: Pipeline;
  readonly code: TargetCode;
  readonly sequences: readonly RecordedSequence[];
  readonly alteration: AudioAlteration;
  readonly seed: number;
}

/** Recorded sequences whose audio is altered before features are made of it, otherwise in every epoch. */
export function alteredSequences(options: AlteredSequences, epoch: number): LabelledSequence[] {
  const { pipeline, code, sequences, alteration, seed } = options;
  const rng = new Rng(seed * 65_537 + epoch);
  const { features } = makeInputStages(pipeline);
  const field = pipeline.features.find(({ kind }) => kind === "audio");
  const name = field?.kind === "audio" ? field.field : "";
  return sequences.map(({ samples, told }) => {
    const recorded = samples
      .map(({ values }) => values[name])
      .filter((value) => value instanceof Float64Array);
    const events = alterAudio(recorded, alteration, rng).map((piece, i) => {
      const event = streamEvent({ ...samples[i]!, key: "altered", values: { [name]: piece } });
      event.begins = i === 0;
      return event;
    });
    const delivery = new Delivery();
    const batch = { events, requests: [], deadLetters: [], ledger: [], log: [], delivery };
    void features.process(batch);
    refuseFaults(batch);
    const inputs = events.map(({ input }) => input ?? new Float64Array(0));
    const x = new InputRows(features.inputs);
    for (const input of inputs) x.append(input);
    return labelled({ x, steps: inputs.map(({ length }) => length / features.inputs), told, samples }, code);
  });
}
