/** `adjoint minimize`: a run of an optimizer or a solver from a start, which Ctrl-C ends at the best point so far. */
import { readFile } from "node:fs/promises";
import { checkpointFile } from "../../files/index.js";
import { minimizeAsync, type Run } from "../../runs/index.js";
import type { Command } from "../command.js";
import { methodOf, methodOptions } from "../methods.js";
import { type Chosen, chooseObjective, elements, nested, readPoint } from "../objective.js";
import { type Given, has, numberOf, type Options, textOf } from "../options.js";
import { paint, short, type Terminal, table, UsageError } from "../terminal.js";
import { assignments, readRange } from "../values.js";

export const stopping: Options = {
  steps: { value: "N", help: "the most steps; default 1000" },
  tolerance: { value: "T", help: "of the gradient; default the run's own" },
  "max-evaluations": { value: "N", help: "the most evaluations" },
  "max-time": { value: "MS", help: "the most milliseconds" },
};

export const minimize: Command = {
  summary: "the minimum of an objective, by a solver or an optimizer",
  usage: '"TEXT" --from x=1,y=2',
  examples: [
    'adjoint minimize "100(y - x^2)^2 + (1 - x)^2" --from x=-1.2,y=1',
    'adjoint minimize "100(y - x^2)^2 + (1 - x)^2" --from x=-1.2,y=1 --optimizer adam --learning-rate 0.01 --steps 5000',
    'adjoint minimize "100(y - x^2)^2 + (1 - x)^2" --from x=-1.2,y=1 --method lbfgsb --bounds "x=..0.5"',
    "adjoint minimize himmelblau",
  ],
  options: {
    from: { value: "x=1,y=2", help: "the start; an objective of the library has one of its own" },
    ...methodOptions,
    bounds: { value: "x=0..1,y=..2", help: "bounds of parameters, of solvers" },
    ...stopping,
    csv: { value: "FILE", help: "the trajectory: step, value, parameters" },
    checkpoint: { value: "FILE", help: "save the run's state there now and then, and at Ctrl-C" },
    resume: { value: "FILE", help: "go on from a checkpoint" },
  },
  async run(given, terminal) {
    const chosen = chooseObjective(given.words[0]);
    const start = startOf(given, chosen);
    const run = (await minimizeAsync(
      chosen.f as never,
      start as never,
      methodOf(given) as never,
      {
        ...limitsOf(given),
        ...boundsOf(given),
        signal: terminal.signal,
        ...progressTo(terminal),
        ...(await checkpointing(given)),
      } as never,
    )) as unknown as Run;
    const csv = textOf(given, "csv");
    if (csv !== undefined) await writeText(csv, trajectoryCsv(run, chosen));
    report(run, chosen, given, terminal);
    return run.status === "converged" || run.status === "completed" ? 0 : 1;
  },
};

export function startOf(given: Given, chosen: Chosen): Readonly<Record<string, unknown>> {
  const from = textOf(given, "from");
  if (from !== undefined) return readPoint("--from", from, chosen);
  if (chosen.known) return chosen.known.start;
  throw new UsageError(
    `--from is missing: --from ${chosen.f.graph.inputs.map(({ name }) => `${name}=…`).join(",")}`,
  );
}

export function limitsOf(given: Given): Record<string, number> {
  const limits = {
    steps: numberOf(given, "steps", { whole: true, least: 0 }),
    tolerance: numberOf(given, "tolerance", { least: 0 }),
    maxEvaluations: numberOf(given, "max-evaluations", { whole: true, least: 1 }),
    maxTime: numberOf(given, "max-time", { least: 0 }),
  };
  return Object.fromEntries(
    Object.entries(limits).filter((one): one is [string, number] => one[1] !== undefined),
  );
}

function boundsOf(given: Given): object {
  const text = textOf(given, "bounds");
  return text === undefined
    ? {}
    : { bounds: Object.fromEntries(assignments("--bounds", text, "x=0..1", readRange)) };
}

/** A line on a terminal that tells how far a run is; nothing elsewhere. */
function progressTo({ err }: Terminal): object {
  if (!err.isTerminal) return {};
  let last = 0;
  return {
    onProgress: ({ step, value }: { readonly step: number; readonly value: number }) => {
      const now = performance.now();
      if (now - last < 100) return;
      last = now;
      err.write(`\r\u001b[Kstep ${step}  value ${short(value, 6)}`);
    },
  };
}

/** Where a run's state is saved to and taken from. What is resumed goes on in its file unless another one is named. */
async function checkpointing(given: Given): Promise<object> {
  const [to, from] = [textOf(given, "checkpoint"), textOf(given, "resume")];
  if (from !== undefined) await readBytes("--resume", from);
  return {
    ...((to ?? from) !== undefined && {
      checkpoint: { every: 100, save: checkpointFile((to ?? from)!).save },
    }),
    ...(from !== undefined && { resume: checkpointFile(from).load() }),
  };
}

export async function readBytes(option: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`${option}: "${path}" can't be read: ${reasonOf(error)}.`);
  }
}

export async function writeText(path: string, text: string): Promise<void> {
  const { writeFile } = await import("node:fs/promises");
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new UsageError(`"${path}" can't be written: ${reasonOf(error)}.`);
  }
}

/** What the system says, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const known: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file or folder",
    EACCES: "it isn't permitted",
    EISDIR: "it is a folder",
    ENOSPC: "the disk is full",
  };
  return (code !== undefined && known[code]) || message;
}

function trajectoryCsv(run: Run, chosen: Chosen): string {
  const { trajectory } = run;
  const names = elements(run.parameters as never, chosen).map(([name]) =>
    /[,"]/.test(name) ? `"${name}"` : name,
  );
  const rows = Array.from({ length: trajectory.steps }, (_, i) => {
    const point = Object.values(trajectory.parameters as Readonly<Record<string, Float64Array>>).flatMap(
      (all) => {
        const size = all.length / trajectory.steps;
        return [...all.slice(i * size, (i + 1) * size)];
      },
    );
    return [trajectory.start + i * trajectory.stride, trajectory.values[i], ...point].join(",");
  });
  const last = [
    run.steps,
    run.value,
    ...elements(run.parameters as never, chosen).map(([, value]) => value),
  ].join(",");
  return `${[["step", "value", ...names].join(","), ...rows, last].join("\n")}\n`;
}

function report(run: Run, chosen: Chosen, given: Given, terminal: Terminal): void {
  const { out, err } = terminal;
  if (err.isTerminal) err.write("\r\u001b[K");
  const { solver } = run as { readonly solver?: { readonly name: string; readonly why: string } };
  if (has(given, "json")) {
    const { status, message, value, steps, evaluations } = run;
    const document = {
      status,
      message,
      value,
      parameters: nested(run.parameters as never, chosen),
      steps,
      evaluations,
      ...(solver && { solver }),
    };
    out.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const isGood = run.status === "converged" || run.status === "completed";
  out.write(`${paint(terminal, isGood ? "green" : "red", run.status)}  ${run.message}\n\n`);
  const rows = elements(run.parameters as never, chosen).map(([name, value]) => [name, short(value, 12)]);
  out.write(`${table([["value", short(run.value, 12)], ...rows])}\n\n`);
  const by = solver ? `${solver.name}${solver.why ? ` (${solver.why})` : ""}: ` : "";
  out.write(`${paint(terminal, "dim", `${by}${run.steps} steps, ${run.evaluations} evaluations`)}\n`);
}
