/** `adjoint completion`: a script by which a shell completes commands, options, objectives and methods. */
import type { Command } from "../command.js";
import { library } from "../objective.js";
import { common } from "../options.js";
import { UsageError } from "../terminal.js";

const own = "completion";
const shells = ["bash", "zsh", "fish"];

/** The script of a shell, by all commands. */
function scripts(commands: Readonly<Record<string, Command>>): Readonly<Record<string, string>> {
  const names = Object.keys(commands);
  const optionsOf = (name: string) =>
    Object.keys({ ...commands[name]!.options, ...common }).map((one) => `--${one}`);
  const objectives = [...library().keys()];
  const cases = names
    .map(
      (name) =>
        `    ${name}) words="${[...optionsOf(name), ...(name === own ? shells : objectives)].join(" ")}" ;;`,
    )
    .join("\n");
  const choices = names
    .flatMap((name) => Object.entries(commands[name]!.options))
    .flatMap(([option, one]) => (one.choices ? [[option, one.choices.join(" ")] as const] : []));
  const values = [...new Map(choices)]
    .map(([option, words]) => `    --${option}) words="${words}" ;;`)
    .join("\n");
  const body = `  local words="${names.join(" ")}"
  case "$command" in
${cases}
  esac
  case "$previous" in
${values}
  esac`;
  return {
    bash: `_adjoint() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" list=""
  [ "$COMP_CWORD" -le 1 ] && command=""
${body}
  case "$current" in
    *,*) list="\${current%,*}," ;;
  esac
  COMPREPLY=($(compgen -P "$list" -W "$words" -- "\${current#"$list"}"))
}
complete -o default -F _adjoint adjoint
`,
    zsh: `#compdef adjoint
_adjoint() {
  local previous="\${words[CURRENT-1]}" command="\${words[2]}"
  (( CURRENT <= 2 )) && command=""
${body.replaceAll("words=", "list=")}
  compset -P '*,'
  compadd -- \${=list}
}
compdef _adjoint adjoint
`,
    fish: [
      ...names.map(
        (name) =>
          `complete -c adjoint -n __fish_use_subcommand -a ${name} -d '${commands[name]!.summary.replaceAll("'", "’")}'`,
      ),
      ...names.flatMap((name) =>
        Object.entries({ ...commands[name]!.options, ...common }).map(
          ([option, { choices }]) =>
            `complete -c adjoint -n '__fish_seen_subcommand_from ${name}' -l ${option}${choices ? ` -x -a '${choices.join(" ")}'` : ""}`,
        ),
      ),
      "",
    ].join("\n"),
  };
}

export const completion = (commands: () => Readonly<Record<string, Command>>): Command => ({
  summary: "a script for the completion of a shell",
  usage: "bash|zsh|fish",
  examples: ["adjoint completion bash > /etc/bash_completion.d/adjoint", "adjoint completion fish | source"],
  options: {},
  run({ words: [shell] }, { out }) {
    const all = scripts(commands());
    const script = shell !== undefined && Object.hasOwn(all, shell) ? all[shell] : undefined;
    if (script === undefined) throw new UsageError("write the shell: bash, zsh or fish.");
    out.write(script);
    return 0;
  },
});
