// Writes the pages of this folder from the pipeline format itself: npm run docs
import { writeFileSync } from "node:fs";
import { referenceFiles } from "../../dist/spec/index.js";

for (const [file, text] of Object.entries(referenceFiles())) writeFileSync(file, text);
