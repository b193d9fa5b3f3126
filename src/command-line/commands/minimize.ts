/** `adjoint minimize`: a run of an optimizer or a solver from a start, which Ctrl-C ends at the best point so far. */
import { checkpointFile } from "../../files/index.js";
import { minimizeAsync, type Run } from "../../runs/index.js";
import type { Command } from "../command.js";
import { checkWritable, readBytes, writeText } from "../files.js";
import { limitsOf, stopping } from "../limits.js";
import { explainedMethods, methodOf, methodOptions, raceOptions } from "../methods.js";
import { type Chosen, chooseObjective, elements, nested, readPoint } from "../objective.js";
import { type Given, has, namesOf, numberOf, type Options, textOf } from "../options.js";
import { pictureOf } from "../pictures.js";
import { heldElements } from "../plane.js";
import { failed, json, paint, problemOf, short, type Terminal, table, UsageError } from "../terminal.js";
import { assignments, readBound, type Value } from "../values.js";

/** How a run is saved and resumed. */
export const checkpoints: Options = {
  checkpoint: { value: "FILE", help: "save the run's state there now and then, and at Ctrl-C" },
  "checkpoint-every": { value: "N", help: "the steps from one to the next; default 100" },
  resume: { value: "FILE", help: "go on from a checkpoint, to the same bits" },
};

export const minimize: Command = {
  summary: "the minimum of an objective, by a solver or an optimizer",
  usage: '"TEXT" --from x=1,y=2',
  examples: [
    'adjoint minimize "100(y - x^2)^2 + (1 - x)^2" --from x=-1.2,y=1',
    'adjoint minimize "100(y - x^2)^2 + (1 - x)^2" --from x=-1.2,y=1 --optimizer adam --learning-rate 0.01 --steps 5000',
    'adjoint minimize "100(y - x^2)^2 + (1 - x)^2" --from x=-1.2,y=1 --method lbfgsb --bounds "x=..0.5"',
    "adjoint minimize himmelblau --method lbfgs --memory 20 --draw",
  ],
  get options() {
    return {
      from: { value: "x=1,y=2", help: "the start; an objective of the library has one of its own" },
      ...methodOptions(),
      bounds: { value: "x=0..1,y=..2", help: "bounds of parameters, of solvers; x=[0,0]..[1,2] by element" },
      fix: { value: "x,y", help: "inputs that stay as they start" },
      ...stopping,
      draw: { help: "draw the way and the loss in the terminal" },
      csv: { value: "FILE", help: "the trajectory: step, value, parameters" },
      ...checkpoints,
    };
  },
  more: { text: explainedMethods, options: raceOptions },
  async run(given, terminal) {
    checkDrawing(given);
    const chosen = await chooseObjective(given.words[0], terminal);
    const { start, fixed } = startOf(given, chosen);
    const csv = textOf(given, "csv");
    checkWritable("--csv", csv);
    const ended = (await minimizeAsync(
      chosen.f as never,
      start as never,
      methodOf(given) as never,
      {
        ...limitsOf(given),
        ...boundsOf(given),
        data: fixed,
        signal: terminal.signal,
        ...progressTo(terminal),
        ...(await checkpointing(given)),
      } as never,
    )) as unknown as Run;
    clearProgress(terminal);
    checkStart(ended);
    const run = ended.status === "aborted" ? bestOf(ended) : ended;
    const problem =
      csv === undefined ? undefined : await problemOf(writeText(csv, trajectoryCsv(run, chosen)));
    report(run, chosen, fixed, given, terminal, problem);
    if (has(given, "draw")) {
      const held = heldElements("--fix", new Map(Object.entries(fixed) as [string, Value][]), chosen);
      const order = textOf(given, "from") ?? "";
      terminal.out.write(`\n${pictureOf(new Map([["", run]]), chosen, terminal, { held, order })}`);
    }
    if (problem) return failed(terminal, problem, false);
    return run.status === "converged" || run.status === "completed" ? 0 : 1;
  },
};

/** A run that was cut off, with the best point that it recorded in the place of the last. */
export function bestOf(run: Run): Run {
  const { trajectory, parameters, value } = run;
  let best = -1;
  for (const [i, one] of trajectory.values.entries())
    if (one < (best < 0 ? value : trajectory.values[best]!)) best = i;
  if (best < 0) return run;
  const rows = trajectory.parameters as Readonly<Record<string, Float64Array>>;
  const point = Object.entries(parameters as Readonly<Record<string, unknown>>).map(([name, last]) => {
    const size = rows[name]!.length / trajectory.steps;
    const own = rows[name]!.slice(best * size, (best + 1) * size);
    return [name, typeof last === "number" ? own[0] : own];
  });
  const at = trajectory.start + best * trajectory.stride;
  return {
    ...run,
    value: trajectory.values[best]!,
    parameters: Object.fromEntries(point),
    message: `${run.message} The lowest point so far is the one after ${at} steps.`,
  };
}

/** Pictures are for people. */
export function checkDrawing(given: Given): void {
  if (has(given, "draw") && has(given, "json"))
    throw new UsageError("--draw is for people and --json for programs; leave out one of them.");
}

/** Where a run starts, and what stays as it is. */
export function startOf(
  given: Given,
  chosen: Chosen,
): Readonly<Record<"start" | "fixed", Readonly<Record<string, unknown>>>> {
  const from = textOf(given, "from");
  const all = from === undefined ? chosen.known?.start : readPoint("--from", from, chosen);
  if (!all)
    throw new UsageError(
      `--from is missing: --from ${chosen.f.graph.inputs.map(({ name }) => `${name}=…`).join(",") || "…"}`,
    );
  const fixed = namesOf(given, "fix");
  const names = Object.keys(all);
  const odd = fixed.find((name) => !names.includes(name));
  if (odd !== undefined)
    throw new UsageError(`--fix: the objective has no "${odd.slice(0, 40)}"; it has ${names.join(", ")}.`);
  if (names.length > 0 && names.every((name) => fixed.includes(name)))
    throw new UsageError("--fix: all inputs are fixed; there is nothing to be moved.");
  const part = (isFixed: boolean) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => fixed.includes(name) === isFixed));
  return { start: part(false), fixed: part(true) };
}

export function boundsOf(given: Given): object {
  const text = textOf(given, "bounds");
  return text === undefined
    ? {}
    : { bounds: Object.fromEntries(assignments("--bounds", text, "x=0..1", readBound)) };
}

/** Throws where a run never began: its start isn't finite. */
export function checkStart({ status, steps, message, evaluations }: Run): void {
  if (status === "diverged" && steps === 0 && evaluations <= 1)
    throw new UsageError(`--from: ${message} Start elsewhere.`);
}

/** A line on a terminal that tells how far a run is; nothing elsewhere. */
export function progressTo({ err }: Terminal, name = ""): object {
  if (!err.isTerminal) return {};
  let last = 0;
  return {
    onProgress: ({ steps, value }: { readonly steps: number; readonly value: number }) => {
      const now = performance.now();
      if (now - last < 100) return;
      last = now;
      err.write(`\r\u001b[K${name}${name === "" ? "" : ": "}step ${steps}, value ${short(value, 6)}`);
    },
  };
}

export function clearProgress({ err }: Terminal): void {
  if (err.isTerminal) err.write("\r\u001b[K");
}

/** Where a run's state is saved to and taken from. What is resumed goes on in its file unless another one is named. */
export async function checkpointing(given: Given): Promise<object> {
  const [to, from] = [textOf(given, "checkpoint"), textOf(given, "resume")];
  const every = numberOf(given, "checkpoint-every", { whole: true, least: 1 });
  if (every !== undefined && to === undefined && from === undefined)
    throw new UsageError("--checkpoint-every needs --checkpoint FILE.");
  checkWritable("--checkpoint", to);
  if (from !== undefined) await readBytes("--resume", from);
  return {
    ...((to ?? from) !== undefined && {
      checkpoint: { every: every ?? 100, save: checkpointFile((to ?? from)!).save },
    }),
    ...(from !== undefined && { resume: checkpointFile(from).load() }),
  };
}

function trajectoryCsv(run: Run, chosen: Chosen): string {
  const { trajectory } = run;
  const last = elements(run.parameters as never, chosen);
  const names = last.map(([name]) => (/[,"]/.test(name) ? `"${name}"` : name));
  const moved = chosen.f.graph.inputs.flatMap(({ name }) => {
    const rows = (trajectory.parameters as Readonly<Record<string, Float64Array>>)[name];
    return rows ? [rows] : [];
  });
  const rows = Array.from({ length: trajectory.steps }, (_, i) => {
    const point = moved.flatMap((all) => {
      const size = all.length / trajectory.steps;
      return [...all.slice(i * size, (i + 1) * size)];
    });
    return [trajectory.start + i * trajectory.stride, trajectory.values[i], ...point].join(",");
  });
  const end = [run.steps, run.value, ...last.map(([, value]) => value)].join(",");
  return `${[["step", "value", ...names].join(","), ...rows, end].join("\n")}\n`;
}

function report(
  run: Run,
  chosen: Chosen,
  fixed: Readonly<Record<string, unknown>>,
  given: Given,
  terminal: Terminal,
  problem: UsageError | undefined,
): void {
  const { out } = terminal;
  const { status, message, value, steps, evaluations } = run;
  const { solver } = run as { readonly solver?: { readonly name: string; readonly why: string } };
  const method = solver?.name ?? textOf(given, "optimizer") ?? "";
  if (has(given, "json")) {
    const parameters = nested(run.parameters as never, chosen);
    const document = { status, message, value, parameters, fixed, steps, evaluations, method };
    out.write(
      json({ ...document, why: solver?.why ?? "", ...(problem && { error: { message: problem.message } }) }),
    );
    return;
  }
  const isGood = status === "converged" || status === "completed";
  out.write(`${paint(terminal, isGood ? "green" : "red", status)}  ${message}\n\n`);
  const rows = elements(run.parameters as never, chosen).map(([name, one]) => [name, short(one, 12)]);
  const held = Object.entries(fixed).map(([name, one]) => [name, JSON.stringify(one), "fixed"]);
  out.write(`${table([["value", short(value, 12)], ...rows, ...held])}\n\n`);
  const by = solver?.why ? `${method} (${solver.why})` : method;
  out.write(`${paint(terminal, "dim", `${by}: ${steps} steps, ${evaluations} evaluations`)}\n`);
}
