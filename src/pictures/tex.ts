import { AdjointError, type Graph, type Node, type Shape } from "../../graph/index.js";
import {
  type Affine,
  type AssembleParams,
  along,
  assembleOp,
  at,
  type ConstantParams,
  constantOp,
  fullOp,
  graphOf,
  inputOp,
  iotaOp,
  isFixed,
  isOp,
  matmulOp,
  outputsOf,
  pathText,
  scaled,
  sizeOf,
  stridesOf,
  unravel,
} from "../../graph/internal.js";
import { notations, type Reduction, reductions } from "./tex-ops.js";
import {
  asNumber,
  atom,
  bigOperator,
  escapeText,
  nameTex,
  numberTex,
  parenthesized,
  productOf,
  sumOf,
  type Tex,
} from "./tex-text.js";

/** Outputs of more elements than this are written by an index, others element by element. */
const listed = 9;

/** A formula longer than this is no formula; a graph's nodes are written once for each use, so that it may be exponential. */
const longest = 20_000;
const deepest = 400;

/**
 * The formula of a graph in TeX, for math mode. A scalar result is one expression; several results, or a tensor, are
 * lines of an `aligned`, element by element or by an index. Elements are counted from 1, as formulas do: x[0] is x₁.
 *
 * It shows the graph as it is: `toTex(simplify(grad(f)))` is easier to read. Ops without a notation of their own are
 * written as functions of their operands.
 * @example
 * toTex(trace({ x: vector(3) }, ({ x }) => sum(square(x)))) // \sum_{i=1}^{3} x_{i}^{2}
 * @throws AdjointError for what is no traced function, and for a formula that would fill pages
 */
export function toTex(f: { readonly graph: Graph }): string {
  const graph = graphOf(f, "toTex", true);
  const writer = new Writer(graph);
  const outputs = outputsOf(graph);
  const [first] = outputs;
  if (outputs.length === 1 && first!.path.length === 0 && graph.nodes[first!.id]!.shape.length === 0)
    return asNumber(writer.element(first!.id, [], [], 0)).text;
  const lines = outputs.flatMap(({ path, id }) => {
    const { shape } = graph.nodes[id]!;
    return placesOf(shape, writer).map(({ index, scope }) => {
      // Upright, since the gradient by x is an output with the name of that input.
      const name = `\\text{${escapeText(pathText(path) || "f")}}`;
      return `${indexed(name, writer.subscripts(index, scope)).text} &= ${asNumber(writer.element(id, index, scope, 0)).text}`;
    });
  });
  return `\\begin{aligned} ${lines.join(" \\\\ ")} \\end{aligned}`;
}

/** Letters of the loop variables around an expression: axis number `i` of an affine place is the i-th of them. */
type Scope = readonly { readonly letter: string; readonly length: number }[];

type Index = readonly Affine[];

/** Every element of a small tensor, or one place that stands for all. */
function placesOf(shape: Shape, writer: Writer): { index: Index; scope: Scope }[] {
  if (sizeOf(shape) > listed) {
    const scope = shape.reduce<Scope>((outer, length) => writer.extend(outer, length), []);
    return [{ index: shape.map((_, axis) => along(axis)), scope }];
  }
  return Array.from({ length: sizeOf(shape) }, (_, offset) => ({
    index: unravel(offset, shape).map(at),
    scope: [],
  }));
}

class Writer {
  readonly #graph: Graph;
  readonly #letters: readonly string[];
  #length = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    const taken = new Set(graph.inputs.map(({ name }) => name));
    this.#letters = [..."ijklmnpqrstuvw"].filter((letter) => !taken.has(letter));
  }

  /** One more loop variable. */
  extend(scope: Scope, length: number): Scope {
    const letter = this.#letters[scope.length % this.#letters.length]!;
    return [...scope, { letter, length }];
  }

  /** Places counted from 1: `i`, `i+1`, `2i-1`, `3`. */
  subscripts(index: Index, scope: Scope): string[] {
    return index.map(({ terms, offset }) => {
      const constant = terms.reduce((rest, [, factor]) => rest - factor, offset + 1);
      const parts = terms.map(([axis, factor]) => {
        const size = Math.abs(factor) === 1 ? "" : String(Math.abs(factor));
        return `${factor < 0 ? "-" : "+"}${size}${scope[axis]!.letter}`;
      });
      if (constant !== 0 || parts.length === 0)
        parts.push(`${constant < 0 ? "-" : "+"}${Math.abs(constant)}`);
      return parts.join("").replace(/^\+/, "");
    });
  }

  /** One element of a node, `index` being its place. */
  element(id: number, index: Index, scope: Scope, depth: number): Tex {
    const node = this.#graph.nodes[id]!;
    if (depth > deepest) throw this.#tooLong();
    const written = this.#element(node, index, scope, depth + 1);
    this.#length += 1;
    if (this.#length > longest || written.text.length > longest) throw this.#tooLong();
    return written;
  }

  #element(node: Node, index: Index, scope: Scope, depth: number): Tex {
    const { op, operands, params, shape } = node;
    const { nodes, inputs } = this.#graph;
    if (isOp(node, inputOp)) {
      const { name } = inputs[node.params.index]!;
      return atom(nameTex(name, this.subscripts(index, scope)));
    }
    if (isOp(node, fullOp)) return numberTex(node.params.value);
    if (isOp(node, constantOp)) return this.#constant(node, index, scope);
    if (isOp(node, iotaOp)) return this.#place(index[0]!, scope);
    const operandShapes = operands.map((operand) => nodes[operand]!.shape);
    if (op.scalar) {
      const written = operands.map((operand) => this.element(operand, index, scope, depth));
      return (notations.get(op) ?? functionOf(op.name))(...written);
    }
    const moved = op.move?.(index, { operand: operandShapes[0]!, result: shape }, params);
    if (moved) return this.element(operands[0]!, moved, scope, depth);
    const reduction = reductions.get(op);
    if (op.fold && reduction) {
      return this.#reduce(
        operands[0]!,
        operandShapes[0]!,
        op.fold.axes(params),
        index,
        scope,
        reduction,
        depth,
      );
    }
    if (op === matmulOp) return this.#product(node, index, scope, depth);
    const part = isOp(node, assembleOp) ? this.#part(node, index, scope, depth) : undefined;
    return part ?? this.#opaque(node, index, scope, depth);
  }

  /** A place as a number, counted from 0. */
  #place(place: Affine, scope: Scope): Tex {
    const [text] = this.subscripts([{ ...place, offset: place.offset - 1 }], scope);
    return isFixed(place) ? numberTex(place.offset) : atom(parenthesized(text!));
  }

  /** An element of known numbers: the number itself, or the list of them with an index. */
  #constant({ params, shape }: Node<ConstantParams>, index: Index, scope: Scope): Tex {
    const { values } = params;
    const strides = stridesOf(shape);
    if (index.every(isFixed))
      return numberTex(
        values[index.reduce((offset, place, axis) => offset + place.offset * strides[axis]!, 0)]!,
      );
    const shown = Array.from(values.subarray(0, values.length > 6 ? 3 : 6), (x) => numberTex(x).text);
    if (values.length > 6) shown.push("\\dots", numberTex(values.at(-1)!).text);
    return indexed(parenthesized(shown.join(", ")), this.subscripts(index, scope));
  }

  #reduce(
    operand: number,
    shape: Shape,
    axes: readonly number[],
    index: Index,
    scope: Scope,
    reduction: Reduction,
    depth: number,
  ): Tex {
    const kept = index.values();
    const loops: Scope[number][] = [];
    let inner = scope;
    const places = shape.map((length, axis): Affine => {
      if (!axes.includes(axis)) return kept.next().value!;
      if (length === 1) return at(0);
      inner = this.extend(inner, length);
      loops.push(inner.at(-1)!);
      return along(inner.length - 1);
    });
    const body = this.element(operand, places, inner, depth);
    return loops.reduceRight((term, { letter, length }) => reduction(letter, length, term), body);
  }

  /** Σₖ aᵢₖ bₖⱼ */
  #product({ operands }: Node, index: Index, scope: Scope, depth: number): Tex {
    const [a, b] = operands as readonly [number, number];
    const length = this.#graph.nodes[a]!.shape.at(-1)!;
    const batch = index.slice(0, -2);
    const [row, column] = index.slice(-2) as [Affine, Affine];
    const inner = length === 1 ? scope : this.extend(scope, length);
    const k = length === 1 ? at(0) : along(scope.length);
    const term = productOf(
      asNumber(this.element(a, [...batch, row, k], inner, depth)),
      asNumber(this.element(b, [...batch, k, column], inner, depth)),
    );
    return length === 1 ? term : bigOperator(`\\sum_{${inner.at(-1)!.letter}=1}^{${length}}`, term);
  }

  /**
   * An element of an assembled tensor: the sum of the parts' elements there. `undefined` where a part covers only some
   * of the places that the index runs over.
   */
  #part(
    { operands, params: { parts }, shape }: Node<AssembleParams>,
    index: Index,
    scope: Scope,
    depth: number,
  ): Tex | undefined {
    const terms: Tex[] = [];
    for (const [i, operand] of operands.entries()) {
      const { starts, steps } = parts[i]!;
      const extents = this.#graph.nodes[operand]!.shape;
      const inside: Affine[] = [];
      let covered = true;
      for (let axis = 0; axis < shape.length && covered; axis++) {
        const place = placeIn(index[axis]!, starts[axis]!, steps[axis]!, extents[axis]!, scope);
        if (place === "partly") return undefined;
        if (place === "outside") covered = false;
        else inside.push(place);
      }
      if (covered) terms.push(this.element(operand, inside, scope, depth));
    }
    return terms.length === 0 ? numberTex(0) : terms.reduce(sumOf);
  }

  /** An op whose elements have no formula of their own: a function of whole tensors, with an index. */
  #opaque({ op, operands }: Node, index: Index, scope: Scope, depth: number): Tex {
    const whole = operands.map((operand) => this.#whole(operand, scope, depth));
    return indexed(functionOf(op.name)(...whole).text, this.subscripts(index, scope));
  }

  /** A tensor: its name, or its element with a free index, `(x_{i}^{2})_{i}`. */
  #whole(id: number, scope: Scope, depth: number): Tex {
    const node = this.#graph.nodes[id]!;
    if (isOp(node, inputOp)) return atom(nameTex(this.#graph.inputs[node.params.index]!.name));
    let inner = scope;
    const index = node.shape.map((length) => {
      if (length === 1) return at(0);
      inner = this.extend(inner, length);
      return along(inner.length - 1);
    });
    const element = asNumber(this.element(id, index, inner, depth));
    const letters = inner.slice(scope.length).map(({ letter }) => letter);
    return letters.length === 0 ? element : indexed(parenthesized(element.text), letters);
  }

  #tooLong(): AdjointError {
    return new AdjointError(
      `toTex: the formula of this graph of ${this.#graph.nodes.length} nodes would fill pages; print(f), toDot(f) and ` +
        "toMermaid(f) show each node once.",
    );
  }
}

function functionOf(name: string): (...operands: Tex[]) => Tex {
  return (...operands) =>
    atom(
      `\\operatorname{${name.replaceAll(/[^A-Za-z0-9]/g, "")}}${parenthesized(operands.map((x) => asNumber(x).text).join(", "))}`,
    );
}

function indexed(text: string, subscripts: readonly string[]): Tex {
  return atom(subscripts.length === 0 ? text : `{${text}}_{${subscripts.join(",")}}`);
}

/** Where a place lies in a part that starts at `start` and goes on by `step`, `length` elements long. */
function placeIn(
  place: Affine,
  start: number,
  step: number,
  length: number,
  scope: Scope,
): Affine | "outside" | "partly" {
  const reach = (sign: 1 | -1) =>
    place.terms.reduce(
      (sum, [axis, factor]) => sum + (factor * sign > 0 ? factor * (scope[axis]!.length - 1) : 0),
      place.offset,
    );
  const [low, high] = [reach(-1), reach(1)];
  const ends = [start, start + step * (length - 1)];
  if (length === 0 || high < Math.min(...ends) || low > Math.max(...ends)) return "outside";
  const whole = [place.offset - start, ...place.terms.map(([, factor]) => factor)].every(
    (n) => n % step === 0,
  );
  if (isFixed(place) && !whole) return "outside";
  if (!whole || low < Math.min(...ends) || high > Math.max(...ends)) return "partly";
  return scaled({ ...place, offset: place.offset - start }, 1 / step, 0);
}
