import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { temporaryFolder } from "../support/temporary.js";

const page = readFileSync(new URL("../../docs/tutorial.md", import.meta.url), "utf8");
const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** Blocks marked `sh`, in order; `console` is what changes the machine. */
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? "");

it.skipIf(lacksMosquitto)(
  `docs/tutorial.md: its commands, in order, lead to an alert${mosquittoHint}`,
  async () => {
    expect(blocks.length).toBeGreaterThan(8);
    const folder = temporaryFolder("eddy-tutorial");
    const broker = await startMosquitto();
    // As on a machine where eddy is on the path and the broker on its usual port.
    const script = [
      "set -eu",
      `eddy() { "${process.execPath}" "${main}" "$@"; }`,
      `mosquitto_pub() { command mosquitto_pub -p ${broker.port} "$@"; }`,
      `mosquitto_sub() { command mosquitto_sub -p ${broker.port} "$@"; }`,
      ...blocks.map((block) => block.replaceAll("localhost:1883", `localhost:${broker.port}`)),
    ]
      .join("\n")
      // A function in the background is a shell of its own, which Ctrl-C would not pass on.
      .replace(/^eddy run/m, `"${process.execPath}" "${main}" run`);
    const shell = spawn("bash", ["-c", script], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
    let said = "";
    shell.stdout.on("data", (data) => (said += data));
    shell.stderr.on("data", (data) => (said += data));
    const [code] = await once(shell, "close");
    await broker.dispose();
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(said).toMatch(/1 passed, 0 failed/);
    expect(readFileSync(join(folder, "out.csv"), "utf8")).toMatch(/,raised,/);
    const alert = JSON.parse(readFileSync(join(folder, "alert.json"), "utf8"));
    expect(alert).toMatchObject({ key: "cellar", state: "raised", value: 85 });
    expect(alert.why).toMatch(/celsius 85, expected -/);
    expect(said).toMatch(/label: done/);
    for (const report of ["freezer.html", "freezer-today.html"])
      expect(existsSync(join(folder, report))).toBe(true);
  },
);
