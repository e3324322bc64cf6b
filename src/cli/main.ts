#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=65536 node --max-semi-space-size=8
import { CommanderError } from "commander";
import { loadProgram } from "./program.js";

/** Exit codes of every command: 0 ok, 1 the work found problems, 2 wrong use. */
const WRONG_USE = 2;

/** Codes of errors that say so. */
const WRONG_USES = new Set<unknown>(["WRONG_USE", "PASSWORD_NEEDED", "BAD_ADDRESS"]);

const program = await loadProgram(process.argv[2]);

// Whoever reads the output may have seen enough, as `head` has.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : WRONG_USE;
  } else {
    process.stderr.write(`eddy: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = isWrongUse(error) ? WRONG_USE : 1;
  }
}

function isWrongUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && WRONG_USES.has(error.code);
}
