import type { ModelProto } from "./proto/model-proto.js";

/** `metadata_props` key under which the states stand that Eddy made explicit, as JSON. */
const KEY = "eddy.states";

/** A state that goes through a model's inputs and outputs. */
export interface StateRecord {
  /** The recurrent node whose memory it is. */
  readonly node: string;
  readonly input: string;
  readonly output: string;
  readonly shape: readonly (number | string)[];
  /** At the start of a sequence; of one sequence, the batch being 1. */
  readonly initial: "zeros" | readonly number[];
}

/** Adds to what the file says already. */
export function writeStateRecords(model: ModelProto, records: readonly StateRecord[]): void {
  if (records.length === 0) return;
  const all = [...readStateRecords(model), ...records];
  model.metadataProps = [
    ...model.metadataProps.filter(({ key }) => key !== KEY),
    { key: KEY, value: JSON.stringify(all) },
  ];
}

/** What the file says of its states; what others wrote under the same key is not Eddy's. */
export function readStateRecords(model: ModelProto): readonly StateRecord[] {
  const text = model.metadataProps.find(({ key }) => key === KEY)?.value;
  if (text === undefined) return [];
  try {
    const records: unknown = JSON.parse(text);
    return Array.isArray(records) ? records.filter(isRecord) : [];
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is StateRecord {
  if (typeof value !== "object" || value === null) return false;
  const { input, initial } = value as Partial<StateRecord>;
  const isGiven = Array.isArray(initial) && initial.every((number) => typeof number === "number");
  return typeof input === "string" && (initial === "zeros" || isGiven);
}
