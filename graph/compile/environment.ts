/** What generated code uses besides inputs and outputs: buffers, constants, the matrix product, routines, scalar ops. */

import { arrayOf, type Dtype } from "../dtype.js";
import { AdjointError } from "../errors.js";
import { type Graph, outputsOf } from "../graph.js";
import { doubles } from "../interpret.js";
import type { BodyCode, Routine } from "../op.js";
import { type Arena, makeArena } from "./arena.js";
import { makeFunction } from "./function.js";
import { generate, smallScalar, straightCode } from "./generate.js";
import type { Call, LoopCode } from "./loops/loops.js";
import { bufferName, constantName, inputName, outputName, routineName, slotName } from "./names.js";
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
    ...buffers.map(({ offset, length }, i): [string, unknown] => [
      bufferName(i),
      made.arena.subarray(offset, offset + length),
    ]),
    ...constants.map((values, i): [string, unknown] => [constantName(i), arrayOf(dtype).from(values)]),
    ...(columns > 0 ? [["multiply", made.multiply] as [string, unknown]] : []),
    ...routines.map((call, i): [string, unknown] => [routineName(i), routineOf(call, dtype).run]),
    ...slots.map(({ key, scalar }): [string, unknown] => [slotName(key), scalar!.compute]),
  ];
  return { names: entries.map(([name]) => name), values: entries.map(([, value]) => value) };
}

/** The environment of code without matrix products as declarations, for modules of their own. */
export function environmentText({ buffers, constants, routines, slots }: LoopCode): string[] {
  const list = (values: Float64Array) =>
    Array.from(values, (x) => (Object.is(x, -0) ? "-0" : String(x))).join(", ");
  return [
    ...buffers.map(({ length }, i) => `const ${bufferName(i)} = new Float64Array(${length});`),
    ...constants.map((values, i) => `const ${constantName(i)} = Float64Array.of(${list(values)});`),
    ...routines.map((call, i) => {
      const text = routineOf(call, "f64").text?.();
      if (text !== undefined) return `const ${routineName(i)} = ${text};`;
      throw new AdjointError(
        `emit: the op ${call.op.name} has no routine with a text, so it can't be written down; give it one, or build it of other ops.`,
      );
    }),
    ...slots.map(
      ({ key, scalar }) => `const ${slotName(key)} = ${scalar!.text?.() ?? functionText(scalar!.compute)};`,
    ),
  ];
}

/** A function as an expression: the text of a method lacks the keyword. */
function functionText(f: (...x: number[]) => number): string {
  const text = String(f);
  return /^(function\b|\(|\w+\s*=>)/.test(text) ? text : `function ${text}`;
}

/** The routine of a call: the op's own, or its reference meaning. */
function routineOf({ op, params, shapes }: Call, dtype: Dtype): Routine {
  const own = op.routine?.(shapes, params, dtype, (body, write) => compileBody(body, write, dtype));
  if (own) return own;
  return {
    run(result, ...operands) {
      result.set(
        op.evaluate(
          doubles,
          operands.map((values) => Array.from(values)),
          shapes,
          params,
        ),
      );
    },
  };
}

/** The routine whose text `write` gives for the code of a body; `undefined` where code can't be made. */
function compileBody(given: Graph, write: (code: BodyCode) => string, dtype: Dtype): Routine | undefined {
  const body = prepare(given);
  const scalar = smallScalar(body);
  const codeOf = (withoutWasm: boolean) => (scalar ? straightCode(scalar) : generate(body, withoutWasm));
  const textOf = ({ parts }: LoopCode, dtype: Dtype) =>
    write({
      ...(scalar && {
        statements: (sources, targetOf) => writeStatements(body, scalar, sources, targetOf),
      }),
      blocks: parts,
      inputs: body.inputs.map((_, i) => inputName(i)),
      outputs: outputsOf(body).map((_, i) => outputName(i)),
      arrayClass: arrayOf(dtype).name,
    });
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
