import { problem } from "../../core/index.js";
import type { Analysis } from "../analyze-model.js";
import { hasRole, isFeature, lengthOf } from "../trace/axes.js";
import { isStream } from "../trace/traced.js";
import type { OrtRuntime } from "./ort-runtime.js";
import { elementsOf, messageOf, OrtSession, type SessionPort } from "./ort-session.js";
import { initialState, openShape, port } from "./session-plan.js";

/**
 * Runs a whole sequence at once in ONNX Runtime, also through what cannot be streamed.
 *
 * @param bytes the model's, as it is
 * @param rows  [T] arrays [I]
 * @returns [T] arrays [O]; [1] array [O] of a many-to-one model
 * @throws TypeError, RangeError code `ONNX_RUN_FAILED` when the model takes no sequence of this length
 */
export async function runSequence(
  runtime: OrtRuntime,
  bytes: Uint8Array,
  analysis: Analysis,
  rows: readonly Float64Array[],
): Promise<Float64Array[]> {
  const { description, axes, signature, trace } = analysis;
  const T = rows.length;
  const input: SessionPort = port(
    analysis,
    signature.input,
    axes
      ? axes.axes.map((axis, i) => (i === axes.time ? T : isFeature(axis) ? lengthOf(axis) : 1))
      : openShape(signature.input).map((length) => (length === "batch" ? 1 : length)),
  );
  const plan = {
    input,
    output: port(analysis, signature.output),
    states: signature.states.map((state) => ({
      input: port(analysis, state.input),
      output: port(analysis, state.output),
    })),
  };
  const session = await OrtSession.open(runtime, bytes, description.name, plan);
  try {
    session.prepare(1);
    const all = new Float64Array(rows.reduce((sum, row) => sum + row.length, 0));
    const inner = axes?.time === undefined ? 1 : sizeAfter(input, axes.time);
    const width = rows[0]?.length ?? 0;
    rows.forEach((row, t) => {
      row.forEach((value, i) => {
        const outer = Math.floor(i / inner);
        all[(outer * T + t) * inner + (i - outer * inner)] = value;
      });
    });
    if (all.length !== T * width) throw new RangeError("rows of different lengths");
    session.write(0, 0, all);
    const initial = initialState(analysis, plan);
    let at = 0;
    for (const [i, state] of plan.states.entries()) {
      session.write(i + 1, 0, initial.subarray(at, at + elementsOf(state.input)));
      at += elementsOf(state.input);
    }
    const [result] = await session.run();
    const values = Float64Array.from(result!, Number);
    const output = trace?.values.get(signature.output.name);
    if (isStream(output) && !output.axes.some((axis) => hasRole(axis, "time"))) return [values];
    if (values.length % T !== 0) return [values];
    const O = values.length / T;
    const time = isStream(output) ? output.axes.findIndex((axis) => hasRole(axis, "time")) : 0;
    const after = isStream(output)
      ? output.axes
          .slice(time + 1)
          .filter(isFeature)
          .map(lengthOf)
      : [O];
    const step = after.reduce((product, length) => product * length, 1);
    return rows.map((_, t) =>
      Float64Array.from({ length: O }, (_, i) => {
        const outer = Math.floor(i / step);
        return values[(outer * T + t) * step + (i - outer * step)]!;
      }),
    );
  } catch (cause) {
    throw problem(Error, {
      code: "ONNX_RUN_FAILED",
      action: "run",
      on: `ONNX model "${description.name}"`,
      expected: `it to take a whole sequence of ${T} steps`,
      found: messageOf(cause),
      cause,
    });
  } finally {
    await session.release();
  }
}

function sizeAfter({ shape }: SessionPort, axis: number): number {
  return shape
    .slice(axis + 1)
    .reduce<number>((product, length) => (length === "batch" ? product : product * length), 1);
}
