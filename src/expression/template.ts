/** `math`: mathematics in a template, of what stands in its places. */
import { AdjointError, Expr } from "../../graph/index.js";
import { lift, reading } from "../../graph/internal.js";
import { Evaluator } from "./evaluator.js";
import { readConstant, within } from "./expression.js";
import type { Value } from "./functions.js";
import { freeNames } from "./names.js";
import type { Node, Statement } from "./nodes.js";
import { operandsOf } from "./nodes.js";
import { parseText } from "./parser.js";
import { problem, type Source } from "./problem.js";
import { identifiersOf } from "./tokens.js";

interface Template {
  readonly source: Source;
  readonly statements: readonly Statement[];
}

/** Templates by their texts, which are one object for each place in a program: each is parsed once. */
const templates = new WeakMap<readonly string[], Template>();

/** The name by which the text knows a place. It is as long as `${1}` with its brackets, so that columns agree. */
const nameOf = (place: number) => `_${place + 1}`;

/**
 * Mathematics in a trace, with expressions, numbers and arrays in its places; all else is as in `expression`. Places beside
 * each other are multiplied. A template is parsed once.
 *
 * @example
 * const cubic = trace({ x: vector(2) }, ({ x: [x1, x2] }) => math`${x1}^2 + ${x2}^2 + ${x2}^3 + ${x1} ${x2}`);
 * cubic({ x: [2, 3] }); // 46
 *
 * @throws AdjointError with line, column and caret where the text isn't mathematics, or has a name that isn't known
 */
export function math(texts: TemplateStringsArray, ...places: readonly unknown[]): Expr {
  const { source, statements } = templateOf(texts, places.length);
  const scope = new Map<string, Value>(places.map((place, i) => [nameOf(i), readPlace(place, i)]));
  const owner = places.find((place) => place instanceof Expr);
  return within(source, () => {
    const value = new Evaluator(source, statements, scope).run();
    // Without a place that is one it is a number, as ops of numbers are.
    return value instanceof Expr || !owner ? (value as Expr) : lift(owner.builder, value, "math");
  });
}

function templateOf(texts: readonly string[], count: number): Template {
  const known = templates.get(texts);
  if (known) return known;
  const isTemplate = reading(
    "math",
    () =>
      Array.isArray(texts) && texts.length === count + 1 && texts.every((text) => typeof text === "string"),
  );
  if (!isTemplate) throw new AdjointError("math: it is a tag of templates, written right before one.");
  const made = (shown: (place: number) => string) =>
    texts.map((text, i) => (i < count ? `${text}${shown(i)}` : text)).join("");
  const text = made((place) => `(${nameOf(place)})`);
  const source = { owner: "math", text: made((place) => `\${${place + 1}}`) };
  const names = new Set(Array.from({ length: count }, (_, i) => nameOf(i)));
  const written = texts
    .flatMap((one) => identifiersOf(one).all.map(({ name }) => name))
    .find((name) => names.has(name));
  if (written !== undefined) throw new AdjointError(`math: "${written}" names a place; use another name.`);
  const statements = parseText(source, text);
  const [unknown] = freeNames({ ...source, text }, statements, names).filter((name) => !names.has(name));
  if (unknown !== undefined) {
    const { at } = identifiersOf(text).all.find(({ name }) => name === unknown)!;
    throw problem(
      source,
      at,
      `"${unknown}" isn't known; what isn't in the text stands in a place, as \${${unknown}}.`,
    );
  }
  checkDerivatives(source, statements);
  const template = { source, statements };
  templates.set(texts, template);
  return template;
}

/** A derivative needs the text of what it is of: what stands in a place has none. */
function checkDerivatives(source: Source, statements: readonly Statement[]): void {
  const open: Node[] = statements.map(({ value }) => value);
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === "call" && ["diff", "derivative", "gradient"].includes(node.name))
      throw problem(
        source,
        node.at,
        `${node.name} needs the text of what it is of; use grad of a traced function.`,
      );
    open.push(...operandsOf(node));
  }
}

function readPlace(place: unknown, i: number): Value {
  return place instanceof Expr ? place : readConstant(place, `math: place ${i + 1}`);
}
