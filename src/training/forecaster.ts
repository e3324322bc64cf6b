import {
  type Network,
  networkFromBytes,
  networkGraph,
  networkToBytes,
  type StepGraph,
  sideBySide,
} from "../cells/index.js";
import { ByteReader, ByteWriter, problem } from "../core/index.js";

/**
 * Eddy's own forecaster: a network for each horizon. Networks that share their cells with other horizons
 * forecast worse (a fifth, with horizons 1, 3 and 48 on the series of docs/forecasting.md).
 *
 * Every network sees the same inputs and has an output per target, (y[t + h] - y[t]) / scale[t]: its head is
 * zero at first, so that its first forecast is persistence.
 */
export interface Forecaster {
  /** By horizon. */
  readonly networks: readonly Network[];
}

/** The forecaster as one network with outputs [targets, horizons]. */
export function forecasterGraph({ networks }: Forecaster): StepGraph {
  return sideBySide(networks.map(networkGraph));
}

export function forecasterWeights({ networks }: Forecaster): number {
  return networks.reduce((sum, { weights }) => sum + weights.length, 0);
}

/** Count, then each network's bytes. */
export function forecasterToBytes({ networks }: Forecaster): Uint8Array {
  const writer = new ByteWriter().u8(networks.length);
  for (const network of networks) writer.bytes(networkToBytes(network));
  return writer.finish();
}

/**
 * @param name the networks', in errors
 * @throws RangeError code `NETWORK_CORRUPT`, `NETWORK_VERSION`
 */
export function forecasterFromBytes(bytes: Uint8Array, name: string): Forecaster {
  let parts: Uint8Array[];
  try {
    const reader = new ByteReader(bytes, `forecaster "${name}"`);
    parts = Array.from({ length: reader.u8() }, () => reader.bytes());
    reader.end();
    if (parts.length === 0) throw new RangeError("no network");
  } catch (cause) {
    throw problem(RangeError, {
      code: "NETWORK_CORRUPT",
      action: "read",
      on: `forecaster "${name}"`,
      expected: "the bytes of its networks",
      found: `${bytes.length} other bytes`,
      cause,
    });
  }
  return { networks: parts.map((part) => networkFromBytes(part, name)) };
}
