import type { ByteReader, ByteWriter } from "../core/index.js";
import { AudioInputs } from "./audio/audio-inputs.js";
import { CalendarInputs } from "./calendar-inputs.js";
import { DifferenceInput } from "./difference-input.js";
import type { Feature } from "./feature.js";
import { FieldInput } from "./field-input.js";
import { LagInputs } from "./lag-inputs.js";
import { SymbolInputs } from "./symbol-inputs.js";
import { TextInputs } from "./text-inputs.js";
import { VectorInputs } from "./vector-inputs.js";

/** What a feature is made from at an event. */
export interface Moment {
  /** The number in one of the sample's fields. */
  number(field: string): number;
  /** The same, undefined where the event lacks it. */
  numberIfAny(field: string): number | undefined;
  /** The numbers in one of them, [size]. */
  vector(field: string, size: number): Float64Array;
  /** The same, as many as there are. */
  signal(field: string): Float64Array;
  /** The word in one of them. */
  symbol(field: string): string;
  /** The words in one of them. */
  symbols(field: string): readonly string[];
  /** Counts a symbol that no network was trained on. */
  unknown(): void;
  /** Event time, ms since 1970. */
  readonly time: number;
  /** Event time in the pipeline's zone, as if that were UTC. */
  readonly localMs: number;
}

/** One key's memory of one feature. */
export interface KeyFeature {
  /**
   * Writes the feature's inputs to `input[at ..]`, by what was known before, then learns.
   *
   * @returns the place after the last one written
   */
  step(input: Float64Array, at: number, moment: Moment): number;
  /** A sequence begins: what came before it is no longer before. */
  begin(): void;
  write(to: ByteWriter): void;
  read(from: ByteReader): void;
}

export function keyFeature(feature: Feature, horizons: readonly number[]): KeyFeature {
  switch (feature.kind) {
    case "field":
      return new FieldInput(feature);
    case "difference":
      return new DifferenceInput(feature);
    case "calendar":
      return new CalendarInputs(feature);
    case "lag":
      return new LagInputs(feature, horizons);
    case "audio":
      return new AudioInputs(feature);
    case "symbol":
    case "symbols":
      return new SymbolInputs(feature);
    case "text":
      return new TextInputs(feature);
    case "vector":
      return new VectorInputs(feature);
  }
}
