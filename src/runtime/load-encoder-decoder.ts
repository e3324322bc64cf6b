import { basename } from "node:path";
import { KernelModel, networkGraph } from "../cells/index.js";
import { encoderDecoderFromOnnx } from "../onnx/index.js";
import { readModelFile } from "./load-model.js";
import { requireSignature } from "./model-signature.js";

/** An encoder and its decoder, ready to be stepped: both in the kernel. */
export interface LoadedTextModel {
  readonly encoder: KernelModel;
  readonly decoder: KernelModel;
}

/**
 * Loads the encoder and the decoder that `eddy train` wrote into one ONNX file.
 *
 * @param keys public keys of which one has to have signed it; none: none has to
 * @throws Error codes `MODEL_UNREADABLE` when there is no such file, `MODEL_NOT_SIGNED`; TypeError code
 *   `ONNX_NO_NETWORK` when there is something else in it
 */
export async function loadEncoderDecoder(file: string, keys: readonly string[]): Promise<LoadedTextModel> {
  const bytes = await readModelFile(file);
  requireSignature(bytes, keys, file);
  const name = basename(file, ".onnx");
  const { encoder, decoder } = encoderDecoderFromOnnx(bytes, { name });
  return {
    encoder: new KernelModel(networkGraph(encoder), name),
    decoder: new KernelModel(networkGraph(decoder), name),
  };
}
