import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { DemoMessage } from "../../../src/cli/demo/demo-message.js";
import type { DemoState } from "../../../src/cli/demo/demo-state.js";
import { renderDemo } from "../../../src/cli/demo/view.js";
import { alert, fault, prediction, SETUP, START, stateAfter } from "./messages.js";

/** A frame without colour, without what nobody sees at the ends of its lines. */
function frame(state: DemoState, columns: number, rows = 24): string {
  const drawn = renderDemo(state, { columns, rows, color: false, timeZone: "UTC" });
  return drawn
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Twenty seconds of two pumps, the second of which wears out. */
function wearing(): DemoState {
  const messages: DemoMessage[] = [];
  for (let second = 60; second < 80; second++) {
    const isWorn = second >= 75;
    if (second === 72) messages.push(fault("pump-2", second, "bearing wear"));
    messages.push(
      prediction("pump-1", second, { value: 3 + ((second % 8) - 4) / 5, score: second / 500 }),
      prediction("pump-2", second, {
        value: isWorn ? 7.914 : 2.5,
        score: isWorn ? 0.91 : 0.31,
        alert: isWorn,
        next: { steps: 1, forecast: 12.25, lower: 9.8, upper: 14.75 },
      }),
    );
    if (second === 65)
      messages.push(alert("pump-1", second, "raised", { why: "vibration 4.123, expected 2.9 to 3.4" }));
    if (second === 67) messages.push(alert("pump-1", second, "cleared", { since: START + 65_000 }));
    if (second === 75) messages.push(alert("pump-2", second, "raised"));
  }
  return stateAfter(messages);
}

describe("renderDemo", () => {
  it("renderDemo() waits at the start", () => {
    expect(frame(stateAfter([]), 80)).toMatchInlineSnapshot(`
      " eddy demo  demo on mqtt://localhost:1883                               up 0:00
       ○ waiting for the first prediction

                 mm/s  next    95 % band  score     last 14 s
       pump-1                                                       silent
       pump-2                                                       silent

       0 alerts
       none yet

       Ctrl-C ends; start again to go on where it stopped
       subscribe: mosquitto_sub -p 1883 -t 'eddy/#' -v"
    `);
  });

  it("renderDemo() says where a browser shows the same", () => {
    const state = stateAfter([]);
    const shown = { ...state, setup: { ...state.setup, dashboard: "http://127.0.0.1:3339" } };
    expect(frame(shown, 80)).toContain("\n in a browser: http://127.0.0.1:3339\n");
  });

  it("renderDemo() shows how far the first network is, and who is still warming up", () => {
    const messages = Array.from({ length: 5 }, (_, second) =>
      prediction("pump-1", second, {
        value: 3 + second / 10,
        score: null,
        model: "naive",
        position: 260 + 13 * second,
        next: { steps: 1, forecast: 3.4, lower: null, upper: null },
      }),
    );
    expect(frame(stateAfter(messages), 80)).toMatchInlineSnapshot(`
      " eddy demo  demo on mqtt://localhost:1883                 1.0 events/s  up 0:04
       ◌ learning its first network: 312 of 400 events  ██████████████████████▋░░░░░░

                 mm/s  next    95 % band  score     last 14 s
       pump-1    3.40  3.40                                  ▁▃▅▆█  warming up 41/150
       pump-2                                                       silent

       0 alerts
       none yet

       Ctrl-C ends; start again to go on where it stopped
       subscribe: mosquitto_sub -p 1883 -t 'eddy/#' -v"
    `);
  });

  it("renderDemo() fits 80 columns while an alert is open", () => {
    expect(frame(wearing(), 80)).toMatchInlineSnapshot(`
      " eddy demo  demo on mqtt://localhost:1883                 2.0 events/s  up 1:19
       ● network gru-1 in service

                 mm/s  next    95 % band  score     last 14 s
       pump-1    3.60  3.45  3.10 – 3.80  █▎··┊···  ▃▄▅▆▇█▁▂▃▄▅▆▇█  ok
       pump-2    7.91  12.3   9.8 – 14.8  ███████▎  ▁▁▁▁▁▁▁▁▁!!!!!  ALERT since 4 s

       2 alerts  1 of 1 simulated faults noticed, 1 for nothing           simulated
       12:01:15  ▲  pump-2  vibration 7.9, expected 3.1 to 3.6            bearing wear
       12:01:07  ▼  pump-1  after 2 s, calm for 20 events
       12:01:05  ▲  pump-1  vibration 4.123, expected 2.9 to 3.4          nothing

       Ctrl-C ends; start again to go on where it stopped
       subscribe: mosquitto_sub -p 1883 -t 'eddy/#' -v"
    `);
  });

  it("renderDemo() says why in 120 columns", () => {
    expect(frame(wearing(), 120)).toMatchInlineSnapshot(`
      " eddy demo  demo on mqtt://localhost:1883                                         2.0 events/s  40 predictions  up 1:19
       ● network gru-1 in service

                 mm/s  next    95 % band  score     last 14 s
       pump-1    3.60  3.45  3.10 – 3.80  █▎··┊···  ▃▄▅▆▇█▁▂▃▄▅▆▇█  ok
       pump-2    7.91  12.3   9.8 – 14.8  ███████▎  ▁▁▁▁▁▁▁▁▁!!!!!  ALERT since 4 s: vibration 7.9, expected 3.1 to 3.6

       2 alerts  1 of 1 simulated faults noticed, 1 for nothing                                                   simulated
       12:01:15  raised   pump-2  vibration 7.9, expected 3.1 to 3.6: 9.2 times                                   bearing wear
       12:01:07  cleared  pump-1  after 2 s, calm for 20 events
       12:01:05  raised   pump-1  vibration 4.123, expected 2.9 to 3.4                                            nothing

       Ctrl-C ends; start again to go on where it stopped · subscribe: mosquitto_sub -p 1883 -t 'eddy/#' -v"
    `);
  });

  it("renderDemo() never draws wider than the terminal nor as high", () => {
    const many = { ...SETUP, pumps: Array.from({ length: 30 }, (_, i) => `pump-${i}-with-a-long-name`) };
    for (const state of [
      wearing(),
      stateAfter([], many),
      stateAfter([alert("pump-1", 5, "raised", { why: "x".repeat(300) })]),
    ]) {
      for (const columns of [20, 40, 60, 79, 80, 100, 120, 200]) {
        for (const rows of [4, 10, 24, 50]) {
          const lines = frame(state, columns, rows).split("\n");
          expect(lines.length).toBeLessThan(rows);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
        }
      }
    }
  });

  it("renderDemo() gives up the oldest alerts first where there are few rows", () => {
    const lines = frame(wearing(), 80, 15).split("\n");
    expect(lines).toHaveLength(14);
    expect(lines.filter((line) => /[▲▼]/.test(line))).toHaveLength(3);
    expect(frame(wearing(), 80, 14).match(/[▲▼]/g)).toHaveLength(2);
    expect(frame(wearing(), 80, 14)).toContain("subscribe");
  });

  it("renderDemo() in colour is the same text, but for red blocks instead of exclamation marks", () => {
    const colored = renderDemo(wearing(), { columns: 80, rows: 24, color: true, timeZone: "UTC" });
    const plain = renderDemo(wearing(), { columns: 80, rows: 24, color: false, timeZone: "UTC" });
    expect(plain).not.toContain("\x1b");
    expect(plain).toContain("!!!!!");
    expect(colored).toContain("\x1b[31m█\x1b[39m");
    const sparks = /[▁▂▃▄▅▆▇█!]{14}/g;
    expect(stripVTControlCharacters(colored).replace(sparks, "")).toBe(plain.replace(sparks, ""));
  });

  it("renderDemo() says where to subscribe on another machine's broker", () => {
    const far = stateAfter([], { ...SETUP, broker: "mqtt://plant.example:1884" });
    expect(frame(far, 80)).toContain("mosquitto_sub -h plant.example -p 1884 -t 'eddy/#' -v");
  });

  it("renderDemo() tells what the newest checkpoint was taken for", () => {
    const state = stateAfter([
      prediction("pump-1", 1),
      { kind: "learning", what: "checkpoint", why: "error 12 % below naive" },
    ]);
    expect(frame(state, 80)).toContain(" ● network gru-1 in service  error 12 % below naive");
  });
});
