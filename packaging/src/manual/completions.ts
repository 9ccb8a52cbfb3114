/** Shell completion, from the same tree as the man page. */
import type { CommandEntry } from "./command-tree.ts";

/** For bash: bash-completion loads it when the program is first completed. */
export function bashCompletion(program: CommandEntry): string {
  const name = `_${program.name.replaceAll("-", "_")}`;
  const cases = flatten(program).map(({ path, entry }) => {
    const words = [...entry.commands.map((each) => each.name), ...entry.options.flatMap(({ flags }) => flags)];
    return `    "${path}") words="${words.join(" ")}" ;;`;
  });
  const options = flatten(program).flatMap(({ entry }) =>
    entry.options.filter(({ argument }) => argument !== undefined),
  );
  const valued = [...new Set(options.flatMap(({ flags }) => flags))].join("|");
  return `# Made from the help of ${program.name}.
${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} path=${program.name} words word
  local -A known=(${flatten(program)
    .slice(1)
    .map(({ path }) => `["${path}"]=1`)
    .join(" ")})
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n \${known["$path $word"]} ]]; then path="$path $word"; fi
  done
  case \${COMP_WORDS[COMP_CWORD-1]} in
    ${valued || "--"})
      # Whatever it is, it may be a file.
      COMPREPLY=()
      return
      ;;
  esac
  case $path in
${cases.join("\n")}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F ${name} ${program.name}
`;
}

/** For fish. */
export function fishCompletion(program: CommandEntry): string {
  const lines = flatten(program).flatMap(({ path, entry }) => {
    const commands = path.split(" ").slice(1);
    const isHere = commands.map((each) => `__fish_seen_subcommand_from ${each}`).join("; and ");
    const none = entry.commands.map((each) => each.name).join(" ");
    const condition = isHere === "" ? "__fish_use_subcommand" : isHere;
    const before = none === "" || isHere === "" ? condition : `${isHere}; and not __fish_seen_subcommand_from ${none}`;
    const start = `complete -c ${program.name}`;
    return [
      ...entry.commands.map((each) => `${start} -f -n ${quote(before)} -a ${each.name} -d ${quote(each.summary)}`),
      ...entry.options.map(({ flags, argument, description }) => {
        const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
        const onlyHere = isHere === "" ? "" : ` -n ${quote(isHere)}`;
        return `${start}${onlyHere} ${names.join(" ")}${argument === undefined ? "" : " -r"} -d ${quote(description)}`;
      }),
    ];
  });
  return `# Made from the help of ${program.name}.\n${lines.join("\n")}\n`;
}

function flatten(entry: CommandEntry, before = ""): { readonly path: string; readonly entry: CommandEntry }[] {
  const path = `${before}${entry.name}`;
  return [{ path, entry }, ...entry.commands.flatMap((each) => flatten(each, `${path} `))];
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", " ")}'`;
}
