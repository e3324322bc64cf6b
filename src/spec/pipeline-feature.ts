import type { TextSplit } from "../core/index.js";

/** How a number is scaled before the network sees it. */
export type Scale = "robust" | "none" | { readonly mean: number; readonly sd: number };

export type Calendar = "hour-of-day" | "day-of-week" | "day-of-year";

/** One thing that the network sees of an event. */
export type Feature =
  | {
      readonly kind: "field";
      readonly field: string;
      readonly scale: Scale;
      /** An event may lack it: then its newest value stands, and a second input says so. */
      readonly marksMissing?: true;
    }
  | { readonly kind: "difference"; readonly field: string; readonly scale: Scale }
  | { readonly kind: "calendar"; readonly calendar: Calendar; readonly harmonics: number }
  | { readonly kind: "lag"; readonly field: string; readonly byMs: number }
  | { readonly kind: "vector"; readonly field: string; readonly size: number; readonly scale: Scale }
  /** Without a vocabulary: one that is being collected. */
  | { readonly kind: "symbol"; readonly field: string; readonly vocabulary?: readonly string[] }
  | { readonly kind: "symbols"; readonly field: string; readonly vocabulary?: readonly string[] }
  | {
      readonly kind: "text";
      readonly field: string;
      readonly split: TextSplit;
      readonly vocabulary?: readonly string[];
    }
  | {
      readonly kind: "audio";
      readonly field: string;
      readonly rateHz: number;
      readonly output: "mfcc" | "log-mel";
      readonly windowMs: number;
      readonly hopMs: number;
      readonly filters: number;
      readonly lowHz: number;
      readonly highHz: number;
      readonly cepstra: number;
      readonly hasDelta: boolean;
      readonly preEmphasis: number;
    };
