/** The primitives as C99: a loop for each tensor that is kept, an expression for what is read once. */
import type { Node, Shape } from "../../../graph/index.js";
import { type Comparison, sizeOf } from "../../../graph/internal.js";
import type {
  BinaryFunction,
  Dialect,
  LoopInputs,
  LoopSpec,
  UnaryFunction,
  Value,
} from "../lowering/dialect.js";
import { CArrays } from "./arrays.js";
import type { CModule } from "./module.js";
import { nativeOf } from "./natives.js";
import { buffersOf, type CValue, elementwise, flatValue, inner, local, moved, operand } from "./values.js";

const unaryNames: { readonly [F in UnaryFunction]?: string } = { abs: "fabs", round: "rint" };
const binaryNames: { readonly [F in BinaryFunction]?: string } = { power: "pow", remainder: "fmod" };

const operators: { readonly [F in BinaryFunction]?: string } = {
  ...{ add: "+", subtract: "-", multiply: "*", divide: "/" },
};

const comparisons: { readonly [C in Comparison]: string } = {
  ...{ greater: ">", greaterEqual: ">=", less: "<", lessEqual: "<=", equal: "==", notEqual: "!=" },
};

/** An expression that is used once stands where it is used, up to this length. */
const longest = 60;

export class CDialect extends CArrays implements Dialect<CValue> {
  readonly target = "C";
  readonly #inputs: readonly string[];

  constructor(module: CModule, inputs: readonly string[]) {
    super(module);
    this.#inputs = inputs;
  }

  has(): boolean {
    return true;
  }

  native(node: Node, shapes: readonly Shape[]) {
    return nativeOf(this, node, shapes);
  }

  call(name: string, operands: readonly CValue[], write: (given: readonly CValue[]) => CValue): CValue {
    const { module } = this;
    const letters = operands.map((_, i) => "abc"[i]!);
    const given = letters.map((letter) => local(letter, [], "number"));
    const body = inner(write(given).at([]));
    const used = [...letters.keys()].filter((i) => new RegExp(`\\b${letters[i]}\\b`).test(body));
    const parameters = used.map((i) => `${module.real} ${letters[i]}`).join(", ");
    const own = module.define(
      /^[A-Za-z]\w*$/.test(name) ? name : "function",
      (called) => `static ${module.real} ${called}(${parameters}) {\n  return ${body};\n}\n`,
    );
    return elementwise(
      operands,
      "number",
      (texts) => `${own}(${used.map((i) => inner(texts[i]!)).join(", ")})`,
    );
  }

  bind(value: CValue, { uses }: { readonly uses: number }): CValue {
    if (value.isPlain) return value;
    const text = value.at(value.shape.map(() => "i0"));
    const isCheap = text.length <= longest && !/\w\(/.test(text);
    return uses < 2 && isCheap ? value : this.kept(value);
  }

  input(index: number, shape: Shape): CValue {
    const name = this.#inputs[index]!;
    if (shape.length === 0) return local(name, shape, "number");
    return flatValue((place) => `${name}[${place}]`, {
      ...{ shape, kind: "number", isPlain: true, isArray: true, buffers: [] },
    });
  }

  /** Where an output goes. */
  output(name: string, shape: Shape): CValue {
    return flatValue((place) => (shape.length === 0 ? `*${name}` : `${name}[${place}]`), {
      ...{ shape, kind: "number", isPlain: true, buffers: [] },
    });
  }

  constant(values: Float64Array, shape: Shape): CValue {
    if (values.length <= 1) return this.full(values[0] ?? 0, shape);
    const name = this.module.array(values);
    return flatValue((place) => `${name}[${place}]`, {
      ...{ shape, kind: "number", isPlain: true, isArray: true, buffers: [] },
    });
  }

  iota(length: number): CValue {
    const { real } = this.module;
    return flatValue((place) => `(${real})${operand(place)}`, {
      ...{ shape: [length], kind: "number", isPlain: true, buffers: [] },
    });
  }

  unary(f: UnaryFunction, x: CValue): CValue {
    if (f === "negative") return elementwise([x], "number", ([text]) => `(-${text})`);
    const name = f === "sign" ? this.helper("sign") : this.module.library(unaryNames[f] ?? f);
    return elementwise([x], "number", ([text]) => `${name}(${inner(text!)})`);
  }

  binary(f: BinaryFunction, a: CValue, b: CValue): CValue {
    const operator = operators[f];
    if (operator) return this.#infix(operator, a, b, "number");
    const name =
      f === "maximum" || f === "minimum" ? this.helper(f) : this.module.library(binaryNames[f] ?? f);
    return elementwise([a, b], "number", ([x, y]) => `${name}(${inner(x!)}, ${inner(y!)})`);
  }

  compare(comparison: Comparison, a: CValue, b: CValue): CValue {
    return this.#infix(comparisons[comparison], a, b, "truth");
  }

  and(a: CValue, b: CValue): CValue {
    return this.#infix("&&", a, b, "truth");
  }

  or(a: CValue, b: CValue): CValue {
    return this.#infix("||", a, b, "truth");
  }

  not(x: CValue): CValue {
    return elementwise([x], "truth", ([text]) => `(!${text})`);
  }

  select(truth: CValue, a: CValue, b: CValue): CValue {
    return elementwise([truth, a, b], "number", ([t, x, y]) => `(${t} ? ${x} : ${y})`);
  }

  toNumber(x: CValue): CValue {
    return this.select(x, this.full(1, x.shape), this.full(0, x.shape));
  }

  toIndex(x: CValue): CValue {
    return { ...elementwise([x], "index", ([text]) => `(size_t)${text}`), isPlain: x.isPlain };
  }

  reshape(x: CValue, shape: Shape): CValue {
    if (sizeOf(shape) === 0) return this.full(0, shape);
    const alone = sizeOf(shape) === 1 ? { flat: () => x.at(x.shape.map(() => "0")) } : {};
    const { flat, ...about } = x.flat ? x : { ...x, ...alone };
    return flat ? flatValue(flat, { ...about, shape }) : this.reshape(this.kept(x), shape);
  }

  transpose(x: CValue, axes: readonly number[]): CValue {
    const places = (given: readonly string[]) => x.shape.map((_, axis) => given[axes.indexOf(axis)]!);
    return this.seen(
      x,
      axes.map((axis) => x.shape[axis]!),
      places,
    );
  }

  broadcast(x: CValue, shape: Shape, axes: readonly number[]): CValue {
    const given = this.plain(x);
    const seen = this.seen(given, shape, (places) => places.filter((_, axis) => !axes.includes(axis)));
    const whole = given.shape.length === 0 ? { flat: () => given.at([]) } : {};
    return { ...seen, ...whole };
  }

  slice(x: CValue, starts: readonly number[], shape: Shape, steps: readonly number[]): CValue {
    return this.seen(x, shape, (places) =>
      places.map((place, axis) => moved(place, starts[axis]!, steps[axis]!)),
    );
  }

  reverse(x: CValue, axes: readonly number[]): CValue {
    return this.seen(x, x.shape, (places) =>
      places.map((place, axis) => (axes.includes(axis) ? moved(place, x.shape[axis]! - 1, -1) : place)),
    );
  }

  pad(x: CValue, low: readonly number[], high: readonly number[], between: readonly number[]): CValue {
    const steps = between.map((count) => count + 1);
    const shape = x.shape.map((length, axis) => low[axis]! + (length - 1) * steps[axis]! + 1 + high[axis]!);
    return this.spread(x, shape, low, steps);
  }

  concatenate(parts: readonly CValue[], axis: number): CValue {
    const length = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    const whole = this.fresh(parts[0]!.shape.with(axis, length));
    let start = 0;
    for (const part of parts) {
      const from = start;
      const own = (places: readonly string[]) => places.with(axis, moved(places[axis]!, from, 1));
      this.write(this.seen(whole, part.shape, own), part);
      start += part.shape[axis]!;
    }
    return whole;
  }

  reduce(by: "add" | "maximum" | "minimum", x: CValue, axes: readonly number[]): CValue {
    const { module } = this;
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    const target = shape.length === 0 ? undefined : this.fresh(shape);
    // −0 and a number make that number, of whatever sign.
    const first = { add: -0, maximum: Number.NEGATIVE_INFINITY, minimum: Number.POSITIVE_INFINITY }[by];
    const helper = by === "add" ? undefined : this.helper(by);
    const sum = module.fresh("r");
    const add = (text: string) =>
      module.line(helper ? `${sum} = ${helper}(${sum}, ${inner(text)});` : `${sum} += ${inner(text)};`);
    module.use(buffersOf(target ? [x, target] : [x]));
    this.each(shape, (outer) => {
      module.line(`${module.real} ${sum} = ${inner(module.number(first))};`);
      if (x.flat && shape.length === 0) this.each([sizeOf(x.shape)], ([place]) => add(x.flat!(place!)));
      else {
        this.each(
          axes.map((axis) => x.shape[axis]!),
          (reduced) => {
            const rest = outer.values();
            add(x.at(x.shape.map((_, axis) => reduced[axes.indexOf(axis)] ?? rest.next().value!)));
          },
        );
      }
      if (target) module.line(`${target.at(outer)} = ${sum};`);
    });
    return target ?? local(sum, [], "number");
  }

  dot(given: CValue, other: CValue): CValue {
    const [a, b] = [this.plain(given), this.plain(other)];
    const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
    const whole = this.fresh(shape);
    this.write(whole, this.full(-0, shape));
    this.module.use(buffersOf([a, b, whole]));
    const [n, k] = [shape.at(-1)!, a.shape.at(-1)!];
    this.each([...shape.slice(0, -1), k, n], (places) => {
      const batch = places.slice(0, -3);
      const [i, l, j] = places.slice(-3) as [string, string, string];
      const product = `${a.at([...batch, i, l])} * ${b.at([...batch, l, j])}`;
      this.module.line(`${whole.at([...batch, i, j])} += ${product};`);
    });
    return whole;
  }

  gather(given: CValue, indices: CValue, axis: number, batch: number): CValue {
    const x = this.plain(given);
    const count = indices.shape.length - batch;
    const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batch), ...x.shape.slice(axis + 1)];
    return {
      shape,
      kind: x.kind,
      at: (places) => {
        const index = indices.at([...places.slice(0, batch), ...places.slice(axis, axis + count)]);
        return x.at([...places.slice(0, axis), index, ...places.slice(axis + count)]);
      },
      isPlain: false,
      buffers: buffersOf([x, indices]),
    };
  }

  scatterAdd(values: CValue, indices: CValue, axis: number, batch: number, shape: Shape): CValue {
    const whole = this.zeros(shape);
    const count = indices.shape.length - batch;
    this.add(
      whole,
      values,
      (places) => {
        const index = indices.at([...places.slice(0, batch), ...places.slice(axis, axis + count)]);
        return [...places.slice(0, axis), index, ...places.slice(axis + count)];
      },
      indices,
    );
    return whole;
  }

  loop(spec: LoopSpec<CValue>, body: (inputs: LoopInputs<CValue>) => CValue): CValue {
    const { module } = this;
    const { length, reverse, last } = spec;
    const { shape } = spec.carry;
    const rows = spec.rows.map((row) => this.plain(row));
    const history = last ? undefined : this.fresh([length, ...shape]);
    const carry = this.variable(spec.carry);
    const [count, row] = [module.fresh("n"), module.fresh("s")];
    module.open(`for (size_t ${count} = 0; ${count} < ${length}; ${count}++)`);
    module.line(`const size_t ${row} = ${reverse ? `${length - 1} - ` : ""}${count};`, row);
    const rowOf = (x: CValue) => this.seen(x, x.shape.slice(1), (places) => [row, ...places]);
    const step = local(`(${module.real})${row}`, [], "number");
    const next = body({ carry, rows: rows.map(rowOf), step });
    // All of the next one is computed before any of the old one is lost.
    const kept = history ? rowOf(history) : this.kept(next);
    if (history) this.write(kept, next);
    this.write(carry, kept);
    module.close();
    return history ?? carry;
  }

  #infix(sign: string, a: CValue, b: CValue, kind: Value["kind"]): CValue {
    return elementwise([a, b], kind, ([x, y]) => `(${x} ${sign} ${y})`);
  }
}
