import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { parseDuration } from "../core/index.js";
import { parseEvery } from "./every.js";
import { WEEKDAYS } from "./format-anomaly.js";
import { type FullDocument, targetFields } from "./full-document.js";
import { given } from "./given.js";
import type { Pipeline, PipelineMaintenance } from "./pipeline.js";
import { feature } from "./resolve-feature.js";
import { supervised } from "./resolve-target.js";
import { pipelineTest } from "./resolve-test.js";
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
