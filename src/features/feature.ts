import type { TextSplit } from "../core/index.js";

/** How a number is scaled before the network sees it: by its key's running location and spread, not at all, or by fixed numbers. */
export type Scale = "robust" | "none" | { readonly mean: number; readonly sd: number };

export type Calendar = "hour-of-day" | "day-of-week" | "day-of-year";

/** One thing that the network sees of an event. */
export type Feature =
  | FieldFeature
  | DifferenceFeature
  | CalendarFeature
  | LagFeature
  | VectorFeature
  | SymbolFeature
  | SymbolsFeature
  | TextFeature
  | AudioFeature;

/** The field's value: one input, or, of one that an event may lack, two: the newest value, and 1 where it is missing. */
export interface FieldFeature {
  readonly kind: "field";
  readonly field: string;
  readonly scale: Scale;
  readonly marksMissing?: true;
}

/** The field's change since the event before: one input. */
export interface DifferenceFeature {
  readonly kind: "difference";
  readonly field: string;
  readonly scale: Scale;
}

/** The place of the event's time in a cycle: sine and cosine of each harmonic, 2 n inputs. */
export interface CalendarFeature {
  readonly kind: "calendar";
  readonly calendar: Calendar;
  /** n; default 1. */
  readonly harmonics?: number;
}

/** The field's values a period ago, at this time and at each horizon ahead of it: 1 + horizons inputs. */
export interface LagFeature {
  readonly kind: "lag";
  readonly field: string;
  readonly byMs: number;
}

/** The field's numbers: `size` inputs. */
export interface VectorFeature {
  readonly kind: "vector";
  readonly field: string;
  readonly size: number;
  /** Each by itself. */
  readonly scale: Scale;
}

/** The field's symbol: an input for each that is known, and one for any other. */
export interface SymbolFeature {
  readonly kind: "symbol";
  readonly field: string;
  /** Absent: it is not known yet. */
  readonly vocabulary?: readonly string[];
}

/** The field's set of symbols: an input for each that is known, 1 where it is in the set, and one for any other. */
export interface SymbolsFeature {
  readonly kind: "symbols";
  readonly field: string;
  /** Absent: it is not known yet. */
  readonly vocabulary?: readonly string[];
}

/** The field's text: each of its symbols as a time step of its own (see `SymbolFeature`). The only feature then. */
export interface TextFeature {
  readonly kind: "text";
  readonly field: string;
  readonly split: TextSplit;
  /** Absent: it is not known yet. */
  readonly vocabulary?: readonly string[];
}

/** The field's samples, as time steps of their own: see `AudioInputs`. The only feature then. */
export interface AudioFeature {
  readonly kind: "audio";
  readonly field: string;
  readonly rateHz: number;
  readonly output: "mfcc" | "log-mel";
  readonly windowMs: number;
  readonly hopMs: number;
  /** M mel filters, over this range. */
  readonly filters: number;
  readonly lowHz: number;
  readonly highHz: number;
  /** C, of `mfcc`. */
  readonly cepstra: number;
  readonly hasDelta: boolean;
  /** a */
  readonly preEmphasis: number;
}

const DAY_MS = 86_400_000;
const CYCLE_MS: Readonly<Record<Calendar, number>> = {
  "hour-of-day": DAY_MS,
  "day-of-week": 7 * DAY_MS,
  "day-of-year": 365.2425 * DAY_MS,
};

export function cycleMs(calendar: Calendar): number {
  return CYCLE_MS[calendar];
}

/**
 * How much history has to stand behind a network that uses a feature: two cycles of a calendar, half as much
 * again as a lag. On less, a network learns what the hour means from one afternoon.
 */
export function neededMs(feature: Feature): number {
  if (feature.kind === "calendar") return 2 * cycleMs(feature.calendar);
  return feature.kind === "lag" ? 1.5 * feature.byMs : 0;
}

/** Names of a feature's inputs, for people: what a network file is expected to take. */
export function inputNames(feature: Feature, horizons: readonly number[]): readonly string[] {
  switch (feature.kind) {
    case "field":
      return feature.marksMissing ? [feature.field, `${feature.field} missing`] : [feature.field];
    case "difference":
      return [`difference of ${feature.field}`];
    case "calendar":
      return Array.from({ length: feature.harmonics ?? 1 }, (_, i) => {
        const cycle = i === 0 ? feature.calendar : `${i + 1} ${feature.calendar}`;
        return [`sin ${cycle}`, `cos ${cycle}`];
      }).flat();
    case "lag": {
      const name = `${feature.field} ${feature.byMs / 3_600_000} h before`;
      return [name, ...horizons.map((steps) => `${name} ${steps} ahead`)];
    }
    case "symbol":
    case "symbols":
    case "text":
      return [...(feature.vocabulary ?? []), "another"].map((symbol) => `${feature.field} ${symbol}`);
    case "audio": {
      const { output, cepstra, filters, hasDelta } = feature;
      const size = output === "mfcc" ? cepstra : filters;
      const own = Array.from({ length: size }, (_, i) => `${output} ${i}`);
      return hasDelta ? [...own, ...own.map((name) => `delta of ${name}`)] : own;
    }
    case "vector":
      return Array.from({ length: feature.size }, (_, i) => `${feature.field}[${i}]`);
  }
}

/** Of each input of a feature, whether it is 0 or 1 as it is: what says that something is there is not standardised. */
export function isMark(feature: Feature, horizons: readonly number[]): readonly boolean[] {
  const isSymbol = feature.kind === "symbol" || feature.kind === "symbols" || feature.kind === "text";
  return inputNames(feature, horizons).map((_, i) => isSymbol || (feature.kind === "field" && i === 1));
}
