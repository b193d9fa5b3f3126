/** Graphs that are part of a routine, as scans have them: kernels of their own. What has none doesn't bring this file. */
import { arrayOf, type Dtype } from "../dtype.js";
import { type Graph, outputsOf } from "../graph.js";
import type { BodyCode, CompileBody } from "../op.js";
import { makeEnvironment, type Run } from "./environment.js";
import { makeFunction } from "./function.js";
import { generate, smallScalar, straightCode } from "./generate.js";
import type { LoopCode } from "./loops/loops.js";
import { inputName, outputName } from "./names.js";
import { prepare } from "./prepare.js";
import { writeStatements } from "./scalars/unroll.js";

/** Routines of bodies, made of the text that `write` gives for a body's code. */
export function compileBodies(dtype: Dtype): CompileBody {
  return (body, write) => {
    for (const withoutWasm of [false, true]) {
      const { code, text } = bodyCode(body, write, dtype, withoutWasm);
      const environment = makeEnvironment(code, dtype);
      if (!environment) continue;
      const make = makeFunction(environment.names, `return ${text}`);
      return make && { run: make(...environment.values) as Run };
    }
    return undefined;
  };
}

/** The code of a body, and what `write` makes of it. */
export function bodyCode(
  given: Graph,
  write: (code: BodyCode) => string,
  dtype: Dtype,
  withoutWasm: boolean,
): { readonly code: LoopCode; readonly text: string } {
  const body = prepare(given);
  const scalar = smallScalar(body);
  const code = scalar ? straightCode(scalar) : generate(body, withoutWasm);
  const text = write({
    ...(scalar && {
      statements: (sources, targetOf) => writeStatements(body, scalar, sources, targetOf),
    }),
    blocks: code.parts,
    inputs: body.inputs.map((_, i) => inputName(i)),
    outputs: outputsOf(body).map((_, i) => outputName(i)),
    arrayClass: arrayOf(dtype).name,
  });
  return { code, text };
}
