import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { parseDuration } from "../core/index.js";
import { parseEvery } from "./every.js";
import { WEEKDAYS } from "./format-anomaly.js";
import {
  aheadOf,
  type FullDocument,
  type FullFeature,
  type FullSupervisedTarget,
  supervisedField,
  targetFields,
} from "./full-document.js";
import type {
  Expectation,
  Fault,
  Feature,
  Pipeline,
  PipelineMaintenance,
  PipelineSearch,
  PipelineSupervised,
  PipelineTest,
  Series,
  SupervisedTarget,
  Wave,
} from "./pipeline.js";
import { parsePercent, parseSize } from "./size.js";

/**
 * From the file's words to numbers: units are read, names become TypeScript's, paths stand beside `file`.
 *
 * @param full checked: every text in it can be read
 * @param models folder in which a model is looked for that does not stand beside `file`
 */
export function resolve(
  full: FullDocument,
  file: string | undefined,
  models?: string,
): Omit<Pipeline, "source" | "environment"> {
  const { input, sequence, model, anomaly, learn, output, store, control } = full;
  const beside = (path: string) => besideFile(path, file);
  return {
    name: full.name,
    input: {
      topics: input.topics,
      qos: input.qos,
      codec: input.codec,
      key: input.key,
      ...given("time", input.time),
      timeUnit: input["time-unit"],
      zone: input.zone,
      ...given("id", input.id),
      retained: input.retained,
      maxAheadMs: parseDuration(input["max-ahead"]),
      maxBytes: parseSize(input["max-bytes"]),
    },
    broker: {
      ...given("url", full.broker.url),
      ...given("username", full.broker.username),
      ...given("password", full.broker.password),
      ...given("passwordFile", full.broker["password-file"], beside),
      ...given("ca", full.broker.ca, beside),
      ...given("cert", full.broker.cert, beside),
      ...given("key", full.broker.key, beside),
      keepAliveMs: parseDuration(full.broker["keep-alive"]),
    },
    sequence: {
      ...given("gapMs", sequence.gap, parseDuration),
      ...given("expireMs", sequence.expire, parseDuration),
      ...given("start", sequence.start),
      ...given("end", sequence.end),
      ...given("voice", sequence.voice, ({ threshold, open, close, lead }) => ({
        thresholdDb: threshold,
        openMs: parseDuration(open),
        closeMs: parseDuration(close),
        leadMs: parseDuration(lead),
      })),
      late: sequence.late,
    },
    features: full.features.map(feature),
    targets: targetFields(full),
    ...(Array.isArray(full.target) || full.train === undefined
      ? {}
      : { supervised: supervised(full.target, full.train) }),
    model:
      "file" in model
        ? {
            kind: "file",
            file: modelPath(model.file, file, models),
            horizons: model.horizon,
            output: model.output,
            batch: model.batch,
          }
        : {
            kind: "built-in",
            cell: model.cell,
            hidden: model.hidden,
            layers: model.layers,
            members: model.members,
            horizons: model.horizon,
            seed: model.seed,
            coldStart: model["cold-start"],
          },
    ...(anomaly === false
      ? {}
      : {
          anomaly: {
            alertsPerDay: anomaly["alerts-per-day"],
            warmUp: anomaly["warm-up"],
            hold: anomaly.hold,
            detectors: anomaly.detectors,
            keys: anomaly.keys,
            limits: Object.fromEntries(
              Object.entries(anomaly.limits).map(([name, { min, max, "per-second": perSecond }]) => [
                name,
                {
                  ...given("min", min),
                  ...given("max", max),
                  ...given("perSecond", perSecond),
                },
              ]),
            ),
            ...given("silenceMs", anomaly.silence, parseDuration),
            ...given("groupMs", anomaly.group, parseDuration),
            maintenance: anomaly.maintenance.map(maintenance),
            missing: {
              ...given("intervalMs", anomaly.missing.every, parseDuration),
              ...given("most", anomaly.missing.most, parsePercent),
            },
          },
        }),
    ...given("learn", learn, (one) => ({
      every: parseEvery(one.every),
      onDrift: one["on-drift"],
      tbptt: one.tbptt,
      budget: parsePercent(one.budget),
    })),
    output: {
      predictions: output.predictions,
      alerts: output.alerts,
      homeAssistant: output["home-assistant"],
      base: output.base,
      qos: output.qos,
      expiryMs: parseDuration(output.expiry),
      backlog: output.backlog,
    },
    lingerMs: parseDuration(full.commit.linger),
    overload: full.overload,
    control,
    modelKeys: full.models["require-signature"],
    store: {
      retention: {
        ...given("ageMs", store.retention.age, parseDuration),
        ...given("bytes", store.retention.size, parseSize),
      },
      durability: store.durability,
      ...given("snapshotEvery", store["snapshot-every"], parseEvery),
      memoryBytes: parseSize(store.memory),
    },
    tests: full.tests.map((test) => pipelineTest(test, beside)),
  };
}

type FullMaintenance = Exclude<FullDocument["anomaly"], false>["maintenance"][number];

function maintenance(full: FullMaintenance): PipelineMaintenance {
  const keys = given("keys", full.keys);
  if ("from" in full) return { from: Date.parse(full.from), to: Date.parse(full.to), ...keys };
  const [hours, minutes] = full.at.split(":").map(Number);
  const weekdays = given("weekdays", full.days, (days) => days.map((day) => WEEKDAYS.indexOf(day)));
  const at = 60_000 * (60 * (hours ?? 0) + (minutes ?? 0));
  return { at, forMs: parseDuration(full.for), ...weekdays, ...keys };
}

function besideFile(path: string, file: string | undefined): string {
  return file === undefined || isAbsolute(path) ? path : join(dirname(file), path);
}

/** Where a model's file is looked for: beside the pipeline's file, else in the folder of models. */
export function modelPath(path: string, file: string | undefined, models: string | undefined): string {
  const own = besideFile(path, file);
  return models === undefined || isAbsolute(path) || existsSync(own) ? own : join(models, path);
}

/** An optional property: there only if the value is. */
function given<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V };
function given<K extends string, V, R>(
  name: K,
  value: V | undefined,
  read: (value: V) => R,
): { [P in K]?: R };
function given(name: string, value: unknown, read: (value: unknown) => unknown = (same) => same): object {
  return value === undefined ? {} : { [name]: read(value) };
}

function supervised(
  target: FullSupervisedTarget,
  training: NonNullable<FullDocument["train"]>,
): PipelineSupervised {
  const { audio, ...rest } = training;
  const change = audio && { ...given("noiseDb", audio.noise), gainDb: audio.gain, speed: audio.speed };
  const { at } = target;
  return {
    ...supervisedTarget(target),
    field: supervisedField(target),
    at,
    pool: "pool" in target ? target.pool : "last",
    ahead: aheadOf(target),
    training: { ...rest, ...given("audio", change) },
  };
}

function supervisedTarget(target: FullSupervisedTarget): SupervisedTarget {
  if ("class" in target)
    return { kind: "class", ...given("spot", target.spot), ...given("classes", target.classes) };
  if ("value" in target) return { kind: "value", ...given("of", target.of) };
  if ("text" in target) {
    const { split, most, vocabulary } = target;
    return { kind: "text", split, most, search: search(target.search), ...given("vocabulary", vocabulary) };
  }
  return { kind: "symbols", ...given("vocabulary", target.vocabulary) };
}

function search(full: Extract<FullSupervisedTarget, { text: string }>["search"]): PipelineSearch {
  if (full === "greedy") return { kind: "greedy" };
  return "beam" in full ? { kind: "beam", width: full.beam } : { kind: "sample", ...full };
}

function feature(full: FullFeature): Feature {
  if ("field" in full) {
    const marks = full.missing === undefined ? {} : { marksMissing: true as const };
    return { kind: "field", field: full.field, scale: full.scale, ...marks };
  }
  if ("difference" in full) return { kind: "difference", field: full.difference, scale: full.scale };
  if ("lag" in full) return { kind: "lag", field: full.lag, byMs: parseDuration(full.by) };
  if ("vector" in full) return { kind: "vector", field: full.vector, size: full.size, scale: full.scale };
  if ("audio" in full) return audioFeature(full);
  if ("symbol" in full)
    return { kind: "symbol", field: full.symbol, ...given("vocabulary", full.vocabulary) };
  if ("symbols" in full)
    return { kind: "symbols", field: full.symbols, ...given("vocabulary", full.vocabulary) };
  if ("text" in full) {
    return { kind: "text", field: full.text, split: full.split, ...given("vocabulary", full.vocabulary) };
  }
  return { kind: "calendar", calendar: full.calendar, harmonics: full.harmonics };
}

function audioFeature(full: Extract<FullFeature, { audio: string }>): Feature {
  return {
    kind: "audio",
    field: full.audio,
    rateHz: full.rate,
    output: full.as,
    windowMs: parseDuration(full.window),
    hopMs: parseDuration(full.hop),
    filters: full.filters,
    lowHz: full.from,
    highHz: full.to ?? 0.475 * full.rate,
    cepstra: full.cepstra,
    hasDelta: full.delta,
    preEmphasis: full["pre-emphasis"],
  };
}

type FullTest = FullDocument["tests"][number];

function pipelineTest(test: FullTest, beside: (path: string) => string): PipelineTest {
  return {
    name: test.name,
    source:
      test.series !== undefined
        ? { kind: "series", series: series(test.series) }
        : test.input !== undefined
          ? { kind: "file", file: beside(test.input) }
          : test.payloads !== undefined
            ? { kind: "payloads", payloads: test.payloads.map(payloadBytes) }
            : { kind: "rows", rows: test.rows ?? [] },
    ...given("topic", test.topic),
    expect: expectation(test.expect),
  };
}

function payloadBytes(payload: string | { readonly hex: string }): Uint8Array {
  return Uint8Array.from(
    typeof payload === "string" ? Buffer.from(payload) : Buffer.from(payload.hex.replace(/\s/g, ""), "hex"),
  );
}

function series(full: NonNullable<FullTest["series"]>): Series {
  return {
    count: full.count,
    everyMs: parseDuration(full.every),
    startMs: Date.parse(full.start),
    seed: full.seed,
    fields: Object.fromEntries(
      Object.entries(full.fields).map(([name, wave]): [string, Wave] => [
        name,
        {
          level: wave.level,
          amplitude: wave.amplitude,
          ...given("periodMs", wave.period, parseDuration),
          noise: wave.noise,
          trendPerHour: wave.trend,
          faults: wave.faults.map(
            ({ at, length, add, value }): Fault => ({
              at,
              length,
              change: add !== undefined ? { add } : value !== undefined ? { value } : "stuck",
            }),
          ),
        },
      ]),
    ),
  };
}

function expectation(full: FullTest["expect"]): Expectation {
  return {
    ...given("rows", full.rows),
    ...given("stepped", full.stepped),
    ...given("alerts", full.alerts, (alerts) =>
      typeof alerts === "number"
        ? { min: alerts, max: alerts }
        : { min: alerts.min, ...given("max", alerts.max) },
    ),
    raised: full.raised ?? [],
    quiet: full.quiet ?? [],
    notes: Object.fromEntries(Object.entries(full.notes ?? {}).filter(([, count]) => count !== undefined)),
    ...given("maeBelowPersistence", full["mae-below-persistence"]),
    ...given("named", full.named),
    ...given("accuracy", full.accuracy),
    ...given("mae", full.mae),
    cells: full.cells ?? [],
  };
}
