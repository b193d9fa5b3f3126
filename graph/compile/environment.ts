/** What generated code uses besides inputs and outputs: buffers, constants, the matrix product, routines, scalar ops. */

import { arrayOf, type Dtype } from "../dtype.js";
import { type Graph, outputsOf } from "../graph.js";
import { doubles } from "../interpret.js";
import type { BodyCode, CompileBody, Routine } from "../op.js";
import { type Arena, makeArena } from "./arena.js";
import { makeFunction } from "./function.js";
import { generate, smallScalar, straightCode } from "./generate.js";
import type { LoopCode } from "./loops/loops.js";
import type { Call } from "./loops/routine-writer.js";
import { bufferName, constantName, inputName, namesOf, outputName, routineName, slotName } from "./names.js";
import { prepare } from "./prepare.js";
import { writeStatements } from "./scalars/unroll.js";

export interface Environment {
  readonly names: readonly string[];
  readonly values: readonly unknown[];
}

/** The environment of a kernel; `undefined` where it needs WebAssembly and there is none. */
export function makeEnvironment(code: LoopCode, dtype: Dtype): Environment | undefined {
  const { buffers, constants, columns, routines, slots } = code;
  const made: Arena | undefined = makeArena(code.arena, columns, dtype);
  if (!made) return undefined;
  const entries: [string, unknown][] = [
    ...buffers.map(({ offset, length, exact }, i): [string, unknown] => [
      bufferName(i),
      exact ? new Float64Array(length) : made.arena.subarray(offset, offset + length),
    ]),
    ...constants.map(({ values, exact }, i): [string, unknown] => [
      constantName(i),
      arrayOf(exact ? "f64" : dtype).from(values),
    ]),
    ...(columns > 0 ? [["multiply", made.multiply] as [string, unknown]] : []),
    ...routines.map((call, i): [string, unknown] => [routineName(i), runOf(call, dtype)]),
    ...slots.map(({ key, scalar }): [string, unknown] => [slotName(key), scalar!.compute]),
  ];
  return { names: entries.map(([name]) => name), values: entries.map(([, value]) => value) };
}

type Run = NonNullable<Routine["run"]>;

/** What computes a call: the op's routine, compiled if it is a text, or its reference meaning. */
function runOf({ op, params, shapes }: Call, dtype: Dtype): Run {
  const own = op.routine?.(shapes, params, dtype, compileBodies(dtype));
  const run = own?.run ?? makeFunction([], `return ${own?.text?.()}`)?.();
  const interpreted: Run = (result, ...operands) => {
    const values = operands.map((one) => Array.from(one));
    result.set(op.evaluate(doubles, values, shapes, params));
  };
  return (run as Run | undefined) ?? interpreted;
}

/** Routines of bodies, made of the text that `write` gives for a body's code. */
function compileBodies(dtype: Dtype): CompileBody {
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
    inputs: namesOf(body.inputs, inputName),
    outputs: namesOf(outputsOf(body), outputName),
    arrayClass: arrayOf(dtype).name,
  });
  return { code, text };
}
