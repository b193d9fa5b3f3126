/** The names of a text: which are inputs, in the order of the text, and what shapes are declared for them. */
import { constants, functions } from "./functions.js";
import { type Node, operandsOf, type Statement } from "./nodes.js";
import { problem, type Source } from "./problem.js";

/** The longest axis of an input, and the most elements that one has. */
const mostLength = 1_000_000;
const mostOfInput = 2 ** 28;

/** Shapes by name. */
export type Declared = ReadonlyMap<string, readonly number[]>;

const declaration =
  /(^|[;\n])([ \t]*)([\p{L}_$][\p{L}\p{N}_$]*)[ \t]*:[ \t]*(scalar|vector|matrix|tensor)\b[ \t]*(?:\(([^()\n;]*)\))?[ \t]*(?=$|[;\n#])/gu;

const counts: Readonly<Record<string, readonly [number, number]>> = {
  scalar: [0, 0],
  vector: [1, 1],
  matrix: [2, 2],
  tensor: [0, 8],
};

/** The declarations of a text, as in `x: vector(3)`, each a line of its own, and the text without them: blanks stand there. */
export function takeDeclarations(source: Source): { readonly text: string; readonly declared: Declared } {
  const declared = new Map<string, readonly number[]>();
  const text = source.text.replace(
    declaration,
    (
      whole,
      start: string,
      blank: string,
      name: string,
      kind: string,
      lengths: string | undefined,
      at: number,
    ) => {
      const place = at + start.length + blank.length;
      const listed = lengths?.trim() ? lengths.split(",").map((one) => one.trim()) : [];
      const [least, most] = counts[kind]!;
      if (listed.length < least || listed.length > most)
        throw problem(
          source,
          place,
          `a ${kind} has ${least === most ? least : "up to 8"} lengths, not ${listed.length}.`,
        );
      const shape = listed.map((one) => {
        const length = Number(one);
        if (/^\d+$/.test(one) && length <= mostLength) return length;
        throw problem(
          source,
          place,
          `a length must be a whole number up to ${mostLength}, not ${one.slice(0, 20)}.`,
        );
      });
      if (shape.reduce((size, length) => size * length, 1) > mostOfInput)
        throw problem(source, place, `"${name}" has more than ${mostOfInput} elements.`);
      if (declared.has(name)) throw problem(source, place, `"${name}" is declared twice.`);
      declared.set(name, shape);
      return start + whole.slice(start.length).replace(/[^\n]/g, " ");
    },
  );
  return { text, declared };
}

/** Names that could only be meant for JavaScript. */
const foreign = new Set(["__proto__", "constructor", "prototype", "eval", "import", "Function", "in", "to"]);

/** The names that a text takes from outside, in its order: neither assigned nor parameters, nor constants unless `given`. */
export function freeNames(
  source: Source,
  statements: readonly Statement[],
  given: ReadonlySet<string>,
): string[] {
  const free = new Set<string>();
  const assigned = new Set<string>();
  const later = new Map(
    statements.flatMap((one) => (one.kind === "assign" ? [[one.name, one.at] as const] : [])),
  );
  const walk = (start: Node, bound: ReadonlySet<string>) => {
    const open: (readonly [Node, ReadonlySet<string>])[] = [[start, bound]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [node, known] = next;
      if ("name" in node && foreign.has(node.name))
        throw problem(source, node.at, `"${node.name}" is no name here.`);
      if (node.kind === "symbol") {
        const { name, at } = node;
        if (known.has(name) || assigned.has(name)) continue;
        if (later.has(name) && !given.has(name))
          throw problem(source, at, `"${name}" is used before it is assigned.`);
        if (given.has(name) || !(constants.has(name) || functions.has(name))) free.add(name);
        continue;
      }
      // The names of a sum's terms, and of the ends of ranges.
      const isSum =
        node.kind === "call" && (node.name === "sum" || node.name === "prod") && node.args.length === 4;
      const index = isSum && node.args[1]!.kind === "symbol" ? node.args[1].name : undefined;
      const parts = operandsOf(node).map((part, i): readonly [Node, ReadonlySet<string>] | undefined => {
        if (index !== undefined && i === 1) return undefined;
        if (index !== undefined && i === 0) return [part, new Set([...known, index])];
        if (node.kind === "index" && i > 0) return [part, new Set([...known, "end"])];
        return [part, known];
      });
      open.push(...parts.filter((part) => part !== undefined).reverse());
    }
  };
  for (const statement of statements) {
    if (statement.kind !== "value" && foreign.has(statement.name))
      throw problem(source, statement.at, `"${statement.name}" is no name here.`);
    walk(statement.value, new Set(statement.kind === "define" ? statement.parameters : []));
    if (statement.kind === "assign") assigned.add(statement.name);
  }
  return [...free];
}

/** What a name was likely meant for: other names written together, or a function without brackets. */
export function meantBy(name: string, others: readonly string[]): string | undefined {
  const product = partsOf(
    name,
    others.filter((one) => one !== name),
  );
  if (product) return product.join("*");
  for (const one of functions.keys()) {
    const rest = name.slice(one.length);
    if (one.length >= 2 && rest && name.startsWith(one) && (others.includes(rest) || constants.has(rest)))
      return `${one}(${rest})`;
  }
  return undefined;
}

/** The names that written together make another one, the longest first. */
function partsOf(name: string, others: readonly string[]): string[] | undefined {
  if (name === "") return [];
  for (const one of others.filter((other) => name.startsWith(other)).sort((a, b) => b.length - a.length)) {
    const rest = partsOf(name.slice(one.length), others);
    if (rest) return [one, ...rest];
  }
  return undefined;
}
