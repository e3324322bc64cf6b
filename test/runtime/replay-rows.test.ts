import { describe, expect, it } from "vitest";
import type { Prediction, StreamEvent } from "../../src/core/index.js";
import { OutcomeRows, RowWriter } from "../../src/runtime/replay-rows.js";
import { eventOf } from "../stream/events.js";

function stepped(key: string, alert: boolean, change?: "raised" | "cleared"): StreamEvent {
  const event = eventOf(key, 0);
  const target = { value: 2, forecast: 1.5, lower: 1, upper: 2, residual: 0.5 };
  event.prediction = {
    targets: [target],
    next: [[]],
    score: 0.25,
    alert,
    model: "gru-1",
  } satisfies Prediction;
  if (change) event.change = { state: change, since: 0, score: 0.6, value: 2, forecast: 1.5, why: "" };
  return event;
}

const forecasting = (...targets: string[]) => ({ targets, sequence: { late: "step" } as const });

describe("OutcomeRows.row()", () => {
  it("gives Eddy's columns in the contract's order", () => {
    expect(Object.entries(new OutcomeRows(forecasting("rms")).row(stepped("a", true, "raised")))).toEqual([
      ["forecast", 1.5],
      ["lower", 1],
      ["upper", 2],
      ["residual", 0.5],
      ["score", 0.25],
      ["alert", 1],
      ["event", "raised"],
      ["note", null],
    ]);
  });

  it("names the columns of several targets after them", () => {
    const names = Object.keys(new OutcomeRows(forecasting("rms", "temperature")).row("unreadable"));
    expect(names.slice(0, 3)).toEqual(["forecast.rms", "forecast.temperature", "lower.rms"]);
    expect(names.slice(-4)).toEqual(["score", "alert", "event", "note"]);
  });

  it("keeps a key's alert open over its rows that are not stepped, and no other key's", () => {
    const rows = new OutcomeRows(forecasting("rms"));
    const late = (key: string) => Object.assign(eventOf(key, 0), { note: "late" as const });
    rows.row(stepped("a", true, "raised"));
    expect(rows.row(late("a"))).toMatchObject({ alert: 1, note: "late", score: null });
    expect(rows.row(late("b"))).toMatchObject({ alert: 0 });
    rows.row(stepped("a", false, "cleared"));
    expect(rows.row(late("a"))).toMatchObject({ alert: 0 });
  });
});

describe("OutcomeRows.row() of a supervised target", () => {
  const common = { field: "truth", at: "step", pool: "last", ahead: 0, training: {} } as const;
  const of = (kind: "value" | "symbols", end?: string) =>
    new OutcomeRows({
      targets: [],
      sequence: { late: "step", ...(end === undefined ? {} : { end }) },
      supervised: { ...common, kind, training: common.training as never },
    });
  const inferring = (more: Partial<Prediction>) =>
    Object.assign(eventOf("a", 0), {
      prediction: { targets: [], next: [], score: null, alert: false, model: "m", ...more },
    });

  it("has columns for what the target is", () => {
    const value = of("value").row(inferring({ inference: { estimate: 2.5, value: 2 } }));
    expect(Object.keys(value)).toEqual(["estimate", "score", "alert", "event", "note"]);
    expect(value["estimate"]).toBe(2.5);
    const symbols = of("symbols").row(inferring({ inference: { symbols: ["60"], probabilities: [0.75] } }));
    expect(symbols).toMatchObject({ symbols: ["60"], probabilities: [0.75] });
  });

  it("lists all steps of a sequence at its end where ends are known", () => {
    const rows = of("value", "end");
    const steps = [{ seq: 7, time: 0, inference: { estimate: 1 } }];
    expect(rows.row(inferring({ inference: { estimate: 1 }, steps }))["steps"]).toEqual([
      { seq: 7, time: "1970-01-01T00:00:00.000Z", estimate: 1 },
    ]);
    expect(rows.row(inferring({ inference: { estimate: 1 } }))["steps"]).toBeNull();
  });
});

describe("RowWriter", () => {
  it("writes CSV with a header, quoting what needs it, and numbers that read back the same", () => {
    let text = "";
    const writer = new RowWriter("csv", (more) => {
      text += more;
    });
    writer.row({ key: 'a "b", c', forecast: 0.1 + 0.2, note: null });
    writer.row({ key: "d", forecast: 1e-7, note: "late" });
    expect(text).toBe('key,forecast,note\n"a ""b"", c",0.30000000000000004,\nd,1e-7,late\n');
  });

  it("writes lists as JSON, in CSV too", () => {
    let text = "";
    const writer = (format: "csv" | "ndjson") =>
      new RowWriter(format, (more) => {
        text += more;
      });
    writer("csv").row({ symbols: ["60", "64"] });
    writer("ndjson").row({ symbols: ["60", "64"] });
    expect(text).toBe('symbols\n"[""60"",""64""]"\n{"symbols":["60","64"]}\n');
  });

  it("writes NDJSON", () => {
    let text = "";
    new RowWriter("ndjson", (more) => {
      text += more;
    }).row({ key: "a", forecast: null });
    expect(text).toBe('{"key":"a","forecast":null}\n');
  });
});
