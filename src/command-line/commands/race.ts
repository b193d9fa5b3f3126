/** `adjoint race`: several optimizers from one start, a table of who won, and a figure. */
import { minimizeAsync, type Run } from "../../runs/index.js";
import type { Command, ExitCode } from "../command.js";
import { methodOptions, optimizerNames, optimizerOf } from "../methods.js";
import { chooseObjective } from "../objective.js";
import { has, textOf } from "../options.js";
import { paint, short, table, UsageError } from "../terminal.js";
import { limitsOf, reasonOf, startOf, stopping } from "./minimize.js";

export const race: Command = {
  summary: "several optimizers on one objective, and who wins",
  usage: "OBJECTIVE --optimizers gd,momentum,adam",
  examples: [
    "adjoint race cubic --optimizers gd,adagrad,rmsprop,momentum,adam --steps 150 --out race.gif",
    'adjoint race "100(y - x^2)^2 + (1 - x)^2" --from x=-1.2,y=1 --optimizers momentum,adam --learning-rate 0.001',
  ],
  options: {
    optimizers: { value: "A,B,…", help: `of ${optimizerNames.slice(0, 6).join(", ")}, …` },
    from: { value: "x=1,y=2", help: "the start; an objective of the library has one of its own" },
    "learning-rate": methodOptions["learning-rate"]!,
    option: methodOptions.option!,
    ...stopping,
    out: { value: "FILE", help: "a figure of the race: .gif, .png or .html" },
  },
  async run(given, terminal): Promise<ExitCode> {
    const chosen = chooseObjective(given.words[0]);
    const start = startOf(given, chosen);
    const names = (textOf(given, "optimizers") ?? "")
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean);
    if (names.length === 0) throw new UsageError("--optimizers is missing: --optimizers gd,momentum,adam");
    const runs: Record<string, Run> = {};
    for (const name of names) {
      const optimizer = optimizerOf(name, given);
      const options = { ...limitsOf(given), signal: terminal.signal };
      runs[name] = (await minimizeAsync(
        chosen.f as never,
        start as never,
        optimizer as never,
        options as never,
      )) as unknown as Run;
    }
    const out = textOf(given, "out");
    if (out !== undefined) await draw(out, { objective: (chosen.known ?? chosen.f) as never, runs });
    const order = Object.entries(runs).sort(([, a], [, b]) => compare(a.value, b.value));
    // Whoever diverged ran away, whatever it fell to.
    const best = order.find(([, { status }]) => status !== "diverged");
    const quickest =
      best &&
      order
        .filter(([, { value }]) => value === best[1].value)
        .sort(([, a], [, b]) => a.evaluations - b.evaluations)[0]!;
    if (has(given, "json")) {
      const results = order.map(([name, { value, steps, evaluations, status }]) => ({
        name,
        value,
        steps,
        evaluations,
        status,
      }));
      terminal.out.write(`${JSON.stringify({ winner: best?.[0] ?? null, results })}\n`);
      return 0;
    }
    const rows = order.map(([name, run]) => [
      name,
      short(run.value, 8),
      String(run.steps),
      String(run.evaluations),
      run.status,
    ]);
    terminal.out.write(`${table([["optimizer", "value", "steps", "evaluations", "status"], ...rows])}\n\n`);
    const close =
      quickest && quickest[0] !== best[0] ? `; as low with fewer evaluations: ${quickest[0]}` : "";
    terminal.out.write(
      best ? `${paint(terminal, "bold", best[0])} ends lowest${close}.\n` : "All diverged.\n",
    );
    return 0;
  },
};

/** The lowest first; what isn't a number is last. */
function compare(a: number, b: number): number {
  return Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b;
}

/** Draws into a file; its ending says what. */
export async function draw(
  path: string,
  options: object,
  figure: "raceFigure" | "contourFigure" | "fitFigure" = "raceFigure",
): Promise<void> {
  const figures = (await import("../../figures/index.js")) as unknown as Record<
    string,
    (options: object) => { save(path: string): Promise<void> }
  >;
  try {
    await figures[figure]!(options).save(path);
  } catch (error) {
    throw new UsageError(
      `--out: ${error instanceof Error ? error.message.replace(/ {2}at \S+:\d+$/, "") : reasonOf(error)}`,
    );
  }
}
