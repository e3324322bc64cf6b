import { createHash } from "node:crypto";
import { problem } from "../core/index.js";
import { normalize, type Pipeline } from "../spec/index.js";
import type { Identity, PipelineStore } from "../store/index.js";
import { readModelFile } from "./load-model.js";
import { NUMERICS } from "./numerics.js";

/** What decides a pipeline's results: its normalized text, its model's file, the arithmetic. */
export async function identityOf(pipeline: Pipeline): Promise<Identity> {
  const decides = normalize(pipeline);
  const hash = createHash("sha256").update(decides);
  if (pipeline.model.kind === "file") hash.update(await readModelFile(pipeline.model.file));
  const spec: StoredSpec = { decides: JSON.parse(decides), pipeline: withoutSecrets(pipeline) };
  return { fingerprint: hash.digest("hex").slice(0, 32), numerics: NUMERICS, spec: JSON.stringify(spec) };
}

/** What stands in a data directory of the pipeline that wrote it. */
interface StoredSpec {
  /** What decides results, to say what changed. */
  readonly decides: unknown;
  /** To step the log again without the pipeline's file. */
  readonly pipeline: Pipeline;
}

function withoutSecrets(pipeline: Pipeline): Pipeline {
  const { password: _, ...broker } = pipeline.source.broker;
  return {
    ...pipeline,
    broker: {},
    tests: [],
    environment: {},
    source: { ...pipeline.source, broker, tests: [] },
  };
}

/** The pipeline that wrote a data directory. */
export function storedPipeline(identity: Identity): Pipeline {
  return (JSON.parse(identity.spec) as StoredSpec).pipeline;
}

/**
 * Compares a data directory with what is to run on it. An old one is adopted as it is if it was written by
 * the same pipeline; under a changed one the stored events can be stepped again (`restep`), which makes
 * new states and outputs from position 1.
 *
 * @throws Error code `PIPELINE_CHANGED`, saying what changed, when it did and `restep` wasn't asked for
 */
export async function settleIdentity(
  store: PipelineStore,
  identity: Identity,
  restep: boolean,
): Promise<void> {
  const { recorded } = store;
  if (recorded === undefined) {
    await store.adopt(identity);
    return;
  }
  const same = recorded.fingerprint === identity.fingerprint && recorded.numerics === identity.numerics;
  if (same) return;
  if (!restep) {
    throw problem(Error, {
      code: "PIPELINE_CHANGED",
      action: "go on with pipeline",
      on: JSON.stringify(store.name),
      expected: "the pipeline that wrote this data directory",
      found:
        `${changes(recorded, identity).join("; ")}. ` +
        "Run with --restep to step the stored events again under the new one, or give another --data",
    });
  }
  await store.startAgain();
  await store.adopt(identity);
}

/** What changed, for people: `model.hidden 32 -> 64`. */
function changes(before: Identity, after: Identity): string[] {
  const list: string[] = [];
  if (before.numerics !== after.numerics) list.push(`numerics ${before.numerics} -> ${after.numerics}`);
  const decides = ({ spec }: Identity) => (JSON.parse(spec) as StoredSpec).decides;
  compare("", decides(before), decides(after), list);
  return list.length > 0 ? list : ["another model file of the same name"];
}

function compare(path: string, before: unknown, after: unknown, list: string[]): void {
  if (isRecord(before) && isRecord(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(path === "" ? name : `${path}.${name}`, before[name], after[name], list);
    }
  } else if (JSON.stringify(before) !== JSON.stringify(after)) {
    list.push(`${path} ${JSON.stringify(before) ?? "absent"} -> ${JSON.stringify(after) ?? "absent"}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
