import type { Graph } from "../../graph/index.js";
import { graphOf } from "../../graph/internal.js";
import { type Box, diagramOf } from "./diagram.js";

/** What stands around a label. */
const brackets: Readonly<Record<Box["kind"], readonly [string, string]>> = {
  input: ["([", "])"],
  constant: ["[", "]"],
  op: ["(", ")"],
  output: ["([", "])"],
};

/**
 * A graph as a Mermaid flowchart, which Markdown shows as a picture on many sites: inputs on top, outputs below. Arrows
 * into ops of several operands are numbered from 1 where the order matters.
 *
 * Source: https://mermaid.js.org/syntax/flowchart.html
 *
 * @example
 * const f = trace({ x: scalar() }, ({ x }) => square(x));
 * toMermaid(f).startsWith("flowchart"); // true
 *
 * @throws AdjointError for what is no traced function
 */
export function toMermaid(f: { readonly graph: Graph }): string {
  const { boxes, arrows } = diagramOf(graphOf(f, "toMermaid", true));
  const ofKind = (kind: Box["kind"]) => boxes.flatMap((box, i) => (box.kind === kind ? [`n${i}`] : []));
  const style = (kind: Box["kind"], text: string) => {
    const list = ofKind(kind);
    return list.length > 0 ? [`  classDef ${kind} ${text}`, `  class ${list.join(",")} ${kind}`] : [];
  };
  const lines = [
    "flowchart TB",
    ...boxes.map(({ kind, lines }, i) => `  n${i}${brackets[kind].join(quote(lines))}`),
    ...arrows.map(({ from, to, label }) => `  n${from} -->${label && `|${quote([label])}|`} n${to}`),
    ...style("input", "fill:#add8e6,stroke:#333,color:#000"),
    ...style("constant", "fill:none,stroke:none"),
    ...style("output", "fill:#d3d3d3,stroke:#333,color:#000"),
  ];
  return `${lines.join("\n")}\n`;
}

/** Characters that mean something in a label, by Mermaid's entity codes. */
const special = /[^\p{L}\p{N} ()[\]{}×.,:…+\-−=/]/gu;

function quote(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replaceAll(special, (character) => `#${character.codePointAt(0)};`)).join("<br/>")}"`;
}
