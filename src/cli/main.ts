#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { version } from "./version.js";

/** Exit codes of every command: 0 ok, 1 the work found problems, 2 wrong use. */
const WRONG_USE = 2;

const program = new Command("eddy")
  .description(
    "Recurrent networks that live in the stream: MQTT in, predictions and alerts out, memory kept.",
  )
  .version(version)
  .showSuggestionAfterError()
  .showHelpAfterError("(eddy --help shows the commands, eddy COMMAND --help one of them)")
  .exitOverride();

/** Codes of errors that say so. */
const WRONG_USES = new Set<unknown>(["WRONG_USE", "PASSWORD_NEEDED", "BAD_ADDRESS"]);

/** Where each command stands, in the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import("./commands/demo.js")).demoCommand(),
  run: async () => (await import("./commands/run.js")).runCommand(),
  replay: async () => (await import("./commands/replay.js")).replayCommand(),
  publish: async () => (await import("./commands/publish.js")).publishCommand(),
  generate: async () => (await import("./commands/generate.js")).generateCommand(),
  train: async () => (await import("./commands/train.js")).trainCommand(),
  lint: async () => (await import("./commands/lint.js")).lintCommand(),
  test: async () => (await import("./commands/test.js")).testCommand(),
  model: async () => (await import("./commands/model.js")).modelCommand(),
  checkpoint: async () => (await import("./commands/checkpoint.js")).checkpointCommand(),
  state: async () => (await import("./commands/state.js")).stateCommand(),
  ask: async () => (await import("./commands/ask.js")).askCommand(),
  doctor: async () => (await import("./commands/doctor.js")).doctorCommand(),
  backup: async () => (await import("./commands/backup.js")).backupCommand(),
  bench: async () => (await import("./commands/bench.js")).benchCommand(),
};

// A small device takes seconds to load all of Eddy: a command loads what it needs, only the help needs all.
const asked = COMMANDS[process.argv[2] ?? ""];
for (const load of asked ? [asked] : Object.values(COMMANDS)) program.addCommand(await load());
for (const command of program.commands) answerWrongUse(command);

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

/** Wrong use of a command, and of the commands below it, ends with exit code 2 and a hint. */
function answerWrongUse(command: Command): void {
  command.exitOverride().showHelpAfterError("(--help shows how it is used)");
  for (const inner of command.commands) answerWrongUse(inner);
}

function isWrongUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && WRONG_USES.has(error.code);
}
