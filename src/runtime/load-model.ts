import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { RecurrentModel } from "../cells/index.js";
import { problem } from "../core/index.js";
import { type Engine, loadModelAs } from "../onnx/index.js";
import { requireSignature } from "./model-signature.js";

/**
 * Loads a user's network from an ONNX file, to be stepped event by event: in the kernel where its whole graph
 * fits, else in ONNX Runtime.
 *
 * @param options.engine default `auto`
 * @param options.wholeSequences it is run over whole sequences, and may read them from their end; default false
 * @param options.keys public keys of which one has to have signed it; default: none has to
 * @throws Error codes `MODEL_UNREADABLE` when there is no such file, `MODEL_NOT_SIGNED`; see `loadModelAs` for what
 *   is in it
 */
export async function loadModel(
  file: string,
  options: {
    readonly engine?: Engine;
    readonly keys?: readonly string[];
    readonly wholeSequences?: boolean;
  } = {},
): Promise<RecurrentModel> {
  const { keys = [], ...engine } = options;
  const bytes = await readModelFile(file);
  requireSignature(bytes, keys, file);
  return loadModelAs(bytes, { ...engine, name: basename(file, ".onnx") });
}

/** @throws Error code `MODEL_UNREADABLE` */
export async function readModelFile(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    throw problem(Error, {
      code: "MODEL_UNREADABLE",
      action: "read model",
      on: file,
      expected: "a readable ONNX file",
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  });
}
