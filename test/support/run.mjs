// Runs a TypeScript file of test/ by itself: node test/support/run.mjs test/torture/main.ts [options]
import { resolve } from "node:path";
import { runnerImport } from "vite";

const [file] = process.argv.splice(2, 1);
await runnerImport(resolve(file));
