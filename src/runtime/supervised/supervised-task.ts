import {
  classObjective,
  frequencyRival,
  type LabelledSequence,
  linearRival,
  linearValueRival,
  majorityRival,
  meanRival,
  type Objective,
  type Rival,
  readingRival,
  repetitionRival,
  symbolsObjective,
  valueObjective,
} from "../../training/index.js";
import type { TargetCode } from "./target-code.js";

/** What a network of a target learns by, and what it has to beat. */
export interface SupervisedTask {
  readonly objective: Objective;
  readonly rivals: Readonly<Record<string, Rival>>;
}

/** The score that several seeds are told apart by. */
export const MAIN_SCORE = { class: "accuracy", value: "mae", symbols: "nll", text: "exact" } as const;

/** @param own what it is trained on */
export function supervisedTask(
  { supervised }: TargetCode,
  own: readonly LabelledSequence[],
  inputs: number,
): SupervisedTask {
  const { at } = supervised;
  if (supervised.kind === "class") {
    const O = supervised.classes?.length ?? 0;
    const rivals = { majority: majorityRival(own, O), linear: linearRival(own, inputs, O, at) };
    return { objective: classObjective(O), rivals };
  }
  if (supervised.kind === "symbols") {
    const K = supervised.vocabulary?.length ?? 0;
    const rivals = {
      frequency: frequencyRival(own, K),
      ...(at === "step" ? { repetition: repetitionRival(own, K) } : {}),
    };
    return { objective: symbolsObjective(own, K), rivals };
  }
  return {
    objective: valueObjective(own),
    rivals: {
      ...(supervised.of === undefined ? {} : { reading: readingRival("held") }),
      ...(hasGaps(own) ? { interpolated: readingRival("interpolated") } : {}),
      mean: meanRival(own),
      linear: linearValueRival(own, inputs, at),
    },
  };
}

/** Somewhere the instrument says nothing, so that the line between its neighbours is something else than itself. */
function hasGaps(own: readonly LabelledSequence[]): boolean {
  return own.some(({ readings }) =>
    readings?.held.some((one, i) => one !== readings.interpolated[i] && !Number.isNaN(one)),
  );
}
