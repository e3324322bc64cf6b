import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { eddy } from "../../support/cli.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("eddy bench shifts", () => {
  const file = join(temporaryFolder(), "usual.csv");
  const rng = new Rng(3);
  let drive = 0;
  const rows = Array.from({ length: 1500 }, (_, t) => {
    drive = 0.95 * drive + 0.3 * rng.normal();
    const [a, b] = [10 + drive + 0.1 * rng.normal(), 5 - drive + 0.1 * rng.normal()];
    return `${new Date(1_760_000_000_000 + 60_000 * t).toISOString()},${a.toFixed(4)},${b.toFixed(4)}`;
  });
  writeFileSync(file, `time,a,b\n${rows.join("\n")}\n`);

  it("finds large shifts nearly always, at a threshold that few undisturbed rows exceed, and small ones rarely", async () => {
    const found = async (size: string) => {
      const args = ["--fit", "400", "--size", size, "--times", "50", "--json"];
      const { stdout } = await eddy("bench", "shifts", file, ...args);
      return JSON.parse(stdout);
    };
    const large = await found("4");
    expect(large).toMatchObject({ type: "result", bench: "shifts", warmUp: 400 });
    expect(large.recall).toBeGreaterThan(0.9);
    expect(large.ownFalseShare).toBeLessThan(0.03);
    expect((await found("0.01")).recall).toBeLessThan(0.3);
  });

  it("says which columns it expected", async () => {
    const ended = await eddy("bench", "shifts", file, "--value", "c");
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/expected columns c .* found time, a, b/);
  });
});
