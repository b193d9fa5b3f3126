/**
 * What an op's node holds besides its operands: axes, starts, a constant's value. Plain immutable data: numbers, texts,
 * and lists of numbers or of records of these. Hashing and equality are by content, with −0 and 0 apart and NaN equal to
 * itself; of anything else, by identity.
 */
export type Params = object;

/** The parameters of a node that has none. */
export const noParams: Params = Object.freeze({});

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);

/** One step of FNV-1a on whole words: small, and good enough for a table that compares on a hit. */
export function mix(hash: number, word: number): number {
  return Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
}

function hashNumber(hash: number, value: number): number {
  if (Number.isInteger(value) && value > 0 && value < 0x7fffffff) return mix(hash, value);
  bits[0] = Number.isNaN(value) ? Number.NaN : value;
  return mix(mix(hash, words[0]!), words[1]!);
}

function hashText(hash: number, text: string): number {
  let result = hash;
  for (let i = 0; i < text.length; i++) result = mix(result, text.charCodeAt(i));
  return result;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || value instanceof Float64Array;
}

export function hashParams(hash: number, params: Params): number {
  if (params === noParams) return hash;
  let result = hash;
  for (const value of Object.values(params)) {
    if (typeof value === "number") result = hashNumber(result, value);
    else if (isList(value)) {
      for (let i = 0; i < value.length; i++) {
        const one = value[i];
        result = typeof one === "number" ? hashNumber(result, one) : hashParams(result, one as Params);
      }
      result = mix(result, value.length);
    } else if (typeof value === "string") result = hashText(result, value);
    // Other values (a body's graph, a custom op's function) are told apart by identity, after the hash.
  }
  return result;
}

export function sameParams(a: Params, b: Params): boolean {
  if (a === b) return true;
  const keys = Object.keys(a) as (keyof Params)[];
  return keys.length === Object.keys(b).length && keys.every((key) => sameValue(a[key], b[key]));
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isList(a) || !isList(b) || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const one = a[i];
    if (!Object.is(one, b[i]) && !(typeof one === "object" && sameParams(one as Params, b[i] as Params)))
      return false;
  }
  return true;
}
