import type { TextSplit } from "../core/index.js";

/** What recordings tell a network that is trained on them: of a sequence, or of every step. */
export type PipelineSupervised = SupervisedTarget & {
  /** Says it where it is known. */
  readonly field: string;
  readonly at: "end" | "step";
  readonly pool: "last" | "mean";
  /** Of steps: that of the event so many events later is told. */
  readonly ahead: number;
  readonly training: PipelineTraining;
};

export type SupervisedTarget =
  | {
      readonly kind: "class";
      /** How words are spotted among the classes of steps; absent: every step has a prediction. */
      readonly spot?: {
        readonly none: string;
        readonly over: number;
        readonly threshold: number;
        readonly rest: number;
      };
      /** In the order of the network's outputs; absent: the model's file says them. */
      readonly classes?: readonly string[];
    }
  /** `of`: the field that it is the truth of. */
  | { readonly kind: "value"; readonly of?: string }
  /** In the order of the network's outputs; absent: the model's file says them. */
  | { readonly kind: "symbols"; readonly vocabulary?: readonly string[] }
  | {
      readonly kind: "text";
      readonly split: TextSplit;
      /** Symbols of the longest. */
      readonly most: number;
      readonly search: PipelineSearch;
      /** In the order of the network's outputs, without the stop symbol; absent: the model's file says them. */
      readonly vocabulary?: readonly string[];
    };

/** How a text is chosen among all that could be. */
export type PipelineSearch =
  | { readonly kind: "greedy" }
  | { readonly kind: "beam"; readonly width: number }
  | { readonly kind: "sample"; readonly temperature: number; readonly seed: number };

/** How `eddy train` makes a network of a supervised target. */
export interface PipelineTraining {
  readonly cell: "rnn" | "gru" | "lstm";
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly seed: number;
  readonly epochs: number;
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly decay: number;
  readonly dropout: number;
  readonly noise: number;
  readonly offset: number;
  readonly stretch: number;
  /** How audio is altered before features are made of it. */
  readonly audio?: AudioChange;
}

/** How recorded audio is altered anew in every epoch. */
export interface AudioChange {
  /** White noise at a ratio of signal to noise between these, dB. */
  readonly noiseDb?: readonly [least: number, most: number];
  /** Louder or softer by up to so many dB. */
  readonly gainDb: number;
  /** Faster or slower by up to this share. */
  readonly speed: number;
}
