import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eddy } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

describe("eddy lint", () => {
  const file = join(temporaryFolder(), "pump.yaml");
  const lint = async (anomaly: string) => {
    writeFileSync(file, `name: pump\ninput: { topics: [a/b] }\ntarget: rms\nanomaly: ${anomaly}\n`);
    const { stdout } = await eddy("lint", "--json", file);
    return JSON.parse(stdout.split("\n")[0] ?? "");
  };

  it("says what watches the keys, why, and what memory that takes", async () => {
    const few = await lint("{ keys: 10 }");
    expect(few).toMatchObject({ type: "watch", keys: 10, bytes: 10 * few.bytesPerKey });
    expect(few.detectors).toContain("novelty");
    expect(few.bytesPerKey).toBeGreaterThan(300_000);
    expect(few.bytesPerKey).toBeLessThan(500_000);
    const many = await lint("{ keys: 100000 }");
    expect(many.detectors).toContain("forecast");
    expect(many.bytesPerKey).toBeLessThan(10_000);
    const { stdout } = await eddy("lint", file);
    const shown = await eddy("lint", "--show", file);
    expect(shown.stdout).toMatch(/^name: pump\n[\s\S]*\n# .*pump\.yaml: watched by forecast, .*\n$/);
    expect(stdout).toMatch(/pump\.yaml: watched by forecast, .* kB a key, .* for 100000\n1 ok\n$/);
  });
});
