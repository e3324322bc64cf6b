import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Linux distributions put it; CHROMIUM names another. */
const found = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && existsSync(path));

export const lacksChromium = found === undefined;
/** Beside a skipped test's title. */
export const chromiumHint = lacksChromium ? " (skipped: no Chromium; apt install chromium)" : "";

export function launchChromium(): Promise<Browser> {
  // Chromium's own sandbox does not work for root, as which CI may run: the page is our own.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: found!, args });
}
