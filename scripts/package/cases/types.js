/** TypeScript of several versions, resolutions and kinds of modules, with the strictest flags and declarations checked. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { flags } from "./flags.js";
import { check, folder, installed, manifest, node, root, tool } from "./support.js";

const versions = ["5.0", "5.9", "7.0"];
const resolutions = [
  ["node16", "node16"],
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
];

/** Every entry, and what others infer from it in declarations of their own. */
const entries = `
import { adam, compile, minimize, square, sum, trace, valueAndGrad, vector, type Expr } from "adjoint";
import { sin } from "adjoint/graph";
import { gradientDescent } from "adjoint/optimizers";
import { checkGradient, gradientProperty, graphs } from "adjoint/testing";
import { contourFigure, type Figure } from "adjoint/figures";
import { checkpointFile } from "adjoint/files";
import { leastSquares } from "adjoint/solvers";
import { expression, math } from "adjoint/expression";
import "adjoint/fluent";

export const f = trace({ x: vector(2) }, ({ x }) => sum(square(sin(x))));
export const kernel = compile(valueAndGrad(f));
const { value, grad } = kernel({ x: [2, 3] });
export const v: number = value;
export const g: Float64Array = grad.x;
export const run = minimize(f, { x: [2, 3] }, adam({ learningRate: 0.1 }), { steps: 3 });
export const optimizer = gradientDescent({ learningRate: 0.1 });
export const figure: Figure = contourFigure({ objective: f, runs: { run } });
export const report = checkGradient(f, { order: 2 });
export const property = gradientProperty(f);
export const arbitrary = graphs();
export const file = checkpointFile("run");
export const fitted = leastSquares(trace({ x: vector(2) }, ({ x }) => x.subtract(1)), { x: [2, 3] });
export const text = expression("x^2 + sum(v)", { inputs: { v: vector(3) } });
export const slopes = valueAndGrad(text);
export const template = trace({ x: vector(2) }, ({ x: [a, b] }) => math\`\${a}^2 + \${b}\`);
export type Any = Expr;
`;

const commonJs = `
import adjoint = require("adjoint");
import graph = require("adjoint/graph");

const f = adjoint.trace({ x: adjoint.vector(2) }, ({ x }) => adjoint.sum(graph.square(x)));
const double = (x: adjoint.Expr): adjoint.Expr => adjoint.multiply(2, x);
export = { f, double };
`;

/** A module uses what a CommonJS one gives: they have the same types. */
const mixed = `
import { trace, vector } from "adjoint";
import common from "./common.cjs";
export const twice = trace({ x: vector(2) }, ({ x }) => common.double(x));
`;

const withFastCheck = `
import fc from "fast-check";
import { trace, vector, sin } from "adjoint";
import { gradientProperty, graphs, numbers } from "adjoint/testing";
const f = trace({ x: vector(2) }, ({ x }) => sin(x));
fc.assert(gradientProperty(f, { domain: [0.1, 2] }));
fc.assert(fc.property(graphs(), numbers([0, 1]), ({ f }, x) => f.graph.nodes.length > x));
`;

export async function testTypes(tarball) {
  const path = folder("types", {
    "package.json": { name: "types", private: true, type: "module" },
    "entries.ts": entries,
    "common.cts": commonJs,
    "mixed.mts": mixed,
    "fast-check.ts": withFastCheck,
    "program.ts": readFileSync(join(root, "property-tests/fixtures/user-program.ts"), "utf8"),
  });
  await installed(path, tarball);
  const compileAll = async (what, filesOf) => {
    for (const version of versions) {
      for (const [module, moduleResolution] of resolutions) {
        await check(`TypeScript ${version} · ${moduleResolution} · ${what}`, async () => {
          const compiler = join(await tool(`typescript@${version}`), "node_modules/typescript/bin/tsc");
          const compilerOptions = { ...flags(version), module, moduleResolution };
          folder("types", { "tsconfig.json": { compilerOptions, files: filesOf(moduleResolution) } });
          await node([compiler, "-p", ".", "--pretty", "false"], { cwd: path });
        });
      }
    }
  };
  await compileAll("all entries, without fast-check", (resolution) =>
    resolution === "bundler"
      ? ["entries.ts", "program.ts"]
      : ["entries.ts", "program.ts", "common.cts", "mixed.mts"],
  );
  await installed(path, `fast-check@${manifest.devDependencies["fast-check"]}`);
  await compileAll("properties with fast-check", () => ["fast-check.ts"]);
}
