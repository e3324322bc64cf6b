import { stringify } from "yaml";
import { namesIn } from "./environment.js";
import { parseEvery } from "./every.js";
import type { FullDocument } from "./full-document.js";
import type { Pipeline } from "./pipeline.js";

/** The pipeline as YAML with all its defaults; secrets stand as `${NAME}`, one written in the file as `***`. */
export function show(pipeline: Pipeline): string {
  const { password } = pipeline.source.broker;
  const isSecret = password !== undefined && namesIn(password).length === 0;
  const shown: FullDocument = isSecret
    ? { ...pipeline.source, broker: { ...pipeline.source.broker, password: "***" } }
    : pipeline.source;
  return stringify(shown, { lineWidth: 110, aliasDuplicateObjects: false });
}

/**
 * All that decides a pipeline's results, as JSON that is equal for equal pipelines: for the fingerprint by
 * which a change is noticed. Left out: name, topics, broker, output, store, tests. A value of the
 * environment stands as `${NAME}`, with a digest of it under `environment`.
 */
export function normalize(pipeline: Pipeline): string {
  // How a file was trained decides nothing that the file itself doesn't.
  const { input, sequence, features, target, model, anomaly, learn } = pipeline.source;
  const { topics: _, qos: __, ...reading } = input;
  // What it does stands in the log.
  const { expire: ___, ...order } = sequence;
  const deciding = inMilliseconds({
    input: reading,
    sequence: order,
    features,
    target,
    model,
    anomaly,
    learn,
  });
  const names = namesIn(JSON.stringify(deciding));
  const environment = Object.fromEntries(
    Object.entries(pipeline.environment).filter(([name]) => names.includes(name)),
  );
  return JSON.stringify(sorted({ ...deciding, environment }));
}

type Deciding = Pick<FullDocument, "features" | "target" | "model" | "anomaly" | "learn"> & {
  input: Omit<FullDocument["input"], "topics" | "qos">;
  sequence: Omit<FullDocument["sequence"], "expire">;
};

/** `60s` and `1m` are the same pause. */
function inMilliseconds({ input, sequence, features, learn, anomaly, ...rest }: Deciding) {
  const ms = (text: string | number | undefined) => {
    if (typeof text !== "string" || text.includes("${")) return text;
    const every = parseEvery(text);
    return "ms" in every ? `${every.ms}ms` : every.events;
  };
  return {
    ...rest,
    features: features.map((feature) => ("lag" in feature ? { ...feature, by: ms(feature.by) } : feature)),
    input: { ...input, "max-ahead": ms(input["max-ahead"]) },
    sequence: {
      ...sequence,
      gap: ms(sequence.gap),
      voice: sequence.voice && {
        ...sequence.voice,
        open: ms(sequence.voice.open),
        close: ms(sequence.voice.close),
        lead: ms(sequence.voice.lead),
      },
    },
    learn: learn && { ...learn, every: ms(learn.every) },
    anomaly: anomaly && {
      ...anomaly,
      silence: ms(anomaly.silence),
      group: ms(anomaly.group),
      maintenance: anomaly.maintenance.map((one) => ("for" in one ? { ...one, for: ms(one.for) } : one)),
      missing: { ...anomaly.missing, every: ms(anomaly.missing.every) },
    },
  };
}

/** The same with every object's keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
