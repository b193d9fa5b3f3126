/** Scans in kernels: a loop around the code of the body, written out if it is small. */

import { arrayOf, type Precision } from "../dtype.js";
import type { Graph } from "../graph.js";
import type { Routine } from "../op.js";
import type { ScanParams } from "../scan/op.js";
import { type Shape, sizeOf } from "../shape.js";
import { environmentText, makeEnvironment } from "./environment.js";
import { makeFunction } from "./function.js";
import { generate, smallScalar, straightCode } from "./generate.js";
import type { LoopCode } from "./loops/loops.js";
import { inputName, outputName } from "./names.js";
import { prepare } from "./prepare.js";
import type { ScalarGraph } from "./scalars/scalarize.js";
import { type Source, writeStatements } from "./scalars/unroll.js";

/** So many numbers that all steps see are kept in local variables. */
const mostLocals = 32;

/** `undefined` where code can't be made. */
export function scanRoutine(params: ScanParams, dtype: Precision): Routine | undefined {
  const body = prepare(params.body);
  const scalar = smallScalar(body);
  const codeOf = (withoutWasm: boolean) => (scalar ? straightCode(scalar) : generate(body, withoutWasm));
  const textOf = ({ parts }: LoopCode, precision: Precision) =>
    scalar ? straightLoop(body, scalar, params) : loopAround(body, params, parts, precision);
  for (const withoutWasm of [false, true]) {
    const code = codeOf(withoutWasm);
    const environment = makeEnvironment(code, dtype);
    if (!environment) continue;
    const make = makeFunction(environment.names, `return ${textOf(code, dtype)}`);
    if (!make) return undefined;
    return {
      run: make(...environment.values) as Routine["run"],
      text() {
        const emitted = codeOf(true);
        const declarations = environmentText(emitted).join("\n");
        return `(() => {\n${declarations}\nreturn ${textOf(emitted, "f64")};\n})()`;
      },
    };
  }
  return undefined;
}

/** The head of a routine: the result, then an array for each input of the body but the step. */
function headOf({ inputs }: Graph): string {
  return `(${["result", ...inputs.slice(1).map((_, i) => `a${i}`)].join(", ")}) => {`;
}

function stepsOf({ length, reverse }: ScanParams): string {
  return reverse
    ? `for (let step = ${length - 1}; step >= 0; step--) {`
    : `for (let step = 0; step < ${length}; step++) {`;
}

/** The carry stays in local variables from step to step. */
function straightLoop(graph: Graph, scalar: ScalarGraph, params: ScanParams): string {
  const { rows, last } = params;
  const shapes = graph.inputs.map(({ shape }) => shape);
  const fixed = shapes.slice(2 + rows).reduce((sum, shape) => sum + sizeOf(shape), 0);
  const loads: string[] = [];
  const elements = <T>(shape: Shape, write: (i: number) => T) =>
    Array.from({ length: sizeOf(shape) }, (_, i) => write(i));
  const sources = shapes.flatMap((shape, place): Source[] => {
    if (place === 0) return elements(shape, (i) => `y${i}`);
    if (place === 1 + rows) return ["step"];
    if (place <= rows) return elements(shape, (i) => ({ load: `a${place}[${sizeOf(shape)} * step + ${i}]` }));
    return elements(shape, (i) => {
      const load = `a${place - 1}[${i}]`;
      if (fixed > mostLocals) return { load };
      loads.push(`const d${loads.length} = ${load};`);
      return `d${loads.length - 1}`;
    });
  });
  const statements = writeStatements(graph, scalar, sources, (_, i) => `z${i}`);
  const carry = shapes[0]!;
  return [
    headOf(graph),
    ...elements(carry, (i) => `let y${i} = a0[${i}], z${i} = y${i};`),
    ...loads,
    stepsOf(params),
    ...statements,
    ...(last ? [] : elements(carry, (i) => `result[${sizeOf(carry)} * step + ${i}] = z${i};`)),
    ...elements(carry, (i) => `y${i} = z${i};`),
    "}",
    ...(last ? elements(carry, (i) => `result[${i}] = y${i};`) : []),
    "}",
  ].join("\n");
}

/** The body works on arrays: views of the rows, and two for the carry that change places. */
function loopAround(graph: Graph, params: ScanParams, parts: readonly string[], dtype: Precision): string {
  const { rows, last } = params;
  const shapes = graph.inputs.map(({ shape }) => shape);
  const [carry, output] = [inputName(0), outputName(0)];
  const size = sizeOf(shapes[0]!);
  const isScalar = (place: number) => shapes[place]!.length === 0;
  const rowLines = shapes.slice(1, 1 + rows).map((shape, i) => {
    const width = sizeOf(shape);
    const view = `a${i + 1}.subarray(step * ${width}, (step + 1) * ${width})`;
    return `const ${inputName(i + 1)} = ${isScalar(i + 1) ? `a${i + 1}[step]` : view};`;
  });
  const fixedLines = shapes.slice(2 + rows).map((_, i) => {
    const place = 2 + rows + i;
    return `const ${inputName(place)} = a${place - 1}${isScalar(place) ? "[0]" : ""};`;
  });
  const array = arrayOf(dtype).name;
  return [
    headOf(graph),
    `let ${carry} = ${array}.from(a0), ${output} = new ${array}(${size});`,
    ...fixedLines,
    stepsOf(params),
    `const ${inputName(1 + rows)} = step;`,
    ...rowLines,
    // A block a part keeps their locals apart.
    ...parts.map((part) => `{\n${part}\n}`),
    ...(last ? [] : [`result.set(${output}, step * ${size});`]),
    `[${carry}, ${output}] = [${output}, ${carry}];`,
    "}",
    ...(last ? [`result.set(${carry});`] : []),
    "}",
  ].join("\n");
}
