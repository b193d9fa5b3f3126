/** The primitives as operations of StableHLO: its specification, github.com/openxla/stablehlo, docs/spec.md. No CHLO. */
import type { Shape } from "../../../graph/index.js";
import { type Comparison, sizeOf } from "../../../graph/internal.js";
import { mostInText } from "../lowering/constants.js";
import type { BinaryFunction, Dialect, LoopInputs, LoopSpec, UnaryFunction } from "../lowering/dialect.js";
import { literal, type StableValue, type StableWriter } from "./writer.js";

const unaryNames: { readonly [F in UnaryFunction]?: string } = {
  ...{ abs: "abs", sign: "sign", floor: "floor", ceil: "ceil", sqrt: "sqrt", cbrt: "cbrt", tanh: "tanh" },
  ...{ exp: "exponential", expm1: "exponential_minus_one", log: "log", log1p: "log_plus_one" },
  ...{ sin: "sine", cos: "cosine", negative: "negate", round: "round_nearest_even" },
};

const binaryNames: { readonly [F in BinaryFunction]?: string } = {
  ...{ add: "add", subtract: "subtract", multiply: "multiply", divide: "divide", remainder: "remainder" },
  ...{ maximum: "maximum", minimum: "minimum", power: "power", atan2: "atan2" },
};

const comparisons: { readonly [C in Comparison]: string } = {
  ...{ greater: "GT", greaterEqual: "GE", less: "LT", lessEqual: "LE", equal: "EQ", notEqual: "NE" },
};

const list = (numbers: readonly number[]): string => `[${numbers.join(", ")}]`;
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

export class StableDialect implements Dialect<StableValue> {
  readonly target = "StableHLO";
  readonly writer: StableWriter;
  /** Whether products of matrices take their factors in bfloat16. */
  readonly #isBf16: boolean;

  constructor(writer: StableWriter, isBf16: boolean) {
    this.writer = writer;
    this.#isBf16 = isBf16;
  }

  has(f: UnaryFunction | BinaryFunction): boolean {
    return f in unaryNames || f in binaryNames;
  }

  bind(value: StableValue): StableValue {
    return value;
  }

  constant(values: Float64Array, shape: Shape): StableValue {
    const { dtype, constants } = this.writer;
    if (values.length > mostInText)
      return { text: `%${constants.nameOf(values, shape)}`, shape, kind: "number" };
    const nested = (start: number, [length, ...rest]: Shape): string => {
      if (length === undefined) return literal(values[start]!, dtype);
      const width = sizeOf(rest);
      return `[${Array.from({ length }, (_, i) => nested(start + i * width, rest)).join(", ")}]`;
    };
    const text = values.length === 0 ? "" : nested(0, shape);
    return this.#made(`constant dense<${text}>`, shape);
  }

  full(value: number, shape: Shape): StableValue {
    if (sizeOf(shape) === 0) return this.#made("constant dense<>", shape);
    return this.#made(`constant dense<${literal(value, this.writer.dtype)}>`, shape);
  }

  iota(length: number): StableValue {
    return length === 0 ? this.full(0, [0]) : this.#made("iota dim = 0", [length]);
  }

  unary(f: UnaryFunction, x: StableValue): StableValue {
    return this.#made(`${unaryNames[f]} ${x.text}`, x.shape);
  }

  binary(f: BinaryFunction, a: StableValue, b: StableValue): StableValue {
    return this.#made(`${binaryNames[f]} ${a.text}, ${b.text}`, a.shape);
  }

  compare(comparison: Comparison, a: StableValue, b: StableValue): StableValue {
    const { writer } = this;
    const result = writer.typeOf(a.shape, "i1");
    const text = `stablehlo.compare ${comparisons[comparison]}, ${a.text}, ${b.text}, FLOAT`;
    return writer.value(`${text} : (${writer.type(a)}, ${writer.type(b)}) -> ${result}`, a.shape, "truth");
  }

  and(a: StableValue, b: StableValue): StableValue {
    return this.#made(`and ${a.text}, ${b.text}`, a.shape, "truth");
  }

  or(a: StableValue, b: StableValue): StableValue {
    return this.#made(`or ${a.text}, ${b.text}`, a.shape, "truth");
  }

  not(x: StableValue): StableValue {
    return this.#made(`not ${x.text}`, x.shape, "truth");
  }

  select(truth: StableValue, a: StableValue, b: StableValue): StableValue {
    const { writer } = this;
    const text = `stablehlo.select ${truth.text}, ${a.text}, ${b.text} : ${writer.type(truth)}, ${writer.type(a)}`;
    return writer.value(text, a.shape);
  }

  toNumber(x: StableValue): StableValue {
    return this.#moved(`convert ${x.text}`, [x], x.shape, "number");
  }

  toIndex(x: StableValue): StableValue {
    return this.#moved(`convert ${x.text}`, [x], x.shape, "index");
  }

  reshape(x: StableValue, shape: Shape): StableValue {
    return this.#moved(`reshape ${x.text}`, [x], shape, x.kind);
  }

  transpose(x: StableValue, axes: readonly number[]): StableValue {
    const shape = axes.map((axis) => x.shape[axis]!);
    return this.#moved(`transpose ${x.text}, dims = ${list(axes)}`, [x], shape, x.kind);
  }

  broadcast(x: StableValue, shape: Shape, axes: readonly number[]): StableValue {
    const kept = [...shape.keys()].filter((axis) => !axes.includes(axis));
    return this.#moved(`broadcast_in_dim ${x.text}, dims = ${list(kept)}`, [x], shape, x.kind);
  }

  slice(x: StableValue, starts: readonly number[], shape: Shape, steps: readonly number[]): StableValue {
    const ranges = starts.map((start, axis) => {
      const end = start + (shape[axis]! - 1) * steps[axis]! + 1;
      return `${start}:${end}${steps[axis] === 1 ? "" : `:${steps[axis]}`}`;
    });
    return this.#moved(`slice ${x.text} [${ranges.join(", ")}]`, [x], shape, x.kind);
  }

  reverse(x: StableValue, axes: readonly number[]): StableValue {
    return this.#made(`reverse ${x.text}, dims = ${list(axes)}`, x.shape, x.kind);
  }

  pad(
    x: StableValue,
    low: readonly number[],
    high: readonly number[],
    between: readonly number[],
  ): StableValue {
    const zero = this.full(0, []);
    const shape = x.shape.map(
      (length, axis) => low[axis]! + length + (length - 1) * between[axis]! + high[axis]!,
    );
    const widths = `low = ${list(low)}, high = ${list(high)}, interior = ${list(between)}`;
    return this.#moved(`pad ${x.text}, ${zero.text}, ${widths}`, [x, zero], shape);
  }

  concatenate(parts: readonly StableValue[], axis: number): StableValue {
    const length = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    const names = parts.map(({ text }) => text).join(", ");
    return this.#moved(`concatenate ${names}, dim = ${axis}`, parts, parts[0]!.shape.with(axis, length));
  }

  reduce(by: "add" | "maximum" | "minimum", x: StableValue, axes: readonly number[]): StableValue {
    const first = this.full({ add: 0, maximum: -Infinity, minimum: Infinity }[by], []);
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    const text = `reduce(${x.text} init: ${first.text}) applies stablehlo.${by} across dimensions = ${list(axes)}`;
    return this.#moved(text, [x, first], shape);
  }

  dot(a: StableValue, b: StableValue): StableValue {
    const rank = a.shape.length;
    const batch = list(range(0, rank - 2));
    const dims = `batching_dims = ${batch} x ${batch}, contracting_dims = [${rank - 1}] x [${rank - 2}]`;
    const [x, y] = this.#isBf16 ? [this.#rounded(a), this.#rounded(b)] : [a.text, b.text];
    const { writer } = this;
    const element = this.#isBf16 ? "bf16" : writer.dtype;
    const given = [a, b].map(({ shape }) => writer.typeOf(shape, element)).join(", ");
    const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
    const own = rank === 2 ? dims.replace(/^.*?, (?=contr)/, "") : dims;
    const text = `stablehlo.dot_general ${x}, ${y}, ${own}, precision = [HIGHEST, HIGHEST]`;
    return writer.value(`${text} : (${given}) -> ${writer.typeOf(shape, writer.dtype)}`, shape);
  }

  #rounded(x: StableValue): string {
    const types = `(${this.writer.type(x)}) -> ${this.writer.typeOf(x.shape, "bf16")}`;
    return this.writer.value(`stablehlo.convert ${x.text} : ${types}`, x.shape).text;
  }

  gather(x: StableValue, indices: StableValue, axis: number, batch: number): StableValue {
    if (batch > 0) return this.#gatherInBatches(x, indices, axis, batch);
    const inner = indices.shape.length;
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    const offsets = [...range(0, axis), ...range(axis + inner, shape.length)];
    const numbers =
      `#stablehlo.gather<offset_dims = ${list(offsets)}, collapsed_slice_dims = [${axis}], ` +
      `start_index_map = [${axis}], index_vector_dim = ${inner}>`;
    const sizes = `array<i64: ${x.shape.with(axis, 1).join(", ")}>`;
    const { writer } = this;
    const types = `(${writer.type(x)}, ${writer.type(indices)}) -> ${writer.typeOf(shape, writer.dtype)}`;
    return writer.value(
      `"stablehlo.gather"(${x.text}, ${indices.text}) <{dimension_numbers = ${numbers}, slice_sizes = ${sizes}, ` +
        `indices_are_sorted = false}> : ${types}`,
      shape,
    );
  }

  /** Each batch's rows one after the other, so that one index says which of all. */
  #gatherInBatches(x: StableValue, indices: StableValue, axis: number, batch: number): StableValue {
    const rank = x.shape.length;
    const [count, length] = [sizeOf(x.shape.slice(0, batch)), x.shape[axis]!];
    const order = [...range(0, batch), axis, ...range(batch, axis), ...range(axis + 1, rank)];
    const moved = this.transpose(x, order);
    const rows = this.reshape(moved, [count * length, ...moved.shape.slice(batch + 1)]);
    const found = this.gather(rows, this.#inRows(indices, batch, count, length), 0, 0);
    const inner = indices.shape.length - batch;
    const before = axis - batch;
    const back = [
      ...range(0, batch),
      ...range(batch + inner, batch + inner + before),
      ...range(batch, batch + inner),
      ...range(batch + inner + before, found.shape.length),
    ];
    return this.transpose(found, back);
  }

  #inRows(indices: StableValue, batch: number, count: number, length: number): StableValue {
    const { writer } = this;
    const type = writer.typeOf([count], "i32");
    const number = writer.value(`stablehlo.iota dim = 0 : ${type}`, [count], "index");
    const factor = writer.value(`stablehlo.constant dense<${length}> : ${type}`, [count], "index");
    const starts = this.#made(`multiply ${number.text}, ${factor.text}`, [count], "index");
    const shaped = this.reshape(starts, indices.shape.slice(0, batch));
    const spread = this.broadcast(shaped, indices.shape, range(batch, indices.shape.length));
    return this.#made(`add ${indices.text}, ${spread.text}`, indices.shape, "index");
  }

  scatterAdd(
    values: StableValue,
    indices: StableValue,
    axis: number,
    batch: number,
    shape: Shape,
  ): StableValue {
    const inner = indices.shape.length - batch;
    if (batch > 0) {
      const [count, length] = [sizeOf(shape.slice(0, batch)), shape[axis]!];
      const rank = values.shape.length;
      const order = [
        ...range(0, batch),
        ...range(axis, axis + inner),
        ...range(batch, axis),
        ...range(axis + inner, rank),
      ];
      const rest = [...shape.slice(batch, axis), ...shape.slice(axis + 1)];
      const at = this.#inRows(indices, batch, count, length);
      const sums = this.scatterAdd(this.transpose(values, order), at, 0, 0, [count * length, ...rest]);
      const parted = this.reshape(sums, [...shape.slice(0, batch), length, ...rest]);
      const before = axis - batch;
      return this.transpose(parted, [
        ...range(0, batch),
        ...range(batch + 1, batch + 1 + before),
        batch,
        ...range(batch + 1 + before, shape.length),
      ]);
    }
    const zeros = this.full(0, shape);
    const windows = [...range(0, axis), ...range(axis + inner, values.shape.length)];
    const numbers =
      `#stablehlo.scatter<update_window_dims = ${list(windows)}, inserted_window_dims = [${axis}], ` +
      `scatter_dims_to_operand_dims = [${axis}], index_vector_dim = ${inner}>`;
    const { writer } = this;
    const scalar = writer.typeOf([], writer.dtype);
    const types = `(${[zeros, indices, values].map((one) => writer.type(one)).join(", ")}) -> ${writer.type(zeros)}`;
    const [a, b, sum] = [writer.fresh(), writer.fresh(), writer.fresh()];
    return writer.value(
      `"stablehlo.scatter"(${zeros.text}, ${indices.text}, ${values.text}) <{scatter_dimension_numbers = ${numbers}, ` +
        `indices_are_sorted = false, unique_indices = false}> ({ ^bb0(${a}: ${scalar}, ${b}: ${scalar}): ` +
        `${sum} = stablehlo.add ${a}, ${b} : ${scalar} stablehlo.return ${sum} : ${scalar} }) : ${types}`,
      shape,
    );
  }

  loop(spec: LoopSpec<StableValue>, body: (inputs: LoopInputs<StableValue>) => StableValue): StableValue {
    const { writer } = this;
    const { length, last, reverse, carry } = spec;
    const whole = (value: number) =>
      writer.value(`stablehlo.constant dense<${value}> : tensor<i32>`, [], "index");
    const [zero, one, end] = [whole(0), whole(1), whole(length)];
    const start = last ? [zero, carry] : [zero, carry, this.full(0, [length, ...carry.shape])];
    const names = start.map(() => writer.fresh());
    const types = start.map((value) => writer.type(value)).join(", ");
    const result = writer.fresh();
    const given = names.map((name, i) => `${name} = ${start[i]!.text}`).join(", ");
    writer.line(`${result}:${start.length} = stablehlo.while(${given}) : ${types} cond {`);
    writer.indented(1);
    const at: StableValue = { text: names[0]!, shape: [], kind: "index" };
    const types2 = "(tensor<i32>, tensor<i32>) -> tensor<i1>";
    const goes = writer.value(
      `stablehlo.compare LT, ${at.text}, ${end.text}, SIGNED : ${types2}`,
      [],
      "truth",
    );
    writer.line(`stablehlo.return ${goes.text} : tensor<i1>`);
    writer.indented(-1);
    writer.line("} do {");
    writer.indented(1);
    const final = reverse ? whole(length - 1) : at;
    const row = reverse ? this.#made(`subtract ${final.text}, ${at.text}`, [], "index") : at;
    const rows = spec.rows.map((x) => {
      const sizes = x.shape.with(0, 1);
      const starts = [row.text, ...x.shape.slice(1).map(() => zero.text)].join(", ");
      const indices = x.shape.map(() => zero);
      const taken = this.#moved(
        `dynamic_slice ${x.text}, ${starts}, sizes = ${list(sizes)}`,
        [x, ...indices],
        sizes,
      );
      return this.reshape(taken, x.shape.slice(1));
    });
    const next = body({ carry: { ...carry, text: names[1]! }, rows, step: this.toNumber(row) });
    const after = this.#made(`add ${at.text}, ${one.text}`, [], "index");
    const returned = [after, next];
    if (!last) {
      const history: StableValue = { ...start[2]!, text: names[2]! };
      const part = this.reshape(next, [1, ...carry.shape]);
      const starts = [row, ...carry.shape.map(() => zero)];
      const text = [history, part, ...starts].map((value) => value.text).join(", ");
      returned.push(this.#moved(`dynamic_update_slice ${text}`, [history, part, ...starts], history.shape));
    }
    writer.line(`stablehlo.return ${returned.map(({ text }) => text).join(", ")} : ${types}`);
    writer.indented(-1);
    writer.line("}");
    return { ...start[last ? 1 : 2]!, text: `${result}#${last ? 1 : 2}` };
  }

  /** An operation of one type. */
  #made(operation: string, shape: Shape, kind: StableValue["kind"] = "number"): StableValue {
    const type = this.writer.typeOf(shape, this.writer.elementOf(kind));
    return this.writer.value(`stablehlo.${operation} : ${type}`, shape, kind);
  }

  /** An operation whose result has a type of its own. */
  #moved(
    operation: string,
    operands: readonly StableValue[],
    shape: Shape,
    kind: StableValue["kind"] = "number",
  ): StableValue {
    const given = operands.map((one) => this.writer.type(one)).join(", ");
    const type = this.writer.typeOf(shape, this.writer.elementOf(kind));
    return this.writer.value(`stablehlo.${operation} : (${given}) -> ${type}`, shape, kind);
  }
}
