import type { Network } from "./network.js";
import type { CellWeights, Operation, StepGraph, Value } from "./step-graph.js";

/**
 * What a network does at one step, with its weights rounded to float32: its layers, its head, and the head's
 * nonlinearity, so that the graph's output is what the head means.
 */
export function networkGraph(network: Network): StepGraph {
  const {
    cell,
    nonlinearity,
    resetAfter,
    bidirectional = false,
    inputs,
    hidden,
    layers,
    outputs,
  } = network.shape;
  const { head = "linear" } = network.shape;
  const sizes = [inputs];
  const operations: Operation[] = [];
  const value = (size: number): Value => sizes.push(size) - 1;

  let top: Value = 0;
  for (let layer = 0; layer < layers; layer++) {
    const directions = bidirectional ? (["forward", "reverse"] as const) : (["forward"] as const);
    const parts = directions.map((direction) => {
      const output = value(hidden);
      operations.push({
        kind: "recurrent",
        cell,
        ...(nonlinearity === undefined ? {} : { nonlinearity }),
        ...(resetAfter === undefined ? {} : { resetAfter }),
        hidden,
        direction,
        weights: cellWeights(network, `l${layer}${direction === "reverse" ? "_reverse" : ""}`),
        input: top,
        output,
      });
      return output;
    });
    top = parts[0]!;
    if (parts.length > 1) {
      top = value(2 * hidden);
      operations.push({ kind: "concat", parts, output: top });
    }
  }

  const logits = value(outputs);
  operations.push({
    kind: "dense",
    weight: floats(network, "head.weight"),
    bias: floats(network, "head.bias"),
    input: top,
    output: logits,
  });
  let output = logits;
  if (head === "softmax") {
    output = value(outputs);
    operations.push({ kind: "softmax", input: logits, output });
  } else if (head === "sigmoid") {
    output = value(outputs);
    operations.push({ kind: "elementwise", f: "sigmoid", input: logits, output });
  } else if (head === "gaussian") {
    const D = outputs / 2;
    const means = value(D);
    const logVariances = value(D);
    const variances = value(D);
    output = value(outputs);
    operations.push(
      { kind: "slice", from: 0, input: logits, output: means },
      { kind: "slice", from: D, input: logits, output: logVariances },
      { kind: "elementwise", f: "exp", input: logVariances, output: variances },
      { kind: "concat", parts: [means, variances], output },
    );
  }
  return { sizes, operations, output };
}

function cellWeights(network: Network, suffix: string): CellWeights {
  const peephole = `rnn.peephole_${suffix}`;
  return {
    weightIh: floats(network, `rnn.weight_ih_${suffix}`),
    weightHh: floats(network, `rnn.weight_hh_${suffix}`),
    biasIh: floats(network, `rnn.bias_ih_${suffix}`),
    biasHh: floats(network, `rnn.bias_hh_${suffix}`),
    ...(network.parameters.has(peephole) ? { peephole: floats(network, peephole) } : {}),
  };
}

function floats(network: Network, name: string): Float32Array {
  return Float32Array.from(network.parameter(name).values);
}
