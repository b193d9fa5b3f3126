/** Values of an ONNX graph, and the nodes that bring them to a shape. */
import type { Shape } from "../../../graph/index.js";
import { sizeOf } from "../../../graph/internal.js";
import type { Value } from "../lowering/dialect.js";
import { elementTypes, type OnnxModule } from "./module.js";

export interface OnnxValue extends Value {
  /** Of a spread value that of what is repeated, of a number that stands for a whole tensor the number's. */
  readonly name: string;
  /** The axes along which what has the name, which lacks them, is repeated. */
  readonly axes?: readonly number[];
}

/** Whether a value is one number that stands for a whole tensor. */
export const isNumber = ({ axes, shape }: OnnxValue) =>
  axes !== undefined && axes.length === shape.length && shape.length > 0;

export class OnnxTensors {
  readonly module: OnnxModule;

  constructor(module: OnnxModule) {
    this.module = module;
  }

  full(value: number, shape: Shape): OnnxValue {
    return { name: this.module.number(value), shape, kind: "number", axes: [...shape.keys()] };
  }

  transpose(x: OnnxValue, axes: readonly number[]): OnnxValue {
    const shape = axes.map((axis) => x.shape[axis]!);
    if (isNumber(x)) return { ...x, shape, axes: [...shape.keys()] };
    return this.node("Transpose", [this.solid(x).name], shape, { perm: axes }, x.kind);
  }

  slice(x: OnnxValue, starts: readonly number[], shape: Shape, steps: readonly number[]): OnnxValue {
    if (isNumber(x)) return { ...x, shape, axes: [...shape.keys()] };
    const axes = [...shape.keys()].filter((axis) => shape[axis] !== x.shape[axis]);
    if (axes.length === 0) return x;
    const ends = axes.map((axis) => starts[axis]! + (shape[axis]! - 1) * steps[axis]! + 1);
    const of = (list: readonly number[]) => this.module.integers(axes.map((axis) => list[axis]!));
    const where = [of(starts), this.module.integers(ends), this.module.integers(axes), of(steps)];
    return this.node("Slice", [this.solid(x).name, ...where], shape, {}, x.kind);
  }

  protected padded(x: OnnxValue, low: readonly number[], high: readonly number[]): OnnxValue {
    const shape = x.shape.map((length, axis) => low[axis]! + length + high[axis]!);
    if (sizeOf(shape) === sizeOf(x.shape)) return x;
    return this.node("Pad", [x.name, this.module.integers([...low, ...high])], shape);
  }

  /** onnxruntime takes a number that scales a product into it, rounded to single precision, unless a node stands between. */
  protected apart(x: OnnxValue): OnnxValue {
    if (this.module.dtype !== "f64" || !this.module.isMade(x.name)) return x;
    return { ...x, name: this.module.node("Reshape", [x.name, this.module.integers(x.shape)]) };
  }

  /** A value whose name has its shape by itself. */
  solid(x: OnnxValue): OnnxValue {
    if (!x.axes || x.axes.length === 0) return x;
    const { kind, shape } = x;
    const { name } = this.aligned(x);
    return this.node("Expand", [name, this.module.integers(shape)], shape, {}, kind);
  }

  protected whole(x: OnnxValue): OnnxValue {
    return isNumber(x) ? this.solid(x) : x;
  }

  /** What is repeated, with axes of length 1 where ONNX wouldn't find them by itself. */
  protected aligned(x: OnnxValue): OnnxValue {
    const { axes = [], shape } = x;
    const first = [...shape.keys()].find((axis) => !axes.includes(axis)) ?? shape.length;
    if (axes.every((axis) => axis < first)) return x;
    const given = shape.filter((_, axis) => !axes.includes(axis));
    const aligned = shape.slice(first).map((length, i) => (axes.includes(first + i) ? 1 : length));
    return { ...x, ...this.reshaped({ name: x.name, shape: given, kind: x.kind }, aligned) };
  }

  protected reshaped(x: OnnxValue, shape: Shape): OnnxValue {
    if (shape.length === x.shape.length && shape.every((length, axis) => length === x.shape[axis])) return x;
    // A length of 0 would mean the input's own.
    if (sizeOf(shape) === 0) {
      const none: OnnxValue = { name: this.module.numbers(new Float64Array(), shape), shape, kind: "number" };
      return x.kind === "number" ? none : this.cast(none, x.kind, x.kind);
    }
    const name = this.module.node("Reshape", [x.name, this.module.integers(shape)]);
    return { name, shape, kind: x.kind };
  }

  protected cast(x: OnnxValue, kind: OnnxValue["kind"], to: keyof typeof elementTypes): OnnxValue {
    return { ...x, kind, name: this.module.node("Cast", [x.name], { to: elementTypes[to] }) };
  }

  protected elementwise(
    operator: string,
    operands: readonly OnnxValue[],
    kind: OnnxValue["kind"],
    attributes: Readonly<Record<string, number>> = {},
  ): OnnxValue {
    const { shape } = operands[0]!;
    const isSpread = ({ axes = [] }: OnnxValue) => axes.length > 0;
    const tensors = operands.filter((one) => !isNumber(one));
    // Numbers alone make a number, and what is repeated along the same axes one that is.
    const axes = tensors.length === 0 ? [...shape.keys()] : (tensors[0]!.axes ?? []);
    const alike = tensors.every((one) => String(one.axes ?? []) === String(axes));
    if (alike && (tensors.length > 0 || shape.length > 0)) {
      const names = operands.map(({ name }) => name);
      return { name: this.module.node(operator, names, attributes), shape, kind, axes };
    }
    const first = operands.some((one) => !isSpread(one)) ? -1 : operands.findIndex((one) => !isNumber(one));
    const names = operands.map((one, i) => (i === first ? this.solid(one) : this.aligned(one)).name);
    return this.node(operator, names, shape, attributes, kind);
  }

  protected node(
    operator: string,
    inputs: readonly string[],
    shape: Shape,
    attributes: Readonly<Record<string, number | readonly number[]>> = {},
    kind: OnnxValue["kind"] = "number",
  ): OnnxValue {
    return { name: this.module.node(operator, inputs, attributes), shape, kind };
  }
}
