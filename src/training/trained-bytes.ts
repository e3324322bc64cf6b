import { networkFromBytes, networkToBytes } from "../cells/index.js";
import { ByteReader, ByteWriter } from "../core/index.js";
import type { GradientHealth } from "./gradient-health.js";
import type { TrainedNetwork } from "./train-network.js";

/** A network that has been trained, with all that is known of it. */
export function trainedToBytes({ network, outputs, epochs, clipped, gradients }: TrainedNetwork): Uint8Array {
  return new ByteWriter()
    .bytes(networkToBytes(network))
    .f64s(outputs)
    .u32(epochs)
    .u32(clipped)
    .text(JSON.stringify(gradients))
    .finish();
}

/**
 * @param name the network's
 * @throws RangeError codes `STATE_CORRUPT`, `NETWORK_CORRUPT`, `NETWORK_VERSION`
 */
export function trainedFromBytes(bytes: Uint8Array, name: string): TrainedNetwork {
  const from = new ByteReader(bytes, `trained network "${name}"`);
  const trained = {
    network: networkFromBytes(from.bytes(), name),
    outputs: from.f64s(),
    epochs: from.u32(),
    clipped: from.u32(),
    gradients: JSON.parse(from.text()) as GradientHealth,
  };
  from.end();
  return trained;
}
