/**
 * Elements as code. An element of a fused node is written where it is first asked for, in the outermost loop that knows
 * its place, and remembered there: common subexpressions and hoisting follow from that.
 */
import { type Affine, at, isFixed, linear, scaled } from "../../affine.js";
import type { Graph } from "../../graph.js";
import { isOp, type Node } from "../../node.js";
import { type AssembleParams, assembleOp } from "../../ops/boxes.js";
import { inputOp, iotaOp, numberIn } from "../../ops/constant.js";
import { sizeOf, stridesOf, unravel } from "../../shape.js";
import { inputName } from "../names.js";
import { type Atom, atomText, foldText, numberText, scalarText } from "../text.js";
import {
  behindReshapes,
  elementKey,
  isGiven,
  isReduction,
  partEnds,
  reducedAxes,
  unreduce,
} from "./access.js";

/** A place in the text: the function's body, or the body of a loop in it. */
interface Scope {
  readonly lines: string[];
  readonly known: Map<string, Atom>;
}

/** What a loop axis of the nest stands for: a fixed place, or a variable with its range. */
export type Binding =
  | { readonly fixed: number }
  | { readonly name: string; readonly depth: number; readonly low: number; readonly high: number };

/** An element that a loop's body asks for, and the elements for whose sake it does. */
export interface Asked {
  readonly id: number;
  readonly index: readonly Affine[];
  readonly within: readonly string[];
}

export class ElementWriter {
  readonly #graph: Graph;
  readonly #roots: ReadonlySet<number>;
  /** Where a node's elements lie: the name of an array. */
  readonly #arrays: ReadonlyMap<number, string>;
  /** The function's body and the bodies of the loops that are open. */
  scopes: Scope[] = [];
  readonly bindings = new Map<number, Binding>();
  /** The root whose element is being computed: it is not to be read from memory. */
  computing = -1;
  /** Local variables so far. */
  locals = 0;
  /** While code is written for trial: what it asks for, and the elements being computed. */
  #asked: Asked[] | undefined;
  readonly #wanting: string[] = [];

  constructor(graph: Graph, roots: ReadonlySet<number>, arrays: ReadonlyMap<number, string>) {
    this.#graph = graph;
    this.#roots = roots;
    this.#arrays = arrays;
    this.open();
  }

  /** Appends to a scope, the innermost by default. */
  line(text: string, depth = this.scopes.length - 1): void {
    this.scopes[depth]!.lines.push("  ".repeat(depth) + text);
  }

  /** Lines of the function so far. */
  get length(): number {
    return this.scopes[0]!.lines.length;
  }

  /** The function's text; the next one begins without locals. */
  finish(): string {
    const { lines } = this.scopes.pop()!;
    this.open();
    return lines.join("\n");
  }

  open(known?: Scope["known"]): Scope {
    const scope: Scope = { lines: [], known: new Map(known) };
    this.scopes.push(scope);
    return scope;
  }

  /** Remembers what stands for an element in the innermost scope. */
  know(id: number, index: readonly Affine[], atom: Atom): void {
    this.scopes[this.scopes.length - 1]!.known.set(elementKey(id, index), atom);
  }

  /** What a piece of code asks for, found by writing it; nothing of it stays. */
  tryOut(write: () => void): readonly Asked[] {
    const { scopes, locals } = this;
    const asked: Asked[] = [];
    this.#asked = asked;
    this.scopes = [];
    for (const { known } of scopes) this.open(known);
    write();
    this.#asked = undefined;
    this.scopes = scopes;
    this.locals = locals;
    return asked;
  }

  /** A place with the fixed axes put in. */
  resolve(index: readonly Affine[]): readonly Affine[] {
    return index.map(({ terms, offset }) => {
      let place = at(offset);
      for (const [axis, factor] of terms) {
        const binding = this.bindings.get(axis);
        const fixed = binding && "fixed" in binding;
        place = fixed
          ? { terms: place.terms, offset: place.offset + binding.fixed * factor }
          : { terms: [...place.terms, [axis, factor]], offset: place.offset };
      }
      return place;
    });
  }

  /** The place in a node's memory as code. */
  offset(id: number, index: readonly Affine[]): string {
    return this.#placeText(linear(index, stridesOf(this.#graph.nodes[id]!.shape)));
  }

  #placeText({ terms, offset }: Affine): string {
    const parts = terms.map(([axis, factor]) => {
      const { name } = this.bindings.get(axis) as { name: string };
      return factor === 1 ? name : `${name} * ${numberText(factor)}`;
    });
    const sum = parts.join(" + ");
    if (sum === "" || offset === 0) return sum || String(offset);
    return `${sum} ${offset < 0 ? "-" : "+"} ${Math.abs(offset)}`;
  }

  /** The outermost loop in which a place is known. */
  #depth(index: readonly Affine[]): number {
    let depth = 0;
    for (const { terms } of index) {
      for (const [axis] of terms)
        depth = Math.max(depth, (this.bindings.get(axis) as { depth: number }).depth);
    }
    return depth;
  }

  /** An element of a node as an atom: a local, a number, or an input's name. Writes what it needs. */
  value(id: number, index: readonly Affine[]): Atom {
    const node = this.#graph.nodes[id]!;
    const known = numberIn(node);
    if (known !== undefined) return known;
    if (isOp(node, inputOp) && node.shape.length === 0) return inputName(id);
    if (isOp(node, iotaOp) && isFixed(index[0]!)) return index[0].offset;
    const key = elementKey(id, index);
    const depth = this.#depth(index);
    this.#asked?.push({ id, index, within: [...this.#wanting] });
    for (let d = depth; d >= 0; d--) {
      const known = this.scopes[d]!.known.get(key);
      if (known !== undefined) return known;
    }
    const remember = (code: string): string => {
      const name = `v${this.locals++}`;
      this.line(`const ${name} = ${code};`, depth);
      this.scopes[depth]!.known.set(key, name);
      return name;
    };
    const array = this.#arrays.get(id);
    if (array && (isGiven(node) || (this.#roots.has(id) && id !== this.computing))) {
      return remember(`${array}[${this.offset(id, index)}]`);
    }
    this.#wanting.push(key);
    const atom = this.#compute(id, index, node, remember);
    this.#wanting.pop();
    return atom;
  }

  #compute(id: number, index: readonly Affine[], node: Node, remember: (code: string) => string): Atom {
    const { op, operands, params, shape } = node;
    if (op.scalar)
      return remember(
        scalarText(
          op,
          operands.map((operand) => this.value(operand, index)),
        ),
      );
    if (isOp(node, iotaOp)) return remember(this.#placeText(index[0]!));
    if (isOp(node, assembleOp)) return this.#assemble(node, index, remember);
    if (isReduction(node)) return this.#writeOut(id, index, remember);
    const operand = operands[0]!;
    const place = op.move!(index, { operand: this.#graph.nodes[operand]!.shape, result: shape }, params);
    if (place) return this.value(operand, place);
    // The operand lies in memory in row-major order, and so do the result's elements.
    const source = behindReshapes(this.#graph, operand);
    return remember(`${this.#arrays.get(source)}[${this.offset(id, index)}]`);
  }

  /** A short reduction as one expression. */
  #writeOut(id: number, index: readonly Affine[], remember: (code: string) => string): Atom {
    const node = this.#graph.nodes[id]!;
    const source = node.operands[0]!;
    const { shape } = this.#graph.nodes[source]!;
    const axes = reducedAxes(node);
    const lengths = axes.map((axis) => shape[axis]!);
    let total: Atom | undefined;
    for (let i = 0; i < sizeOf(lengths); i++) {
      const fixed = unravel(i, lengths);
      const place = unreduce(this.#graph, node, index, (axis) => at(fixed[axes.indexOf(axis)]!));
      const value = this.value(source, place);
      total = total === undefined ? value : foldText(node.op, total, value);
    }
    return remember(atomText(total ?? node.op.fold!.initial));
  }

  /** The sum of the parts that cover a place. */
  #assemble(
    { operands, params: { parts } }: Node<AssembleParams>,
    index: readonly Affine[],
    remember: (code: string) => string,
  ): Atom {
    const values: Atom[] = [];
    operands.forEach((operand, i) => {
      const { starts, steps } = parts[i]!;
      const lengths = this.#graph.nodes[operand]!.shape;
      const place: Affine[] = [];
      for (let axis = 0; axis < lengths.length; axis++) {
        const within = this.#within(index[axis]!, starts[axis]!, steps[axis]!, lengths[axis]!);
        if (!within) return;
        place.push(within);
      }
      values.push(this.value(operand, place));
    });
    if (values.length === 0) return 0;
    return values.length === 1 ? values[0]! : remember(values.map(atomText).join(" + "));
  }

  /** The place in a part along one axis, or `undefined` outside. The loops are split so that it is one or the other. */
  #within(place: Affine, start: number, step: number, length: number): Affine | undefined {
    let [low, high] = [place.offset, place.offset];
    for (const [axis, factor] of place.terms) {
      const binding = this.bindings.get(axis) as { low: number; high: number };
      low += factor * (factor > 0 ? binding.low : binding.high - 1);
      high += factor * (factor > 0 ? binding.high - 1 : binding.low);
    }
    const [first, last] = partEnds(start, step, length);
    if (length === 0 || high < first || low > last) return undefined;
    return scaled(place, step, -start * step);
  }
}
