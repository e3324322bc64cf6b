import {
  meanOf,
  type Network,
  networkFromBytes,
  networkGraph,
  networkToBytes,
  type StepGraph,
  sideBySide,
} from "../cells/index.js";
import { ByteReader, ByteWriter, problem } from "../core/index.js";

/**
 * Eddy's own forecaster: for each horizon a few networks, from other first weights, whose mean is the forecast.
 * Networks that share their cells with other horizons forecast worse (a fifth, with horizons 1, 3 and 48);
 * two whose mean is taken err up to 2 % less than either.
 *
 * Every network sees the same inputs and has an output per target, (y[t + h] - y[t]) / scale[t]: its head is
 * zero at first, so that its first forecast is persistence.
 */
export interface Forecaster {
  /** By horizon, then member. */
  readonly networks: readonly (readonly Network[])[];
}

/** The forecaster as one network with outputs [targets, horizons]. */
export function forecasterGraph({ networks }: Forecaster): StepGraph {
  return sideBySide(networks.map((members) => meanOf(members.map(networkGraph))));
}

export function forecasterWeights({ networks }: Forecaster): number {
  return networks.flat().reduce((sum, { weights }) => sum + weights.length, 0);
}

/** Horizons, members, then each network's bytes. */
export function forecasterToBytes({ networks }: Forecaster): Uint8Array {
  const writer = new ByteWriter().u32(networks.length).u32(networks[0]?.length ?? 0);
  for (const network of networks.flat()) writer.bytes(networkToBytes(network));
  return writer.finish();
}

/**
 * @param name the networks', in errors
 * @throws RangeError code `NETWORK_CORRUPT`, `NETWORK_VERSION`
 */
export function forecasterFromBytes(bytes: Uint8Array, name: string): Forecaster {
  let parts: Uint8Array[][];
  try {
    const reader = new ByteReader(bytes, `forecaster "${name}"`);
    const [horizons, members] = [reader.u32(), reader.u32()];
    if (horizons * members === 0 || horizons * members > bytes.length) throw new RangeError("no network");
    parts = Array.from({ length: horizons }, () => Array.from({ length: members }, () => reader.bytes()));
    reader.end();
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
  return { networks: parts.map((members) => members.map((part) => networkFromBytes(part, name))) };
}
