import {
  type Batch,
  type ByteReader,
  type ByteWriter,
  type EventSteps,
  forgetAsked,
  KeyedState,
  problem,
  type Sample,
  type Stage,
  type StreamEvent,
  stepEvents,
  timeZone,
  type Value,
} from "../core/index.js";
import { AudioInputs } from "./audio/audio-inputs.js";
import { checkFeatures } from "./check-features.js";
import { type Feature, inputNames, isMark, neededMs } from "./feature.js";
import { FieldInput } from "./field-input.js";
import { type KeyFeature, keyFeature, type Moment } from "./key-feature.js";
import { StepScale } from "./step-scale.js";
import { TextInputs } from "./text-inputs.js";

export interface FeatureOptions {
  readonly features: readonly Feature[];
  /** Fields that are forecast. */
  readonly targets: readonly string[];
  /** Steps ahead, ascending. */
  readonly horizons: readonly number[];
  /** IANA zone of calendar features; default UTC. */
  readonly zone?: string;
  /** Whether `affine` is filled in, which only networks need that forecast in that unit; default true. */
  readonly givesAffine?: boolean;
}

export interface FeatureStage extends Stage {
  /** I: inputs of the network. */
  readonly inputs: number;
  /** What each input is, for people; I of them. */
  readonly names: readonly string[];
  /** [I] True for inputs that are 0 or 1: they say that something is there, and are not standardised. */
  readonly marks: readonly boolean[];
  /** [I] How much history has to stand behind a network that uses an input, ms. */
  readonly neededMs: readonly number[];
  /** Periods ago that every target is looked up at, and which inputs that is at each horizon: [targets, horizons]. */
  readonly seasons: readonly { readonly periodMs: number; readonly inputs: readonly number[] }[];
}

/** What one key remembers: of each feature, and how far each target moves. */
class KeyFeatures {
  readonly features: readonly KeyFeature[];
  readonly targets: readonly StepScale[];

  constructor({ features, targets, horizons }: FeatureOptions) {
    this.features = features.map((feature) => keyFeature(feature, horizons));
    this.targets = targets.map(() => new StepScale(horizons));
  }

  begin(): void {
    for (const feature of this.features) feature.begin();
    for (const target of this.targets) target.begin();
  }

  write(to: ByteWriter): void {
    for (const feature of this.features) feature.write(to);
    for (const target of this.targets) target.write(to);
  }

  read(from: ByteReader): this {
    for (const feature of this.features) feature.read(from);
    for (const target of this.targets) target.read(from);
    return this;
  }
}

/**
 * Sample to network input: fills in `input` [I], `target` [targets], `scale` [targets * horizons] and
 * `affine` [targets * 2] of every event that is to be stepped. Scales are per key and learn after use.
 * Where a sequence begins, differences and steps start afresh; scales stay. Of an event that is nothing but a mark `input`
 * is empty, and no feature sees it: networks of supervised targets alone take that. Slot: `features`.
 *
 * @throws RangeError code `BAD_FEATURE` for features, targets or horizons that can't be
 */
export function featureStage(options: FeatureOptions): FeatureStage {
  const { features, targets, horizons, givesAffine = true } = options;
  checkFeatures(features, targets, horizons);
  const names = features.flatMap((feature) => inputNames(feature, horizons));
  const needed = features.flatMap((feature) => inputNames(feature, horizons).map(() => neededMs(feature)));
  const zone = timeZone(options.zone ?? "UTC");
  const keys = new KeyedState<KeyFeatures>({
    name: "features",
    version: 2,
    create: () => new KeyFeatures(options),
    write: (state, to) => state.write(to),
    read: (from) => new KeyFeatures(options).read(from),
  });
  // The feature by which each target is scaled, if it is one.
  const featureOf = targets.map((target) =>
    features.findIndex((feature) => feature.kind === "field" && feature.field === target),
  );

  const step = (event: StreamEvent): void => {
    const { sample } = event;
    const state = keys.of(sample.key);
    if (event.begins) state.begin();
    if (event.isMark) {
      event.input = new Float64Array(0);
      return;
    }
    const target = new Float64Array(targets.length);
    for (let i = 0; i < targets.length; i++) target[i] = numberOf(sample, targets[i] ?? "");
    event.target = target;
    if (givesAffine) event.affine = affineOf(state, featureOf, target);
    const moment = new EventMoment(event, sample.time + zone.offsetAt(sample.time));
    event.input = inputOf(state.features, moment, names.length);
    event.scale = new Float64Array(targets.length * horizons.length);
    for (let i = 0; i < targets.length; i++) {
      state.targets[i]?.step(event.scale, i * horizons.length, target[i] ?? Number.NaN);
    }
  };

  const steps: EventSteps = {
    stage: "features",
    step,
    forget: (key) => keys.reset(key),
  };

  return {
    slots: [keys],
    inputs: names.length,
    names,
    marks: features.flatMap((feature) => isMark(feature, horizons)),
    neededMs: needed,
    seasons: seasonsOf(options),
    process(batch: Batch): void {
      forgetAsked(batch, keys);
      void stepEvents(batch, steps);
    },
  };
}

/** An event as features see it. */
class EventMoment implements Moment {
  readonly #event: StreamEvent;
  readonly localMs: number;

  constructor(event: StreamEvent, localMs: number) {
    this.#event = event;
    this.localMs = localMs;
  }

  get time(): number {
    return this.#event.sample.time;
  }

  number(field: string): number {
    return numberOf(this.#event.sample, field);
  }

  numberIfAny(field: string): number | undefined {
    return this.#event.sample.values[field] === undefined ? undefined : this.number(field);
  }

  vector(field: string, size: number): Float64Array {
    return vectorOf(this.#event.sample, field, size);
  }

  symbol(field: string): string {
    return symbolOf(this.#event.sample, field);
  }

  symbols(field: string): readonly string[] {
    return symbolsOf(this.#event.sample, field);
  }

  unknown(): void {
    this.#event.unknown++;
  }

  signal(field: string): Float64Array {
    return this.#event.heard ?? vectorOf(this.#event.sample, field, undefined);
  }
}

/** [I] of all features, or [k, I] of audio or a text, whose time steps are their own. */
function inputOf(features: readonly KeyFeature[], moment: Moment, I: number): Float64Array {
  const [first] = features;
  if (first instanceof AudioInputs || first instanceof TextInputs) return first.steps(moment);
  const input = new Float64Array(I);
  let at = 0;
  for (const feature of features) at = feature.step(input, at, moment);
  return input;
}

/** Lags that all targets have in common. */
function seasonsOf({ features, targets, horizons }: FeatureOptions): FeatureStage["seasons"] {
  let at = 0;
  const lags = features.flatMap((feature) => {
    const first = at;
    at += inputNames(feature, horizons).length;
    return feature.kind === "lag" ? [{ ...feature, first }] : [];
  });
  return [...new Set(lags.map(({ byMs }) => byMs))].flatMap((periodMs) => {
    const own = targets.map((target) => lags.find((lag) => lag.byMs === periodMs && lag.field === target));
    // The first input of a lag is of now, those after it of the horizons.
    const inputs = own.flatMap((lag) => horizons.map((_, h) => (lag ? lag.first + 1 + h : -1)));
    return own.includes(undefined) ? [] : [{ periodMs, inputs }];
  });
}

/** Location and spread of each target as a feature, before it learns from this event; 0 and 1 where it is none. */
function affineOf(state: KeyFeatures, featureOf: readonly number[], values: Float64Array): Float64Array {
  const affine = new Float64Array(2 * featureOf.length);
  for (let target = 0; target < featureOf.length; target++) {
    const feature = state.features[featureOf[target] ?? -1];
    affine[2 * target + 1] = 1;
    if (feature instanceof FieldInput) feature.scale.affine(values[target] ?? 0, affine, 2 * target);
  }
  return affine;
}

/**
 * The decoder lets only finite numbers pass for the fields that features and targets name. Whatever else
 * comes is refused before it gets into a key's memory, where a NaN would stay.
 *
 * @throws TypeError code `NOT_A_FEATURE`
 */
function numberOf(sample: Sample, field: string): number {
  const value = sample.values[field];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw notAFeature(sample, `a finite number in field ${JSON.stringify(field)}`, value);
}

/** @throws TypeError code `NOT_A_FEATURE` */
function vectorOf(sample: Sample, field: string, size: number | undefined): Float64Array {
  const value = sample.values[field];
  const isFit = value instanceof Float64Array && (size === undefined || value.length === size);
  if (isFit && value.every(Number.isFinite)) return value;
  throw notAFeature(
    sample,
    `${size ?? "any number of"} finite numbers in field ${JSON.stringify(field)}`,
    value,
  );
}

/** @throws TypeError code `NOT_A_FEATURE` */
function symbolOf(sample: Sample, field: string): string {
  const value = sample.values[field];
  if (typeof value === "string") return value;
  throw notAFeature(sample, `a symbol in field ${JSON.stringify(field)}`, value);
}

/** @throws TypeError code `NOT_A_FEATURE` */
function symbolsOf(sample: Sample, field: string): readonly string[] {
  const value = sample.values[field];
  if (isList(value)) return value;
  throw notAFeature(sample, `a set of symbols in field ${JSON.stringify(field)}`, value);
}

function isList(value: Value | undefined): value is readonly string[] {
  return Array.isArray(value);
}

function notAFeature(sample: Sample, expected: string, value: unknown): Error {
  return problem(TypeError, {
    code: "NOT_A_FEATURE",
    action: "make features of a sample of key",
    on: JSON.stringify(sample.key),
    expected,
    found: value instanceof Float64Array ? `${value.length} numbers` : String(value).slice(0, 60),
  });
}
