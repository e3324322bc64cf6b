import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter } from "../../src/core/index.js";
import { type SpotterOptions, WordSpotter } from "../../src/stream/index.js";

const options: SpotterOptions = {
  classes: ["none", "yes", "no"],
  none: "none",
  over: 4,
  threshold: 0.5,
  rest: 6,
};

const silence = [1, 0, 0];
const yes = [0.2, 0.8, 0];
const no = [0, 0.1, 0.9];

function spot(steps: readonly number[][], spotter = new WordSpotter(options)): string[] {
  return steps.map((step) => spotter.step(Float64Array.from(step))?.label ?? "");
}

describe("WordSpotter", () => {
  it("names a word once, when its mean probability over the last steps passes the threshold", () => {
    const spotter = new WordSpotter(options);
    expect(spot([silence, yes, yes], spotter)).toEqual(["", "", ""]);
    expect(spotter.step(Float64Array.from(yes))).toEqual({
      label: "yes",
      probability: expect.closeTo(0.6, 12),
    });
    expect(spot([yes, yes, yes, yes], spotter)).toEqual(["", "", "", ""]);
  });

  it("names the next one after its rest", () => {
    const words = spot([yes, yes, yes, no, no, no, no, no, no, no, no]);
    expect(words).toEqual(["", "", "yes", "", "", "", "", "", "", "no", ""]);
  });

  it("never names what is none, nor a single step that is sure", () => {
    expect(spot([silence, silence, no, silence, silence])).toEqual(["", "", "", "", ""]);
  });

  it("goes on after save and restore", () => {
    const steps = [yes, yes, yes, no, no, no, no, no, no, no, yes, yes, yes, yes];
    const whole = spot(steps);
    const first = new WordSpotter(options);
    const before = spot(steps.slice(0, 5), first);
    const writer = new ByteWriter();
    first.write(writer);
    const second = new WordSpotter(options).read(new ByteReader(writer.finish(), "spotter"));
    expect([...before, ...spot(steps.slice(5), second)]).toEqual(whole);
  });
});
