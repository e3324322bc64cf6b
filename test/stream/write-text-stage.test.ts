import { describe, expect, it } from "vitest";
import {
  createEncoderDecoder,
  initializeEncoderDecoder,
  KernelModel,
  networkGraph,
  writeSymbols,
} from "../../src/cells/index.js";
import { Rng, type StreamEvent, type WrittenText } from "../../src/core/index.js";
import { type WriteTextOptions, WriteTextStage } from "../../src/stream/index.js";
import { batchOf, eventOf } from "./events.js";

const networks = createEncoderDecoder(
  { cell: "gru", hidden: 8, layers: 1, inputs: 2, symbols: 3 },
  "made-up",
);
initializeEncoderDecoder(networks, new Rng(6));
const options: WriteTextOptions = {
  encoder: new KernelModel(networkGraph(networks.encoder), "made-up"),
  decoder: new KernelModel(networkGraph(networks.decoder), "made-up"),
  symbols: ["one", "two", "three"],
  split: "words",
  search: { kind: "greedy" },
  most: 6,
};

/** Events of one key, by their inputs; the first begins, the last ends. */
function events(...inputs: readonly (readonly number[])[]): StreamEvent[] {
  return inputs.map((input, i) => {
    const event = eventOf("a", i);
    event.input = Float64Array.from(input);
    event.begins = i === 0;
    event.ends = i === inputs.length - 1;
    return event;
  });
}

function written(list: StreamEvent[], given: Partial<WriteTextOptions> = {}) {
  new WriteTextStage({ ...options, ...given }).process(batchOf(list));
  return list.map(({ prediction }) => prediction?.inference as WrittenText | undefined);
}

describe("WriteTextStage", () => {
  it("writes a text at a sequence's end, from the encoder's last step, with the probability of the whole text", () => {
    const { encoder, decoder } = options;
    const summary = Float64Array.from(encoder.run(Float64Array.of(1, 2, -1, 0.5)).slice(-encoder.outputs));
    const expected = writeSymbols(decoder, summary, { kind: "greedy" }, 6);
    const [first, last] = written(events([1, 2], [-1, 0.5]));
    expect(first).toBeUndefined();
    expect(last).toEqual({
      text: expected.symbols.map((symbol) => ["one", "two", "three"][symbol]).join(" "),
      probability: expect.closeTo(Math.exp(expected.logProbability), 12),
    });
  });

  it("writes the same whether a sequence comes in one event or in many, and whatever came before", () => {
    const [whole] = written(events([1, 2, -1, 0.5]));
    expect(written(events([1, 2], [-1, 0.5]))[1]).toEqual(whole);
    expect(written(events([1, 2], [], [-1, 0.5], []))[3]).toEqual(whole);
    const second = [...events([3, 3]), ...events([1, 2, -1, 0.5])];
    expect(written(second)[1]).toEqual(whole);
  });

  it("writes nothing of a sequence without a step", () => {
    expect(written(events([]))).toEqual([undefined]);
  });

  it("finds no less likely a text with a beam, and draws the same one from the same seed", () => {
    const list = () => events([0.3, -2]);
    const [greedy] = written(list());
    const [beam] = written(list(), { search: { kind: "beam", width: 5 } });
    expect(beam!.probability).toBeGreaterThanOrEqual(greedy!.probability);
    const search = { kind: "sample", temperature: 3, seed: 4 } as const;
    expect(written(list(), { search })).toEqual(written(list(), { search }));
  });

  it("refuses networks that do not fit the symbols", () => {
    expect(() => new WriteTextStage({ ...options, symbols: ["one"] })).toThrow(
      expect.objectContaining({ code: "MODEL_SHAPE" }),
    );
  });
});
