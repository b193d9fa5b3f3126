/** Scans in kernels: a loop around the code of the body, written out if it is small. */
import type { BodyCode, CompileBody, Routine, Source } from "../op.js";
import { type Shape, sizeOf } from "../shape.js";
import { joinInputs, type ScanParams, splitInputs } from "./layout.js";

/** So many numbers that all steps see are kept in local variables. */
const mostLocals = 32;

export function scanRoutine(params: ScanParams, compileBody: CompileBody): Routine | undefined {
  return compileBody(params.body, (code) =>
    code.statements ? straightLoop(params, code.statements) : loopAround(params, code),
  );
}

/** The array of each operand: what the carry starts from, rows, and what all steps see. */
function arraysOf({ body, rows }: ScanParams) {
  const { carry, rows: own, constants } = splitInputs(body.inputs, rows);
  const numbered = (list: typeof own, first: number) =>
    list.map(({ shape }, i) => ({ name: `a${first + i}`, shape, size: sizeOf(shape) }));
  return {
    carry: numbered([carry], 0)[0]!,
    rows: numbered(own, 1),
    constants: numbered(constants, 1 + rows),
  };
}

function headOf({ rows, constants }: ReturnType<typeof arraysOf>): string {
  return `(${["result", "a0", ...[...rows, ...constants].map(({ name }) => name)].join(", ")}) => {`;
}

function stepsOf({ length, reverse }: ScanParams): string {
  return reverse
    ? `for (let step = ${length - 1}; step >= 0; step--) {`
    : `for (let step = 0; step < ${length}; step++) {`;
}

/** The carry stays in local variables from step to step. */
function straightLoop(params: ScanParams, statements: NonNullable<BodyCode["statements"]>): string {
  const { last } = params;
  const arrays = arraysOf(params);
  const { carry, rows, constants } = arrays;
  const elements = <T>({ size }: { readonly size: number }, write: (i: number) => T) =>
    Array.from({ length: size }, (_, i) => write(i));
  const loads: string[] = [];
  const areLocals = constants.reduce((sum, { size }) => sum + size, 0) <= mostLocals;
  const sources = joinInputs<readonly Source[]>({
    carry: elements(carry, (i) => `y${i}`),
    rows: rows.map((one) => elements(one, (i) => ({ load: `${one.name}[${one.size} * step + ${i}]` }))),
    step: ["step"],
    constants: constants.map((one) =>
      elements(one, (i) => {
        const load = `${one.name}[${i}]`;
        return areLocals ? `d${loads.push(`const d${loads.length} = ${load};`) - 1}` : { load };
      }),
    ),
  });
  return [
    headOf(arrays),
    ...elements(carry, (i) => `let y${i} = a0[${i}], z${i} = y${i};`),
    ...loads,
    stepsOf(params),
    ...statements(sources.flat(), (_, i) => `z${i}`),
    ...(last ? [] : elements(carry, (i) => `result[${carry.size} * step + ${i}] = z${i};`)),
    ...elements(carry, (i) => `y${i} = z${i};`),
    "}",
    ...(last ? elements(carry, (i) => `result[${i}] = y${i};`) : []),
    "}",
  ].join("\n");
}

/** The body works on arrays: views of the rows, and two for the carry that change places. */
function loopAround(params: ScanParams, { blocks, inputs, outputs, arrayClass }: BodyCode): string {
  const { rows, last } = params;
  const arrays = arraysOf(params);
  const names = splitInputs(inputs, rows);
  const isScalar = (shape: Shape) => shape.length === 0;
  const rowLines = arrays.rows.map(({ name, shape, size }, i) => {
    const view = `${name}.subarray(step * ${size}, (step + 1) * ${size})`;
    return `const ${names.rows[i]} = ${isScalar(shape) ? `${name}[step]` : view};`;
  });
  const constantLines = arrays.constants.map(
    ({ name, shape }, i) => `const ${names.constants[i]} = ${name}${isScalar(shape) ? "[0]" : ""};`,
  );
  const { size } = arrays.carry;
  const [output] = outputs;
  return [
    headOf(arrays),
    `let ${names.carry} = ${arrayClass}.from(a0), ${output} = new ${arrayClass}(${size});`,
    ...constantLines,
    stepsOf(params),
    `const ${names.step} = step;`,
    ...rowLines,
    // A block a part keeps their locals apart.
    ...blocks.map((block) => `{\n${block}\n}`),
    ...(last ? [] : [`result.set(${output}, step * ${size});`]),
    `[${names.carry}, ${output}] = [${output}, ${names.carry}];`,
    "}",
    ...(last ? [`result.set(${names.carry});`] : []),
    "}",
  ].join("\n");
}
