/** Tensors in arrays: what is kept, what is read in another order, loops over places. */
import type { Shape } from "../../../graph/index.js";
import { sizeOf } from "../../../graph/internal.js";
import type { CModule } from "./module.js";
import { buffersOf, type CValue, elementwise, flatValue, inner, local, moved } from "./values.js";

/** Functions that C has otherwise: NaN isn't the lesser one, and 0 is more than −0. */
const helpers = {
  sign: "(x) => x > 0 ? 1 : x < 0 ? -1 : x",
  maximum: "(x, y) => x != x ? x : y != y ? y : x > y ? x : x < y ? y : signbit(x) ? y : x",
  minimum: "(x, y) => x != x ? x : y != y ? y : x < y ? x : x > y ? y : signbit(x) ? x : y",
} as const;

export class CArrays {
  readonly module: CModule;

  constructor(module: CModule) {
    this.module = module;
  }

  full(value: number, shape: Shape): CValue {
    return local(this.module.number(value), shape, "number");
  }

  zeros(shape: Shape): CValue {
    const whole = this.fresh(shape);
    this.write(whole, this.full(0, shape));
    return whole;
  }

  /** Zeros but for the elements of a box, whose steps may be negative. */
  spread(x: CValue, shape: Shape, starts: readonly number[], steps: readonly number[]): CValue {
    const whole = this.zeros(shape);
    const box = this.seen(whole, x.shape, (places) =>
      places.map((place, axis) => moved(place, starts[axis]!, steps[axis]!)),
    );
    this.write(box, x);
    return whole;
  }

  /** Adds each element to one of a tensor, whose place is of that of the element. */
  add(
    whole: CValue,
    x: CValue,
    places: (of: readonly string[]) => readonly string[],
    ...others: readonly CValue[]
  ): void {
    this.module.use(buffersOf([whole, x, ...others]));
    this.each(x.shape, (own) => this.module.line(`${whole.at(places(own))} += ${inner(x.at(own))};`));
  }

  /** What may be read any number of times: itself where it is that, else kept. */
  plain(x: CValue): CValue {
    return x.isPlain ? x : this.kept(x);
  }

  /** A value computed once, under a name. */
  kept(x: CValue): CValue {
    const { shape, kind } = x;
    if (sizeOf(shape) === 0) return this.full(0, shape);
    if (x.isPlain && (x.isArray || shape.length === 0)) return x;
    if (shape.length === 0) {
      const type = { number: this.module.real, truth: "int", index: "size_t" }[kind];
      const name = this.module.fresh("s");
      this.module.use(x.buffers);
      this.module.line(`const ${type} ${name} = ${inner(x.at([]))};`, name);
      return local(name, shape, kind);
    }
    const whole = this.fresh(shape);
    this.write(whole, x);
    if (kind === "number") return whole;
    const read = (text: string) => (kind === "truth" ? `(${text} != 0)` : `(size_t)${text}`);
    return { ...elementwise([whole], kind, ([text]) => read(text!)), isPlain: true };
  }

  /** A copy that changes. */
  protected variable(x: CValue): CValue {
    const { module } = this;
    if (x.shape.length > 0) {
      const whole = this.fresh(x.shape);
      this.write(whole, x);
      return whole;
    }
    const name = module.fresh("v");
    module.use(x.buffers);
    module.line(`${module.real} ${name} = ${inner(x.at([]))};`);
    return local(name, [], "number");
  }

  /** An array of the workspace, whose elements aren't anything yet. */
  protected fresh(shape: Shape): CValue {
    const buffer = this.module.buffer(sizeOf(shape));
    return flatValue((place) => `${buffer.name}[${place}]`, {
      ...{ shape, kind: "number", isPlain: true, isArray: true, buffers: [buffer] },
    });
  }

  /** Puts the elements of one tensor where those of another are. */
  write(target: CValue, x: CValue): void {
    if (sizeOf(x.shape) === 0) return;
    const { module } = this;
    module.use(buffersOf([target, x]));
    const { flat } = target;
    if (flat && x.flat && target.shape.length > 0) {
      this.each([sizeOf(x.shape)], ([place]) => module.line(`${flat(place!)} = ${inner(x.flat!(place!))};`));
    } else {
      this.each(x.shape, (places) => module.line(`${target.at(places)} = ${inner(x.at(places))};`));
    }
  }

  /** Loops over the places of a shape. */
  protected each(shape: Shape, write: (places: readonly string[]) => void): void {
    const { module } = this;
    const places = shape.map((length) => (length === 1 ? "0" : module.fresh("i")));
    places.forEach((place, axis) => {
      if (place !== "0") module.open(`for (size_t ${place} = 0; ${place} < ${shape[axis]}; ${place}++)`);
    });
    write(places);
    for (const place of places) if (place !== "0") module.close();
  }

  helper(name: keyof typeof helpers): string {
    const { real } = this.module;
    const [given, body] = helpers[name].split(" => ") as [string, string];
    const parameters = given
      .slice(1, -1)
      .split(", ")
      .map((one) => `${real} ${one}`)
      .join(", ");
    return this.module.define(
      name,
      (own) => `static ${real} ${own}(${parameters}) {\n  return ${body};\n}\n`,
    );
  }

  /** The same elements at other places. */
  seen(x: CValue, shape: Shape, places: (given: readonly string[]) => readonly string[]): CValue {
    const { kind, isPlain, buffers } = x;
    // A number that stands for all is one in whatever shape.
    const flat = isSame(x) ? { flat: x.flat } : {};
    return { shape, kind, isPlain, buffers, at: (given) => x.at(places(given)), ...flat };
  }
}

const isSame = ({ flat }: CValue) => flat !== undefined && flat("i") === flat("j");
