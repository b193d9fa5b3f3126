/** The primitives as Python source on jax.numpy and jax.lax. */
import type { Node, Shape } from "../../../graph/index.js";
import type { Comparison } from "../../../graph/internal.js";
import type { BinaryFunction, Dialect, LoopInputs, LoopSpec, UnaryFunction } from "../lowering/dialect.js";
import type { JaxModule } from "./module.js";
import { nativeOf } from "./natives.js";
import { aligned, atom, levels, numberText, type PythonValue, tuple, wrapped } from "./values.js";

const unaryNames: { readonly [F in UnaryFunction]?: string } = {
  ...{ asin: "arcsin", acos: "arccos", atan: "arctan", asinh: "arcsinh", acosh: "arccosh", atanh: "arctanh" },
};
const binaryNames: { readonly [F in BinaryFunction]?: string } = { atan2: "arctan2", remainder: "fmod" };

const operators: { readonly [F in BinaryFunction]?: readonly [sign: string, level: number] } = {
  add: ["+", levels.add],
  subtract: ["-", levels.add],
  multiply: ["*", levels.multiply],
  divide: ["/", levels.multiply],
};

const comparisons: { readonly [C in Comparison]: string } = {
  ...{ greater: ">", greaterEqual: ">=", less: "<", lessEqual: "<=", equal: "==", notEqual: "!=" },
};

/** An expression that is used once stands where it is used, up to this length. */
const longest = 60;

export class JaxDialect implements Dialect<PythonValue> {
  readonly target = "JAX";
  readonly module: JaxModule;

  constructor(module: JaxModule) {
    this.module = module;
  }

  has(): boolean {
    return true;
  }

  native(node: Node, shapes: readonly Shape[]) {
    return nativeOf(this, node, shapes);
  }

  /** Ops of several instructions are functions of the module, named like the op. */
  call(
    name: string,
    operands: readonly PythonValue[],
    write: (given: readonly PythonValue[]) => PythonValue,
  ) {
    const letters = operands.map((_, i) => "abc"[i]!);
    const given = letters.map((letter) => atom(letter, []));
    const own = this.module.functionOf(name, letters, this.#solid(write(given)).text);
    const { texts, shape } = this.#spread(operands);
    return atom(`${own}(${texts.map(({ text }) => text).join(", ")})`, shape);
  }

  bind(value: PythonValue, { uses, label }: { readonly uses: number; readonly label?: string | undefined }) {
    const isName = /^\w+$/.test(value.text);
    if (value.isLiteral || (isName && label === undefined)) return value;
    if (uses < 2 && label === undefined && value.text.length <= longest) return value;
    const name = this.module.assign(label, value.text);
    return { ...value, text: name, level: levels.atom };
  }

  constant(values: Float64Array, shape: Shape) {
    return atom(this.module.constant(values, shape), shape);
  }

  full(value: number, shape: Shape): PythonValue {
    const text = numberText(value);
    return {
      ...atom(text, shape),
      isLiteral: true,
      level: text.startsWith("-") ? levels.unary : levels.atom,
    };
  }

  iota(length: number) {
    return atom(`jnp.arange(${length}, dtype=dtype)`, [length]);
  }

  unary(f: UnaryFunction, x: PythonValue): PythonValue {
    const { texts, shape } = this.#spread([x]);
    if (f === "negative")
      return { ...atom(`-${wrapped(texts[0]!, levels.unary)}`, shape), level: levels.unary };
    return atom(`jnp.${unaryNames[f] ?? f}(${texts[0]!.text})`, shape);
  }

  binary(f: BinaryFunction, a: PythonValue, b: PythonValue): PythonValue {
    const operator = operators[f];
    if (operator) return this.#infix(operator[0], operator[1], a, b, "number");
    const { texts, shape } = this.#spread([a, b]);
    return atom(`jnp.${binaryNames[f] ?? f}(${texts[0]!.text}, ${texts[1]!.text})`, shape);
  }

  compare(comparison: Comparison, a: PythonValue, b: PythonValue) {
    return this.#infix(comparisons[comparison], levels.compare, a, b, "truth");
  }

  and(a: PythonValue, b: PythonValue) {
    return this.#infix("&", levels.and, a, b, "truth");
  }

  or(a: PythonValue, b: PythonValue) {
    return this.#infix("|", levels.or, a, b, "truth");
  }

  not(x: PythonValue): PythonValue {
    return { ...x, text: `~${wrapped(x, levels.unary)}`, level: levels.unary };
  }

  select(truth: PythonValue, a: PythonValue, b: PythonValue) {
    const given = a.isLiteral && b.isLiteral ? this.#scalar(a) : a;
    const { texts, shape } = this.#spread([truth, given, b]);
    return atom(`jnp.where(${texts.map(({ text }) => text).join(", ")})`, shape);
  }

  toNumber(x: PythonValue) {
    const solid = this.#solid(x);
    return atom(`${wrapped(solid, levels.atom)}.astype(dtype)`, x.shape);
  }

  toIndex(x: PythonValue) {
    const solid = this.#solid(x);
    return atom(`${wrapped(solid, levels.atom)}.astype(jnp.int32)`, x.shape, "index");
  }

  reshape(x: PythonValue, shape: Shape) {
    if (x.isLiteral) return { ...x, shape };
    return atom(`jnp.reshape(${this.text(x)}, ${tuple(shape)})`, shape, x.kind);
  }

  transpose(x: PythonValue, axes: readonly number[]) {
    const shape = axes.map((axis) => x.shape[axis]!);
    if (x.isLiteral) return { ...x, shape };
    const solid = this.#solid(x);
    if (axes.length === 2 && axes[0] === 1) return atom(`${wrapped(solid, levels.atom)}.T`, shape, x.kind);
    return atom(`jnp.transpose(${solid.text}, ${tuple(axes)})`, shape, x.kind);
  }

  broadcast(x: PythonValue, shape: Shape, axes: readonly number[]): PythonValue {
    if (x.isLiteral) return { ...x, shape };
    const { text, level, kind } = this.#solid(x);
    return { text, level, kind, shape, axes };
  }

  slice(x: PythonValue, starts: readonly number[], shape: Shape, steps: readonly number[]) {
    const index = starts.map((start, axis) => {
      const [length, step] = [x.shape[axis]!, steps[axis]!];
      const end = start + (shape[axis]! - 1) * step + 1;
      if (start === 0 && step === 1 && end === length) return ":";
      return `${start === 0 ? "" : start}:${end === length ? "" : end}${step === 1 ? "" : `:${step}`}`;
    });
    while (index.at(-1) === ":") index.pop();
    if (x.isLiteral) return { ...x, shape };
    if (index.length === 0) return x;
    return atom(`${wrapped(this.#solid(x), levels.atom)}[${index.join(", ")}]`, shape, x.kind);
  }

  reverse(x: PythonValue, axes: readonly number[]) {
    if (x.isLiteral) return x;
    return atom(`jnp.flip(${this.text(x)}, ${tuple(axes)})`, x.shape, x.kind);
  }

  pad(x: PythonValue, low: readonly number[], high: readonly number[], between: readonly number[]) {
    const shape = x.shape.map(
      (length, axis) => low[axis]! + length + (length - 1) * between[axis]! + high[axis]!,
    );
    if (between.every((count) => count === 0)) {
      const widths = low.map((count, axis) => `(${count}, ${high[axis]})`);
      return atom(`jnp.pad(${this.text(x)}, ${tuple(widths)})`, shape);
    }
    const widths = low.map((count, axis) => `(${count}, ${high[axis]}, ${between[axis]})`);
    return atom(`lax.pad(${this.text(x)}, jnp.zeros((), dtype), ${tuple(widths)})`, shape);
  }

  concatenate(parts: readonly PythonValue[], axis: number) {
    const length = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    const list = parts.map((part) => this.text(part)).join(", ");
    return atom(
      `jnp.concatenate([${list}]${axis === 0 ? "" : `, axis=${axis}`})`,
      parts[0]!.shape.with(axis, length),
    );
  }

  reduce(by: "add" | "maximum" | "minimum", x: PythonValue, axes: readonly number[]) {
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    const along = axes.length === x.shape.length ? "" : `, axis=${axes.length === 1 ? axes[0] : tuple(axes)}`;
    const name = { add: "sum", maximum: "max", minimum: "min" }[by];
    return atom(`jnp.${name}(${this.text(x)}${along})`, shape);
  }

  dot(a: PythonValue, b: PythonValue) {
    const own = this.module.helper("matmul");
    return atom(`${own}(${this.text(a)}, ${this.text(b)})`, [...a.shape.slice(0, -1), b.shape.at(-1)!]);
  }

  gather(x: PythonValue, indices: PythonValue, axis: number, batch: number) {
    const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batch), ...x.shape.slice(axis + 1)];
    if (batch === 0) {
      const along = axis === 0 ? "0" : String(axis);
      return atom(`jnp.take(${this.text(x)}, ${this.text(indices)}, axis=${along})`, shape);
    }
    this.module.helper("batch_grid");
    const own = this.module.helper("gather");
    return atom(`${own}(${this.text(x)}, ${this.text(indices)}, ${axis}, ${batch})`, shape);
  }

  scatterAdd(values: PythonValue, indices: PythonValue, axis: number, batch: number, shape: Shape) {
    if (batch === 0 && axis === 0) {
      const text = `jnp.zeros(${tuple(shape)}, dtype).at[${this.text(indices)}].add(${this.text(values)})`;
      return atom(text, shape);
    }
    this.module.helper("batch_grid");
    const own = this.module.helper("scatter_add");
    const sizes = `${axis}, ${batch}, ${tuple(shape)}`;
    return atom(`${own}(${this.text(values)}, ${this.text(indices)}, ${sizes})`, shape);
  }

  loop(spec: LoopSpec<PythonValue>, body: (inputs: LoopInputs<PythonValue>) => PythonValue) {
    const { length, last, reverse } = spec;
    const { module } = this;
    const [name, carry, step] = [module.fresh("step"), module.fresh("carry"), module.fresh("i")];
    const rows = spec.rows.map(() => module.fresh("row"));
    const xs = rows.length === 0 ? step : `xs`;
    module.open(`def ${name}(${carry}, ${xs}):`);
    if (rows.length > 0) module.line(`${[...rows, step].join(", ")} = xs`);
    const next = this.text(
      body({
        carry: atom(carry, spec.carry.shape),
        rows: spec.rows.map(({ shape }, i) => atom(rows[i]!, shape.slice(1))),
        step: atom(step, []),
      }),
    );
    const given = last ? next : module.assign("next", next);
    module.line(`return ${given}, ${last ? "None" : given}`);
    module.close();
    const counts = `jnp.arange(${length}, dtype=dtype)`;
    const over =
      rows.length === 0 ? counts : `(${[...spec.rows.map((row) => this.text(row)), counts].join(", ")})`;
    const backwards = reverse ? ", reverse=True" : "";
    const result = module.fresh(last ? "last" : "history");
    const call = `lax.scan(${name}, ${this.text(spec.carry)}, ${over}${backwards})`;
    module.line(last ? `${result}, _ = ${call}` : `_, ${result} = ${call}`);
    return atom(result, last ? spec.carry.shape : [length, ...spec.carry.shape]);
  }

  /** The text of a value that has its shape by itself. */
  text(x: PythonValue): string {
    return this.#solid(x).text;
  }

  #solid(x: PythonValue): PythonValue {
    if (x.isLiteral) return atom(`jnp.full(${tuple(x.shape)}, ${x.text}, dtype)`, x.shape);
    if (!x.axes) return x;
    return atom(`jnp.broadcast_to(${aligned(x).text}, ${tuple(x.shape)})`, x.shape, x.kind);
  }

  /** A literal with the export's dtype, of whatever shape. */
  #scalar(x: PythonValue): PythonValue {
    return { ...atom(`jnp.asarray(${x.text}, dtype)`, x.shape), axes: [...x.shape.keys()] };
  }

  /** The operands of an elementwise expression, of which one at least has the shape of the result. */
  #spread(operands: readonly PythonValue[]): {
    readonly texts: readonly PythonValue[];
    readonly shape: Shape;
  } {
    const { shape } = operands[0]!;
    const isWhole = ({ isLiteral, axes }: PythonValue) => !isLiteral && !axes;
    const first = operands.some(isWhole)
      ? -1
      : Math.max(
          0,
          operands.findIndex(({ isLiteral }) => !isLiteral),
        );
    const texts = operands.map((one, i) => (i === first ? this.#solid(one) : aligned(one)));
    return { texts, shape };
  }

  #infix(sign: string, level: number, a: PythonValue, b: PythonValue, kind: "number" | "truth"): PythonValue {
    const { texts, shape } = this.#spread([a, b]);
    const left = wrapped(texts[0]!, level === levels.compare ? level + 1 : level);
    return { text: `${left} ${sign} ${wrapped(texts[1]!, level + 1)}`, level, shape, kind };
  }
}
