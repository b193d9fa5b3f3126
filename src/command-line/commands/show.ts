/** `adjoint show` and `adjoint emit`: an objective as text, formula, picture or program. */
import { print } from "../../../graph/index.js";
import { emit as emitCode } from "../../export/index.js";
import { toExpression } from "../../expression/index.js";
import { toDot, toMermaid, toTex } from "../../pictures/index.js";
import type { Command, ExitCode } from "../command.js";
import { chooseObjective } from "../objective.js";
import { choiceOf, has, textOf } from "../options.js";
import { json, UsageError } from "../terminal.js";

const forms = {
  text: print,
  expression: toExpression,
  tex: toTex,
  dot: toDot,
  mermaid: toMermaid,
} as const;

export const show: Command = {
  summary: "an objective as text, TeX, or a picture of its graph",
  usage: '"TEXT" --as text|expression|tex|dot|mermaid',
  examples: ['adjoint show "sin(x)^2 + y" --as tex', "adjoint show rosenbrock --as expression"],
  options: {
    as: {
      value: "FORM",
      help: "text (default), expression, tex, dot or mermaid",
      choices: Object.keys(forms),
    },
  },
  async run(given, terminal): Promise<ExitCode> {
    const { out } = terminal;
    const { f } = await chooseObjective(given.words[0], terminal);
    const form = choiceOf(given, "as", Object.keys(forms) as (keyof typeof forms)[]) ?? "text";
    const written = (forms[form] as (f: unknown) => string)(f);
    out.write(has(given, "json") ? json({ form, text: written }) : `${written.trimEnd()}\n`);
    return 0;
  },
};

export const emit: Command = {
  summary: "an objective with its gradient as a module without dependencies",
  usage: '"TEXT" --name NAME',
  examples: ['adjoint emit "100(y - x^2)^2 + (1 - x)^2" --name rosenbrock > rosenbrock.ts'],
  options: {
    name: { value: "NAME", help: "the name of the exported function" },
    language: { value: "ts|js", help: "default ts", choices: ["ts", "js"] },
  },
  async run(given, terminal): Promise<ExitCode> {
    const { out } = terminal;
    const { f } = await chooseObjective(given.words[0], terminal);
    const name = textOf(given, "name");
    if (name === undefined) throw new UsageError("--name is missing: the name of the exported function.");
    const language = choiceOf(given, "language", ["ts", "js"] as const) ?? "ts";
    const { valueAndGrad } = await import("../../../graph/index.js");
    const code = emitCode(valueAndGrad(f), { name, language });
    out.write(has(given, "json") ? json({ code }) : code);
    return 0;
  },
};
