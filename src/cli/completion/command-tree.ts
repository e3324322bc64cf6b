import type { Argument, Command, Option } from "commander";

/** What a shell may complete after a command. */
export interface CommandNode {
  /** `checkpoint show`; empty: the program itself. */
  readonly path: string;
  readonly description: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionNode[];
  /** What its arguments are, one after the other; the last one may repeat. */
  readonly takes: readonly Taken[];
}

export interface OptionNode {
  readonly flag: string;
  readonly description: string;
  /** Of its value; undefined: it has none. */
  readonly takes: Taken | undefined;
}

/** Files and folders, one of some words, or anything. */
export type Taken = "file" | "folder" | "anything" | readonly string[];

/** A program's commands, each with what may stand after it. */
export function commandTree(program: Command, path = ""): CommandNode[] {
  const options = program.options.filter(({ hidden }) => !hidden).map(optionNode);
  const help = { flag: "--help", description: "how it is used", takes: undefined };
  const node: CommandNode = {
    path,
    description: program.description(),
    commands: program.commands.map((command) => ({
      name: command.name(),
      description: command.description(),
    })),
    options: [...options, help],
    takes: program.registeredArguments.map(takenByArgument),
  };
  const inner = program.commands.flatMap((command) =>
    commandTree(command, `${path} ${command.name()}`.trim()),
  );
  return [node, ...inner];
}

function optionNode(option: Option): OptionNode {
  const takes = option.required || option.optional ? taken(option.flags, option.argChoices) : undefined;
  return { flag: option.long ?? option.short ?? "", description: option.description, takes };
}

function takenByArgument(argument: Argument): Taken {
  // A list of words in an argument's description is what it takes: `state, model, reset`.
  const words = argument.description.split(", ");
  const isWords = words.length > 2 && words.every((word) => /^[a-z-]+$/.test(word));
  return taken(
    `${argument.name()} ${argument.description}`,
    argument.argChoices ?? (isWords ? words : undefined),
  );
}

function taken(about: string, choices: readonly string[] | undefined): Taken {
  if (choices) return choices;
  if (/<dir>/.test(about)) return "folder";
  return /file|pipeline|\.onnx|yaml/i.test(about) && !/name/.test(about) ? "file" : "anything";
}
