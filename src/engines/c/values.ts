/** Values of the C source: what an element of a tensor is, as an expression of its place. */
import type { Shape } from "../../../graph/index.js";
import { sizeOf } from "../../../graph/internal.js";
import type { Value } from "../lowering/dialect.js";
import type { Buffer } from "./module.js";

export interface CValue extends Value {
  /** The element at a place along each axis, as an expression that stands in whatever other. */
  readonly at: (places: readonly string[]) => string;
  /** The element of a number, counted along the last axis first, where that is an expression of it alone. */
  readonly flat?: ((place: string) => string) | undefined;
  /** Whether it is what it is of at each time that it is asked for, at no cost: numbers, and tensors seen in another order. */
  readonly isPlain: boolean;
  /** Whether it is the elements of an array one behind the other from its first on. */
  readonly isArray?: boolean;
  /** What it reads. */
  readonly buffers: readonly Buffer[];
}

/** The sum of places along axes, each times what a step along it is. */
export function placeText(places: readonly string[], steps: readonly number[]): string {
  let known = 0;
  const terms: string[] = [];
  places.forEach((place, axis) => {
    const step = steps[axis]!;
    if (/^\d+$/.test(place)) known += Number(place) * step;
    else terms.push(step === 1 ? place : `${place} * ${step}`);
  });
  if (known !== 0 || terms.length === 0) terms.push(String(known));
  return terms.join(" + ");
}

/** A place that is an operand of another. */
export const operand = (place: string): string => (/^\w+$/.test(place) ? place : `(${place})`);

/** How far a step along each axis goes. */
export function stepsOf(shape: Shape): readonly number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** What has a text for each of its elements by their numbers. */
export function flatValue(flat: (place: string) => string, about: Omit<CValue, "at" | "flat">): CValue {
  const steps = stepsOf(about.shape);
  return { ...about, flat, at: (places) => flat(placeText(places, steps)) };
}

/** What is made of elements at equal places. */
export function elementwise(
  operands: readonly CValue[],
  kind: Value["kind"],
  text: (operands: readonly string[]) => string,
): CValue {
  const flats = operands.map(({ flat }) => flat);
  return {
    shape: operands[0]!.shape,
    kind,
    at: (places) => text(operands.map((one) => one.at(places))),
    flat: flats.every((flat) => flat !== undefined)
      ? (place) => text(flats.map((flat) => flat!(place)))
      : undefined,
    isPlain: false,
    buffers: buffersOf(operands),
  };
}

export function buffersOf(values: readonly CValue[]): readonly Buffer[] {
  return [...new Set(values.flatMap(({ buffers }) => buffers))];
}

/** What is the same wherever it is read. */
export function local(text: string, shape: Shape, kind: Value["kind"]): CValue {
  return flatValue(() => text, { shape, kind, isPlain: true, buffers: [] });
}

/** An expression without the parentheses around all of it. */
export function inner(text: string): string {
  if (!text.startsWith("(")) return text;
  let depth = 0;
  for (let i = 0; i < text.length - 1; i++) {
    depth += text[i] === "(" ? 1 : text[i] === ")" ? -1 : 0;
    if (depth === 0) return text;
  }
  return text.slice(1, -1);
}

/** start + step·place */
export function moved(place: string, start: number, step: number): string {
  if (/^\d+$/.test(place)) return String(start + step * Number(place));
  if (step < 0) return `(${start} - ${placeText([place], [-step])})`;
  const text = placeText([String(start), place], [1, step]);
  return operand(text);
}
