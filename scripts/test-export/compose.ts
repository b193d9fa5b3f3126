/** Exported functions within JAX's own: vmap, jax.grad, jax.export; loops stay loops, texts short, compiling quick. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exportPrograms } from "../../property-tests/support/exported-programs.js";
import { exportJax, toJax, toStableHlo } from "../../src/engines/index.js";
import { writeFolder } from "../../src/files/index.js";
import { add, grad, multiply, scalar, scan, sin, sum, trace, valueAndGrad, vector } from "../../src/index.js";
import { check, complaint, expect, place, run, type Setting, tell } from "./support.js";
import { rule } from "./training.js";

const script = fileURLToPath(new URL("compose.py", import.meta.url));

/** A step whose numbers stay where each matters. */
const loop = trace(
  { x: scalar() },
  ({ x }) => scan((c) => add(multiply(sin(c), 0.9), multiply(x, 0.3)), x, { length: 1e5 }).last,
);

/** The MLP: its gradient as a function, and a folder that trains it. */
function writeMlp(folder: string): void {
  const { objective, start } = exportPrograms.mlp!();
  const gradient = valueAndGrad(objective, ...(Object.keys(start) as never[]));
  writeFileSync(join(folder, "mlp.py"), toJax(gradient as never, { name: "mlp" }).source);
  writeFolder(join(folder, "model"), exportJax({ objective, start, optimizer: rule() }));
}

export async function testCompose({ python }: Setting): Promise<void> {
  const folder = join(place, "compose");
  mkdirSync(folder);
  writeMlp(folder);
  for (const [name, f] of [
    ["loop", loop],
    ["loop_gradient", trace({ x: scalar() }, ({ x }) => grad(loop)({ x }).x)],
  ] as const) {
    writeFileSync(join(folder, `${name}.py`), toJax(f as never, { name: "loop" }).source);
    writeFileSync(
      join(folder, `${name}.json`),
      JSON.stringify((f as (given: object) => unknown)({ x: 0.3 })),
    );
  }
  const line = (text: string) => {
    const { name, ok, note } = JSON.parse(text) as { name: string; ok: boolean; note: string };
    tell(ok ? "passed" : "failed", name, note);
  };
  const ran = await run(python, [script, folder], { line });
  if (ran.status !== 0) tell("failed", "compose.py", complaint(ran));
  await check("texts grow with the nodes", () => {
    const chain = (nodes: number) =>
      trace({ x: vector(3) }, ({ x }) => {
        let y = x;
        for (let i = 0; i < nodes; i++) y = multiply(add(y, x), 1 + 1 / (i + 2));
        return y;
      });
    const [few, many] = [1000, 2000].map((nodes) => [
      toJax(chain(nodes), { name: "f" }).source,
      toStableHlo(chain(nodes)).source,
    ]);
    const ratios = few!.map((text, i) => many![i]!.length / text.length);
    expect(
      ratios.every((ratio) => ratio < 2.1),
      `twice the nodes have ${ratios.join(", ")} times the text`,
    );
    return `twice the nodes have ${ratios.map((ratio) => ratio.toFixed(2)).join(" and ")} times the text`;
  });
  await check("a constant of 10⁶ numbers is no text", () => {
    const table = Float64Array.from({ length: 1e6 }, (_, i) => i / 7);
    const f = trace({ x: vector(1e6) }, ({ x }) => sum(multiply(x, table)));
    const lengths = [toJax(f, { name: "f" }), toStableHlo(f)].map(({ source }) => source.length);
    expect(Math.max(...lengths) < 2000, lengths.join(", "));
    return `texts of ${lengths.join(" and ")} characters`;
  });
}
