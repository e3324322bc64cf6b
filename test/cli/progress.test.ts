import { describe, expect, it } from "vitest";
import { progress } from "../../src/cli/progress.js";
import { ManualClock } from "../../src/core/index.js";

/** A stream that keeps what is written. */
function output(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { written, isTTY, columns, write: (text: string) => written.push(text) };
}

describe("progress", () => {
  it("progress() writes a plain line at every tenth where there is no terminal", () => {
    const stream = output(false);
    const clock = new ManualClock(1_000);
    const bar = progress(stream, { label: "train", total: 200, unit: "steps", clock });
    for (let done = 1; done <= 200; done++) {
      clock.advance(100);
      bar.update(done, "loss 0.12");
    }
    bar.done();
    expect(stream.written).toHaveLength(11);
    expect(stream.written[0]).toBe("train: 10 %, 20 of 200 steps, 18 s left, loss 0.12\n");
    expect(stream.written[9]).toBe("train: 100 %, 200 of 200 steps, loss 0.12\n");
    expect(stream.written[10]).toBe("train: 200 of 200 steps in 20 s\n");
  });

  it("progress() says one line for several tenths at once", () => {
    const stream = output(false);
    const bar = progress(stream, { label: "train", total: 10, unit: "steps", clock: new ManualClock() });
    bar.update(7);
    bar.update(7);
    expect(stream.written).toEqual(["train: 70 %, 7 of 10 steps\n"]);
  });

  it("progress() without a total writes a plain line every five seconds", () => {
    const stream = output(false);
    const clock = new ManualClock();
    const bar = progress(stream, { label: "replay", total: undefined, unit: "rows", clock });
    for (let done = 1; done <= 12; done++) {
      clock.advance(1_000);
      bar.update(done);
    }
    bar.done("12 rows, 1 alert");
    expect(stream.written).toEqual(["replay: 5 rows\n", "replay: 10 rows\n", "replay: 12 rows, 1 alert\n"]);
  });

  it("progress() redraws one line in place on a terminal, at most ten times a second", () => {
    const stream = output(true);
    const clock = new ManualClock();
    const bar = progress(stream, { label: "train", total: 100, unit: "steps", clock });
    clock.advance(1_000);
    bar.update(25, "loss 0.5");
    clock.advance(99);
    bar.update(26);
    clock.advance(1);
    bar.update(100);
    bar.done();
    expect(stream.written).toEqual([
      "\r\x1b[2Ktrain  ██████░░░░░░░░░░░░░░░░░░ 25 %  25 of 100 steps  3 s left  loss 0.5",
      "\r\x1b[2Ktrain  ████████████████████████ 100 %  100 of 100 steps",
      "\r\x1b[2Ktrain: 100 of 100 steps in 1 s\n",
    ]);
  });

  it("progress() never writes wider than the terminal", () => {
    const stream = output(true, 30);
    progress(stream, { label: "train", total: 10, unit: "steps", clock: new ManualClock() }).update(5);
    expect(stream.written[0]?.replace("\r\x1b[2K", "")).toHaveLength(29);
  });

  it("progress() says nothing when silent", () => {
    for (const isTTY of [true, false]) {
      const stream = output(isTTY);
      const bar = progress(stream, { label: "train", total: 2, unit: "steps", silent: true });
      bar.update(1);
      bar.done();
      expect(stream.written).toEqual([]);
    }
  });

  it("progress() of nothing is complete at once", () => {
    const stream = output(false);
    progress(stream, { label: "replay", total: 0, unit: "rows", clock: new ManualClock() }).update(0);
    expect(stream.written).toEqual(["replay: 100 %, 0 of 0 rows\n"]);
  });

  it("progress() rejects a total that is no amount", () => {
    for (const total of [-1, Number.NaN, Infinity]) {
      expect(() => progress(output(false), { label: "train", total, unit: "steps" })).toThrow(
        expect.objectContaining({ code: "BAD_TOTAL" }),
      );
    }
  });
});
