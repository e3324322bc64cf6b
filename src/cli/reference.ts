import type { Command } from "commander";

/** The reference page of the commands, in Markdown: made of the commands themselves. */
export function commandReference(program: Command): string {
  const sections = program.commands.map((command) => section(command, "eddy", 2));
  return `# Commands

<!-- Written by \`npm run docs\` from src/cli: change it there. -->

Common to all: \`--help\`; \`--json\` for machines; exit code 0 ok, 1 the work found problems, 2 wrong use. Long work
shows a progress bar on a terminal and plain lines elsewhere, on standard error; results go to standard output. Colour only
on a terminal, and not with \`NO_COLOR\`.

${sections.join("\n")}`;
}

function section(command: Command, parent: string, depth: number): string {
  const path = `${parent} ${command.name()}`;
  const usage = `${path} ${command.usage()}`.replace(/\s*\[command\]/, " COMMAND");
  const parts = [
    `${"#".repeat(depth)} ${path}\n`,
    `${sentence(command.description())}\n`,
    `\`\`\`\n${usage}\n\`\`\`\n`,
  ];
  const rows = [
    ...command.registeredArguments.map((one) => [
      `\`${one.name()}\``,
      about(one.description, one.argChoices),
    ]),
    ...command.options.map((one) => [
      `\`${one.flags}\``,
      about(one.description, one.argChoices) + defaultOf(one.defaultValue, one.defaultValueDescription),
    ]),
  ];
  if (rows.length > 0) {
    const lines = rows.map(([name = "", text = ""]) => `| ${cell(name)} | ${cell(text)} |`);
    parts.push(`| argument or option | meaning |\n| --- | --- |\n${lines.join("\n")}\n`);
  }
  parts.push(`\`\`\`\n${afterHelp(command)}\n\`\`\`\n`);
  return [...parts, ...command.commands.map((inner) => section(inner, path, depth + 1))].join("\n");
}

/** What the help says below the options: examples, and what else there is to know. */
function afterHelp(command: Command): string {
  let written = "";
  const output = command.configureOutput();
  command.configureOutput({ ...output, writeOut: (text) => (written += text) });
  command.outputHelp();
  command.configureOutput(output);
  return written.slice(command.helpInformation().length).trim();
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function about(text: string, choices: readonly string[] | undefined): string {
  return choices ? `${text}: ${choices.join(", ")}` : text;
}

function defaultOf(value: unknown, words: string | undefined): string {
  if (value === undefined || value === false) return "";
  return ` (default: ${words ?? (Array.isArray(value) ? value.join(",") : String(value))})`;
}

function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replace(/`([^`]*)`/g, (code) => code.replaceAll("&lt;", "<"));
}
