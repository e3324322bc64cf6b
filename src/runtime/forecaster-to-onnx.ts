import { encodeModel, networkToOnnx, writeGraph } from "../onnx/index.js";
import { type Forecaster, forecasterGraph } from "../training/index.js";

/**
 * A forecaster as an ONNX file with outputs [targets, horizons], in usual steps from the value now: for a
 * pipeline's `model: { file }`.
 *
 * @param name the graph's, where it is of several networks
 * @param metadata what stands in `metadata_props`, beside `eddy.output`
 */
export function forecasterToOnnx(
  forecaster: Forecaster,
  name: string,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const props = { ...metadata, "eddy.output": "step" };
  const networks = forecaster.networks.flat();
  const [network] = networks;
  return networks.length === 1 && network
    ? networkToOnnx(network, props)
    : encodeModel(writeGraph(forecasterGraph(forecaster), name, props));
}
