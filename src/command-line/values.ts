/** What is written behind options: values, bounds, windows by name. */
import { UsageError } from "./terminal.js";

export type Value = number | readonly Value[];

/** Parts between commas that stand in no bracket. */
function parted(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const character = text[i];
    if (character === "[") depth++;
    else if (character === "]") depth--;
    else if (i === text.length || (character === "," && depth === 0)) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  return parts.filter((part) => part !== "");
}

/** `x=…,y=…` by name. */
export function assignments<T>(
  option: string,
  text: string,
  example: string,
  read: (text: string) => T | undefined,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const part of parted(text)) {
    const [, name, rest] = /^([^=\s]+)\s*=\s*(.*)$/s.exec(part) ?? [];
    const value = rest === undefined ? undefined : read(rest);
    if (name === undefined || value === undefined)
      throw new UsageError(`${option}: "${part.slice(0, 60)}" isn't of the form ${example}.`);
    if (found.has(name)) throw new UsageError(`${option}: "${name}" is given twice.`);
    found.set(name, value);
  }
  if (found.size === 0) throw new UsageError(`${option} is empty; write ${example}.`);
  return found;
}

export function readNumber(text: string): number | undefined {
  const plain = text.trim();
  const value = Number(plain.replace(/^([-+]?)(?:inf|∞)$/i, "$1Infinity"));
  return plain === "" || Number.isNaN(value) ? undefined : value;
}

/** A number, or lists of numbers: 2, [1, 2], [[1, 2], [3, 4]]. */
export function readValue(text: string): Value | undefined {
  if (!text.trim().startsWith("[")) return readNumber(text);
  try {
    const value: unknown = JSON.parse(text);
    const isValue = (one: unknown): boolean =>
      Array.isArray(one) ? one.every(isValue) : typeof one === "number";
    return isValue(value) ? (value as Value) : undefined;
  } catch {
    return undefined;
  }
}

/** low..high, one of which may be left out. */
export function readRange(text: string): { lower?: number; upper?: number } | undefined {
  return readEnds(text, readNumber);
}

/** The same of numbers, or of lists with one for each element. */
export function readBound(text: string): { lower?: Value; upper?: Value } | undefined {
  return readEnds(text, readValue);
}

function readEnds<T>(
  text: string,
  read: (text: string) => T | undefined,
): { lower?: T; upper?: T } | undefined {
  const [, low, high] = /^(.*?)\.\.(.*)$/s.exec(text.trim()) ?? [];
  if (low === undefined || high === undefined || (low === "" && high === "")) return undefined;
  const [lower, upper] = [low, high].map((end) => (end === "" ? undefined : read(end)));
  if ((low !== "" && lower === undefined) || (high !== "" && upper === undefined)) return undefined;
  return { ...(lower !== undefined && { lower }), ...(upper !== undefined && { upper }) };
}

/** first:step:last, or first:last in ten steps, as a list. */
export function readGrid(text: string): number[] | undefined {
  const numbers = text.split(":").map(readNumber);
  if (numbers.length < 2 || numbers.length > 3 || numbers.some((one) => one === undefined)) return undefined;
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  const step = numbers.length === 3 ? numbers[1]! : (last - first) / 10;
  const count = Math.floor((last - first) / step + 1e-9) + 1;
  if (!(count >= 1 && count <= 10_000)) return undefined;
  return Array.from({ length: count }, (_, i) => Number((first + i * step).toPrecision(15)));
}
