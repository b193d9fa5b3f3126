/** Graphs on tensors as loop nests. */
import { type Affine, at } from "../../affine.js";
import type { Graph } from "../../graph.js";
import { isOp } from "../../node.js";
import type { Op } from "../../op.js";
import { assembleOp, sliceOp } from "../../ops/boxes.js";
import { sizeOf, unravel } from "../../shape.js";
import { bodies, fewLines, longLoop, partLines, shortLoop } from "../limits.js";
import { atomText, foldText, numberText, slotsOf } from "../text.js";
import { keyOf } from "./access.js";
import { findCarried } from "./carried.js";
import { type Binding, ElementWriter } from "./element-writer.js";
import { inPlacePairs } from "./in-place.js";
import { type MemoryPlan, planMemory } from "./memory.js";
import { findBreaks, findNests, type Nest } from "./nests.js";
import { findRoots, isRoutine, type Root, rootIndex } from "./roots.js";
import { type Call, makeRoutineWriter } from "./routine-writer.js";

/** Generated code with the memory that it wants. */
export interface LoopCode extends Pick<MemoryPlan, "buffers" | "arena" | "constants"> {
  /** Bodies of functions of the inputs, the outputs, the buffers and the constants, to be called one after the other. */
  readonly parts: readonly string[];
  /** The most columns of a matrix product, for which the code calls `multiply`; 0 if it doesn't. */
  readonly columns: number;
  /** What the code calls as `call0`, `call1` … */
  readonly routines: readonly Call[];
  /** Scalar ops without code of their own, which the code calls by `slotName`. */
  readonly slots: readonly Op[];
  /** Inputs and outputs by their numbers whose arrays may be the same. */
  readonly inPlace: readonly (readonly [input: number, output: number])[];
}

export function emitLoops(graph: Graph): LoopCode {
  return new LoopWriter(graph).run();
}

class LoopWriter {
  readonly #graph: Graph;
  readonly #roots: readonly Root[];
  readonly #ids: ReadonlySet<number>;
  readonly #nests: readonly Nest[];
  readonly #memory: MemoryPlan;
  readonly #elements: ElementWriter;
  /** Locals that hold the totals of folds, by the place of the element that is kept. */
  readonly #totals = new Map<
    Root,
    Map<string, { readonly name: string; readonly kept: readonly Affine[] }>
  >();
  /** Whether elements can be needed at several places of one loop: there are slices. */
  readonly #shifts: boolean;
  /** Scattered nodes whose zeros are written. */
  readonly #cleared = new Set<number>();
  readonly #routines: ReturnType<typeof makeRoutineWriter>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#shifts = graph.nodes.some((node) => isOp(node, sliceOp) || isOp(node, assembleOp));
    this.#roots = findRoots(graph);
    this.#ids = new Set(this.#roots.map(({ id }) => id));
    this.#nests = findNests(this.#roots);
    this.#memory = planMemory(graph, this.#nests);
    this.#elements = new ElementWriter(graph, this.#ids, this.#memory.arrays);
    this.#routines = makeRoutineWriter(graph, this.#memory, this.#elements);
  }

  run(): LoopCode {
    const parts: string[] = [];
    for (const nest of this.#nests) {
      const { kind } = nest.roots[0]!;
      if (isRoutine(kind)) for (const { id } of nest.roots) this.#routines[kind](id);
      else if (nest.extents.includes(0)) this.#emitEmpty(nest);
      else this.#emitNest(nest);
      if (this.#elements.length > partLines) parts.push(this.#elements.finish());
    }
    const { buffers, arena, constants, copies } = this.#memory;
    for (const { target, source } of copies) this.#elements.line(`${target}.set(${source});`);
    parts.push(this.#elements.finish());
    const products = this.#roots.filter(({ kind }) => kind === "product");
    const columns = products.reduce((most, { shape }) => Math.max(most, shape.at(-1)!), 0);
    return {
      parts,
      buffers,
      arena,
      constants,
      columns,
      routines: this.#routines.calls,
      slots: slotsOf(this.#graph),
      inPlace: inPlacePairs(this.#graph, this.#nests, this.#memory),
    };
  }

  #node(id: number): Graph["nodes"][number] {
    return this.#graph.nodes[id]!;
  }

  /** An element of a root's memory as code. */
  #target(id: number, index: readonly Affine[]): string {
    return `${this.#memory.arrays.get(id)}[${this.#elements.offset(id, index)}]`;
  }

  /** Folds of nothing give what the fold starts from; stores of nothing store nothing. */
  #emitEmpty({ roots }: Nest): void {
    for (const root of roots) {
      const { op, shape } = this.#node(root.id);
      this.#clear(root);
      if (root.kind !== "fold" || sizeOf(shape) === 0) continue;
      const initial = numberText(op.fold!.initial);
      this.#elements.line(`${this.#memory.arrays.get(root.id)}.fill(${initial});`);
      this.#elements.know(
        root.id,
        shape.map(() => at(0)),
        op.fold!.initial,
      );
    }
  }

  #emitNest(nest: Nest): void {
    this.#elements.bindings.clear();
    for (const root of nest.roots) this.#clear(root);
    this.#emitAxis(nest, findBreaks(this.#graph, nest, this.#ids), 0);
  }

  /** What parts are scattered into, and what totals in memory are added to. */
  #clear(root: Root): void {
    const { id, kind } = root;
    const inMemory = kind === "fold" && localDepth(root) === undefined;
    if (this.#cleared.has(id) || (kind !== "scatter" && !inMemory)) return;
    this.#cleared.add(id);
    const initial = inMemory ? this.#node(id).op.fold!.initial : 0;
    this.#elements.line(`${this.#memory.arrays.get(id)}.fill(${numberText(initial)});`);
  }

  /** The loops from `axis` on, split at the breaks. */
  #emitAxis(nest: Nest, breaks: readonly number[][], axis: number): void {
    const { bindings } = this.#elements;
    const folds = nest.roots.filter(
      (root) => root.kind === "fold" && localDepth(root) === axis && this.#covers(root, axis),
    );
    for (const root of folds) this.#declareTotals(root);
    if (axis === nest.extents.length) this.#emitBody(nest);
    else {
      for (let segment = 0; segment + 1 < breaks[axis]!.length; segment++) {
        const low = breaks[axis]![segment]!;
        const high = breaks[axis]![segment + 1]!;
        if (high - low <= shortLoop) {
          for (let place = low; place < high; place++) {
            bindings.set(axis, { fixed: place });
            this.#emitAxis(nest, breaks, axis + 1);
          }
        } else this.#emitLoop(nest, breaks, axis, low, high);
      }
      bindings.delete(axis);
    }
    for (const root of folds) this.#finishTotals(root);
  }

  #emitLoop(nest: Nest, breaks: readonly number[][], axis: number, low: number, high: number): void {
    const elements = this.#elements;
    const depth = elements.scopes.length;
    const name = `i${depth}`;
    const binding: Binding = { name, depth, low, high };
    const isInnermost = axis + 1 === nest.extents.length;
    const carried =
      isInnermost && this.#shifts ? findCarried(elements, axis, binding, () => this.#emitBody(nest)) : [];
    elements.bindings.set(axis, { fixed: low });
    const locals = carried.map(({ id, previous }) => {
      const local = `r${elements.locals++}`;
      elements.line(`let ${local} = ${atomText(elements.value(id, elements.resolve(previous)))};`);
      return local;
    });
    elements.bindings.set(axis, binding);
    const scope = elements.open();
    carried.forEach(({ id, previous }, i) => {
      elements.know(id, previous, locals[i]!);
    });
    this.#emitAxis(nest, breaks, axis + 1);
    elements.bindings.set(axis, binding);
    // Values two places back are carried from one local to the next, so a local is read before it is written.
    const pending = carried.map(({ id, current }, i) => ({
      local: locals[i]!,
      value: elements.value(id, current),
    }));
    while (pending.length > 0) {
      const i = pending.findIndex(({ local }) => !pending.some(({ value }) => value === local));
      const { local, value } = pending.splice(i, 1)[0]!;
      elements.line(`${local} = ${atomText(value)};`);
    }
    elements.scopes.pop();
    const { lines } = scope;
    if (lines.length === 0) return;
    const isLong = isInnermost && !this.#shifts && high - low >= longLoop && lines.length <= fewLines;
    const rest = isLong ? high - ((high - low) % bodies) : low;
    const outer = elements.scopes[depth - 1]!.lines;
    if (isLong) {
      elements.line(`for (let j${depth} = ${low}; j${depth} < ${rest}; j${depth} += ${bodies}) {`);
      for (let k = 0; k < bodies; k++) outer.push(`{ const ${name} = j${depth} + ${k};`, ...lines, "}");
      elements.line("}");
    }
    if (rest === high) return;
    elements.line(`for (let ${name} = ${rest}; ${name} < ${high}; ${name}++) {`);
    outer.push(...lines);
    elements.line("}");
  }

  /** Whether the bound places of the first axes lie within a root's own lengths. */
  #covers(root: Root, axes: number): boolean {
    for (let axis = 0; axis < axes; axis++) {
      const binding = this.#elements.bindings.get(axis)!;
      const last = "fixed" in binding ? binding.fixed : binding.high - 1;
      if (last >= root.shape[root.loops[axis]!]!) return false;
    }
    return true;
  }

  #emitBody(nest: Nest): void {
    const elements = this.#elements;
    for (const root of nest.roots) {
      if (!this.#covers(root, nest.extents.length)) continue;
      elements.computing = root.kind === "store" ? root.id : -1;
      for (const index of this.#places(root)) {
        const value = elements.value(root.source, index);
        if (root.kind === "fold") {
          const kept = keptIndex(root, index);
          const total = this.#totals.get(root)?.get(keyOf(kept))?.name ?? this.#target(root.id, kept);
          elements.line(`${total} = ${foldText(this.#node(root.id).op, total, value)};`);
        } else if (root.kind === "scatter") {
          const { op, params } = this.#node(root.id);
          const place = op.accumulate!(index, params, root.part);
          elements.line(`${this.#target(root.id, place)} += ${atomText(value)};`);
        } else {
          elements.line(`${this.#target(root.id, index)} = ${atomText(value)};`);
        }
      }
    }
  }

  /** The places of a root's source that one pass of its loops visits, its written-out axes being fixed. */
  *#places(root: Root): Iterable<Affine[]> {
    const { unrolled, shape } = root;
    const lengths = unrolled.map((axis) => shape[axis]!);
    const count = sizeOf(lengths);
    const index = this.#elements.resolve(rootIndex(root));
    for (let i = 0; i < count; i++) {
      const fixed = unravel(i, lengths);
      yield index.map((place, axis) => {
        const k = unrolled.indexOf(axis);
        return k < 0 ? place : at(fixed[k]!);
      });
    }
  }

  #declareTotals(root: Root): void {
    const initial = numberText(this.#node(root.id).op.fold!.initial);
    const totals = new Map<string, { name: string; kept: readonly Affine[] }>();
    for (const index of this.#places(root)) {
      const kept = keptIndex(root, index);
      if (totals.has(keyOf(kept))) continue;
      const name = `s${this.#elements.locals++}`;
      totals.set(keyOf(kept), { name, kept });
      this.#elements.line(`let ${name} = ${initial};`);
    }
    this.#totals.set(root, totals);
  }

  #finishTotals(root: Root): void {
    for (const { name, kept } of this.#totals.get(root)!.values()) {
      this.#elements.line(`${this.#target(root.id, kept)} = ${name};`);
      this.#elements.know(root.id, kept, name);
    }
    this.#totals.delete(root);
  }
}

/** The number of loops around a fold's totals, where they can be locals: its kept axes are the outermost. */
function localDepth(root: Root): number | undefined {
  const reduced = root.loops.map((axis) => root.reduced.includes(axis));
  const depth = reduced.indexOf(true);
  if (depth < 0) return root.loops.length;
  return reduced.lastIndexOf(false) < depth ? depth : undefined;
}

/** The place of a fold's result: its source's without the axes that vanish. */
function keptIndex(root: Root, index: readonly Affine[]): Affine[] {
  return index.filter((_, axis) => !root.reduced.includes(axis));
}
