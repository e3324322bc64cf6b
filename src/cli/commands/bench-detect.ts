import { Command, Option } from "commander";
import { DETECTORS, type DetectorName } from "../../detection/index.js";
import {
  type ChangeResult,
  changeEvents,
  clockEvents,
  matchChanges,
  sumChanges,
} from "../bench/detect/changes.js";
import { baselines, type DetectOptions, type DetectResult, judge, measure } from "../bench/detect/detect.js";
import { type Labelled, readLabelled } from "../bench/detect/labelled.js";
import { positiveInteger, positiveNumber } from "../option-values.js";
import { progress } from "../progress.js";
import { table } from "../table.js";

interface Options {
  readonly label: string;
  readonly changes?: string;
  readonly within: number;
  readonly value?: readonly string[];
  readonly time?: string;
  readonly detector?: readonly DetectorName[];
  readonly fit: number;
  readonly alertsPerDay: number;
  readonly buffer: number;
  readonly delay: number;
  readonly json?: boolean;
}

/** `eddy bench detect`: how well anomalies are found in labelled recordings. */
export function benchDetectCommand(): Command {
  return new Command("detect")
    .description("how well anomalies are found in labelled CSV files, each a key of its own")
    .argument("<file...>", "CSV files with a column of labels, 0 or 1")
    .option("--label <column>", "the labels", "label")
    .option(
      "--changes <column>",
      "places where something changed, to be told by the level detector's change events",
    )
    .option("--within <rows>", "of such a place, in which an event tells it", positiveInteger, 60)
    .option("--value <column...>", "signals (default: all columns of numbers)")
    .option("--time <column>", "event times (default: time, timestamp, ...; else a row a minute)")
    .addOption(
      new Option("--detector <name...>", "what detects (default: as a pipeline chooses)").choices([
        ...DETECTORS,
      ]),
    )
    .option("--fit <rows>", "rows that are taken as usual: the warm-up", positiveInteger, 750)
    .option("--alerts-per-day <n>", "budget", positiveNumber, 1)
    .option("--buffer <rows>", "around an anomaly, for VUS-PR, and around a peak", positiveInteger, 100)
    .option("--delay <rows>", "after an anomaly, in which an alert still counts", positiveInteger, 30)
    .option("--json", "one JSON object a file and one for all, for machines")
    .addHelpText(
      "after",
      "\nRules that know nothing are measured beside it: a benchmark may be kind to them." +
        "\nExamples:\n  eddy bench detect curve.csv --label is_anomaly" +
        "\n  eddy bench detect SKAB/data/[ov]*/*.csv --label anomaly --changes changepoint --fit 400",
    )
    .action(run);
}

function run(files: readonly string[], options: Options): void {
  const { label, value, time, fit, alertsPerDay, buffer, delay, detector = "auto", json = false } = options;
  const how: DetectOptions = { warmUp: fit, alertsPerDay, detectors: detector, buffer, delay };
  const shown = progress(process.stderr, {
    label: "bench detect",
    total: files.length,
    unit: "files",
    silent: json,
  });
  const results = new Map<string, DetectResult[]>();
  const changes: { readonly own: ChangeResult; readonly clock: ChangeResult }[] = [];
  let rows = 0;
  let ms = 0;
  for (const [i, name] of files.entries()) {
    const file = readLabelled(name, {
      label,
      ...(options.changes === undefined ? {} : { changes: options.changes }),
      ...(value ? { values: value } : {}),
      ...(time === undefined ? {} : { time }),
    });
    const begun = performance.now();
    const judged = judge(file, how);
    ms += performance.now() - begun;
    rows += file.rows.length;
    if (options.changes !== undefined) changes.push(compareChanges(file, fit, options.within));
    const all = { Eddy: judged, ...baselines(file, fit) };
    for (const [who, one] of Object.entries(all)) {
      const result = measure(file, one, how);
      results.set(who, [...(results.get(who) ?? []), result]);
      if (json && who === "Eddy")
        console.log(JSON.stringify({ type: "file", bench: "detect", file: name, ...result }));
    }
    shown.update(i + 1);
  }
  shown.done();
  const recordsPerSecond = Math.round((1000 * rows) / ms);
  const own = sumChanges(changes.map((one) => one.own));
  const clock = sumChanges(changes.map((one) => one.clock));
  const changed = options.changes === undefined ? {} : { changes: { ...own, clock } };
  const summaries = [...results].map(([who, list]) => ({ who, ...summarize(list) }));
  if (json) {
    const { who: _, ...summary } = summaries[0]!;
    const counted = { files: files.length, recordsPerSecond };
    console.log(JSON.stringify({ type: "result", bench: "detect", ...counted, ...summary, ...changed }));
    return;
  }
  const number = (x: number | null) => (x === null || Number.isNaN(x) ? "-" : x.toFixed(3));
  console.log(
    table([
      [
        "",
        "VUS-PR",
        "AUC-PR",
        "events hit",
        "false alerts",
        "peaks hit",
        "delay",
        "alerts a day",
        "row F1",
        "false rows",
        "missed rows",
      ],
      ...summaries.map((one) => [
        one.who,
        number(one.vusPr),
        number(one.aucPr),
        `${one.hit} of ${one.events}`,
        String(one.falseAlerts),
        `${one.peaksHit} of ${one.events}`,
        one.delay === null ? "-" : `${one.delay} rows`,
        one.alertsPerDay.toFixed(2),
        number(one.rowF1),
        `${(100 * one.falseRows).toFixed(1)} %`,
        `${(100 * one.missedRows).toFixed(1)} %`,
      ]),
    ]),
  );
  if (options.changes !== undefined) {
    const words = ({ hit, points, events, falseEvents }: ChangeResult) =>
      `${hit} of ${points} told within ${options.within} rows, ${falseEvents} of ${events} events false`;
    console.log(`changes: ${words(own)}; by a clock with as many events: ${words(clock)}`);
  }
  console.log(`${files.length} files, ${rows} rows, ${recordsPerSecond} rows/s; warm-up ${fit} rows each`);
}

function compareChanges(file: Labelled, fit: number, within: number) {
  const points = file.changes.filter((at) => at >= fit);
  const events = changeEvents(file, fit);
  const clock = clockEvents(events.length, fit, file.rows.length);
  return { own: matchChanges(events, points, within), clock: matchChanges(clock, points, within) };
}

function summarize(list: readonly DetectResult[]) {
  const mean = (of: (one: DetectResult) => number) => {
    const known = list.map(of).filter((x) => !Number.isNaN(x));
    return known.reduce((sum, x) => sum + x, 0) / known.length;
  };
  const sum = (of: (one: DetectResult) => number) => list.reduce((all, one) => all + of(one), 0);
  const [tp, fp, fn, tn] = (["tp", "fp", "fn", "tn"] as const).map((part) => sum(({ rows }) => rows[part]));
  const delays = list.flatMap(({ delay }) => (delay === null ? [] : [delay])).sort((a, b) => a - b);
  return {
    vusPr: mean(({ vusPr }) => vusPr),
    aucPr: mean(({ aucPr }) => aucPr),
    hit: sum(({ hit }) => hit),
    events: sum(({ events }) => events),
    falseAlerts: sum(({ falseAlerts }) => falseAlerts),
    peaksHit: sum(({ peaksHit }) => peaksHit),
    delay: delays[delays.length >> 1] ?? null,
    alertsPerDay: mean(({ alertsPerDay }) => alertsPerDay),
    rowF1: (2 * tp!) / (2 * tp! + fp! + fn!),
    falseRows: fp! / (fp! + tn!),
    missedRows: fn! / (fn! + tp!),
  };
}
