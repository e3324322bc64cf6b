import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { commandTree } from "../../src/cli/completion/command-tree.js";
import { completionScript, SHELLS } from "../../src/cli/completion/scripts.js";
import { loadProgram } from "../../src/cli/program.js";
import { temporaryFolder } from "../support/temporary.js";

const program = await loadProgram();

function all(command: Command): Command[] {
  return [command, ...command.commands.flatMap(all)];
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

describe("every command", () => {
  it.each(all(program).map((command) => [pathOf(command), command] as const))(
    "%s has help with examples",
    (path, command) => {
      const help = helpOf(command);
      expect(help).toMatch(/\nExamples?:\n {2}\S/);
      expect(help.slice(help.indexOf("Example"))).toContain(path);
      expect(command.description()).not.toBe("");
    },
  );

  it("answers machines with --json", () => {
    const leaves = all(program).filter(({ commands }) => commands.length === 0);
    const without = leaves
      .filter(({ options }) => !options.some(({ long }) => long === "--json"))
      .map(pathOf);
    // What it prints is for a shell.
    expect(without).toEqual(["eddy completion"]);
  });
});

const has = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

describe("eddy completion", () => {
  const folder = temporaryFolder();
  const scripts = Object.fromEntries(
    SHELLS.map((shell) => {
      const file = join(folder, `eddy.${shell}`);
      writeFileSync(file, completionScript(shell, "eddy", commandTree(program)));
      return [shell, file];
    }),
  );
  writeFileSync(join(folder, "pump.yaml"), "");

  const CASES: readonly (readonly [words: string, contains: string, lacks: string])[] = [
    ["", "checkpoint", "promote"],
    ["checkpoint ", "promote", "checkpoint"],
    ["checkpoint show --", "--pipeline", "--output"],
    ["run pu", "pump.yaml", "--broker"],
    ["ask ", "rollback", "demo"],
    ["completion ", "fish", "demo"],
  ];

  /** @returns candidates for the last word */
  const ask: Readonly<Record<string, (words: readonly string[]) => string[]>> = {
    bash: (words) => {
      const run = `source ${scripts["bash"]}; COMP_WORDS=(eddy "$@"); COMP_CWORD=$#; _eddy; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return output("bash", ["--norc", "-c", run, "bash", ...words]);
    },
    zsh: (words) => {
      // compadd and _files are the completion system's: they say what they were asked for.
      const run = `compdef() {}; compadd() { shift; for one; do [[ $one == \${words[CURRENT]}* ]] && print -- $one; done }; _files() { printf '%s\\n' pump.yaml }
        source ${scripts["zsh"]}; words=(eddy "$@"); CURRENT=$(($# + 1)); _eddy`;
      return output("zsh", ["-f", "-c", run, "zsh", ...words]);
    },
    fish: (words) =>
      output("fish", [
        "--no-config",
        "-c",
        `source ${scripts["fish"]}; complete -C 'eddy ${words.join(" ")}'`,
      ]).map((line) => line.split("\t")[0] ?? ""),
  };
  const output = (shell: string, args: readonly string[]): string[] => {
    const { stdout, stderr } = spawnSync(shell, args, { cwd: folder, env: { ...process.env, HOME: folder } });
    expect(stderr.toString()).toBe("");
    return stdout.toString().trim().split("\n");
  };

  for (const shell of SHELLS) {
    const hint = has(shell) ? "" : ` (skipped: no ${shell})`;
    it.skipIf(!has(shell)).each(CASES)(`completes "eddy %s" in ${shell}${hint}`, (words, contains, lacks) => {
      const found = ask[shell]?.(words.split(" ")) ?? [];
      expect(found).toContain(contains);
      expect(found).not.toContain(lacks);
    });
  }
});
