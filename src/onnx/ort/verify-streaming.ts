import type { RecurrentModel } from "../../cells/index.js";
import { Rng } from "../../core/index.js";
import type { Analysis } from "../analyze-model.js";
import { notStreamableAt } from "../trace/traced.js";
import type { OrtRuntime } from "./ort-runtime.js";
import { messageOf } from "./ort-session.js";
import { runSequence } from "./run-sequence.js";

const STEPS = 7;
/** Far above what the order of sums makes, far below what another step's value makes. */
const TOLERANCE = 1e-3;

/**
 * Makes sure that a model with a node that Eddy does not know gives, step by step, what it gives for the whole
 * sequence at once: the node might look at other steps, and give numbers that look right and are not.
 *
 * @throws TypeError code `ONNX_NOT_STREAMABLE` when it does not, naming the node
 */
export async function requireCausal(
  runtime: OrtRuntime,
  analysis: Analysis,
  bytes: Uint8Array,
  model: RecurrentModel,
): Promise<void> {
  const refused = (found: string): Error => {
    const { node, reason } = analysis.lack!;
    return notStreamableAt({ cannot: "stream", node, reason: `${reason}, and ${found}` }, model.name);
  };
  const rng = new Rng(1);
  const rows = Array.from({ length: STEPS }, () =>
    Float64Array.from({ length: model.inputs }, () => rng.normal()),
  );
  let whole: readonly Float64Array[];
  try {
    whole = await runSequence(runtime, bytes, analysis, rows);
  } catch (cause) {
    throw refused(`a whole sequence does not run: ${messageOf(cause)}`);
  }
  const state = Float64Array.from(model.initialState ?? new Float64Array(model.stateSize));
  const output = new Float64Array(model.outputs);
  for (const [t, row] of rows.entries()) {
    await model.step(output, state, row);
    const expected = whole.length === rows.length ? whole[t]! : t === STEPS - 1 ? whole[0]! : undefined;
    const isSame =
      expected === undefined ||
      (expected.length === output.length &&
        output.every(
          (value, i) => Math.abs(value - expected[i]!) <= TOLERANCE * Math.max(1, Math.abs(expected[i]!)),
        ));
    if (!isSame) throw refused("step by step it gives other numbers than for the whole sequence");
  }
}
