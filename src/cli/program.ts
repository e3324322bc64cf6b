import { Command } from "commander";
import { version } from "./version.js";

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
  report: async () => (await import("./commands/report.js")).reportCommand(),
  doctor: async () => (await import("./commands/doctor.js")).doctorCommand(),
  backup: async () => (await import("./commands/backup.js")).backupCommand(),
  bench: async () => (await import("./commands/bench.js")).benchCommand(),
  completion: async () => (await import("./commands/completion.js")).completionCommand(loadProgram),
};

/**
 * `eddy` with its commands.
 *
 * @param asked the one that is to run: a small device takes seconds to load all of Eddy, and a command loads what it
 *   needs, and the version none. Undefined, or none of them: all, for help.
 */
export async function loadProgram(asked?: string): Promise<Command> {
  const program = new Command("eddy")
    .description(
      "Recurrent networks that live in the stream: MQTT in, predictions and alerts out, memory kept.",
    )
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError("(eddy --help shows the commands, eddy COMMAND --help one of them)")
    .addHelpText(
      "after",
      "\nExamples:\n  eddy demo\n  eddy run pump.yaml --broker mqtt://localhost --dashboard",
    )
    .exitOverride();
  for (const load of wanted(asked)) program.addCommand(await load());
  for (const command of program.commands) answerWrongUse(command);
  return program;
}

function wanted(asked: string | undefined): (() => Promise<Command>)[] {
  if (asked === "--version" || asked === "-V") return [];
  const load = asked !== undefined && Object.hasOwn(COMMANDS, asked) ? COMMANDS[asked] : undefined;
  return load ? [load] : Object.values(COMMANDS);
}

/** Wrong use of a command, and of the commands below it, ends with exit code 2 and a hint. */
function answerWrongUse(command: Command): void {
  command.exitOverride().showHelpAfterError("(--help shows how it is used)");
  for (const inner of command.commands) answerWrongUse(inner);
}
