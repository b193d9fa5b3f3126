/** WebAssembly instructions as expressions: what each takes is written inside it, as in a language with formulas. */
import type { FunctionBody, ValueType } from "./module.js";

/** Bytes, in pieces. */
export type Code = readonly (number | Code)[];

/** What an instruction takes: a local, by its number below 128, or the code that leaves a value on the stack. */
export type Value = number | Code;

/** An instruction on values. */
export function op(instruction: Code, ...values: readonly Value[]): Code {
  return [values.map((value) => (typeof value === "number" ? [0x20, value] : value)), instruction];
}

export function set(local: number, value: Value): Code {
  return op([0x21, local], value);
}

/** A whole number ≥ 0 (LEB128, signed). */
export function i32(value: number): Code {
  const bytes = [0x41];
  let rest = value;
  for (; rest > 63; rest >>= 7) bytes.push((rest & 127) | 128);
  return [bytes, rest];
}

export function add(first: Value, ...others: readonly Value[]): Value {
  return others.reduce((sum, one) => op([0x6a], sum, one), first);
}

export function subtract(a: Value, b: Value): Code {
  return op([0x6b], a, b);
}

export function multiply(first: Value, ...others: readonly Value[]): Value {
  return others.reduce((product, one) => op([0x6c], product, one), first);
}

/** target ← target + amount */
export function advance(target: number, amount: Value): Code {
  return set(target, add(target, amount));
}

/** For `counter` from 0 below the local `limit`. */
export function loop(counter: number, limit: number, step: number, body: Code): Code {
  return [
    set(counter, i32(0)),
    [0x02, 0x40, 0x03, 0x40], // block, loop
    op([0x4e, 0x0d, 1], counter, limit), // i32.ge_s, br_if 1
    body,
    advance(counter, i32(step)),
    [0x0c, 0, 0x0b, 0x0b], // br 0, end, end
  ];
}

/** One of two pieces of code, which leave a value of the type on the stack, or nothing. */
export function choose(condition: Value, yes: Value, no: Value, type = 0x40): Code {
  return [op([0x04, type], condition), op([0x05], yes), op([0x0b], no)];
}

/** target ← min(length − start, most) */
export function clip(target: number, length: number, start: number, most: number): Code {
  const rest = subtract(length, start);
  return set(target, op([0x1b], rest, i32(most), op([0x48], rest, i32(most)))); // i32.lt_s, select
}

/** A function of so many i32 parameters. */
export function functionOf(parameters: number, locals: FunctionBody["locals"], body: Code): FunctionBody {
  const code = (body as readonly unknown[]).flat(Infinity) as number[];
  return { type: { parameters: new Array<ValueType>(parameters).fill("i32"), results: [] }, locals, code };
}
