import { describe, expect, it } from "vitest";
import {
  createEncoderDecoder,
  decoderInput,
  type EncoderDecoderShape,
  KernelModel,
  networkGraph,
} from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import {
  decodeModel,
  encodeModel,
  encoderDecoderFromOnnx,
  encoderDecoderToOnnx,
  networkToOnnx,
  ortRuntime,
} from "../../src/onnx/index.js";

const shapes: readonly EncoderDecoderShape[] = [
  { cell: "gru", hidden: 7, layers: 1, inputs: 5, symbols: 4 },
  { cell: "lstm", hidden: 6, layers: 2, inputs: 3, symbols: 5 },
  { cell: "rnn", hidden: 9, layers: 2, inputs: 4, symbols: 3 },
];

function create(shape: EncoderDecoderShape) {
  const networks = createEncoderDecoder(shape, "made-up");
  const rng = new Rng(3);
  for (const { weights } of [networks.encoder, networks.decoder]) {
    for (const i of weights.keys()) weights[i] = Math.fround(0.4 * rng.normal());
  }
  return networks;
}

describe("encoderDecoderToOnnx()", () => {
  it.each(shapes)("$cell x $layers: comes back bit for bit", (shape) => {
    const networks = create(shape);
    const bytes = encoderDecoderToOnnx(networks, shape, { "eddy.pipeline": "made-up" });
    const back = encoderDecoderFromOnnx(bytes, { name: "made-up" });
    expect(back.shape).toEqual(shape);
    expect(back.encoder.weights).toEqual(networks.encoder.weights);
    expect(back.decoder.weights).toEqual(networks.decoder.weights);
  });

  it.each(shapes)(
    "$cell x $layers: ONNX Runtime gives the logits of every symbol that the kernel gives step by step",
    async (shape) => {
      const networks = create(shape);
      const { Tensor, open } = await ortRuntime("ort-web");
      const session = await open(encoderDecoderToOnnx(networks, shape));
      const [T, text] = [6, [2, 0, 1, 1]];
      const rng = new Rng(4);
      const x = Float32Array.from({ length: T * shape.inputs }, () => rng.normal());
      const [stop, O] = [shape.symbols, shape.symbols + 1];
      const previous = new Float32Array((text.length + 1) * O);
      for (const [k, symbol] of [stop, ...text].entries()) previous[k * O + symbol] = 1;
      const states = session.inputNames.filter((name) => name.includes("initial"));
      const found = await session.run({
        "encoder.input": new Tensor("float32", x, [1, T, shape.inputs]),
        "decoder.previous": new Tensor("float32", previous, [1, text.length + 1, O]),
        ...Object.fromEntries(
          states.map((name) => [
            name,
            new Tensor("float32", new Float32Array(shape.hidden), [1, 1, shape.hidden]),
          ]),
        ),
      });

      const encoder = new KernelModel(networkGraph(networks.encoder));
      const decoder = new KernelModel(networkGraph(networks.decoder));
      const summary = Float64Array.from(encoder.run(x).slice(-encoder.outputs));
      const state = summary.slice();
      const logits = [stop, ...text].flatMap((symbol) => {
        const input = new Float64Array(decoder.inputs);
        decoderInput(input, symbol, summary);
        const output = new Float64Array(O);
        decoder.step(output, state, input);
        return [...output];
      });
      const own = found["decoder.output"]!;
      expect(own.dims).toEqual([1, text.length + 1, O]);
      const ort = own.data as Float32Array;
      for (const [i, logit] of logits.entries()) expect(Math.abs(ort[i]! - logit)).toBeLessThan(1e-5);
      await session.release();
    },
  );
});

describe("encoderDecoderFromOnnx()", () => {
  it("says what is no encoder and decoder, and whose weights do not fit", () => {
    const [shape] = shapes;
    const networks = create(shape!);
    const read = (bytes: Uint8Array) => () => encoderDecoderFromOnnx(bytes, { name: "it" });
    const code = expect.objectContaining({ code: "ONNX_NO_NETWORK" });
    expect(read(networkToOnnx(networks.encoder))).toThrow(code);
    expect(read(encoderDecoderToOnnx(networks, { ...shape!, hidden: 8 }))).toThrow(code);
    const model = decodeModel(encoderDecoderToOnnx(networks, shape!), { name: "it" });
    for (const text of ["null", "[", '{"cell":"gru"}']) {
      const metadataProps = [{ key: "eddy.encoder-decoder", value: text }];
      expect(read(encodeModel({ ...model, metadataProps }))).toThrow(code);
    }
    expect(read(new Uint8Array([1, 2, 3]))).toThrow(expect.objectContaining({ code: "ONNX_UNREADABLE" }));
  });
});
