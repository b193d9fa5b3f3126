/** What a check of derivatives found, in words. */
import type { Shape, Tree } from "../../graph/index.js";
import { flattenTree, isNumeric, pathText, unravel } from "../../graph/internal.js";

/** Values as a traced function takes them, in its inputs' tree: a number for a scalar, else flat and row-major. */
export type InputValues = { readonly [name: string]: Tree<number | readonly number[]> };

/**
 * One derivative, and how far it is off.
 * @example const isForward = ({ mode }: Deviation): boolean => mode === "forward";
 */
export interface Deviation {
  /** Such as `∂f/∂x[1]`, `∂²loss/∂W[0][2]∂b`. */
  readonly derivative: string;
  readonly order: number;
  /** The input whose element moved last, and which element: its index along each axis. */
  readonly input: string;
  readonly element: readonly number[];
  /** The inputs: a number for a scalar, else flat and row-major. */
  readonly at: InputValues;
  /** By differences. */
  readonly expected: number;
  /** By the graph. */
  readonly found: number;
  /** By which mode: forward where only that one is wrong. */
  readonly mode: "reverse" | "forward";
  /** |found − expected|, as a multiple of what the tolerance allows: above 1 it is wrong. */
  readonly error: number;
}

/** `x[1]`, `W[0][2]`, `b` of a scalar */
export function elementName(name: string, shape: Shape, offset: number): string {
  return (
    name +
    unravel(offset, shape)
      .map((i) => `[${i}]`)
      .join("")
  );
}

const superscripts = ["", "", "²", "³"];

/** `∂²f/∂x[0]∂x[1]` */
export function derivativeName(output: string, by: readonly string[]): string {
  return `∂${superscripts[by.length]}${output}/${by.map((one) => `∂${one}`).join("")}`;
}

interface Counts {
  readonly points: number;
  readonly compared: number;
  readonly skipped: number;
  readonly wrong: number;
  readonly worst?: Deviation;
}

const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;

const skippedAt = (n: number) =>
  n === 0 ? "" : `; ${n} ${n === 1 ? "was" : "were"} skipped, at a kink, a jump or a value that isn't finite`;

export function describeSuccess(
  what: string,
  { points, compared, skipped, worst }: Counts,
  tolerance: number,
): string {
  const furthest = worst
    ? ` The furthest off is ${worst.derivative}, by ${shorten(worst.error)} of the tolerance ${shorten(tolerance)}.`
    : "";
  return `${what}: ${plural(compared, "derivative")} at ${plural(points, "point")} ${compared === 1 ? "agrees" : "agree"} with differences${skippedAt(skipped)}.${furthest}`;
}

export function describeFailure(
  what: string,
  { points, compared, skipped, wrong, worst }: Counts,
  tolerance: number,
): string {
  if (wrong > 0 && worst) {
    const times = Number.isFinite(worst.error)
      ? ` That is off by ${shorten(worst.error)} times the tolerance ${shorten(tolerance)}.`
      : "";
    return (
      `${what}: ${worst.derivative} is ${worst.found} by ${worst.mode} mode where differences give ${worst.expected.toPrecision(8)}, at ` +
      `${describePoint(worst.at)}.${times} ${wrong} of ${plural(compared, "derivative")} at ${plural(points, "point")} ` +
      `${wrong === 1 ? "is" : "are"} wrong${skippedAt(skipped)}.`
    );
  }
  if (compared + skipped === 0) {
    return `${what}: there is no derivative to compare at ${plural(points, "point")}; give the function an input of real numbers, with elements, and a point.`;
  }
  return (
    `${what}: ${skipped} of ${plural(compared + skipped, "derivative")} at ${plural(points, "point")} couldn't be compared: ` +
    "differences meet a kink, a jump or a value that isn't finite there. Choose a domain where the function is smooth, " +
    "such as { domain: [0.1, 2] }, or allow more by maxSkipped."
  );
}

/** `x = [0.5, -1], b = 2`, long inputs cut short. */
export function describePoint(at: InputValues): string {
  const isNumbers = (tree: Tree<number | readonly number[]>): tree is number | readonly number[] =>
    isNumeric(tree);
  return flattenTree<number | readonly number[]>(at, isNumbers)
    .map(({ path, leaf: values }) => {
      const name = pathText(path);
      if (typeof values === "number") return `${name} = ${values}`;
      const rest = values.length > 12 ? `, … ${values.length} in all` : "";
      return `${name} = [${values.slice(0, 12).join(", ")}${rest}]`;
    })
    .join(", ");
}

/** Two digits: `0.25`, `6.6e-6`, `1e+9` */
function shorten(x: number): string {
  const isPlain = x === 0 || (Math.abs(x) >= 1e-2 && Math.abs(x) < 1e6);
  return isPlain ? String(Number(x.toPrecision(2))) : x.toExponential(1).replace(".0", "");
}
