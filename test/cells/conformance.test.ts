import { describe } from "vitest";
import { Network, networkFromBytes, networkToBytes, type RecurrentModel } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { recurrentModelSuite } from "../conformance/recurrent-model.js";
import { shapes } from "./networks.js";

function asNetwork(model: RecurrentModel): Network {
  if (!(model instanceof Network)) throw new TypeError(`Expected a Network, got ${model.name}`);
  return model;
}

describe.each(shapes)("%s", (name, shape) => {
  recurrentModelSuite(name, {
    create: (seed) => new Network(shape).initialize(new Rng(seed)),
    copy: (model) => networkFromBytes(networkToBytes(asNetwork(model))),
    wholeSequence(model, input, steps) {
      const window = asNetwork(model).window(1, steps);
      window.input.set(input);
      window.forward();
      return window.output;
    },
  });
});
