import type { Graph } from "../../graph/index.js";
import { graphOf } from "../../graph/internal.js";
import { type Box, diagramOf } from "./diagram.js";

const attributes: Readonly<Record<Box["kind"], string>> = {
  input: "shape=ellipse, style=filled, fillcolor=lightblue",
  constant: "shape=plaintext",
  op: "shape=box, style=rounded",
  output: "shape=ellipse, style=filled, fillcolor=lightgrey",
};

/**
 * A graph in the DOT language of Graphviz: inputs on top, outputs below. Arrows into ops of several operands are
 * numbered from 1 where the order matters.
 *
 * Source: https://graphviz.org/doc/info/lang.html
 * @example
 * import { writeFileSync } from "node:fs";
 * writeFileSync("cubic.dot", toDot(cubic.f));
 *
 * `dot -Tsvg cubic.dot` draws it.
 *
 * @throws AdjointError for what is no traced function
 */
export function toDot(f: { readonly graph: Graph }): string {
  const { boxes, arrows } = diagramOf(graphOf(f, "toDot", true));
  const lines = [
    'digraph {\n  node [fontname="sans-serif"];\n  edge [fontname="sans-serif", fontsize=10];',
    ...boxes.map(({ kind, lines }, i) => `  n${i} [label=${quote(lines)}, ${attributes[kind]}];`),
    ...arrows.map(({ from, to, label }) => `  n${from} -> n${to}${label && ` [label=${quote([label])}]`};`),
    "}\n",
  ];
  return lines.join("\n");
}

/** In a quoted string, backslashes start escapes; a line ends with \n. */
function quote(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replaceAll("\\", "\\\\").replaceAll('"', '\\"')).join("\\n")}"`;
}
