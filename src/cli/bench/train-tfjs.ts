import { localEngine, type TrainCase, type TrainEngine } from "./train-engine.js";

/** As much of TensorFlow.js as is used: it need not be installed. */
interface Tensor {
  sub(other: Tensor): Tensor;
  square(): Tensor;
  sum(): Tensor;
  mean(): Tensor;
  mul(other: Tensor): Tensor;
  dataSync(): ArrayLike<number>;
}

interface TensorFlow {
  setBackend(name: string): Promise<boolean>;
  tidy(work: () => void): void;
  scalar(value: number): Tensor;
  randomNormal(shape: readonly number[]): Tensor;
  sequential(options: { readonly layers: readonly unknown[] }): { apply(input: Tensor): Tensor };
  readonly layers: Readonly<Record<"gru" | "lstm" | "simpleRNN" | "dense", (options: object) => unknown>>;
  readonly train: {
    adam(rate: number): { applyGradients(gradients: Readonly<Record<string, Tensor>>): void };
  };
  variableGrads(loss: () => Tensor): {
    readonly value: Tensor;
    readonly grads: Readonly<Record<string, Tensor>>;
  };
}

/** TensorFlow.js on its CPU backend. @returns a reason instead where it is not installed */
export async function tfjsEngine(): Promise<TrainEngine | string> {
  // A name that the compiler doesn't look for.
  const name: string = "@tensorflow/tfjs";
  let tf: TensorFlow;
  try {
    tf = (await import(name)) as TensorFlow;
  } catch {
    return `${name} is not installed`;
  }
  await tf.setBackend("cpu");
  return localEngine("tfjs", (which) => tfjsPass(tf, which));
}

function tfjsPass(tf: TensorFlow, { cell, hidden, inputs, batch, steps }: TrainCase): () => void {
  const recurrent = tf.layers[cell === "rnn" ? "simpleRNN" : cell];
  const model = tf.sequential({
    layers: [
      recurrent({ units: hidden, returnSequences: true, inputShape: [steps, inputs] }),
      tf.layers.dense({ units: 1 }),
    ],
  });
  const optimizer = tf.train.adam(1e-3);
  const input = tf.randomNormal([batch, steps, inputs]);
  const target = tf.randomNormal([batch, steps, 1]);
  return () =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => model.apply(input).sub(target).square().mean());
      let square = 0;
      for (const gradient of Object.values(grads)) square += gradient.square().sum().dataSync()[0]!;
      const scale = tf.scalar(Math.min(1, 1 / (Math.sqrt(square) + 1e-6)));
      const clipped = Object.entries(grads).map(([name, gradient]) => [name, gradient.mul(scale)] as const);
      optimizer.applyGradients(Object.fromEntries(clipped));
    });
}
