import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import { type ReplayRow, readModelWords, replay } from "../../src/runtime/index.js";
import { type Pipeline, parsePipeline } from "../../src/spec/index.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import { type StreamedRow, streamed } from "../support/streamed.js";
import { temporaryFolder } from "../support/temporary.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

function shipped(name: string): Pipeline {
  const file = join(root, `pipelines/${name}.yaml`);
  const options = { file, models: join(root, "models"), readModel: readModelWords };
  const { pipeline, problems } = parsePipeline(readFileSync(file, "utf8"), options);
  if (pipeline === undefined) throw new Error(problems.map(({ message }) => message).join());
  return pipeline;
}

/** Rows that a generator in pipelines/data makes up. */
function madeUp(script: string, ...words: string[]): StreamedRow[] {
  const output = execFileSync(process.execPath, [join(root, "pipelines/data", script), ...words], {
    maxBuffer: 2 ** 28,
  });
  return output
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Random chords of up to four keys, of which some are none of a piano's. */
function chords(count: number): StreamedRow[] {
  const rng = new Rng(5);
  return Array.from({ length: count }, (_, i) => ({
    topic: `music/${i % 2}/chords`,
    keys: Array.from({ length: rng.integer(5) }, () => 15 + rng.integer(95)),
    ...(i % 30 === 29 ? { end: true } : {}),
  }));
}

/** Made-up texts, of two writers by turns. */
function texts(count: number): StreamedRow[] {
  let text = 0;
  return madeUp("idioms.mjs", "gaps", "test", String(count)).map((row) => {
    const topic = `text/${text % 2}/words`;
    if (row["end"]) text++;
    return { ...row, topic };
  });
}

/** What a prediction says beside where and when it was made. */
const INFERRED = ["label", "probability", "estimate", "symbols", "probabilities", "steps"];

function inferred(row: Readonly<Record<string, unknown>>): object {
  const steps = row["steps"] as { time: string }[] | null | undefined;
  const own = Object.fromEntries(
    INFERRED.filter((name) => row[name] !== undefined && row[name] !== null).map((name) => [name, row[name]]),
  );
  return steps ? { ...own, steps: steps.map(({ time: _, ...step }) => step) } : own;
}

/** Messages of the vowels' kind, of two speakers by turns, whose sequences messages on topics of their own mark. */
function utterances(count: number): StreamedRow[] {
  const rng = new Rng(7);
  return Array.from({ length: count }, (_, i): StreamedRow[] => {
    const topic = `speech/${i % 2}`;
    const said = Array.from({ length: 3 + rng.integer(5) }, () => ({
      topic: `${topic}/cepstra`,
      cepstra: Array.from({ length: 12 }, () => rng.normal()),
    }));
    // Of every fourth the end is lost, and the next one's start ends it: nothing is said of it.
    const end = i % 4 === 3 ? [] : [{ topic: `${topic}/end`, by: "button" }];
    return [{ topic: `${topic}/start` }, ...said, ...end];
  }).flat();
}

describe("sequences that messages on topics mark", () => {
  const folder = temporaryFolder();

  it.each([["japanese-vowels"], ["japanese-vowels-both-ways"]])(
    "%s says over MQTT what it says of a recording, and of one with marks in fields, also started anew",
    async (name) => {
      const vowels = shipped(name);
      const pipeline: Pipeline = {
        ...vowels,
        sequence: { late: "step", start: { topic: "speech/+/start" }, end: { topic: "speech/+/end" } },
      };
      const rows = utterances(12);
      const offline = async (of: Pipeline, recorded: readonly StreamedRow[]): Promise<object[]> => {
        const input = join(folder, `${name}.ndjson`);
        writeFileSync(input, recorded.map((row) => `${JSON.stringify(row)}\n`).join(""));
        const found: ReplayRow[] = [];
        await replay({
          pipeline: of,
          input,
          engines: { trainer: inPlaceTrainer(), fineTunes: false },
          onRow: (row) => found.push(row),
        });
        expect(found.map(({ note }) => note)).toEqual(recorded.map(() => null));
        return found.map(inferred).filter((one) => Object.keys(one).length > 0);
      };
      const expected = await offline(pipeline, rows);
      expect(expected).toHaveLength(9);
      const byField: StreamedRow[] = rows.flatMap((row, i) => {
        if (row["cepstra"] === undefined) return [];
        const begin = rows[i - 1]?.topic.endsWith("start") === true;
        const end = rows[i + 1]?.topic.endsWith("end") === true;
        return [{ ...row, begin, end }];
      });
      const fields = { ...vowels, sequence: { late: "step", start: "begin", end: "end" } } as const;
      expect(await offline(fields, byField)).toEqual(expected);
      // Started anew just before an end.
      const cut = rows.findIndex(({ topic }, i) => i > 20 && topic.endsWith("end"));
      const live = await streamed(pipeline, rows, cut, join(folder, name), expected.length);
      expect(live.predictions.map(inferred)).toEqual(expected);
      expect(live.resumed.size).toBeGreaterThan(2);
      expect(live.resumed).toEqual(live.stepped);
    },
    60_000,
  );
});

describe("shipped pipelines with supervised targets", () => {
  const folder = temporaryFolder();

  it.each([
    ["calibration", "reference", () => madeUp("air-sensors.mjs", "test", "1").slice(0, 300), 100],
    ["sensor-gaps", "truth", () => madeUp("pump-gaps.mjs", "test", "2"), 130],
    ["sensor-gaps-both-ways", "truth", () => madeUp("pump-gaps.mjs", "test", "2"), 130],
    ["chorales", "", () => chords(120), 50],
    ["idiom-gaps-both-ways", "missing", () => texts(20), 100],
  ] as const)(
    "%s says over MQTT what it says of a recording, also when it was started anew in between",
    async (name, target, rowsOf, cut) => {
      const pipeline = shipped(name);
      const rows = rowsOf();
      const input = join(folder, `${name}.ndjson`);
      writeFileSync(input, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      const offline: ReplayRow[] = [];
      await replay({
        pipeline,
        input,
        engines: { trainer: inPlaceTrainer(), fineTunes: false },
        onRow: (row) => offline.push(row),
      });
      const expected = offline.map(inferred).filter((one) => Object.keys(one).length > 0);
      expect(expected.length).toBeGreaterThan(0);
      const live = rows.map(({ [target]: _, ...row }) => row as StreamedRow);
      const { predictions, resumed, stepped } = await streamed(
        pipeline,
        live,
        cut,
        join(folder, name),
        expected.length,
      );
      expect(predictions.map(inferred)).toEqual(expected);
      expect(resumed.size).toBeGreaterThan(2);
      expect(resumed).toEqual(stepped);
    },
    60_000,
  );
});
