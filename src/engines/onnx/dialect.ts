/** The primitives as operators of ONNX. */
import type { Shape } from "../../../graph/index.js";
import { type Comparison, sizeOf } from "../../../graph/internal.js";
import type { BinaryFunction, Dialect, LoopInputs, LoopSpec, UnaryFunction } from "../lowering/dialect.js";
import { declaration, elementTypes, type OnnxModule } from "./module.js";
import { isNumber, OnnxTensors, type OnnxValue } from "./tensors.js";

/** The functions that engines have for doubles, too. The sign of what has none is that itself, in JavaScript. */
const unaryOperators: { readonly [F in UnaryFunction]?: string } = {
  ...{ negative: "Neg", abs: "Abs", floor: "Floor", ceil: "Ceil", round: "Round", sqrt: "Sqrt" },
  ...{ exp: "Exp", log: "Log", sin: "Sin", cos: "Cos", tanh: "Tanh" },
};

const binaryOperators: { readonly [F in BinaryFunction]?: string } = {
  ...{ add: "Add", subtract: "Sub", multiply: "Mul", divide: "Div" },
  ...{ maximum: "Max", minimum: "Min", power: "Pow", remainder: "Mod" },
};

const comparisonOperators: { readonly [C in Comparison]: string } = {
  ...{ greater: "Greater", greaterEqual: "GreaterOrEqual", less: "Less", lessEqual: "LessOrEqual" },
  ...{ equal: "Equal", notEqual: "Equal" },
};

export class OnnxDialect extends OnnxTensors implements Dialect<OnnxValue> {
  readonly target = "ONNX";
  readonly #inputs: readonly string[];

  constructor(module: OnnxModule, inputs: readonly string[]) {
    super(module);
    this.#inputs = inputs;
  }

  has(f: UnaryFunction | BinaryFunction): boolean {
    return Object.hasOwn(unaryOperators, f) || Object.hasOwn(binaryOperators, f);
  }

  bind(value: OnnxValue): OnnxValue {
    return value;
  }

  input(index: number, shape: Shape): OnnxValue {
    return { name: this.#inputs[index]!, shape, kind: "number" };
  }

  constant(values: Float64Array, shape: Shape): OnnxValue {
    return { name: this.module.numbers(values, shape), shape, kind: "number" };
  }

  iota(length: number): OnnxValue {
    const [zero, one] = [this.module.number(0), this.module.number(1)];
    return this.node("Range", [zero, this.module.number(length), one], [length]);
  }

  unary(f: UnaryFunction, x: OnnxValue): OnnxValue {
    return { ...x, name: this.module.node(unaryOperators[f]!, [x.name]) };
  }

  binary(f: BinaryFunction, a: OnnxValue, b: OnnxValue): OnnxValue {
    // Engines that rewrite 1/a·b round otherwise.
    if (f === "divide" && a.name === this.module.number(1) && a.axes?.length === a.shape.length)
      return { ...b, name: this.module.node("Reciprocal", [b.name]) };
    const attributes = f === "remainder" ? { fmod: 1 } : {};
    return this.elementwise(binaryOperators[f]!, [a, b], "number", attributes);
  }

  compare(comparison: Comparison, a: OnnxValue, b: OnnxValue): OnnxValue {
    const truth = this.elementwise(comparisonOperators[comparison], [a, b], "truth");
    return comparison === "notEqual" ? this.not(truth) : truth;
  }

  and(a: OnnxValue, b: OnnxValue): OnnxValue {
    return this.elementwise("And", [a, b], "truth");
  }

  or(a: OnnxValue, b: OnnxValue): OnnxValue {
    return this.elementwise("Or", [a, b], "truth");
  }

  not(x: OnnxValue): OnnxValue {
    return { ...x, name: this.module.node("Not", [x.name]) };
  }

  select(truth: OnnxValue, a: OnnxValue, b: OnnxValue): OnnxValue {
    return this.elementwise("Where", [truth, a, b], "number");
  }

  toNumber(x: OnnxValue): OnnxValue {
    return this.cast(x, "number", this.module.dtype);
  }

  toIndex(x: OnnxValue): OnnxValue {
    return this.cast(x, "index", "index");
  }

  reshape(x: OnnxValue, shape: Shape): OnnxValue {
    if (isNumber(x)) return { ...x, shape, axes: [...shape.keys()] };
    return { ...x, ...this.reshaped(this.solid(x), shape), axes: [] };
  }

  broadcast(x: OnnxValue, shape: Shape, axes: readonly number[]): OnnxValue {
    if (isNumber(x)) return { ...x, shape, axes: [...shape.keys()] };
    return { ...this.solid(x), shape, axes };
  }

  reverse(x: OnnxValue, axes: readonly number[]): OnnxValue {
    if (isNumber(x)) return x;
    // Up to before the first one: ONNX takes what is less than −length as that.
    const of = (value: number) => axes.map(() => value);
    const bounds = [of(-1), of(-(2 ** 31)), axes, of(-1)].map((list) => this.module.integers(list));
    return this.node("Slice", [this.solid(x).name, ...bounds], x.shape, {}, x.kind);
  }

  pad(x: OnnxValue, low: readonly number[], high: readonly number[], between: readonly number[]): OnnxValue {
    if (between.every((count) => count === 0)) return this.padded(this.solid(x), low, high);
    // Each element gets an axis of its own with the zeros behind it, of which the last ones are too many.
    const apart = this.reshaped(
      this.solid(x),
      x.shape.flatMap((length) => [length, 1]),
    );
    const none = apart.shape.map(() => 0);
    const wide = this.padded(
      apart,
      none,
      none.map((_, i) => (i % 2 === 1 ? between[(i - 1) / 2]! : 0)),
    );
    const spaced = this.reshaped(
      wide,
      x.shape.map((length, axis) => length * (between[axis]! + 1)),
    );
    const length = x.shape.map((one, axis) => (one - 1) * (between[axis]! + 1) + 1);
    const ones = length.map(() => 1);
    return this.padded(
      this.slice(
        spaced,
        length.map(() => 0),
        length,
        ones,
      ),
      low,
      high,
    );
  }

  concatenate(parts: readonly OnnxValue[], axis: number): OnnxValue {
    const length = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    const names = parts.map((part) => this.solid(part).name);
    return this.node("Concat", names, parts[0]!.shape.with(axis, length), { axis });
  }

  reduce(by: "add" | "maximum" | "minimum", x: OnnxValue, axes: readonly number[]): OnnxValue {
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    const { name } = this.solid(x);
    if (by === "add")
      return this.node("ReduceSum", [name, this.module.integers(axes)], shape, { keepdims: 0 });
    const attributes = { axes, keepdims: 0 };
    const most = this.node(by === "maximum" ? "ReduceMax" : "ReduceMin", [name], shape, attributes);
    // onnxruntime sees a NaN only where it comes first.
    const lost = this.module.node("Cast", [this.module.node("IsNaN", [name])], { to: elementTypes.int32 });
    const isLost = this.module.node("Cast", [this.module.node("ReduceMax", [lost], attributes)], {
      to: elementTypes.truth,
    });
    return this.node("Where", [isLost, this.module.number(Number.NaN), most.name], shape);
  }

  dot(a: OnnxValue, b: OnnxValue): OnnxValue {
    const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
    const names = [a, b].map((one) => this.apart(this.solid(one)).name);
    return this.apart(this.node("MatMul", names, shape));
  }

  gather(x: OnnxValue, indices: OnnxValue, axis: number, batch: number): OnnxValue {
    const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batch), ...x.shape.slice(axis + 1)];
    if (batch === 0)
      return this.node("Gather", [this.solid(x).name, this.solid(indices).name], shape, { axis });
    const length = x.shape[axis]!;
    const moved = this.transpose(this.whole(x), moveAxis(x.shape.length, axis, batch));
    const rest = moved.shape.slice(batch + 1);
    const rows = this.reshaped(moved, [sizeOf(moved.shape.slice(0, batch)) * length, ...rest]);
    const places = this.#places(indices, batch, length);
    const found = this.node("Gather", [rows.name, places.name], [...indices.shape, ...rest], { axis: 0 });
    return this.transpose(found, afterIndices(shape.length, axis, batch, indices.shape.length));
  }

  scatterAdd(values: OnnxValue, indices: OnnxValue, axis: number, batch: number, shape: Shape): OnnxValue {
    this.module.opset = 16;
    const length = shape[axis]!;
    const back = invert(afterIndices(values.shape.length, axis, batch, indices.shape.length));
    const moved = this.transpose(this.whole(values), back);
    const count = sizeOf(indices.shape);
    const rest = moved.shape.slice(indices.shape.length);
    const rows = this.reshaped(moved, [count, sizeOf(rest)]);
    const places = this.reshaped(this.#places(indices, batch, length), [count, 1]);
    const each = this.module.node("Expand", [places.name, this.module.integers(rows.shape)]);
    const flat = [sizeOf(shape.slice(0, batch)) * length, sizeOf(rest)];
    const zeros = this.solid(this.full(0, flat));
    const name = this.module.node("ScatterElements", [zeros.name, each, rows.name], {
      axis: 0,
      reduction: "add",
    });
    const outer = [...shape.slice(0, batch), length, ...rest];
    const sums = this.reshaped({ name, shape: flat, kind: "number" }, outer);
    return this.transpose(sums, invert(moveAxis(shape.length, axis, batch)));
  }

  /** Indices into all batches, one behind the other. */
  #places(indices: OnnxValue, batch: number, length: number): OnnxValue {
    const { name } = this.solid(indices);
    if (batch === 0) return { ...indices, name, axes: [] };
    const outer = indices.shape.slice(0, batch);
    const offsets = Array.from({ length: sizeOf(outer) }, (_, i) => i * length);
    const aligned = indices.shape.map((one, axis) => (axis < batch ? one : 1));
    return this.node("Add", [name, this.module.integers(offsets, aligned)], indices.shape, {}, "index");
  }

  loop(spec: LoopSpec<OnnxValue>, body: (inputs: LoopInputs<OnnxValue>) => OnnxValue): OnnxValue {
    const { module } = this;
    const { dtype } = module;
    const { length, last, reverse } = spec;
    const carry = this.solid(spec.carry);
    const rows = [...spec.rows.map((row) => this.solid(row)), this.iota(length)];
    const own = { ...carry, name: module.fresh("carry_0") };
    const inner = rows.map(
      (row): OnnxValue => ({ ...row, name: module.fresh("row_0"), shape: row.shape.slice(1) }),
    );
    const [next, kept] = [module.fresh("next_0"), module.fresh("kept_0")];
    const nodes = module.body(() => {
      const value = this.solid(body({ carry: own, rows: inner.slice(0, -1), step: inner.at(-1)! }));
      module.result(next, value.name);
      if (!last) module.result(kept, value.name);
    });
    const results = last ? [next] : [next, kept];
    const graph = {
      1: nodes,
      2: "step",
      11: [own, ...inner].map(({ name, shape }) => declaration(name, dtype, shape)),
      12: results.map((name) => declaration(name, dtype, carry.shape)),
    };
    const found = module.nodeOf(
      "Scan",
      [carry.name, ...rows.map(({ name }) => name)],
      {
        body: graph,
        num_scan_inputs: rows.length,
        ...(reverse && { scan_input_directions: rows.map(() => 1) }),
        ...(reverse && !last && { scan_output_directions: [1] }),
      },
      results.length,
    );
    const shape = last ? carry.shape : [length, ...carry.shape];
    return { name: found.at(-1)!, shape, kind: "number" };
  }
}

/** The order of axes in which `axis` stands at `to`, before it. */
function moveAxis(rank: number, axis: number, to: number): readonly number[] {
  const others = [...Array(rank).keys()].filter((one) => one !== axis);
  return others.toSpliced(to, 0, axis);
}

/** Of (batch, indices, before the axis, behind it) that in which what is before the axis comes before the indices. */
function afterIndices(rank: number, axis: number, batch: number, indices: number): readonly number[] {
  const all = [...Array(rank).keys()];
  const between = axis - batch;
  return [
    ...all.slice(0, batch),
    ...all.slice(indices, indices + between),
    ...all.slice(batch, indices),
    ...all.slice(indices + between),
  ];
}

const invert = (order: readonly number[]): readonly number[] => order.map((_, i) => order.indexOf(i));
