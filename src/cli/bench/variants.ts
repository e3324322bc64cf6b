import { type CellKind, KernelModel, networkGraph } from "../../cells/index.js";
import { classObjective, runSequences, type SupervisedShape, trainSupervised } from "../../training/index.js";
import type { VariantTask } from "./variant-tasks.js";

const CELLS: readonly CellKind[] = ["rnn", "gru", "lstm"];
const ROUNDS = 5;

export interface VariantResult {
  readonly cell: CellKind;
  readonly bidirectional: boolean;
  readonly hidden: number;
  readonly parameters: number;
  /** Seconds of CPU, mean of the seeds. */
  readonly trainSeconds: number;
  /** Of CPU, when it reads the test part as one sequence; the median of five rounds. */
  readonly microsecondsPerStep: number;
  /** Share of the test part's classes that is right, mean of the seeds. */
  readonly accuracy: number;
  /** By seed. */
  readonly accuracies: readonly number[];
}

export interface VariantsOptions {
  readonly task: VariantTask;
  readonly hidden: number;
  /** Seeds 1 to this. */
  readonly seeds: number;
  readonly onResult: (result: VariantResult) => void;
}

/**
 * RNN, LSTM and GRU, reading forward and both ways, on the same task and by the same training: BPTT through whole
 * sequences. At a sequence's end the last step is judged, of which reading backward knows no more than that step.
 */
export function benchVariants({ task, hidden, seeds, onResult }: VariantsOptions): void {
  for (const bidirectional of [false, true]) {
    for (const cell of CELLS) {
      onResult(measure(task, { cell, bidirectional, hidden }, seeds));
    }
  }
}

function measure(
  task: VariantTask,
  which: Pick<VariantResult, "cell" | "bidirectional" | "hidden">,
  seeds: number,
): VariantResult {
  const { at, inputs, classes, epochs, batch, rate, training, test } = task;
  const plain = Array<boolean>(inputs).fill(true);
  const shape: SupervisedShape = { ...which, layers: 1, inputs, plain, at, pool: "last" };
  const objective = classObjective(classes);
  const right = test.map((one) => one.target);
  const seconds: number[] = [];
  const networks = Array.from({ length: seeds }, (_, i) => {
    const recipe = {
      seed: i + 1,
      epochs,
      batch,
      steps: 1,
      whole: true,
      learningRate: rate,
      weightDecay: 0.01,
      dropout: 0,
      noise: { value: 0, sequence: 0 },
      stretch: 0,
    };
    const { result, microseconds } = timed(() => trainSupervised(shape, objective, recipe, () => training));
    seconds.push(microseconds / 1e6);
    return result;
  });
  const accuracies = networks.map(
    (network) => objective.scores(runSequences(network, shape, test), right).scores.accuracy,
  );
  const [first] = networks;
  const model = new KernelModel(networkGraph(first!));
  // All texts as one: a step's cost, not that of a call.
  const all = Float64Array.from(test.flatMap(({ x }) => [...x.toArray()]));
  const read = () => model.run(all);
  // Until the engine has compiled what it runs.
  for (let warm = 0; warm < ROUNDS; warm++) read();
  const rounds = Array.from({ length: ROUNDS }, () => (timed(read).microseconds * inputs) / all.length);
  rounds.sort((a, b) => a - b);
  return {
    ...which,
    parameters: first!.weightCount,
    trainSeconds: Number(mean(seconds).toFixed(2)),
    microsecondsPerStep: Number(rounds[ROUNDS >> 1]!.toFixed(2)),
    accuracy: mean(accuracies),
    accuracies,
  };
}

/** CPU time: what else a machine does is not this one's. */
function timed<T>(work: () => T): { readonly result: T; readonly microseconds: number } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, microseconds: user + system };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
