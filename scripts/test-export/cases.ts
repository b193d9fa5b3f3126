/** Functions on JAX, as it runs them op by op, compiled, and as StableHLO: every op, corners, random programs. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputsOf } from "../../graph/internal.js";
import { expectedOf, programCases } from "../../property-tests/support/engines/random-cases.js";
import { inputsOf, trainedCases } from "../../property-tests/support/engines/trained.js";
import { cornerCases, type ExportCase, opCases } from "../../property-tests/support/exported.js";
import { toJax, toStableHlo } from "../../src/engines/index.js";
import { npz } from "../../src/engines/jax/npz.js";
import { type Difference, differenceOf, kinds, mixed, relative } from "./compare.js";
import { complaint, place, run, type Setting, tell } from "./support.js";

const modes = ["eager", "jit", "stablehlo"] as const;
const script = fileURLToPath(new URL("cases.py", import.meta.url));

type Dtype = "f64" | "f32" | "bf16";

interface Measure {
  readonly dtype?: Dtype;
  readonly bound: number;
  readonly by: (x: number, y: number) => number;
}

const texts = (values: ArrayLike<number>) =>
  Array.from(values, (x) => (Number.isFinite(x) && !Object.is(x, -0) ? x : Object.is(x, -0) ? "-0" : `${x}`));

/** The files of a case, for the script. */
function write(folder: string, number: number, one: ExportCase, dtype: Dtype) {
  const { source, constants } = toJax(one.f, { name: "f", dtype });
  writeFileSync(join(folder, `${number}.py`), source.replace("constants.npz", `${number}.npz`));
  if (constants.size > 0) writeFileSync(join(folder, `${number}.npz`), npz(constants));
  const text = toStableHlo(one.f, { dtype });
  writeFileSync(join(folder, `${number}.mlir`), text.source);
  if (text.constants.size > 0) writeFileSync(join(folder, `${number}.mlir.npz`), npz(text.constants));
  const given = inputsOf(one);
  const { graph } = one.f;
  const inputs = graph.inputs.map(({ path, shape }, i) => ({ path, shape, values: texts(given[i]!) }));
  return { number, dtype, inputs, outputs: outputsOf(graph).map(({ path }) => path) };
}

/** Where an engine's own order of computing leaves no digits, which the documents say. */
const excepted: Readonly<Record<string, string>> = {
  "polygammaDifference at corners": "results of 1e-300 lose digits, as their terms are flushed",
  "gammainc at corners": "compensated terms at arguments of 1e300",
  "gammaincc at corners": "compensated terms at arguments of 1e300",
  "gammaByShape at corners": "compensated terms at arguments of 1e300",
};

const exceptions: string[] = [];
const totals: Record<keyof typeof kinds, number> = { lastPlaces: 0, zeroSign: 0, flushed: 0 };

/** Runs cases in all modes: a line for each case, with the worst difference of each mode. */
async function runCases(
  name: string,
  cases: readonly ExportCase[],
  { python }: Setting,
  { bound, by, dtype = "f64" }: Measure,
): Promise<void> {
  const folder = join(place, name);
  mkdirSync(folder);
  const written = cases.map((one, number) => write(folder, number, one, dtype));
  writeFileSync(join(folder, "cases.json"), JSON.stringify(written));
  const expected = cases.map(expectedOf);
  const notes = cases.map((): string[] => []);
  const failures = cases.map((): string[] => []);
  let told = 0;
  const line = (text: string) => {
    const { number, mode, error } = JSON.parse(text) as { number: number; mode: string; error?: string };
    const difference =
      error === undefined ? read(join(folder, `${number}.${mode}`), expected[number]!) : undefined;
    if (difference) {
      notes[number]!.push(`${mode} ${difference.worst.toExponential(1)}`);
      for (const kind of dtype === "f64" ? (Object.keys(totals) as (keyof typeof kinds)[]) : [])
        totals[kind] += difference.counts[kind];
    }
    const wrong = error === undefined ? difference!.beyond : [error];
    failures[number]!.push(...wrong.map((one) => `${mode}: ${one}`));
    if (mode !== modes.at(-1)) return;
    told++;
    const { name: own } = cases[number]!;
    const reason = failures[number]!.length > 0 ? excepted[own] : undefined;
    const isWrong = failures[number]!.length > 0 && reason === undefined;
    if (reason) exceptions.push(`${own}: ${reason}; ${failures[number]!.join(", ")}`);
    tell(
      isWrong ? "failed" : "passed",
      own,
      [...notes[number]!, ...(isWrong ? failures[number]! : [reason ?? ""])].join("  "),
    );
  };
  const read = (path: string, wanted: readonly number[]): Difference => {
    const bytes = readFileSync(path);
    const { buffer } = new Uint8Array(bytes);
    return differenceOf(new Float64Array(buffer), wanted, bound, by);
  };
  const ran = await run(python, [script, folder, modes.join(",")], { line });
  if (ran.status !== 0 || told !== cases.length)
    tell("failed", name, `${told} of ${cases.length}: ${complaint(ran)}`);
}

const some = (cases: Iterable<ExportCase>, { every, only }: Setting) =>
  [...cases].filter(({ name }, i) => i % every === 0 && only.test(name));

/** Each op with each of its instances, and its adjoint. */
export const testOps = (setting: Setting) =>
  runCases("ops", some(opCases(), setting), setting, { bound: 1e-13, by: mixed });

export const testCorners = (setting: Setting) =>
  runCases("corners", some(cornerCases({ areAll: true }), setting), setting, { bound: 1e-12, by: relative });

export const testRandom = (setting: Setting) =>
  runCases("random", [...programCases(setting.count, setting.seed)], setting, { bound: 1e-12, by: mixed });

/** The programs' values and gradients where they start. */
export async function testGradients(setting: Setting): Promise<void> {
  for (const [dtype, bound] of [
    ["f64", 1e-12],
    ["f32", 1e-5],
    ["bf16", 0.05],
  ] as const) {
    const cases = [...trainedCases()].map((one) => ({ ...one, name: `${one.name}, ${dtype}` }));
    await runCases(`gradients ${dtype}`, cases, setting, { bound, by: mixed, dtype });
  }
}

/** What all cases so far differed by. */
export function tellKinds(): void {
  const found = Object.entries(totals).filter(([, count]) => count > 0);
  if (found.length === 0) return;
  console.log("\nElements that aren't equal to the last bit:");
  for (const one of exceptions) console.log(`excepted  ${one}`);
  for (const [kind, count] of found)
    console.log(`${String(count).padStart(8)}  ${kinds[kind as keyof typeof kinds]}`);
}
