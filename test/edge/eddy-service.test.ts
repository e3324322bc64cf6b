import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MALLOC, SMALL_YOUNG_HEAP } from "../../src/cli/small-heap.js";

const edge = fileURLToPath(new URL("../../edge/", import.meta.url));

describe("edge/eddy.service", () => {
  const unit = readFileSync(join(edge, "eddy.service"), "utf8");
  const command = /^ExecStart=\/bin\/sh -c '(.*)'$/m.exec(unit)?.[1] ?? "";

  it("hands every pipeline and the data folder to `eddy run`", () => {
    const directory = mkdtempSync(join(tmpdir(), "eddy-service-"));
    for (const name of ["b.yaml", "a.yaml", "notes.txt"]) writeFileSync(join(directory, name), "");
    // As systemd would run it, with echo in the place of Eddy and a folder of the test's own.
    const script = command.replace("/usr/bin/node", "echo").replaceAll("/etc/eddy/", `${directory}/`);
    const run = spawnSync("/bin/sh", ["-c", script], { encoding: "utf8" });
    rmSync(directory, { recursive: true });
    expect(run.stdout.trim()).toBe(
      `${SMALL_YOUNG_HEAP} /opt/eddy/dist/cli/main.js run ${directory}/a.yaml ${directory}/b.yaml --data /var/lib/eddy`,
    );
  });

  it("bounds memory as the container and the command itself do", () => {
    const settings = Object.entries(MALLOC)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ");
    const container = readFileSync(join(edge, "Containerfile"), "utf8");
    expect(container).toContain(`ENTRYPOINT ["node", "${SMALL_YOUNG_HEAP}", `);
    expect(container).toContain(` ${settings}\n`);
    expect(unit).toContain(`\nEnvironment=${settings}\n`);
    const main = readFileSync(join(edge, "../dist/cli/main.js"), "utf8");
    expect(main.startsWith(`#!/usr/bin/env -S ${settings} node ${SMALL_YOUNG_HEAP}\n`)).toBe(true);
  });

  it("names only files of edge/ that exist", () => {
    const named = [...unit.matchAll(/[\w-]+\.conf\b|README\.md/g)].map((match) => match[0]);
    expect(named.length).toBeGreaterThan(0);
    for (const file of named) expect(existsSync(join(edge, file)), file).toBe(true);
  });
});
