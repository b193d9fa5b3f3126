/** Functions with one fault each, which the fuzzer must find, and some without any, which it must leave alone. */
import { types } from "node:util";
import { AdjointError } from "adjoint";

const numberOf = (name: string, x: unknown): number => {
  if (typeof x === "number" && Number.isFinite(x)) return x;
  throw new AdjointError(`${name}: x must be a finite number, not what was given.`);
};

export const sound = (x: number): number => numberOf("sound", x);

export const callsBack = (x: number, callback: (x: number) => unknown): unknown => {
  if (typeof callback === "function" && !types.isProxy(callback)) return callback(numberOf("callsBack", x));
  throw new AdjointError("callsBack: the callback isn't a function.");
};

export const throwsTypeError = (x: number): number => (x as unknown as { y: { z: number } }).y.z;

export const hangs = (x: number): number => {
  for (let n = 0; typeof x === "string"; n++) if (n < 0) break;
  return numberOf("hangs", x);
};

export const mutates = (x: number[]): number => {
  if (Array.isArray(x) && x.length === 2 && typeof x[0] === "number") x[0] = 7.25;
  return 1;
};

export const misnames = (x: number): number => numberOf("somethingElse", x);

export const takesText = (x: number): number => (typeof x === "string" ? 1 : numberOf("takesText", x));

export const rejects = (x: number): number => {
  if (typeof x !== "number") Promise.reject(new Error("nobody listens"));
  return 1;
};

export const pollutes = (x: number): number => {
  if (typeof x === "string") (Object.prototype as { polluted?: number }).polluted = 1;
  return numberOf("pollutes", x);
};

export const fillsMemory = (x: unknown): number => {
  const rows: Float64Array[] = [];
  while (ArrayBuffer.isView(x)) rows.push(new Float64Array(2 ** 24).fill(1));
  return numberOf("fillsMemory", x);
};

export const givesUndefined = (x: number): (number | undefined)[] => [
  numberOf("givesUndefined", x),
  undefined,
];

/** Its fault is in what it returns. */
export const makes = (x: number) => {
  numberOf("makes", x);
  return (options: { a: number }): number => options.a;
};
