// Writes the pages of this folder from the pipeline format and from the commands themselves: npm run docs
import { writeFileSync } from "node:fs";
import { loadProgram } from "../../dist/cli/program.js";
import { commandReference } from "../../dist/cli/reference.js";
import { referenceFiles } from "../../dist/spec/index.js";

for (const [file, text] of Object.entries(referenceFiles())) writeFileSync(file, text);
writeFileSync("docs/reference/commands.md", commandReference(await loadProgram()));
