/**
 * The two calls of a kernel around its core, as code: reading a map and building a result by literals is several times
 * faster than loops over keys. The user's keys are values in it, never text.
 */
import { type Graph, outputsOf, type Tree } from "../graph.js";
import { sizeOf } from "../shape.js";
import { inputName, keyName, outputName } from "./names.js";

/** What the code calls where an argument isn't simply what it should be. */
export interface Helpers {
  /** Throws for a missing or unknown key. */
  check(inputs: unknown): void;
  /** Converts an input, or throws. */
  read(index: number, inputs: unknown): number | Float64Array;
  /** Throws for an output that can't be written to. */
  reject(index: number, outputs: unknown): never;
}

export interface Calls {
  call(inputs: unknown): unknown;
  into(inputs: unknown, outputs: unknown): void;
}

/** The user's keys in the order of their names `k0, k1 …` in the code: the inputs' first, then the outputs'. */
export function keysOf(graph: Graph): string[] {
  return [...graph.inputs.map(({ name }) => name), ...outputsOf(graph).flatMap(({ path }) => path)];
}

/** The body of a function of `core`, `helpers`, `keys` and the memory behind the core's outputs that makes `Calls`. */
export function wrapperText(graph: Graph, memory: readonly string[]): string {
  const outputs = outputsOf(graph);
  const firstKey: number[] = [];
  let next = graph.inputs.length;
  for (const { path } of outputs) {
    firstKey.push(next);
    next += path.length;
  }
  const shapeOf = (output: number) => graph.nodes[outputs[output]!.id]!.shape;
  const isArray = (name: string, size: number) =>
    `(${name} instanceof Float64Array && ${name}.length === ${size})`;

  const inputs = graph.inputs.map(({ shape }, i) => {
    const name = inputName(i);
    const fits = shape.length === 0 ? `typeof ${name} === "number"` : isArray(name, sizeOf(shape));
    return `let ${name} = inputs[${keyName(i)}];\nif (!${fits.startsWith("(") ? fits : `(${fits})`}) ${name} = helpers.read(${i}, inputs);`;
  });
  const run = `core(${[...graph.inputs.map((_, i) => inputName(i)), ...outputs.map((_, i) => outputName(i)), ...memory].join(", ")});`;

  const fresh = outputs.map((_, i) =>
    shapeOf(i).length === 0
      ? `const ${outputName(i)} = scalar${i};`
      : `const ${outputName(i)} = new Float64Array(${sizeOf(shapeOf(i))});`,
  );
  const path = (i: number) =>
    outputs[i]!.path.map((_, depth) => `${depth > 0 ? "?." : ""}[${keyName(firstKey[i]! + depth)}]`).join("");
  const targets = outputs.map((_, i) => {
    const name = outputName(i);
    return `const ${name} = outputs${path(i)};\nif (!${isArray(name, sizeOf(shapeOf(i)))}) helpers.reject(${i}, outputs);`;
  });
  // A store may come before another element is read, so an input that is also an output is copied.
  const apart = graph.inputs.flatMap(({ shape }, i) => {
    const same = outputs.flatMap((_, o) =>
      shape.length > 0 && sizeOf(shapeOf(o)) === sizeOf(shape)
        ? [`${inputName(i)} === ${outputName(o)}`]
        : [],
    );
    return same.length === 0 ? [] : [`if (${same.join(" || ")}) ${inputName(i)} = ${inputName(i)}.slice();`];
  });
  let leaf = 0;
  const literal = (tree: Tree<number>, depth: number): string => {
    if (typeof tree === "number") {
      const i = leaf++;
      return shapeOf(i).length === 0 ? `${outputName(i)}[0]` : outputName(i);
    }
    const entries = Object.values(tree).map((child) => {
      const key = keyName((firstKey[leaf] ?? 0) + depth);
      return `[${key}]: ${literal(child, depth + 1)}`;
    });
    return `{ ${entries.join(", ")} }`;
  };
  const scalars = outputs.flatMap((_, i) =>
    shapeOf(i).length === 0 ? [`const scalar${i} = new Float64Array(1);`] : [],
  );
  const keys = Array.from({ length: next }, (_, i) => keyName(i));
  return [
    keys.length > 0 ? `const [${keys.join(", ")}] = keys;` : "",
    ...scalars,
    "return {",
    "call(inputs) {",
    "let count = 0;",
    "for (const key in inputs) count++;",
    `if (count !== ${graph.inputs.length} || inputs === null || inputs === undefined) helpers.check(inputs);`,
    ...inputs,
    ...fresh,
    run,
    `return ${literal(graph.outputs, 0)};`,
    "},",
    "into(inputs, outputs) {",
    ...inputs,
    ...targets,
    ...apart,
    run,
    "},",
    "};",
  ].join("\n");
}
