import {
  createEncoderDecoder,
  initializeEncoderDecoder,
  KernelModel,
  Network,
  networkGraph,
} from "../../src/cells/index.js";
import { Rng, type Stage, type StreamEvent } from "../../src/core/index.js";
import { detectionStage } from "../../src/detection/index.js";
import {
  fixedCellsStage,
  InferStage,
  LearningCellsStage,
  sequenceStage,
  WriteTextStage,
} from "../../src/stream/index.js";
import { stateSlotLaws } from "../conformance/state-slot.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import { eventOf } from "./events.js";

const COUNT = 240;

/** Three keys by turns, with spikes, a pause, late and repeated events: as the stages before would hand them over. */
function stepped(): StreamEvent[] {
  const rng = new Rng(9);
  const seq = [0, 0, 0];
  return Array.from({ length: COUNT }, (_, i) => {
    const lane = rng.integer(3);
    const spike = i % 71 === 70 ? 30 : 0;
    const value = 5 + (i % 12) + 0.1 * rng.normal() + spike;
    const event = eventOf(`key-${lane}`, 1000 * i - (i % 10 === 9 ? 5000 : 0), {
      id: i - (i % 17 === 16 ? 3 : 0),
    });
    event.position = i + 1;
    seq[lane] = (seq[lane] ?? 0) + 1;
    event.seq = seq[lane] ?? 0;
    event.begins = event.seq === 1 || i === 150;
    event.input = Float64Array.of(value / 10, rng.normal());
    event.target = Float64Array.of(value);
    event.scale = Float64Array.of(1);
    event.affine = Float64Array.of(0, 1);
    return event;
  });
}

/** As they come from the decoder. */
function decoded(): StreamEvent[] {
  return stepped().map(({ sample }) => eventOf(sample.key, sample.time, { id: Number(sample.values["id"]) }));
}

function lstm(): Network {
  const network = new Network({ cell: "lstm", inputs: 2, hidden: 5, layers: 2, outputs: 1 }, "test");
  return network.initialize(new Rng(3));
}

function fixed(): Stage {
  return fixedCellsStage(lstm());
}

function learning(): Stage {
  return new LearningCellsStage({
    cell: "gru",
    hidden: 3,
    layers: 1,
    members: 1,
    seed: 1,
    tbptt: [8, 8],
    shape: { inputs: 2, targets: 1, outputs: 1 },
    horizons: [1],
    coldStart: { events: 120, lead: 30 },
    fineTune: undefined,
    budget: 1,
    trainer: inPlaceTrainer(),
  });
}

stateSlotLaws("sequence", {
  makeStage: () => sequenceStage({ late: "drop", gapMs: 20_000, id: "id" }),
  makeEvents: decoded,
  isPerKey: false,
});
stateSlotLaws("fixed cells", { makeStage: fixed, makeEvents: stepped, failsAt: "model" });
stateSlotLaws("fixed cells in the kernel", {
  makeStage: () => fixedCellsStage(new KernelModel(networkGraph(lstm()))),
  makeEvents: stepped,
  failsAt: "model",
});
for (const at of ["end", "step"] as const) {
  for (const bidirectional of [false, true]) {
    const network = new Network(
      { cell: "gru", bidirectional, inputs: 2, hidden: 4, layers: 1, outputs: 3 },
      "classes",
    ).initialize(new Rng(4));
    stateSlotLaws(`inference at ${at}, ${bidirectional ? "by whole sequences" : "step by step"}`, {
      makeStage: () =>
        new InferStage({
          model: new KernelModel(networkGraph(network)),
          target: { kind: "class", classes: ["a", "b", "c"], output: "logits" },
          at,
          pool: "mean",
        }),
      makeEvents: () =>
        stepped().map((event) => {
          event.ends = event.position % 7 === 0;
          return event;
        }),
      failsAt: "model",
    });
  }
}
const networks = createEncoderDecoder({ cell: "lstm", hidden: 4, layers: 1, inputs: 2, symbols: 3 }, "texts");
initializeEncoderDecoder(networks, new Rng(5));
for (const search of [
  { kind: "beam", width: 3 },
  { kind: "sample", temperature: 1.5, seed: 7 },
] as const) {
  stateSlotLaws(`texts, ${search.kind}`, {
    makeStage: () =>
      new WriteTextStage({
        encoder: new KernelModel(networkGraph(networks.encoder)),
        decoder: new KernelModel(networkGraph(networks.decoder)),
        symbols: ["a", "b", "c"],
        split: "characters",
        search,
        most: 12,
      }),
    makeEvents: () =>
      stepped().map((event) => {
        event.ends = event.position % 7 === 0;
        return event;
      }),
    failsAt: "model",
  });
}
stateSlotLaws("learning cells", {
  makeStage: learning,
  makeEvents: stepped,
  isPerKey: false,
  failsAt: "model",
});
stateSlotLaws("detection", {
  makeStage: () =>
    detectionStage({
      targets: ["v"],
      horizons: [1],
      unit: "step",
      watch: {
        alertsPerDay: 100,
        warmUp: 30,
        hold: 3,
        detectors: ["pattern", "novelty", "forecast", "stuck", "range"],
        rings: { pattern: 400, novelty: 100 },
        limits: { v: { max: 20 } },
      },
    }),
  makeEvents: stepped,
  failsAt: "prediction",
});
