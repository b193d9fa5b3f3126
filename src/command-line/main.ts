/** The command line: which command, its options, and what an error becomes. */
import { AdjointError } from "../../graph/index.js";
import { nearest } from "../../graph/internal.js";
import type { Command } from "./command.js";
import { check } from "./commands/check.js";
import { completion } from "./commands/completion.js";
import { exportModel } from "./commands/export.js";
import { fit } from "./commands/fit.js";
import { gradient } from "./commands/gradient.js";
import { minimize } from "./commands/minimize.js";
import { plot } from "./commands/plot.js";
import { race } from "./commands/race.js";
import { emit, show } from "./commands/show.js";
import { plainMessage } from "./objective.js";
import { common, explained, has, readArguments } from "./options.js";
import { failed, type Terminal, UsageError } from "./terminal.js";

export const commands: Readonly<Record<string, Command>> = {
  gradient,
  minimize,
  race,
  fit,
  check,
  emit,
  export: exportModel,
  show,
  plot,
  completion: completion(() => commands),
};

/** Runs a command line. @returns the exit code: 0 done, 1 it didn't converge or a check failed, 2 bad usage or input */
export async function run(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === "--help" || name === "-h" || name === "help") {
      terminal.out.write(help());
      return name === undefined ? 2 : 0;
    }
    const command = Object.hasOwn(commands, name) ? commands[name]! : undefined;
    if (!command) {
      const meant = nearest(name, Object.keys(commands));
      throw new UsageError(
        `unknown command "${name.slice(0, 40)}"${meant === undefined ? "" : `; did you mean ${meant}?`}\n\`adjoint --help\` lists the commands.`,
      );
    }
    const given = readArguments(name, rest, { ...command.options, ...common });
    if (has(given, "help")) {
      terminal.out.write(helpOf(name, command));
      return 0;
    }
    const [, extra] = given.words;
    if (extra !== undefined)
      throw new UsageError(`"${extra.slice(0, 40)}" is one word too many; put the objective in quotes.`);
    return await command.run(given, terminal);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof AdjointError)) throw error;
    return failed(terminal, new UsageError(plainMessage(error)), rest.includes("--json"));
  }
}

function help(): string {
  const names = Object.keys(commands);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const list = names.map((name) => `  ${name.padEnd(width)}${commands[name]!.summary}`).join("\n");
  return `adjoint: exact gradients, minima and fits of objectives that are typed

${list}

Examples
  ${gradient.examples[0]}
  ${minimize.examples[0]}
  ${fit.examples[0]}

\`adjoint COMMAND --help\` explains a command.
`;
}

function helpOf(name: string, { summary, usage, examples, options, more }: Command): string {
  // What a table below tells isn't told twice.
  const own = more?.options() ?? {};
  const plain = Object.entries({ ...options, ...common }).filter(([one]) => !Object.hasOwn(own, one));
  return `${summary}

  adjoint ${name} ${usage}

Options
${explained(Object.fromEntries(plain))}
${more ? `\n${more.text()}\n` : ""}
Examples
${examples.map((example) => `  ${example}`).join("\n")}
`;
}
