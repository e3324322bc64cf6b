import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { labelled, readSequences, targetCode, withVocabularies } from "../../src/runtime/index.js";
import { meanSpotting, spotting } from "../../src/runtime/supervised/spotting.js";
import { type Pipeline, parsePipeline } from "../../src/spec/index.js";
import { temporaryFolder } from "../support/temporary.js";
import { wavOf } from "../support/wav.js";

describe("readSequences()", () => {
  const folder = temporaryFolder();
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const rows = (...list: readonly object[]) =>
    file("rows.ndjson", list.map((row) => `${JSON.stringify(row)}\n`).join(""));

  function pipelineOf(text: string): Pipeline {
    const { pipeline, problems } = parsePipeline(
      `name: p\ninput: { topics: [a] }\n${text}model: { file: a.onnx }\n`,
    );
    if (pipeline === undefined) throw new Error(problems.map(({ message }) => message).join());
    return pipeline;
  }

  it("reads whole sequences with their class, and counts the others", async () => {
    const pipeline = pipelineOf(
      "sequence: { end: end }\nfeatures: [{ field: v, scale: none }]\ntarget: { class: c }\n",
    );
    const input = rows(
      { v: 1 },
      { v: 2, c: "a", end: true, who: "ann" },
      { v: 3, end: true },
      { v: "x", c: "b", end: true },
      { v: 4, c: 7, end: true },
      { v: 5 },
    );
    const { sequences, unfinished, left } = await readSequences(pipeline, pipeline.supervised!, input, "who");
    expect(sequences.map(({ x, told, group }) => [[...x.toArray()], told, group])).toEqual([
      [[1, 2], [undefined, "a"], "ann"],
      [[4], ["7"], ""],
    ]);
    expect(unfinished).toBe(2);
    expect([...left]).toEqual([["wrong-type", 1]]);
  });

  it("reads the same sequences where rows of a topic mark them, also with a later event's class", async () => {
    const rest = "features: [{ field: v, scale: none }]\ntarget: { class: c, at: step, ahead: 1 }\n";
    const pipeline = pipelineOf(`sequence: { start: { topic: on }, end: { topic: off } }\n${rest}`);
    const [on, off] = [{ topic: "on" }, { topic: "off" }];
    const input = rows(on, { v: 1, c: "a" }, { v: 2, c: "b" }, off, off, { v: 3, c: "a" }, on, {
      v: 4,
      c: "b",
    });
    const { sequences, left } = await readSequences(pipeline, pipeline.supervised!, input);
    expect(sequences.map(({ x, told, steps }) => [[...x.toArray()], told, steps])).toEqual([
      [
        [1, 2],
        ["a", "b"],
        [1, 1],
      ],
      [[3], ["a"], [1]],
      [[4], ["b"], [1]],
    ]);
    expect(left.size).toBe(0);
    const code = targetCode(pipeline.supervised!, sequences);
    expect([...labelled(sequences[0]!, code).target]).toEqual([1, Number.NaN]);
  });

  it("says what there was when there is nothing to learn", async () => {
    const pipeline = pipelineOf(
      "sequence: { end: end }\nfeatures: [{ field: v, scale: none }]\ntarget: { class: c }\n",
    );
    await expect(readSequences(pipeline, pipeline.supervised!, rows({ v: 1, c: "a" }))).rejects.toThrow(
      /expected sequences with a class in field c, and a mark in field end where they end, found 1 rows, 1 sequences/,
    );
  });

  it("labels every step, also with the class of a later or an earlier one", async () => {
    const pipeline = pipelineOf("features: [{ field: v, scale: none }]\ntarget: { class: c, at: step }\n");
    const input = rows({ v: 1, c: "a" }, { v: 2 }, { v: 3, c: "b" });
    const [sequence] = (await readSequences(pipeline, pipeline.supervised!, input)).sequences;
    const classes = (ahead: number) => {
      const code = targetCode({ ...pipeline.supervised!, ahead }, [sequence!]);
      return [...labelled(sequence!, code).target];
    };
    expect(classes(0)).toEqual([0, Number.NaN, 1]);
    expect(classes(2)).toEqual([1, Number.NaN, Number.NaN]);
    expect(classes(-1)).toEqual([Number.NaN, 0, Number.NaN]);
  });

  it("tells values with what the instrument itself says: the newest, and the line over its gaps", async () => {
    const pipeline = pipelineOf(
      "features: [{ field: v, scale: none, missing: mark }]\ntarget: { value: truth, of: v, ahead: -1 }\n",
    );
    const input = rows({ truth: 9 }, { v: 1, truth: 2 }, {}, { truth: 4 }, { v: 7 }, {}, {});
    const [sequence] = (await readSequences(pipeline, pipeline.supervised!, input)).sequences;
    expect([...sequence!.x.toArray()]).toEqual([0, 1, 1, 0, 1, 1, 1, 1, 7, 0, 7, 1, 7, 1]);
    const { target, readings } = labelled(sequence!, targetCode(pipeline.supervised!, []));
    const { NaN: none } = Number;
    expect([...target]).toEqual([none, 9, 2, none, 4, none, none]);
    expect([...readings!.held]).toEqual([none, none, 1, 1, 1, 7, 7]);
    expect([...readings!.interpolated]).toEqual([none, 1, 1, 3, 5, 7, 7]);
  });

  it("tells sets of symbols, of those that are known", async () => {
    const pipeline = pipelineOf(
      'features: [{ symbols: keys, vocabulary: ["60", "64"] }]\ntarget: { symbols: keys, ahead: 1 }\n',
    );
    const input = rows({ keys: [60] }, { keys: ["64", 60, 61] }, { keys: [] });
    const [sequence] = (await readSequences(pipeline, pipeline.supervised!, input)).sequences;
    expect([...sequence!.x.toArray()]).toEqual([1, 0, 0, 1, 1, 1, 0, 0, 0]);
    const code = targetCode(pipeline.supervised!, [sequence!]);
    expect([...labelled(sequence!, code).target]).toEqual([1, 1, 0, 0, Number.NaN, Number.NaN]);
  });

  it("withVocabularies() collects the symbols of a recording where the pipeline says none", async () => {
    const pipeline = pipelineOf(
      "features: [{ symbol: w }, { symbol: k, vocabulary: [x] }]\ntarget: { class: c, at: step }\n",
    );
    const input = rows({ w: "b", k: "x" }, { w: "a", k: "y" }, { w: "b", k: "x" });
    expect((await withVocabularies(pipeline, input)).features).toEqual([
      { kind: "symbol", field: "w", vocabulary: ["a", "b"] },
      { kind: "symbol", field: "k", vocabulary: ["x"] },
    ]);
  });

  it("reads a WAV file in packets, with an end, and refuses another rate than the pipeline's", async () => {
    const audio = (rate: number) =>
      pipelineOf(
        `sequence: { voice: { close: 100ms } }\nfeatures: [{ audio: value, rate: ${rate} }]\ntarget: { class: c, at: step }\n`,
      );
    const samples = Int16Array.from(
      { length: 8000 },
      (_, n) => (n > 3000 && n < 5000 ? 9000 : 20) * ((n % 3) - 1),
    );
    const wav = file("a.wav", wavOf(samples, 8000));
    await expect(readSequences(audio(16_000), audio(16_000).supervised!, wav)).rejects.toThrow(
      /expected 16000 samples a second, as the pipeline's feature says, found 8000/,
    );
    // Without a class there is nothing to learn, but all was read.
    await expect(readSequences(audio(8000), audio(8000).supervised!, wav)).rejects.toThrow(
      /found 50 rows, 1 sequences/,
    );
  });
});

describe("spotting()", () => {
  const options = { classes: ["none", "yes", "no"], none: "none", over: 2, threshold: 0.6, rest: 5 };
  const step = (label: number) => [0, 1, 2].map((k) => (k === label ? 9 : 0));
  const stream = (...labels: number[]) => Float64Array.from(labels.flatMap(step));

  it("counts words that are found, and what nobody said", () => {
    const quiet = Array<number>(60).fill(0);
    const logits = stream(...quiet, 1, 1, 1, ...quiet, 2, 2, 2, ...quiet);
    const said = (word: number, other: number) =>
      Float64Array.from([...quiet, word, word, word, ...quiet, other, other, other, ...quiet]);
    expect(spotting([logits], [said(1, 2)], options, 1000)).toEqual({
      words: 2,
      found: 2,
      falseAlarms: 0,
      minutes: 186 / 60,
    });
    expect(spotting([logits], [said(1, 1)], options, 1000)).toMatchObject({
      words: 2,
      found: 1,
      falseAlarms: 1,
    });
    const both = [said(1, 2), said(1, 1)].map((own) => spotting([logits], [own], options, 1000));
    expect(meanSpotting(both)).toMatchObject({ found: 1.5, falseAlarms: 0.5 });
  });
});
