import { Argument, Command } from "commander";
import { commandTree } from "../completion/command-tree.js";
import { completionScript, SHELLS, type Shell } from "../completion/scripts.js";

/** `eddy completion`: a script for the shell. @param load gives the program with all its commands */
export function completionCommand(load: () => Promise<Command>): Command {
  return new Command("completion")
    .description("print a script with which the shell completes commands, options and files")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .addHelpText(
      "after",
      "\nExamples:\n  source <(eddy completion bash)          in ~/.bashrc" +
        "\n  source <(eddy completion zsh)           in ~/.zshrc, after compinit" +
        "\n  eddy completion fish > ~/.config/fish/completions/eddy.fish",
    )
    .action(async (shell: Shell) => {
      const program = await load();
      process.stdout.write(completionScript(shell, program.name(), commandTree(program)));
    });
}
