/**
 * The two calls of a kernel around its core, as code: reading a map and building a result by literals is several times
 * faster than loops over keys. The user's keys are values in it, never text.
 */
import { type Graph, type Input, isId, outputsOf } from "../graph.js";
import { type Shape, sizeOf } from "../shape.js";
import { foldTree, type Key, type Path, type Tree } from "../tree.js";
import { inputName, keyName, namesOf, outputName } from "./names.js";

/** So many of the first calls into a caller's arrays are asked for keys that nobody knows. */
const askedCalls = 16;

/** More pairs of an input and an output that may be the same array are looked at only where there are others than before. */
const mostPairs = 256;

/** To count the keys of so many records costs less than to look whether they are those of the call before. */
const fewRecords = 2;

/** The user's keys, each of which has a name in the code, `k0`, `k1` … */
export function keysOf({ inputTree, outputs }: Graph): string[] {
  const keys = [inputTree, outputs].flatMap((tree) => containersOf(tree).flatMap(({ keys }) => keys));
  return [...new Set(keys.filter((key) => typeof key === "string"))];
}

/** A record or a list of a tree, with the keys of what it holds. */
interface Container {
  readonly path: Path;
  readonly isList: boolean;
  readonly keys: readonly Key[];
}

/** The records and lists of a tree, each before what it holds. */
function containersOf(tree: Tree<number>): Container[] {
  const found: Container[] = [];
  foldTree<number, unknown>(
    tree,
    isId,
    () => {},
    (children, isList, path) => {
      found.push({ path, isList, keys: children.map(([key]) => key) });
    },
  );
  return found.reverse();
}

/**
 * The body of a function of `functions`, `helpers`, `keys` and the memory behind the core's outputs that makes a kernel's
 * calls. `classOf` names the class of a node's array.
 */
export function wrapperText(
  graph: Graph,
  memory: readonly string[],
  inPlace: readonly (readonly [input: number, output: number])[],
  classOf: (id: number) => string,
  functions: number,
): string {
  const { inputs, inputTree } = graph;
  const outputs = outputsOf(graph);
  const shapes = outputs.map(({ id }) => graph.nodes[id]!.shape);
  const classes = outputs.map(({ id }) => classOf(id));
  const [given, taken] = [namesOf(inputs, inputName), namesOf(shapes, outputName)];
  const all = [...given, ...taken].join(", ");
  const cores = Array.from({ length: functions }, (_, i) => `core${i}`);
  const run = cores.map((core) => `${core}(${[...given, ...taken, ...memory].join(", ")});`).join("\n");
  // The length comes first: an engine that has read it knows the class. Of what has none, its error tells.
  const isArray = (name: string, itsClass: string, size: number) =>
    `${name}.length === ${size} && ${name} instanceof ${itsClass}`;
  const isInput = inputs.map(({ shape }, i) =>
    shape.length === 0 ? `typeof ${given[i]} === "number"` : isArray(given[i]!, classOf(i), sizeOf(shape)),
  );
  const isOutput = shapes.map((shape, i) => isArray(taken[i]!, classes[i]!, sizeOf(shape)));
  const read = isInput.map((fits, i) => `if (!(${fits})) ${given[i]} = helpers.read(${i}, inputs);`);

  const keys = new Map(keysOf(graph).map((key, i) => [key, keyName(i)]));
  const access = (key: Key) => `[${typeof key === "number" ? key : keys.get(key)}]`;
  const textOf = (root: string, path: Path) => root + path.map(access).join("");
  const sources = inputs.map(({ path }, i) => `${given[i]} = ${textOf("inputs", path)};`);
  const places = outputs.map(({ path }, i) => `${taken[i]} = ${textOf("outputs", path)};`);

  // That records and lists hold as many as they should tells that no key is unknown.
  const parts = containersOf(inputTree).map((one) => ({ ...one, text: textOf("inputs", one.path) }));
  const checks = [
    "let count = 0;",
    ...parts.map(({ isList, text }) =>
      isList ? `count += ${text}.length;` : `for (const key in ${text}) count++;`,
    ),
    `if (count !== ${parts.flatMap(({ keys }) => keys).length} || typeof inputs !== "object") helpers.check(inputs);`,
  ];
  const records = parts.map(({ text }) => text);
  // One of a scalar serves all calls, which read it; `into` has its own by that name.
  const made = shapes.map((shape, i) => `const ${taken[i]} = new ${classes[i]}(${sizeOf(shape)});`);
  const pairs = copies(inputs, shapes, inPlace).join("\n");
  const arrays = [...given.filter((_, i) => inputs[i]!.shape.length > 0), ...taken];
  const apart = inputs.length * shapes.length <= mostPairs ? pairs : unlessSame("a", arrays, [pairs]);
  return [
    "const checked = {};",
    "let calls = 0;",
    `const [${cores.join(", ")}] = functions;`,
    `const [${[...keys.values()].join(", ")}] = keys;`,
    ...made.filter((_, i) => shapes[i]!.length === 0),
    "return {",
    "call(inputs) {",
    `let ${given.join(", ") || "none"};`,
    "try {",
    ...(records.length <= fewRecords ? checks : [unlessSame("r", records, checks)]),
    ...sources,
    ...read,
    "} catch (error) { helpers.unread(error, inputs); }",
    ...made.filter((_, i) => shapes[i]!.length > 0),
    run,
    `return ${resultText(graph, shapes, access)};`,
    "},",
    // That a record is missing is told by the engine's error, since looking at each costs a tenth of a call on two numbers.
    "into(inputs, outputs) {",
    // Of a graph that has neither inputs nor outputs, there is nothing to declare.
    `let ${all || "none"};`,
    "try {",
    ...sources,
    ...places,
    `if (calls < ${askedCalls} || !(${[...isInput, ...isOutput].join(" && ") || true})) `,
    `return intoOthers(inputs, outputs, ${all});`,
    "} catch (error) { helpers.unread(error, inputs, outputs); }",
    apart,
    run,
    "},",
    "};",
    `function intoOthers(inputs, outputs, ${all}) {`,
    ...read,
    ...isOutput.map((fits, i) => `if (!(${fits})) helpers.reject(${i});`),
    `if (calls++ < ${askedCalls}) {`,
    "helpers.check(inputs);",
    "helpers.checkTargets(outputs);",
    "}",
    apart,
    run,
    "}",
  ].join("\n");
}

/** What is done only where something of this is another than in the call before. */
function unlessSame(kind: string, given: readonly string[], texts: readonly string[]): string {
  const kept = given.map((one, i) => [`checked.${kind}${i}`, one]);
  return [
    `if (${kept.map((pair) => pair.join(" !== ")).join(" || ")}) {`,
    ...texts,
    ...kept.map((pair) => `${pair.join(" = ")};`),
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

/** A store may come before another element is read, so an input that is also an output is copied unless it is known to be free of that. */
function copies(
  inputs: readonly Input[],
  shapes: readonly Shape[],
  inPlace: readonly (readonly [input: number, output: number])[],
): string[] {
  const free = new Set(inPlace.map(String));
  return inputs.flatMap(({ shape }, i) => {
    const same = shapes.flatMap((other, o) =>
      shape.length > 0 && sizeOf(other) === sizeOf(shape) && !free.has(String([i, o]))
        ? [`${inputName(i)} === ${outputName(o)}`]
        : [],
    );
    return same.length === 0 ? [] : [`if (${same.join(" || ")}) ${inputName(i)} = ${inputName(i)}.slice();`];
  });
}
