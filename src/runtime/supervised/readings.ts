import type { PipelineSupervised } from "../../spec/index.js";
import type { Readings } from "../../training/index.js";
import type { RecordedSequence } from "./recorded-sequences.js";

/** What an instrument itself says of the value that is wanted, where the network is to say something. */
export function readingsOf(
  { samples, steps }: Pick<RecordedSequence, "samples" | "steps">,
  field: string,
  { at, ahead }: Pick<PipelineSupervised, "at" | "ahead">,
): Readings {
  const read = Float64Array.from(samples, ({ values }) => {
    const value = values[field];
    return typeof value === "number" ? value : Number.NaN;
  });
  const due = (values: Float64Array) => {
    if (at === "end") return values.slice(-1);
    return Float64Array.from(steps.flatMap((k, i) => Array<number>(k).fill(values[i + ahead] ?? Number.NaN)));
  };
  return { held: due(held(read)), interpolated: due(interpolated(read)) };
}

/** Where there is none, the one before. */
function held(read: Float64Array): Float64Array {
  let newest = Number.NaN;
  return read.map((value) => {
    if (!Number.isNaN(value)) newest = value;
    return newest;
  });
}

/** Where there is none, on the line between those on both sides; before the first and after the last, that one. */
export function interpolated(read: Float64Array): Float64Array {
  const before = held(read);
  const after = held(read.toReversed()).reverse();
  const known = [...read.keys()].filter((i) => !Number.isNaN(read[i]!));
  let next = 0;
  return read.map((value, i) => {
    while (next < known.length && known[next]! < i) next++;
    if (!Number.isNaN(value)) return value;
    const [from, to] = [known[next - 1], known[next]];
    if (from === undefined) return after[i]!;
    if (to === undefined) return before[i]!;
    return before[i]! + ((i - from) / (to - from)) * (after[i]! - before[i]!);
  });
}
