import { describe, expect, it } from "vitest";
import { describeModel } from "../../src/onnx/index.js";
import { pairStates } from "../../src/onnx/state-pairs.js";
import { buildModel, type TensorSpec } from "./build-model.js";

/** `"x:2 h0:3"`: names and sizes. */
function tensors(text: string): TensorSpec[] {
  return text
    .split(" ")
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", size = ""] = part.split(":");
      return { name, shape: [1, "batch", Number(size)] };
    });
}

function pairs(inputs: string, outputs: string): string {
  const bytes = buildModel({ inputs: tensors(inputs), outputs: tensors(outputs), nodes: [] });
  const signature = pairStates(describeModel(bytes, { name: "pump" }));
  const states = signature.states.map((state) => `${state.input.name}>${state.output.name}`);
  return [`${signature.input.name}>${signature.output.name}`, ...states].join(" ");
}

describe("pairStates()", () => {
  it.each([
    ["x:2 h0:3", "y:1 hn:3", "x>y h0>hn"],
    ["x:2 h_0:3 c_0:3", "y:1 h_n:3 c_n:3", "x>y h_0>h_n c_0>c_n"],
    ["X:2 initial_h:3 initial_c:3", "Y:1 Y_h:3 Y_c:3", "X>Y initial_h>Y_h initial_c>Y_c"],
    ["x:2 state_in:3", "y:1 state_out:3", "x>y state_in>state_out"],
    ["x:2 h0_in:3 h1_in:3", "y:1 h0_out:3 h1_out:3", "x>y h0_in>h0_out h1_in>h1_out"],
    ["x:2 past_kv:3", "y:1 present_kv:3", "x>y past_kv>present_kv"],
    ["input:2 state:3", "output:1 stateN:3", "input>output state>stateN"],
    ["x:2 hidden:3", "y:1 new_hidden:3", "x>y hidden>new_hidden"],
  ])("pairs %s with %s by name", (inputs, outputs, expected) => {
    expect(pairs(inputs, outputs)).toBe(expected);
  });

  it("goes by name where the order differs, though all sizes are equal", () => {
    expect(pairs("h0:3 c0:3 x:3", "cn:3 hn:3 y:3")).toBe("x>y h0>hn c0>cn");
  });

  it("goes by size and order after the first output where names say nothing", () => {
    expect(pairs("a:3 b:3 c:4 d:3", "p:3 q:4 r:3 s:3")).toBe("a>p b>r c>q d>s");
    expect(pairs("input_1:3 input_2:3", "output_1:3 output_2:3")).toBe("input_1>output_1 input_2>output_2");
  });

  it("takes the input that goes with the first output as data when names pair all", () => {
    expect(pairs("audio_in:3 state_in:3", "audio_out:3 state_out:3")).toBe(
      "audio_in>audio_out state_in>state_out",
    );
    expect(pairs("state_in:3 audio_in:3", "audio_out:3 state_out:3")).toBe(
      "audio_in>audio_out state_in>state_out",
    );
  });

  it("does not pair by name what differs in size", () => {
    expect(pairs("x:2 h0:3", "y:1 hn:4 z:3")).toBe("x>y h0>z");
  });

  it("takes the first data output, and leaves further ones alone", () => {
    expect(pairs("x:2 h0:3", "y:1 z:7 hn:3")).toBe("x>y h0>hn");
  });

  it("names inputs and outputs when an input has no output that continues it", () => {
    expect(() => pairs("x:2 covariate:3", "y:1")).toThrowError(
      expect.objectContaining({
        code: "ONNX_NOT_STREAMABLE",
        message: expect.stringMatching(
          /no output that continues the input covariate \(inputs: x float32 \[1, batch, 2\], covariate .*outputs: y float32/,
        ),
      }),
    );
  });

  it("refuses a model without data", () => {
    expect(() => pairs("", "y:1")).toThrowError(/no data input and output beside the state.*inputs: none/);
  });
});
