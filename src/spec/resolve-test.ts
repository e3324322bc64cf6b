import { parseDuration } from "../core/index.js";
import type { FullDocument } from "./full-document.js";
import { given } from "./given.js";
import type { Expectation, Fault, PipelineTest, Series, Wave } from "./pipeline-test.js";

type FullTest = FullDocument["tests"][number];

/**
 * A test, from the file's words.
 *
 * @param beside where a file stands that the pipeline names
 */
export function pipelineTest(test: FullTest, beside: (path: string) => string): PipelineTest {
  return {
    name: test.name,
    source:
      test.series !== undefined
        ? { kind: "series", series: series(test.series) }
        : test.input !== undefined
          ? { kind: "file", file: beside(test.input) }
          : test.payloads !== undefined
            ? { kind: "payloads", payloads: test.payloads.map(payloadBytes) }
            : { kind: "rows", rows: test.rows ?? [] },
    ...given("topic", test.topic),
    expect: expectation(test.expect),
  };
}

function payloadBytes(payload: string | { readonly hex: string }): Uint8Array {
  return Uint8Array.from(
    typeof payload === "string" ? Buffer.from(payload) : Buffer.from(payload.hex.replace(/\s/g, ""), "hex"),
  );
}

function series(full: NonNullable<FullTest["series"]>): Series {
  return {
    count: full.count,
    everyMs: parseDuration(full.every),
    startMs: Date.parse(full.start),
    seed: full.seed,
    fields: Object.fromEntries(
      Object.entries(full.fields).map(([name, wave]): [string, Wave] => [
        name,
        {
          level: wave.level,
          amplitude: wave.amplitude,
          ...given("periodMs", wave.period, parseDuration),
          noise: wave.noise,
          trendPerHour: wave.trend,
          faults: wave.faults.map(
            ({ at, length, add, value }): Fault => ({
              at,
              length,
              change: add !== undefined ? { add } : value !== undefined ? { value } : "stuck",
            }),
          ),
        },
      ]),
    ),
  };
}

function expectation(full: FullTest["expect"]): Expectation {
  return {
    ...given("rows", full.rows),
    ...given("stepped", full.stepped),
    ...given("alerts", full.alerts, (alerts) =>
      typeof alerts === "number"
        ? { min: alerts, max: alerts }
        : { min: alerts.min, ...given("max", alerts.max) },
    ),
    raised: full.raised ?? [],
    quiet: full.quiet ?? [],
    notes: Object.fromEntries(Object.entries(full.notes ?? {}).filter(([, count]) => count !== undefined)),
    ...given("maeBelowPersistence", full["mae-below-persistence"]),
    ...given("named", full.named),
    ...given("accuracy", full.accuracy),
    ...given("mae", full.mae),
    cells: full.cells ?? [],
  };
}
