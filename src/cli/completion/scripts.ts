import type { CommandNode, Taken } from "./command-tree.js";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that completes a program's commands, options and what they take; it runs nothing of the program. */
export function completionScript(shell: Shell, name: string, nodes: readonly CommandNode[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](name, nodes);
}

/** bash and zsh share the walk along the command line: one `case` finds the command, one its words. */
function bashScript(name: string, nodes: readonly CommandNode[]): string {
  return `# ${name}: completion for bash. Put this into ~/.bashrc:  source <(${name} completion bash)
${walk(name, nodes)}
_${name}() {
  local words=("\${COMP_WORDS[@]}") current="\${COMP_WORDS[COMP_CWORD]}"
  _${name}_find "\${words[@]:1:COMP_CWORD-1}"
  COMPREPLY=()
  case "$_${name}_kind" in
    file) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    folder) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
  esac
  local word
  for word in $_${name}_words; do
    [[ $word == "$current"* ]] && COMPREPLY+=("$word")
  done
}
complete -o filenames -o bashdefault -F _${name} ${name}
`;
}

function zshScript(name: string, nodes: readonly CommandNode[]): string {
  return `#compdef ${name}
# ${name}: completion for zsh. Put this into ~/.zshrc, after compinit:  source <(${name} completion zsh)
${walk(name, nodes)}
_${name}() {
  _${name}_find "\${(@)words[2,CURRENT-1]}"
  case "$_${name}_kind" in
    file) _files ;;
    folder) _files -/ ;;
  esac
  [[ -n $_${name}_words ]] && compadd -- \${(s: :)_${name}_words}
}
compdef _${name} ${name}
`;
}

/** Sets the words that may follow, and whether files or folders may, from the words before. */
function walk(name: string, nodes: readonly CommandNode[]): string {
  const steps = nodes
    .filter(({ path }) => path !== "")
    .map(({ path }) => `    ${quoted(stepOf(path))}) command=${quoted(path)}; args=0; continue ;;`);
  const values = nodes.flatMap(({ path, options }) =>
    options.flatMap(({ flag, takes }) =>
      takes === undefined ? [] : [`    ${quoted(`${path} ${flag}`)}) ${found(name, takes)} ;;`],
    ),
  );
  const ends = nodes.map(({ path, commands, options, takes }) => {
    const words = [...commands.map((one) => one.name), ...options.map(({ flag }) => flag)];
    const last = takes.at(-1);
    const kinds = takes.map((one, i) => `      ${i}) ${added(name, one)} ;;`);
    const rest = last === undefined ? [] : [`      *) ${added(name, last)} ;;`];
    const inner =
      takes.length === 0 ? "" : `\n      case "$args" in\n${[...kinds, ...rest].join("\n")}\n      esac`;
    return `    ${quoted(path)}) _${name}_words=${quoted(words.join(" "))}${inner} ;;`;
  });
  return `_${name}_find() {
  local command="" args=0 word=""
  _${name}_words="" _${name}_kind=""
  for word in "$@"; do
    case "$command/$word" in
${steps.join("\n")}
    */-*) ;;
    *) args=$((args + 1)) ;;
    esac
  done
  case "$command $word" in
${values.join("\n")}
  esac
  [[ -n $_${name}_words$_${name}_kind ]] && return
  case "$command" in
${ends.join("\n")}
  esac
}`;
}

/** \`checkpoint show\` is reached from \`checkpoint\` by \`show\`. */
function stepOf(path: string): string {
  const at = path.lastIndexOf(" ");
  return at < 0 ? `/${path}` : `${path.slice(0, at)}/${path.slice(at + 1)}`;
}

function found(name: string, takes: Taken): string {
  if (typeof takes !== "string") return `_${name}_words=${quoted(takes.join(" "))}`;
  return `_${name}_kind=${takes === "anything" ? "none" : takes}`;
}

function added(name: string, takes: Taken): string {
  if (typeof takes !== "string") return `_${name}_words+=${quoted(` ${takes.join(" ")}`)}`;
  return takes === "anything" ? ":" : `_${name}_kind=${takes}`;
}

function fishScript(name: string, nodes: readonly CommandNode[]): string {
  const lines = nodes.flatMap(({ path, commands, options, takes }) => {
    const condition = conditionOf(
      path,
      commands.map((one) => one.name),
    );
    const line = (rest: string) => `complete -c ${name} -n ${quoted(condition)} ${rest}`;
    return [
      ...commands.map((one) => line(`-f -a ${quoted(one.name)} -d ${quoted(firstPart(one.description))}`)),
      ...options.map(({ flag, description, takes: value }) =>
        line(`${flagOf(flag)}${fishValue(value)} -d ${quoted(firstPart(description))}`),
      ),
      ...(takes.some((one) => one === "file" || one === "folder") ? [line("-F")] : []),
      ...takes.flatMap((one) => (typeof one === "string" ? [] : [line(`-f -a ${quoted(one.join(" "))}`)])),
    ];
  });
  return `# ${name}: completion for fish. ${name} completion fish > ~/.config/fish/completions/${name}.fish
complete -c ${name} -f
${lines.join("\n")}
`;
}

function conditionOf(path: string, inner: readonly string[]): string {
  if (path === "") return "__fish_use_subcommand";
  const seen = path.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`);
  const none = inner.length > 0 ? [`not __fish_seen_subcommand_from ${inner.join(" ")}`] : [];
  return [...seen, ...none].join("; and ");
}

function flagOf(flag: string): string {
  return flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
}

function fishValue(takes: Taken | undefined): string {
  if (takes === undefined) return "";
  if (typeof takes !== "string") return ` -x -a ${quoted(takes.join(" "))}`;
  if (takes === "folder") return " -x -a '(__fish_complete_directories)'";
  return takes === "file" ? " -r -F" : " -x";
}

/** Up to the first mark of punctuation: a menu has little room. */
function firstPart(text: string): string {
  return text.split(/[;:(]/, 1)[0]?.trim() ?? "";
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
