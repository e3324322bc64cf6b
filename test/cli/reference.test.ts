import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadProgram } from "../../src/cli/program.js";
import { commandReference } from "../../src/cli/reference.js";

it("docs/reference/commands.md is as the commands are (else: npm run docs)", async () => {
  const committed = readFileSync(new URL("../../docs/reference/commands.md", import.meta.url), "utf8");
  const text = commandReference(await loadProgram());
  expect(text).toBe(committed);
  expect(text).toContain("### eddy checkpoint show");
});
