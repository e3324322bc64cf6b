import {
  type Batch,
  type ByteReader,
  type ByteWriter,
  KeyedState,
  problem,
  type Sample,
  type Stage,
  type StreamEvent,
  timeZone,
} from "../core/index.js";
import { calendarInto } from "./calendar.js";
import { checkFeatures } from "./check-features.js";
import { type Feature, inputNames, type Scale } from "./feature.js";
import { restoreInto } from "./restore-into.js";
import { RobustScaler } from "./robust-scaler.js";
import { StepScale } from "./step-scale.js";

export interface FeatureOptions {
  readonly features: readonly Feature[];
  /** Fields that are forecast. */
  readonly targets: readonly string[];
  /** Steps ahead, ascending. */
  readonly horizons: readonly number[];
  /** IANA zone of calendar features; default UTC. */
  readonly zone?: string;
}

export interface FeatureStage extends Stage {
  /** I: inputs of the network. */
  readonly inputs: number;
  /** What each input is, for people; I of them. */
  readonly names: readonly string[];
}

/** What one key remembers: a scaler per feature that has one, and how far each target moves. */
class KeyFeatures {
  readonly scalers: readonly RobustScaler[];
  readonly targets: readonly StepScale[];
  /** The last value of each feature's field, for differences; NaN at the start of a sequence. */
  readonly last: Float64Array;

  constructor({ features, targets, horizons }: FeatureOptions) {
    this.scalers = features.map(() => new RobustScaler());
    this.targets = targets.map(() => new StepScale(horizons));
    this.last = new Float64Array(features.length).fill(Number.NaN);
  }

  begin(): void {
    this.last.fill(Number.NaN);
    for (const target of this.targets) target.begin();
  }

  write(to: ByteWriter): void {
    for (const scaler of this.scalers) scaler.write(to);
    for (const target of this.targets) target.write(to);
    to.f64s(this.last);
  }

  read(from: ByteReader): this {
    for (const scaler of this.scalers) scaler.read(from);
    for (const target of this.targets) target.read(from);
    restoreInto(this.last, from);
    return this;
  }
}

/**
 * Sample to network input: fills in `input` [I], `target` [targets], `scale` [targets * horizons] and
 * `affine` [targets * 2] of every event that is to be stepped. Scales are per key and learn after use.
 * Where a sequence begins, differences and steps start afresh; scales stay. Slot: `features`.
 *
 * @throws RangeError code `BAD_FEATURE` for features, targets or horizons that can't be
 */
export function featureStage(options: FeatureOptions): FeatureStage {
  const { features, targets, horizons } = options;
  checkFeatures(features, targets, horizons);
  const names = features.flatMap(inputNames);
  const zone = timeZone(options.zone ?? "UTC");
  const keys = new KeyedState<KeyFeatures>({
    name: "features",
    version: 1,
    create: () => new KeyFeatures(options),
    write: (state, to) => state.write(to),
    read: (from) => new KeyFeatures(options).read(from),
  });
  // The feature by which each target is scaled, if it is one.
  const featureOf = targets.map((target) =>
    features.findIndex((feature) => feature.kind === "field" && feature.field === target),
  );

  const step = (event: StreamEvent): void => {
    const state = keys.of(event.sample.key);
    if (event.begins) state.begin();
    const { sample } = event;
    event.target = Float64Array.from(targets, (field) => numberOf(sample, field));
    event.affine = affineOf(state, features, featureOf, event.target);
    event.input = inputOf(state, features, names.length, sample, zone.offsetAt(sample.time));
    event.scale = new Float64Array(targets.length * horizons.length);
    for (const [index, target] of state.targets.entries()) {
      target.step(event.scale, index * horizons.length, event.target[index] ?? Number.NaN);
    }
  };

  return {
    slots: [keys],
    inputs: names.length,
    names,
    process(batch: Batch): void {
      for (const event of batch.events) if (event.note === "") step(event);
    },
  };
}

/** Location and spread of each target as a feature, before it learns from this event; a first value is its own location. */
function affineOf(
  state: KeyFeatures,
  features: readonly Feature[],
  featureOf: readonly number[],
  values: Float64Array,
): Float64Array {
  const affine = new Float64Array(2 * featureOf.length);
  for (const [target, index] of featureOf.entries()) {
    const feature = features[index];
    const scaler = state.scalers[index];
    const scale: Scale = feature === undefined || feature.kind === "calendar" ? "none" : feature.scale;
    const [location, spread] =
      scale === "none" || scaler === undefined
        ? [0, 1]
        : scale === "robust"
          ? [scaler.isKnown ? scaler.location : (values[target] ?? 0), scaler.spread]
          : [scale.mean, scale.sd];
    affine[2 * target] = location;
    affine[2 * target + 1] = spread;
  }
  return affine;
}

function inputOf(
  state: KeyFeatures,
  features: readonly Feature[],
  inputs: number,
  sample: Sample,
  offsetMs: number,
): Float64Array {
  const input = new Float64Array(inputs);
  let at = 0;
  for (const [index, feature] of features.entries()) {
    if (feature.kind === "calendar") {
      calendarInto(input, at, feature.calendar, sample.time + offsetMs);
      at += 2;
      continue;
    }
    const value = numberOf(sample, feature.field);
    const before = state.last[index] ?? Number.NaN;
    state.last[index] = value;
    if (feature.kind === "field") {
      input[at++] = scaled(value, feature.scale, state.scalers[index]);
    } else if (Number.isNaN(before)) {
      // A sequence's first event has no difference; its scale learns nothing from that.
      input[at++] = 0;
    } else {
      input[at++] = scaled(value - before, feature.scale, state.scalers[index]);
    }
  }
  return input;
}

function scaled(value: number, scale: Scale, scaler: RobustScaler | undefined): number {
  if (scale === "none" || scaler === undefined) return value;
  if (scale !== "robust") return (value - scale.mean) / scale.sd;
  const result = scaler.scale(value);
  scaler.learn(value);
  return result;
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
  throw problem(TypeError, {
    code: "NOT_A_FEATURE",
    action: "make features of a sample of key",
    on: JSON.stringify(sample.key),
    expected: `a finite number in field ${JSON.stringify(field)}`,
    found: typeof value === "object" ? "a vector" : String(value).slice(0, 60),
  });
}
