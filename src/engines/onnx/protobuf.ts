/** The little of Protocol Buffers' encoding that a model needs: numbers, texts, bytes and messages in messages. */

import { joined } from "../../data/internal.js";

/** A field: a whole number, a text, bytes, a message, or a list of such, which is a field for each. */
export type Field = number | string | Uint8Array | Message | readonly Field[];

/** Fields by their numbers. What is `undefined` isn't written. */
export interface Message {
  readonly [number: number]: Field | undefined;
}

const encoder = new TextEncoder();

/** A whole number that isn't negative, seven bits a byte, the lowest first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}

function field(number: number, value: Field): readonly Uint8Array[] {
  if (typeof value === "number") return [varint(number * 8), varint(value)];
  if (isList(value)) return value.flatMap((one) => field(number, one));
  const bytes =
    typeof value === "string" ? encoder.encode(value) : value instanceof Uint8Array ? value : encode(value);
  return [varint(number * 8 + 2), varint(bytes.length), bytes];
}

const isList = (value: Field): value is readonly Field[] => Array.isArray(value);

/** The bytes of a message. */
export function encode(message: Message): Uint8Array {
  const fields = Object.entries(message).filter(([, value]) => value !== undefined);
  return joined(fields.flatMap(([number, value]) => field(Number(number), value!)));
}
