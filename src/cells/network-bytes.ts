import { ByteReader, ByteWriter, problem } from "../core/index.js";
import type { CellKind } from "./cell.js";
import { Network } from "./network.js";
import { checkShape, type HeadKind, type NetworkShape, weightCount } from "./network-shape.js";
import type { Nonlinearity } from "./rnn-cell.js";

const MAGIC = "eddy-network";
const VERSION = 2;
const CELLS: readonly CellKind[] = ["rnn", "gru", "lstm"];
const NONLINEARITIES: readonly Nonlinearity[] = ["tanh", "relu", "sigmoid"];
const HEADS: readonly HeadKind[] = ["linear", "gaussian", "quantile", "softmax", "sigmoid"];
/** Bits of the options byte. */
const RESET_BEFORE = 1;
const PEEPHOLES = 2;
const BIDIRECTIONAL = 4;

/** Shape and weights as bytes: magic, format version, shape, weights (float64), checksum. */
export function networkToBytes(network: Network): Uint8Array {
  const { cell, nonlinearity = "tanh", inputs, hidden, layers, outputs, head = "linear" } = network.shape;
  const { resetAfter, peepholes, bidirectional } = network.shape;
  const options =
    (resetAfter === false ? RESET_BEFORE : 0) |
    (peepholes === true ? PEEPHOLES : 0) |
    (bidirectional === true ? BIDIRECTIONAL : 0);
  const body = new ByteWriter()
    .text(MAGIC)
    .u8(VERSION)
    .u8(CELLS.indexOf(cell))
    .u8(NONLINEARITIES.indexOf(nonlinearity))
    .u8(HEADS.indexOf(head))
    .u8(options)
    .u32(inputs)
    .u32(hidden)
    .u32(layers)
    .u32(outputs)
    .f64s(network.weights)
    .finish();
  return new ByteWriter().bytes(body).u32(checksum(body)).finish();
}

/**
 * @param name the network's, in predictions and in errors
 * @throws RangeError code `NETWORK_CORRUPT` when the bytes are not what `networkToBytes` wrote,
 *   `NETWORK_VERSION` when another version of the format wrote them
 */
export function networkFromBytes(bytes: Uint8Array, name = "network"): Network {
  const what = `network "${name}"`;
  const corrupt = (expected: string, found: string, cause?: unknown) =>
    problem(RangeError, { code: "NETWORK_CORRUPT", action: "read", on: what, expected, found, cause });

  let reader: ByteReader;
  try {
    const outer = new ByteReader(bytes, what);
    const body = outer.bytes();
    const sum = outer.u32();
    outer.end();
    if (sum !== checksum(body)) throw corrupt(`checksum ${sum}`, String(checksum(body)));
    reader = new ByteReader(body, what);
    const magic = reader.text();
    if (magic !== MAGIC) throw corrupt(MAGIC, JSON.stringify(magic));
  } catch (cause) {
    if (cause instanceof RangeError && "code" in cause && cause.code === "NETWORK_CORRUPT") throw cause;
    throw corrupt("the bytes of a network", `${bytes.length} other bytes`, cause);
  }

  const version = reader.u8();
  if (version !== VERSION) {
    throw problem(RangeError, {
      code: "NETWORK_VERSION",
      action: "read",
      on: what,
      expected: `format version ${VERSION}`,
      found: String(version),
    });
  }
  const cell = CELLS[reader.u8()];
  const nonlinearity = NONLINEARITIES[reader.u8()];
  const head = HEADS[reader.u8()];
  const options = reader.u8();
  if (cell === undefined || nonlinearity === undefined || head === undefined) {
    throw corrupt("a known cell and head", "others");
  }
  const shape: NetworkShape = {
    cell,
    ...(cell === "rnn" ? { nonlinearity } : {}),
    ...(options & RESET_BEFORE ? { resetAfter: false } : {}),
    ...(options & PEEPHOLES ? { peepholes: true } : {}),
    ...(options & BIDIRECTIONAL ? { bidirectional: true } : {}),
    ...(head === "linear" ? {} : { head }),
    inputs: reader.u32(),
    hidden: reader.u32(),
    layers: reader.u32(),
    outputs: reader.u32(),
  };
  checkShape(shape);
  const weights = reader.f64s();
  reader.end();
  if (weights.length !== weightCount(shape))
    throw corrupt(`${weightCount(shape)} weights`, String(weights.length));
  const bad = weights.findIndex((weight) => !Number.isFinite(weight));
  if (bad >= 0) throw corrupt("finite weights", `${weights[bad]} at ${bad}`);
  const network = new Network(shape, name);
  network.weights.set(weights);
  return network;
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
