import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { page } from "../../../src/cli/report/page.js";
import { ReplayReport } from "../../../src/cli/report/replay-report.js";
import { sin, streamEvent } from "../../../src/core/index.js";
import { chromiumHint, lacksChromium, launchChromium } from "../../support/chromium.js";
import { eddy } from "../../support/cli.js";
import { temporaryFolder } from "../../support/temporary.js";
import { raised, row } from "./rows.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const chromiumFolder = temporaryFolder();
const EVIL = `</title><script>alert(1)</script>"'&`;

function bigReport(keys: number, events: number): string {
  const report = new ReplayReport([EVIL], 1);
  for (let t = 0; t < events; t++) {
    for (let k = 0; k < keys; k++) {
      const key = `${EVIL}${k}`;
      const isOdd = t % 50 === 40;
      const { prediction } = row(t * 1000, isOdd ? 9 : sin(t / 9 + k), { forecast: sin(t / 9) });
      report.event({
        ...streamEvent({ key, time: t * 1000, arrival: 0, values: {} }),
        prediction: { ...prediction, score: isOdd ? 0.8 : 0.1, alert: isOdd },
        change: isOdd ? raised(t * 1000, 0.8, EVIL.repeat(5)) : undefined,
        detector: "novelty",
      });
    }
  }
  report.rejected("unreadable");
  const sections = report.sections();
  return page({ title: EVIL, subtitle: EVIL, sections, command: `eddy replay ${EVIL}`, madeAt: 0 });
}

describe("a report", () => {
  it("stays small however much was seen, and holds no markup of strangers, no script, nothing from elsewhere", () => {
    const text = bigReport(300, 300);
    expect(text.length).toBeLessThan(1_000_000);
    expect(text).not.toMatch(/<script|<\/title><|onerror|src=|href="(?!#)|url\(/i);
    expect(text.match(/<title>/g)).toHaveLength(1);
  });

  it("is the same for the same stream", () => {
    expect(bigReport(3, 120)).toBe(bigReport(3, 120));
  });
});

describe("eddy replay --report and eddy train --report", () => {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder, name);

  beforeAll(() => {
    writeFileSync(
      file("room.yaml"),
      "name: room\ninput: { topics: [room/1], time: ts, key: '{where}' }\ntarget: celsius\nmodel: { hidden: 4, members: 1, cold-start: { events: 300, lead: 0 } }\nanomaly: { warm-up: 200, alerts-per-day: 24 }\n",
    );
    const lines = Array.from({ length: 900 }, (_, t) => {
      const odd = t >= 700 && t < 730;
      const value = odd ? 60 : 20 + 3 * sin((6.283185307179586 * t) / 24) + ((t * 7919) % 101) / 200;
      const time = new Date(Date.UTC(2026, 0, 1) + t * 600_000).toISOString();
      return `${time},${value.toFixed(3)},<b>hall</b>,${odd ? 1 : 0}`;
    });
    writeFileSync(file("room.csv"), `ts,celsius,where,odd\n${lines.join("\n")}\nnever,1,<b>hall</b>,0\n`);
  });

  it("show what was seen, alerts, labels, detectors, forecasts beside baselines, and what was learned", async () => {
    const report = file("replay.html");
    const { code, stderr } = await eddy(
      ...["replay", file("room.yaml"), "--input", file("room.csv"), "--output", file("out.csv")],
      ...["--report", report, "--labels", "odd"],
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const text = readFileSync(report, "utf8");
    expect(text).toContain("&lt;b&gt;hall&lt;/b&gt;");
    expect(text).not.toContain("<b>hall");
    expect(text).toMatch(/In 1 of 1 labelled stretches an alert was open/);
    expect(text).toMatch(/<th scope="row">bad-time<\/th><td[^>]*>1</);
    expect(text).toContain("persistence (the value that was known last)");
    expect(text).toMatch(/Whose evidence was the strongest/);
    expect(text).toMatch(/1 decision<|decisions</);
    expect(text).toMatch(/class="value" d="M[\d. ]+L/);
  });

  it("show a training's errors, course and gradients", async () => {
    const report = file("train.html");
    const { code } = await eddy(
      ...[
        "train",
        file("room.yaml"),
        "--input",
        file("room.csv"),
        "--model",
        file("room.onnx"),
        "--report",
        report,
      ],
    );
    expect(code).toBe(0);
    const text = readFileSync(report, "utf8");
    for (const words of [
      "Holt-Winters",
      "training loss by epoch",
      "gradient norm by distance",
      "celsius, by step",
    ]) {
      expect(text).toContain(words);
    }
  });
});

describe.skipIf(lacksChromium)(`a report in Chromium${chromiumHint}`, () => {
  const file = join(chromiumFolder, "report.html");
  let browser: Browser;
  beforeAll(async () => {
    writeFileSync(file, bigReport(2, 60));
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)(
    "is accessible and has nothing to complain of, %s",
    async (colorScheme) => {
      const complaints: string[] = [];
      // Its own policy keeps every script out, the checker too.
      const tab = await browser.newPage({ colorScheme, bypassCSP: true });
      tab.on("console", (message) => complaints.push(message.text()));
      await tab.goto(`file://${file}`);
      await tab.addScriptTag({ content: AXE });
      const { violations } = await tab.evaluate<AxeResults>("axe.run()");
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});
