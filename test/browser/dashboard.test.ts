import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumHint, lacksChromium, launchChromium } from "../support/chromium.js";
import { type ShownEddy, startShownEddy } from "../support/shown-eddy.js";
import { temporaryFolder } from "../support/temporary.js";

const KEYS = Array.from({ length: 12 }, (_, i) => `pump-${i + 1}`);
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Git-ignored: for people to look at after a run. */
const artefacts = fileURLToPath(new URL("../../test-artefacts/", import.meta.url));

describe.skipIf(lacksChromium)(`the dashboard's page in Chromium${chromiumHint}`, () => {
  const folder = temporaryFolder();
  let shown: ShownEddy;
  let browser: Browser;
  /** What pages complained of, a refused script or style among it. */
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true });
    [shown, browser] = await Promise.all([startShownEddy(`${folder}/data`), launchChromium()]);
    await shown.send(KEYS, (round) => 3 + Math.round(100 * Math.sin(round / 9)) / 100, 120);
    await shown.send(["pump-2"], () => 30, 2);
    await shown.publish("plant/pump-1/level", "<b>no json</b>");
  });
  afterAll(async () => {
    await browser?.close();
    await shown?.stop();
  });

  const open = async (path: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 840 }, ...options });
    page.setDefaultTimeout(10_000);
    page.on("console", (message) => {
      if (message.type() !== "log") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${shown.url}/#/plant/${path}`);
    return page;
  };
  const rows = (page: Page) => page.getByRole("listbox").getByRole("option");

  it("lists all keys, those in alert first, and finds them", async () => {
    const page = await open("keys");
    await page.getByText("12 keys").waitFor();
    await expect.poll(() => rows(page).count()).toBe(12);
    expect(await rows(page).first().textContent()).toContain("pump-2");
    expect(await rows(page).first().locator(".mark").getAttribute("aria-label")).toBe("alert");
    const alerts = page.getByRole("region", { name: "Open alerts" });
    expect(await alerts.textContent()).toContain("pump-2");
    await page.getByRole("searchbox").fill("pump-1");
    await expect.poll(() => rows(page).count()).toBe(4);
    await page.close();
  });

  it("follows the stream: values, charts and hidden state", async () => {
    const page = await open("keys/pump-3");
    const readout = page.locator(".readout");
    await readout.getByText("value").waitFor();
    await shown.send(KEYS, () => 3.25, 3);
    await readout.getByText("value 3.250").waitFor();
    await page.getByText("4 units by time").waitFor();
    const row = rows(page).filter({ hasText: /^.pump-3/ });
    expect(await row.textContent()).toContain("3.250");
    expect(await page.locator(".uplot canvas").count()).toBe(3);
    await page.close();
  });

  it("goes by keyboard: through the list, and back through stored history", async () => {
    const page = await open("keys");
    await page.getByText("12 keys").waitFor();
    await page.getByRole("listbox").focus();
    await page.keyboard.press("End");
    await page.getByRole("heading", { name: "pump-12" }).waitFor();
    await page.keyboard.press("ArrowUp");
    await page.getByRole("heading", { name: "pump-11" }).waitFor();
    const live = page.getByRole("button", { name: "Live: follow the stream" });
    await page.locator(".readout").getByText("value").waitFor();
    await page.locator(".plots").focus();
    await page.keyboard.press("ArrowLeft");
    expect(await live.getAttribute("aria-pressed")).toBe("false");
    await page.keyboard.press("l");
    expect(await live.getAttribute("aria-pressed")).toBe("true");
    await page.close();
  });

  it("labels, resets and mutes through the control, and says what was refused", async () => {
    const page = await open("keys/pump-2");
    const status = page.getByRole("status");
    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
    await press("False alarm");
    await status.getByText("labelled false-alarm").waitFor();
    await press("Reset state");
    await press("Really reset?");
    await status.getByText("begins anew").waitFor();
    await press("Mute");
    await status.getByText("muted for 1h").waitFor();
    // With the key's next event the page knows.
    await shown.send(["pump-2"], () => 3, 1);
    await page.getByText("muted until").waitFor();
    await press("Unmute");
    await status.getByText("no longer muted").waitFor();
    await shown.send(["pump-2"], () => 3, 1);
    await page.getByRole("button", { name: "Mute", exact: true }).waitFor();
    expect(shown.asked).toEqual([
      { command: "label", body: { key: "pump-2", label: "false-alarm" }, isOk: true },
      { command: "reset", body: { key: "pump-2" }, isOk: true },
      { command: "mute", body: { key: "pump-2", for: "1h" }, isOk: true },
      { command: "mute", body: { key: "pump-2", for: "0s" }, isOk: true },
    ]);
    await page.goto(`${shown.url}/#/plant/model`);
    await page.getByRole("button", { name: "Roll back" }).click();
    await status.getByText(/^Cannot /).waitFor();
    await page.close();
  });

  it("shows dead letters as text, whatever is in them", async () => {
    const page = await open("machine");
    await page.getByText("unreadable").first().click();
    expect(await page.locator("pre").textContent()).toBe("<b>no json</b>");
    await page.close();
  });

  it.each([
    ["keys", "light", 1280],
    ["keys/pump-2", "light", 1280],
    ["keys/pump-2", "dark", 1280],
    ["keys", "dark", 390],
    ["keys/pump-2", "light", 390],
    ["model", "light", 1280],
    ["machine", "dark", 1280],
  ] as const)("%s, %s, %i px wide, has nothing that axe finds wrong", async (path, colorScheme, width) => {
    const page = await open(path, { colorScheme, viewport: { width, height: 840 } });
    await page
      .locator(path.includes("/") ? ".readout:not(:empty)" : ".panel")
      .first()
      .waitFor();
    if (path === "keys") await page.getByText("12 keys").waitFor();
    await page.evaluate(AXE);
    const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual(
      [],
    );
    await page.screenshot({ path: `${artefacts}${path.replace("/", "-")}-${colorScheme}-${width}.png` });
    await page.close();
  });

  it("never complained", () => {
    expect(complaints).toEqual([]);
  });
});
