import { describe, expect, it } from "vitest";
import { type StreamEvent, streamEvent } from "../../src/core/index.js";
import { compareInferences } from "../../src/runtime/compare-inferences.js";
import { type PipelineSupervised, parsePipeline } from "../../src/spec/index.js";

function supervisedOf(target: string): PipelineSupervised {
  const text = `name: p\ninput: { topics: [a] }\nsequence: { end: { topic: off } }\nfeatures: [v]\n`;
  const { pipeline, problems } = parsePipeline(`${text}target: ${target}\nmodel: { file: a.onnx }\n`);
  if (pipeline?.supervised === undefined) throw new Error(problems.map(({ message }) => message).join());
  return pipeline.supervised;
}

/** An event with its class, or a mark; `says`: what the network names. */
function eventOf(what: { c?: string; begins?: true; isMark?: true; says?: string }): StreamEvent {
  const event = streamEvent({
    key: "k",
    time: 0,
    arrival: 0,
    values: what.c === undefined ? {} : { c: what.c },
  });
  event.begins = what.begins === true;
  event.isMark = what.isMark === true;
  if (what.says !== undefined) {
    const inference = { label: what.says, probability: 1 };
    event.prediction = { targets: [], next: [], score: null, alert: false, model: "m", inference };
  }
  return event;
}

describe("compareInferences() with marks that are events of their own", () => {
  it("judges what is told at a mark by the event before it, of its own sequence", () => {
    const events = [
      eventOf({ c: "a", begins: true }),
      eventOf({ isMark: true, says: "a" }),
      eventOf({ isMark: true, begins: true, says: "b" }),
    ];
    const supervised = supervisedOf("{ class: c }");
    expect(compareInferences({ named: 2, accuracy: 1 }, events, supervised)).toEqual([]);
    expect(compareInferences({ accuracy: 1.1 }, events, supervised)).toEqual([
      "accuracy: expected at least 1.1, found 1.0000 of 1",
    ]);
  });

  it("counts none of them where a target is that of a later or an earlier event", () => {
    const ahead = [
      eventOf({ c: "a", begins: true, says: "b" }),
      eventOf({ isMark: true }),
      eventOf({ c: "b", says: "c" }),
      eventOf({ isMark: true, begins: true }),
      eventOf({ c: "c" }),
    ];
    expect(
      compareInferences({ accuracy: 1.1 }, ahead, supervisedOf("{ class: c, at: step, ahead: 1 }")),
    ).toEqual(["accuracy: expected at least 1.1, found 1.0000 of 1"]);
    const behind = [
      eventOf({ c: "a", begins: true }),
      eventOf({ isMark: true }),
      eventOf({ c: "b", says: "a" }),
    ];
    expect(
      compareInferences({ accuracy: 1 }, behind, supervisedOf("{ class: c, at: step, ahead: -1 }")),
    ).toEqual([]);
  });
});
