/**
 * The two calls of a kernel around its core, as code: reading a map and building a result by literals is several times
 * faster than loops over keys. The user's keys are values in it, never text.
 */
import { type Graph, type Input, isId, outputsOf } from "../graph.js";
import { type Shape, sizeOf } from "../shape.js";
import { foldTree, type Key } from "../tree.js";
import { inputName, keyName, outputName } from "./names.js";

/** The user's keys, each of which has a name in the code, `k0`, `k1` … */
export function keysOf({ inputs, outputs }: Graph): Key[] {
  const keys = new Set<Key>(inputs.map(({ name }) => name));
  const add = (children: readonly (readonly [Key, unknown])[]) => {
    for (const [key] of children) keys.add(key);
  };
  foldTree<number, unknown>(outputs, isId, () => {}, add);
  return [...keys];
}

/**
 * The body of a function of `functions`, `helpers`, `keys` and the memory behind the core's outputs that makes a kernel's
 * calls. `classOf` names the class of a node's array.
 */
export function wrapperText(
  graph: Graph,
  memory: readonly string[],
  classOf: (id: number) => string,
  functions: number,
): string {
  const { inputs } = graph;
  const outputs = outputsOf(graph);
  const shapes = outputs.map(({ id }) => graph.nodes[id]!.shape);
  const classes = outputs.map(({ id }) => classOf(id));
  const names = [...inputs.map((_, i) => inputName(i)), ...shapes.map((_, i) => outputName(i)), ...memory];
  const cores = Array.from({ length: functions }, (_, i) => `core${i}`);
  const run = cores.map((core) => `${core}(${names.join(", ")});`).join("\n");
  const isArray = (name: string, itsClass: string, size: number) =>
    `${name} instanceof ${itsClass} && ${name}.length === ${size}`;

  const read = inputs.map(({ shape }, i) => {
    const name = inputName(i);
    const fits =
      shape.length === 0 ? `typeof ${name} === "number"` : isArray(name, classOf(i), sizeOf(shape));
    return `if (!(${fits})) ${name} = helpers.read(${i}, inputs);`;
  });
  const given = names.slice(0, inputs.length + shapes.length).join(", ");

  const keys = new Map(keysOf(graph).map((key, i) => [key, keyName(i)]));
  const access = (key: Key) => `[${keys.get(key)}]`;
  const paths = outputs.map(({ path }) => `outputs${path.map(access).join("")}`);

  // The maps of the outputs with their keys: that there are as many as there should be tells that none is unknown.
  const records = new Map<string, Set<Key>>();
  for (const { path } of outputsOf(graph)) {
    path.forEach((key, i) => {
      const record = `outputs${path.slice(0, i).map(access).join("")}`;
      records.set(record, (records.get(record) ?? new Set()).add(key));
    });
  }

  const fresh = shapes.map((shape, i) =>
    shape.length === 0
      ? `const ${outputName(i)} = scalar${i};`
      : `const ${outputName(i)} = new ${classes[i]}(${sizeOf(shape)});`,
  );
  const targets = shapes.map(
    (shape, i) => `if (!(${isArray(outputName(i), classes[i]!, sizeOf(shape))})) helpers.reject(${i});`,
  );
  // Arrays that were checked in the call before needn't be checked again: most calls use the same ones. They are fields
  // of an object of a class of its own, since an engine takes a field that was written only once for a constant; what is
  // read of the class before anything was written differs from all that can be given. That a map is missing is told by
  // the engine's error, since looking at each map costs a tenth of a call on two variables.
  const arrays = names
    .slice(0, inputs.length + shapes.length)
    .filter((_, i) => inputs[i]?.shape.length !== 0);
  const isNumber = (_: unknown, i: number) => inputs[i]!.shape.length === 0;
  return [
    "class Checked {}",
    ...arrays.slice(0, 1).map((name) => `Checked.prototype.${name} = null;`),
    "const checked = new Checked();",
    `const [${cores.join(", ")}] = functions;`,
    `const [${[...keys.values()].join(", ")}] = keys;`,
    ...shapes.flatMap((shape, i) => (shape.length === 0 ? [`const scalar${i} = new ${classes[i]}(1);`] : [])),
    "return {",
    "call(inputs) {",
    `let ${inputs.map((_, i) => inputName(i)).join(", ") || "none"};`,
    "try {",
    "let count = 0;",
    "for (const key in inputs) count++;",
    `if (count !== ${inputs.length} || typeof inputs !== "object") helpers.check(inputs);`,
    ...inputs.map((_, i) => `${inputName(i)} = inputs[${keyName(i)}];`),
    ...read,
    "} catch (error) { helpers.unread(error, inputs); }",
    ...fresh,
    run,
    `return ${resultText(graph, shapes, access)};`,
    "},",
    "into(inputs, outputs) {",
    // Of a graph that has neither inputs nor outputs, there is nothing to declare.
    `let ${given || "none"};`,
    "try {",
    ...inputs.map((_, i) => `${inputName(i)} = inputs[${keyName(i)}];`),
    ...paths.map((path, i) => `${outputName(i)} = ${path};`),
    "} catch (error) { helpers.unread(error, inputs, outputs); }",
    ...read.filter(isNumber),
    `if (${arrays.map((name) => `${name} !== checked.${name}`).join(" || ") || false}) `,
    `intoOthers(inputs, outputs, ${given});`,
    `else { ${run} }`,
    "},",
    "};",
    `function intoOthers(inputs, outputs, ${given}) {`,
    "try {",
    ...read.filter((line, i) => !isNumber(line, i)),
    ...targets,
    "let count = 0;",
    ...["inputs", ...records.keys()].map((record) => `for (const key in ${record}) count++;`),
    `if (count !== ${inputs.length + [...records.values()].reduce((sum, keys) => sum + keys.size, 0)}) {`,
    "helpers.check(inputs);",
    "helpers.checkTargets(outputs);",
    "}",
    "} catch (error) { helpers.unread(error, inputs); }",
    ...copies(inputs, shapes),
    ...arrays.map((name) => `checked.${name} = ${name};`),
    run,
    "}",
  ].join("\n");
}

/** The results as a literal. */
function resultText({ outputs }: Graph, shapes: readonly Shape[], access: (key: Key) => string): string {
  let next = 0;
  const scalarOrArray = () => `${outputName(next)}${shapes[next++]!.length === 0 ? "[0]" : ""}`;
  return foldTree(outputs, isId, scalarOrArray, (children, isList) => {
    const list = children.map(([key, child]) => (isList ? child : `${access(key)}: ${child}`)).join(", ");
    return isList ? `[${list}]` : `{ ${list} }`;
  });
}

/** A store may come before another element is read, so an input that is also an output is copied. */
function copies(inputs: readonly Input[], shapes: readonly Shape[]): string[] {
  return inputs.flatMap(({ shape }, i) => {
    const same = shapes.flatMap((other, o) =>
      shape.length > 0 && sizeOf(other) === sizeOf(shape) ? [`${inputName(i)} === ${outputName(o)}`] : [],
    );
    return same.length === 0 ? [] : [`if (${same.join(" || ")}) ${inputName(i)} = ${inputName(i)}.slice();`];
  });
}
