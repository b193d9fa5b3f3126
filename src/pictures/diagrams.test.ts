/** Graphs as DOT, which Graphviz itself reads back here, and as Mermaid. */
import { instance } from "@viz-js/viz";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  type Expr,
  grad,
  power,
  scalar,
  simplify,
  subtract,
  sum,
  trace,
  valueAndGrad,
  vector,
} from "../../graph/index.js";
import { forAll } from "../../property-tests/support/law.js";
import { programOf, smooth, traceProgram } from "../../property-tests/support/programs.js";
import { cubic } from "../objectives/index.js";
import { toDot } from "./dot.js";
import { toMermaid } from "./mermaid.js";

const diagrams = suite("diagrams");

const viz = await instance();

interface Drawn {
  readonly objects?: readonly { readonly name: string; readonly label: string }[];
  readonly edges?: readonly { readonly tail: number; readonly head: number; readonly label?: string }[];
}

/** What Graphviz makes of a text. */
const draw = (dot: string) => viz.renderJSON(dot) as Drawn;

const small = trace({ x: vector(2), y: scalar() }, ({ x, y }) => ({ value: subtract(sum(x), power(y, 3)) }));

diagrams("a graph reads from its inputs down to its outputs", () => {
  assert.is(
    toDot(small),
    `digraph {
  node [fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=10];
  n0 [label="x (2)", shape=ellipse, style=filled, fillcolor=lightblue];
  n1 [label="y", shape=ellipse, style=filled, fillcolor=lightblue];
  n2 [label="sum\\naxes: [0]", shape=box, style=rounded];
  n3 [label="3", shape=plaintext];
  n4 [label="power", shape=box, style=rounded];
  n5 [label="subtract", shape=box, style=rounded];
  n6 [label="value", shape=ellipse, style=filled, fillcolor=lightgrey];
  n0 -> n2;
  n1 -> n4 [label="1"];
  n3 -> n4 [label="2"];
  n2 -> n5 [label="1"];
  n4 -> n5 [label="2"];
  n5 -> n6;
}
`,
  );
  assert.is(
    toMermaid(small),
    `flowchart TB
  n0(["x (2)"])
  n1(["y"])
  n2("sum<br/>axes: [0]")
  n3["3"]
  n4("power")
  n5("subtract")
  n6(["value"])
  n0 --> n2
  n1 -->|"1"| n4
  n3 -->|"2"| n4
  n2 -->|"1"| n5
  n4 -->|"2"| n5
  n5 --> n6
  classDef input fill:#add8e6,stroke:#333,color:#000
  class n0,n1 input
  classDef constant fill:none,stroke:none
  class n3 constant
  classDef output fill:#d3d3d3,stroke:#333,color:#000
  class n6 output
`,
  );
});

diagrams("Graphviz draws what stands there: boxes, arrows, labels", () => {
  const { objects, edges } = draw(toDot(small));
  assert.equal(
    objects!.map(({ label }) => label),
    ["x (2)", "y", "sum\\naxes: [0]", "3", "power", "subtract", "value"],
  );
  assert.equal(
    edges!.map(({ tail, head, label = "" }) => `${tail}${head}${label}`).sort(),
    ["02", "141", "251", "342", "452", "56"].sort(),
  );
});

diagrams("a number is a box for each use, a node used twice is one", () => {
  const f = trace({ x: scalar() }, ({ x }) => add(power(x, 3), power(add(x, 3), 3)));
  const labels = draw(toDot(f)).objects!.map(({ label }) => label);
  assert.is(labels.filter((label) => label === "3").length, 3);
  const gradient = simplify(valueAndGrad(cubic.f));
  const boxes = draw(toDot(gradient)).objects!.map(({ label }) => label);
  assert.is(boxes.filter((label) => label.startsWith("x (2)")).length, 1);
  assert.ok(boxes.includes("value") && boxes.includes("grad.x"));
});

diagrams("an output that is an input or a number has its arrow", () => {
  const f = trace({ x: scalar() }, ({ x }) => ({ same: x, two: 2, minus: -0 }));
  const { objects, edges } = draw(toDot(f));
  assert.equal(
    objects!.map(({ label }) => label),
    ["x", "same", "2", "two", "-0", "minus"],
  );
  assert.is(edges!.length, 3);
});

const nasty = ['say "x"', "a\\nb", "\\", "<b>&amp;</b>", "x;y", "#35;", "`code`", "naïve θ", "a|b", "%%", ""];

for (const name of nasty) {
  diagrams(`labels are escaped: ${JSON.stringify(name)}`, () => {
    const f = trace({ [name]: scalar() }, (inputs) => ({ [name]: add(inputs[name]!, 1) }));
    const [input] = draw(toDot(f)).objects!;
    // Graphviz gives labels as they were written, with the escapes that it will draw.
    assert.is(input!.label.replaceAll("\\\\", "\\"), name);
    const [, line] = toMermaid(f).split("\n");
    const text = /^ {2}n0\(\["(.*)"\]\)$/.exec(line!)![1]!;
    assert.not.match(text.replaceAll(/#\d+;/g, ""), /["\\<>&#;`|%]/);
    assert.is(
      text.replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))),
      name,
    );
  });
}

diagrams("inputs and outputs in trees are named by their paths, whatever the keys", () => {
  for (const name of [...nasty, "__proto__", "a.b", "0"]) {
    const f = trace({ layers: [{ [name]: vector(2), b: scalar() }] }, ({ layers }) => ({
      deep: [layers.map((one) => add(sum(one[name] as Expr<[2]>), one.b))],
    }));
    const labels = draw(toDot(f)).objects!.map(({ label }) => label.replaceAll("\\\\", "\\"));
    assert.equal(labels, [`layers.0.${name} (2)`, "layers.0.b", "sum\\naxes: [0]", "add", "deep.0.0"]);
    const boxes = [...toMermaid(f).matchAll(/^ {2}n\d+\(\["(.*)"\]\)$/gm)].map(([, text]) =>
      text!.replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))),
    );
    assert.equal(boxes, [`layers.0.${name} (2)`, "layers.0.b", "deep.0.0"]);
  }
});

diagrams("any graph and its gradient can be drawn", () => {
  forAll(25, programOf(smooth), (program) => {
    const f = traceProgram(program);
    const { objects, edges = [] } = draw(toDot(f));
    const boxes = toMermaid(f).match(/^ {2}n\d+[([]/gm)!;
    assert.is(boxes.length, objects!.length);
    assert.is(toMermaid(f).match(/ -->/g)?.length ?? 0, edges.length);
  });
  assert.ok(draw(toDot(grad(cubic.f))).objects!.length > 10);
});

diagrams("what is no traced function is an error", () => {
  assert.throws(() => toDot((() => 1) as never), /toDot: expected a traced function/);
  assert.throws(() => toMermaid(3 as never), /toMermaid: expected a traced function/);
});

diagrams.run();
