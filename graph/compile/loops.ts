/**
 * Graphs on tensors as loop nests. An element of a fused node is written where it is first asked for, in the outermost
 * loop that knows its place, and remembered there: common subexpressions and hoisting follow from that.
 */
import { type Affine, at, linear, scaled } from "../affine.js";
import { type Graph, outputsOf } from "../graph.js";
import type { Op } from "../op.js";
import { constantOp, fullOp, inputOp } from "../ops/constant.js";
import { type AssembleParams, assembleOp } from "../ops/indexing.js";
import { type Shape, sizeOf, stridesOf } from "../shape.js";
import { type Lifetime, type Placed, placeBuffers } from "./buffers.js";
import { bufferName, constantName, inputName, outputName } from "./names.js";
import {
  behindReshapes,
  findBreaks,
  findNests,
  findRoots,
  isGiven,
  isProduct,
  isReduction,
  keyOf,
  type Nest,
  partEnds,
  type Root,
  rootIndex,
  unreduce,
  viewOf,
  walkRoot,
} from "./roots.js";
import { numberText } from "./text.js";

/** A place in the text: the function's body, or the body of a loop in it. */
interface Scope {
  readonly lines: string[];
  readonly known: Map<string, string>;
}

/** What a loop axis of the nest stands for: a fixed place, or a variable with its range. */
type Binding =
  | { readonly fixed: number }
  | { readonly name: string; readonly depth: number; readonly low: number; readonly high: number };

/** An element that a loop's body asks for, and the elements for whose sake it does. */
interface Asked {
  readonly id: number;
  readonly index: readonly Affine[];
  readonly within: readonly string[];
}

interface Carried {
  readonly id: number;
  readonly previous: readonly Affine[];
  readonly current: readonly Affine[];
  readonly key: string;
}

/** Loops over an outer range as short as this are written out. */
const shortLoop = 2;

export interface LoopCode {
  readonly source: string;
  /** Start and length of the buffers in the arena, behind the inputs and outputs, named `t0, t1 …`. */
  readonly buffers: readonly { readonly offset: number; readonly length: number }[];
  /** Elements of the arena. */
  readonly arena: number;
  /** Constant tensors, named `c0, c1 …`, behind the buffers. */
  readonly constants: readonly Float64Array[];
  /** The most columns of a matrix product, for which the code calls `multiply`; 0 if it doesn't. */
  readonly columns: number;
}

export function emitLoops(graph: Graph): LoopCode {
  return new Emitter(graph).run();
}

class Emitter {
  readonly #graph: Graph;
  readonly #roots: readonly Root[];
  readonly #ids: ReadonlySet<number>;
  readonly #nests: readonly Nest[];
  readonly #constants: Float64Array[] = [];
  /** Buffers in the arena, with the nests between which they are needed. */
  readonly #buffers: Lifetime[] = [];
  /** The buffer that holds a node, and the one that holds a copy of it for matrix products. */
  readonly #bufferOf = new Map<number, number>();
  readonly #copyOf = new Map<number, number>();
  #placed: Placed = { offsets: [], length: 0 };
  /** Where a node's elements lie: the name of an array. */
  readonly #memory = new Map<number, string>();
  readonly #scopes: Scope[] = [{ lines: [], known: new Map() }];
  readonly #bindings = new Map<number, Binding>();
  #locals = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#roots = findRoots(graph);
    this.#ids = new Set(this.#roots.map(({ id }) => id));
    this.#nests = findNests(this.#roots);
  }

  run(): LoopCode {
    const copies = this.#placeNodes();
    for (const nest of this.#nests) {
      if (nest.roots[0]!.kind === "product") for (const { id } of nest.roots) this.#emitProduct(id);
      else if (nest.extents.includes(0)) this.#emitEmpty(nest);
      else this.#emitNest(nest);
    }
    const { lines } = this.#scopes[0]!;
    for (const [target, source] of copies) lines.push(`${target}.set(${source});`);
    const products = this.#roots.filter(({ kind }) => kind === "product");
    return {
      source: lines.join("\n"),
      buffers: this.#buffers.map(({ length }, i) => ({ offset: this.#placed.offsets[i]!, length })),
      arena: this.#placed.length,
      constants: this.#constants,
      columns: products.reduce((most, { shape }) => Math.max(most, shape.at(-1)!), 0),
    };
  }

  /** Gives every root and constant an array; outputs that stand twice, or are inputs, are copied at the end. */
  #placeNodes(): [target: string, source: string][] {
    const { nodes, inputs } = this.#graph;
    const copies: [string, string][] = [];
    inputs.forEach((_, i) => {
      this.#memory.set(i, inputName(i));
    });
    nodes.forEach(({ op, params }, id) => {
      if (op !== (constantOp as Op)) return;
      this.#memory.set(id, constantName(this.#constants.length));
      this.#constants.push((params as { readonly values: Float64Array }).values);
    });
    const outputs = outputsOf(this.#graph).map(({ id }) => behindReshapes(this.#graph, id));
    outputs.forEach((id, i) => {
      // What the matrix product writes must be in the arena.
      if (!this.#memory.has(id) && !isProduct(nodes[id]!)) this.#memory.set(id, outputName(i));
    });
    this.#planBuffers(new Set(outputs));
    outputs.forEach((id, i) => {
      const source = this.#memory.get(id)!;
      if (source === outputName(i)) return;
      const isNumber = id < inputs.length && nodes[id]!.shape.length === 0;
      copies.push([outputName(i), isNumber ? `[${source}]` : source]);
    });
    return copies;
  }

  #planBuffers(outputs: ReadonlySet<number>): void {
    const { nodes } = this.#graph;
    const addBuffer = (id: number, nest: number): number => {
      this.#buffers.push({ length: sizeOf(nodes[id]!.shape), first: nest, last: nest });
      return this.#buffers.length - 1;
    };
    const extend = (buffer: number | undefined, nest: number) => {
      if (buffer !== undefined) this.#buffers[buffer]!.last = Math.max(this.#buffers[buffer]!.last, nest);
    };
    this.#nests.forEach(({ roots }, nest) => {
      for (const root of roots) {
        const { id, kind } = root;
        const needsMemory = sizeOf(nodes[id]!.shape) > 1 || kind === "scatter" || kind === "product";
        if (needsMemory && !this.#memory.has(id)) {
          const buffer = addBuffer(id, nest);
          this.#bufferOf.set(id, buffer);
          this.#memory.set(id, bufferName(buffer));
          if (outputs.has(id)) extend(buffer, this.#nests.length);
        }
        walkRoot(this.#graph, root, (other) => {
          if (other === id) return true;
          extend(this.#bufferOf.get(other), nest);
          return !this.#ids.has(other);
        });
        if (kind !== "product") continue;
        for (const operand of nodes[id]!.operands) {
          const view = viewOf(this.#graph, operand).id;
          if (this.#bufferOf.has(view)) continue;
          if (!this.#copyOf.has(view)) this.#copyOf.set(view, addBuffer(view, nest));
          extend(this.#copyOf.get(view), nest);
        }
      }
    });
    this.#placed = placeBuffers(this.#buffers);
  }

  readonly #copied = new Set<number>();

  /** A call of `multiply` for each pair of matrices, its operands being where they are, whatever their strides. */
  #emitProduct(id: number): void {
    const { nodes } = this.#graph;
    const { operands, shape } = nodes[id]!;
    const rank = shape.length;
    const [m, n] = shape.slice(-2) as [number, number];
    const k = nodes[operands[0]!]!.shape.at(-1)!;
    const views = operands.map((operand) => {
      const view = viewOf(this.#graph, operand);
      const copy = this.#copyOf.get(view.id);
      if (copy !== undefined && !this.#copied.has(view.id)) {
        this.#copied.add(view.id);
        this.#line(0, `${bufferName(copy)}.set(${this.#memory.get(view.id)});`);
      }
      const start = this.#placed.offsets[copy ?? this.#bufferOf.get(view.id)!]!;
      const { terms, offset } = linear(view.index, stridesOf(nodes[view.id]!.shape));
      const strides = new Map(terms);
      return { start: start + offset, stride: (axis: number) => strides.get(axis) ?? 0 };
    });
    const target = this.#placed.offsets[this.#bufferOf.get(id)!]!;
    const batches = shape.slice(0, -2);
    const batchStrides = stridesOf(shape);
    forEachIndex(batches, (index) => {
      const starts = views.map(({ start, stride }) =>
        index.reduce((sum, place, axis) => sum + place * stride(axis), start),
      );
      const place = index.reduce((sum, at, axis) => sum + at * batchStrides[axis]!, target);
      const factors = views.flatMap(({ stride }, i) => [starts[i]!, stride(rank - 2), stride(rank - 1)]);
      this.#line(0, `multiply(${[...factors, place, m, n, k].join(", ")});`);
    });
  }

  #line(depth: number, text: string): void {
    this.#scopes[depth]!.lines.push("  ".repeat(depth) + text);
  }

  /** Folds of nothing give what the fold starts from; stores of nothing store nothing. */
  #emitEmpty({ roots }: Nest): void {
    for (const root of roots) {
      const { id, kind } = root;
      const { op, shape } = this.#graph.nodes[id]!;
      this.#clearScattered(root);
      if (kind !== "fold" || sizeOf(shape) === 0) continue;
      const initial = numberText(op.fold!.initial);
      const array = this.#memory.get(id);
      if (array) this.#line(0, `${array}.fill(${initial});`);
      this.#scopes[0]!.known.set(`${id}:${keyOf(shape.map(() => at(0)))}`, initial);
    }
  }

  readonly #cleared = new Set<number>();

  /** The zeros to which the parts are added. */
  #clearScattered({ id, kind }: Root): void {
    if (kind !== "scatter" || this.#cleared.has(id)) return;
    this.#cleared.add(id);
    const array = this.#memory.get(id);
    if (array) this.#line(0, `${array}.fill(0);`);
  }

  #emitNest(nest: Nest): void {
    this.#bindings.clear();
    for (const root of nest.roots) {
      if (root.kind === "fold" && localDepth(root) === undefined) {
        const { op } = this.#graph.nodes[root.id]!;
        this.#line(0, `${this.#memory.get(root.id)}.fill(${numberText(op.fold!.initial)});`);
      }
      this.#clearScattered(root);
    }
    this.#emitAxis(nest, findBreaks(this.#graph, nest, this.#ids), 0);
  }

  /** The loops from `axis` on, split at the breaks. */
  #emitAxis(nest: Nest, breaks: readonly number[][], axis: number): void {
    const totals = nest.roots.filter(
      (root) => root.kind === "fold" && localDepth(root) === axis && this.#covers(root, axis),
    );
    const names = totals.map((root) => this.#declareTotals(root));
    if (axis === nest.extents.length) this.#emitBody(nest);
    else {
      for (let segment = 0; segment + 1 < breaks[axis]!.length; segment++) {
        const low = breaks[axis]![segment]!;
        const high = breaks[axis]![segment + 1]!;
        if (high - low <= shortLoop) {
          for (let place = low; place < high; place++) {
            this.#bindings.set(axis, { fixed: place });
            this.#emitAxis(nest, breaks, axis + 1);
          }
        } else this.#emitLoop(nest, breaks, axis, low, high);
      }
      this.#bindings.delete(axis);
    }
    totals.forEach((root, i) => {
      this.#finishTotals(root, names[i]!);
    });
  }

  #emitLoop(nest: Nest, breaks: readonly number[][], axis: number, low: number, high: number): void {
    const depth = this.#scopes.length;
    const name = `i${depth}`;
    const binding: Binding = { name, depth, low, high };
    this.#bindings.set(axis, binding);
    const innermost = axis + 1 === nest.extents.length;
    const carried = innermost ? this.#findCarried(nest, breaks, axis) : [];
    const locals = carried.map(({ id, previous }) => this.#startCarrying(id, previous, axis, low));
    this.#bindings.set(axis, binding);
    const scope: Scope = { lines: [], known: new Map() };
    this.#scopes.push(scope);
    carried.forEach(({ id, previous }, i) => {
      scope.known.set(`${id}:${keyOf(previous)}`, locals[i]!);
    });
    this.#emitAxis(nest, breaks, axis + 1);
    this.#bindings.set(axis, binding);
    const next = carried.map(({ id, current }) => this.#value(id, current));
    // Values two places back are carried from one local to the next, so a local is read before it is written.
    const pending = locals.map((local, i) => ({ local, value: next[i]! }));
    while (pending.length > 0) {
      const i = pending.findIndex(({ local }) => !pending.some(({ value }) => value === local));
      const { local, value } = pending.splice(i, 1)[0]!;
      this.#line(depth, `${local} = ${value};`);
    }
    this.#scopes.pop();
    if (scope.lines.length === 0) return;
    this.#line(depth - 1, `for (let ${name} = ${low}; ${name} < ${high}; ${name}++) {`);
    const outer = this.#scopes[depth - 1]!.lines;
    for (const line of scope.lines) outer.push(line);
    this.#line(depth - 1, "}");
  }

  /**
   * Values that a pass of the innermost loop needs both here and one place back: they are carried over from the pass
   * before instead of being computed again. Found by writing the body once for trial.
   */
  #findCarried(nest: Nest, breaks: readonly number[][], axis: number): Carried[] {
    const before = this.#scopes.map(({ lines, known }) => ({ lines: lines.length, known: new Map(known) }));
    const locals = this.#locals;
    const asked: Asked[] = [];
    this.#asked = asked;
    const binding = this.#bindings.get(axis)!;
    this.#scopes.push({ lines: [], known: new Map() });
    this.#emitAxis(nest, breaks, axis + 1);
    this.#scopes.pop();
    this.#bindings.set(axis, binding);
    this.#asked = undefined;
    this.#locals = locals;
    this.#scopes.forEach((scope, depth) => {
      scope.lines.length = before[depth]!.lines;
      scope.known.clear();
      for (const [key, value] of before[depth]!.known) scope.known.set(key, value);
    });
    const keys = new Set(asked.map(({ id, index }) => `${id}:${keyOf(index)}`));
    const carried: Carried[] = [];
    for (const { id, index, within } of asked) {
      const current = this.#shifted(index, axis);
      if (!current || !keys.has(`${id}:${keyOf(current)}`)) continue;
      // What is only needed for a value that is carried itself needn't be carried.
      const key = `${id}:${keyOf(index)}`;
      const covered = carried.some((one) => one.key === key || within.includes(one.key));
      if (!covered) carried.push({ id, previous: index, current, key });
    }
    return carried;
  }

  /** The place one further along a loop axis, if just one axis of the node moves with the loop. */
  #shifted(index: readonly Affine[], axis: number): readonly Affine[] | undefined {
    let moving = 0;
    const result = index.map((place) => {
      const factor = place.terms.find(([own]) => own === axis)?.[1];
      if (factor === undefined) return place;
      moving++;
      return { terms: place.terms, offset: place.offset + factor };
    });
    return moving === 1 ? result : undefined;
  }

  /** Computes the value before the first pass of the loop into a local of its own. */
  #startCarrying(id: number, previous: readonly Affine[], axis: number, low: number): string {
    this.#bindings.set(axis, { fixed: low });
    const start = this.#value(
      id,
      previous.map((place) => this.#resolve(place)),
    );
    const name = `r${this.#locals++}`;
    this.#line(this.#scopes.length - 1, `let ${name} = ${start};`);
    return name;
  }

  /** Whether the bound places of the first axes lie within a root's own lengths. */
  #covers(root: Root, axes: number): boolean {
    for (let axis = 0; axis < axes; axis++) {
      const binding = this.#bindings.get(axis)!;
      const last = "fixed" in binding ? binding.fixed : binding.high - 1;
      if (last >= root.shape[root.loops[axis]!]!) return false;
    }
    return true;
  }

  #emitBody(nest: Nest): void {
    for (const root of nest.roots) {
      if (!this.#covers(root, nest.extents.length)) continue;
      const node = this.#graph.nodes[root.id]!;
      this.#computing = root.kind === "store" ? root.id : -1;
      for (const index of this.#places(root)) {
        const value = this.#value(root.source, index);
        const depth = this.#scopes.length - 1;
        if (root.kind === "store") {
          const array = this.#memory.get(root.id);
          if (array) this.#line(depth, `${array}[${this.#offset(root.id, index)}] = ${value};`);
        } else if (root.kind === "scatter") {
          this.#line(
            depth,
            `${this.#memory.get(root.id)}[${this.#offset(root.id, this.#whole(root, index))}] += ${value};`,
          );
        } else {
          const kept = keptIndex(root, index);
          const total =
            this.#totalName(root, kept) ?? `${this.#memory.get(root.id)}[${this.#offset(root.id, kept)}]`;
          this.#line(depth, `${total} = ${node.op.fold!.code(total, value)};`);
        }
      }
    }
  }

  /** The place in the whole of a place in the part that a root scatters. */
  #whole({ id, part }: Root, index: readonly Affine[]): Affine[] {
    const { starts, steps } = this.#graph.nodes[id]!.params as AssembleParams;
    const from = part * index.length;
    return index.map((place, axis) => scaled(place, steps[from + axis]!, starts[from + axis]!));
  }

  /** The places of a root's source that one pass of its loops visits, its written-out axes being fixed. */
  *#places(root: Root): Iterable<Affine[]> {
    const fixed = new Array<number>(root.unrolled.length).fill(0);
    for (;;) {
      yield rootIndex(root).map((one, axis) => {
        const k = root.unrolled.indexOf(axis);
        return k >= 0 ? at(fixed[k]!) : this.#resolve(one);
      });
      let k = fixed.length - 1;
      while (k >= 0 && ++fixed[k]! === root.shape[root.unrolled[k]!]) fixed[k--] = 0;
      if (k < 0) return;
    }
  }

  /** Totals of a fold, by the place of the element that is kept. */
  readonly #totals = new Map<Root, Map<string, string>>();

  #totalName(root: Root, kept: readonly Affine[]): string | undefined {
    return this.#totals.get(root)?.get(keyOf(kept));
  }

  #declareTotals(root: Root): { name: string; kept: readonly Affine[] }[] {
    const { op } = this.#graph.nodes[root.id]!;
    const names = new Map<string, string>();
    const list: { name: string; kept: readonly Affine[] }[] = [];
    for (const index of this.#places(root)) {
      const kept = keptIndex(root, index);
      if (names.has(keyOf(kept))) continue;
      const name = `s${this.#locals++}`;
      names.set(keyOf(kept), name);
      list.push({ name, kept });
      this.#line(this.#scopes.length - 1, `let ${name} = ${numberText(op.fold!.initial)};`);
    }
    this.#totals.set(root, names);
    return list;
  }

  #finishTotals(root: Root, totals: readonly { name: string; kept: readonly Affine[] }[]): void {
    const array = this.#memory.get(root.id);
    const scope = this.#scopes[this.#scopes.length - 1]!;
    for (const { name, kept } of totals) {
      if (array) this.#line(this.#scopes.length - 1, `${array}[${this.#offset(root.id, kept)}] = ${name};`);
      scope.known.set(`${root.id}:${keyOf(kept)}`, name);
    }
    this.#totals.delete(root);
  }

  /** A place with the fixed axes put in. */
  #resolve(place: Affine): Affine {
    let { offset } = place;
    const terms = place.terms.filter(([axis, factor]) => {
      const binding = this.#bindings.get(axis);
      if (!binding || !("fixed" in binding)) return true;
      offset += binding.fixed * factor;
      return false;
    });
    return terms.length === place.terms.length ? place : { terms, offset };
  }

  /** The place in a node's memory as code. */
  #offset(id: number, index: readonly Affine[]): string {
    return this.#placeText(linear(index, stridesOf(this.#graph.nodes[id]!.shape)));
  }

  #placeText({ terms, offset }: Affine): string {
    const parts = terms.map(([axis, factor]) => {
      const { name } = this.#bindings.get(axis) as { name: string };
      return factor === 1 ? name : `${name} * ${numberText(factor)}`;
    });
    if (offset !== 0 || parts.length === 0) parts.push(String(offset));
    return parts.join(" + ").replaceAll("+ -", "- ");
  }

  /** The outermost loop in which a place is known. */
  #depth(index: readonly Affine[]): number {
    let depth = 0;
    for (const { terms } of index) {
      for (const [axis] of terms)
        depth = Math.max(depth, (this.#bindings.get(axis) as { depth: number }).depth);
    }
    return depth;
  }

  /** An element of a node as an atom: a local, a number, or an input's name. Writes what it needs. */
  #value(id: number, index: readonly Affine[]): string {
    const { op, operands, params, shape } = this.#graph.nodes[id]!;
    if (op === (fullOp as Op)) return numberText((params as { readonly value: number }).value);
    if (op === (inputOp as Op) && shape.length === 0) return inputName(id);
    const key = `${id}:${keyOf(index)}`;
    const depth = this.#depth(index);
    this.#asked?.push({ id, index, within: [...this.#wanting] });
    for (let d = depth; d >= 0; d--) {
      const known = this.#scopes[d]!.known.get(key);
      if (known !== undefined) return known;
    }
    const remember = (code: string): string => {
      const name = `v${this.#locals++}`;
      this.#line(depth, `const ${name} = ${code};`);
      this.#scopes[depth]!.known.set(key, name);
      return name;
    };
    const array = this.#memory.get(id);
    if (array && (isGiven(this.#graph.nodes[id]!) || (this.#ids.has(id) && id !== this.#computing))) {
      return remember(`${array}[${this.#offset(id, index)}]`);
    }
    this.#wanting.push(key);
    const atom = this.#compute(id, index, { op, operands, params, shape }, remember);
    this.#wanting.pop();
    return atom;
  }

  /** While a loop's body is written for trial: what it asks for, and the elements being computed. */
  #asked: Asked[] | undefined;
  readonly #wanting: string[] = [];

  /** The root whose element is being computed: it is not to be read from memory. */
  #computing = -1;

  #compute(
    id: number,
    index: readonly Affine[],
    { op, operands, params, shape }: Graph["nodes"][number],
    remember: (code: string) => string,
  ): string {
    if (op.scalar) return remember(op.scalar.code(...operands.map((operand) => this.#value(operand, index))));
    if (op === (assembleOp as Op)) return this.#assemble(id, index, remember);
    if (isReduction(this.#graph.nodes[id]!)) return this.#writeOut(id, index, remember);
    const operand = operands[0]!;
    const place = op.move!(index, { operand: this.#graph.nodes[operand]!.shape, result: shape }, params);
    if (place) return this.#value(operand, place);
    // The operand lies in memory in row-major order, and so do the result's elements.
    const source = behindReshapes(this.#graph, operand);
    return remember(`${this.#memory.get(source)}[${this.#offset(id, index)}]`);
  }

  /** A short reduction as one expression. */
  #writeOut(id: number, index: readonly Affine[], remember: (code: string) => string): string {
    const node = this.#graph.nodes[id]!;
    const source = node.operands[0]!;
    const { shape } = this.#graph.nodes[source]!;
    const { axes } = node.params as { readonly axes: readonly number[] };
    const count = sizeOf(axes.map((axis) => shape[axis]!));
    let total: string | undefined;
    for (let i = 0; i < count; i++) {
      const place = unreduce(this.#graph, node, index, (axis) => {
        const inner = axes
          .filter((other) => other > axis)
          .reduce((product, other) => product * shape[other]!, 1);
        return at(Math.floor(i / inner) % shape[axis]!);
      });
      const value = this.#value(source, place);
      total = total === undefined ? value : node.op.fold!.code(total, value);
    }
    return remember(total ?? numberText(node.op.fold!.initial));
  }

  /** The sum of the parts that cover a place. */
  #assemble(id: number, index: readonly Affine[], remember: (code: string) => string): string {
    const { operands, params, shape } = this.#graph.nodes[id]!;
    const { starts, steps } = params as AssembleParams;
    const rank = shape.length;
    const values: string[] = [];
    operands.forEach((operand, part) => {
      const lengths = this.#graph.nodes[operand]!.shape;
      const place: Affine[] = [];
      for (let axis = 0; axis < rank; axis++) {
        const within = this.#within(
          index[axis]!,
          starts[part * rank + axis]!,
          steps[part * rank + axis]!,
          lengths[axis]!,
        );
        if (!within) return;
        place.push(within);
      }
      values.push(this.#value(operand, place));
    });
    if (values.length === 0) return "0";
    return values.length === 1 ? values[0]! : remember(values.join(" + "));
  }

  /** The place in a part along one axis, or `undefined` outside. The loops are split so that it is one or the other. */
  #within(place: Affine, start: number, step: number, length: number): Affine | undefined {
    let [low, high] = [place.offset, place.offset];
    for (const [axis, factor] of place.terms) {
      const binding = this.#bindings.get(axis) as { low: number; high: number };
      low += factor * (factor > 0 ? binding.low : binding.high - 1);
      high += factor * (factor > 0 ? binding.high - 1 : binding.low);
    }
    const [first, last] = partEnds(start, step, length);
    if (length === 0 || high < first || low > last) return undefined;
    return scaled(place, step, -start * step);
  }
}

/** The number of loops around a fold's totals, where they can be locals: its kept axes are the outermost. */
function localDepth(root: Root): number | undefined {
  let depth = 0;
  while (depth < root.loops.length && !root.reduced.includes(root.loops[depth]!)) depth++;
  const rest = root.loops.slice(depth);
  return rest.every((axis) => root.reduced.includes(axis)) ? depth : undefined;
}

/** The place of a fold's result: its source's without the axes that vanish. */
function keptIndex(root: Root, index: readonly Affine[]): Affine[] {
  return index.filter((_, axis) => !root.reduced.includes(axis));
}

/** Calls `visit` for every index of a shape in row-major order. */
function forEachIndex(shape: Shape, visit: (index: readonly number[]) => void): void {
  const strides = stridesOf(shape);
  for (let i = 0; i < sizeOf(shape); i++) {
    visit(shape.map((length, axis) => Math.floor(i / strides[axis]!) % length));
  }
}
