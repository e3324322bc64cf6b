import { EventEmitter } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { type Screen, screen } from "../../../src/cli/demo/screen.js";
import { alert, fault, prediction, stateAfter } from "./messages.js";

class Output extends EventEmitter {
  readonly written: string[] = [];
  readonly isTTY: boolean;
  columns: number;
  rows = 24;
  constructor(isTTY: boolean, columns = 80) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }
  write(text: string): void {
    this.written.push(text);
  }
}

const open: Screen[] = [];
function screenOn(output: Output): Screen {
  const shown = screen(output, { color: false, timeZone: "UTC" });
  open.push(shown);
  return shown;
}

afterEach(() => {
  for (const shown of open.splice(0)) shown.close();
});

/** What a terminal shows after all that was written: cursor up, line start, clear line, clear below. */
function terminal(output: Output): string[] {
  const lines: string[] = [""];
  let row = 0;
  const text = (written: string): void => {
    for (const [index, part] of written.replaceAll("\r", "").split("\n").entries()) {
      if (index > 0) row++;
      lines[row] = (lines[row] ?? "") + part;
    }
  };
  const [first = "", ...escaped] = output.written.join("").split("\x1b");
  text(first);
  for (const piece of escaped) {
    const [sequence = "", count = "", command = ""] = /^\[(\??\d*)([AJKhl])/.exec(piece) ?? [];
    if (command === "A") row -= Number(count);
    if (command === "K") lines[row] = "";
    if (command === "J") lines.splice(row, Infinity, "");
    if (sequence === "" || row < 0) throw new Error(`what no terminal could do: ${JSON.stringify(piece)}`);
    text(piece.slice(sequence.length));
  }
  return lines;
}

describe("screen on a terminal", () => {
  it("draw() puts a frame over the one before, taller or not", () => {
    const output = new Output(true);
    const shown = screenOn(output);
    shown.draw(
      stateAfter([prediction("pump-1", 1), alert("pump-1", 1, "raised"), alert("pump-1", 3, "cleared")]),
    );
    const tall = terminal(output).length;
    shown.draw(stateAfter([prediction("pump-1", 2)]));
    const lines = terminal(output);
    expect(lines.length).toBe(tall - 1);
    expect(lines.filter((line) => line.includes("eddy demo"))).toHaveLength(1);
    expect(lines.at(-1)).toBe("");
  });

  it("draw() writes a frame at once", () => {
    const output = new Output(true);
    const shown = screenOn(output);
    const before = output.written.length;
    shown.draw(stateAfter([]));
    expect(output.written.length).toBe(before + 1);
  });

  it("note() leaves its line above the frame", () => {
    const output = new Output(true);
    const shown = screenOn(output);
    shown.draw(stateAfter([]));
    shown.note("warning: the disk\x1b[2J is slow\n");
    const lines = terminal(output);
    expect(lines[0]).toBe("warning: the disk is slow ");
    expect(lines[1]).toMatch(/^ eddy demo/);
    expect(lines.filter((line) => line.includes("eddy demo"))).toHaveLength(1);
  });

  it("screen() redraws for the new size, counting the lines that a narrower terminal has wrapped", () => {
    const output = new Output(true, 120);
    const shown = screenOn(output);
    shown.draw(stateAfter([prediction("pump-1", 1)]));
    const drawn = terminal(output).slice(0, -1);
    output.columns = 60;
    output.emit("resize");
    const wrapped = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 60)), 0);
    expect(wrapped).toBeGreaterThan(drawn.length);
    expect(output.written.at(-1)?.startsWith(`\x1b[${wrapped}A\r`)).toBe(true);
  });

  it("close() gives the cursor back and listens no more", () => {
    const output = new Output(true);
    const listeners = process.listenerCount("exit");
    const shown = screen(output, { color: false });
    expect(output.written.join("")).toContain("\x1b[?25l");
    expect(process.listenerCount("exit")).toBe(listeners + 1);
    shown.close();
    expect(output.written.at(-1)).toBe("\x1b[?25h");
    expect(output.listenerCount("resize")).toBe(0);
    expect(process.listenerCount("exit")).toBe(listeners);
  });
});

describe("screen elsewhere", () => {
  const messages = [
    prediction("pump-1", 9),
    fault("pump-1", 10, "bearing wear"),
    alert("pump-1", 14, "raised"),
    prediction("pump-1", 14, { score: 0.9, alert: true }),
    alert("pump-1", 22, "cleared", { since: Date.parse("2026-03-01T12:00:14Z") }),
  ];

  it("draw() writes a line per alert, once, and a summary every five seconds", () => {
    const output = new Output(false);
    const shown = screenOn(output);
    for (let count = 0; count <= messages.length; count++) {
      shown.draw(stateAfter(messages.slice(0, count)));
      shown.draw(stateAfter(messages.slice(0, count)));
    }
    expect(output.written.join("")).toMatchInlineSnapshot(`
      "12:00:09  0.0 events/s, 1 prediction, 0 alerts, network gru-1 in service, 1 of 2 pumps warming up
      12:00:14  raised pump-1: vibration 7.9, expected 3.1 to 3.6: 9.2 times (simulated: bearing wear)
      12:00:14  0.2 events/s, 1 prediction, 1 alert, network gru-1 in service, 1 of 2 pumps warming up, open: pump-1 for 0 s
      12:00:22  cleared pump-1: after 8 s, calm for 20 events
      12:00:22  0.0 events/s, 2 predictions, 1 alert, network gru-1 in service, 1 of 2 pumps warming up
      "
    `);
  });

  it("draw() writes no control characters", () => {
    const output = new Output(false);
    const shown = screenOn(output);
    shown.draw(stateAfter([alert("pump-1", 14, "raised", { why: "a\x1b[31mb\rc" })]));
    shown.note("d\x1b[31me\x07");
    shown.close();
    expect(output.written.join("")).not.toMatch(/[^\P{Cc}\n]/u);
    expect(shown.isLive).toBe(false);
  });
});
