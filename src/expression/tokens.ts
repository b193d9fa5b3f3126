/** Where the names of a text stand. The parser doesn't tell, but nodes come in the order of the text. */

/** The places of each name, one after the other. */
export interface Identifiers {
  /** The place of the next one of that name; `undefined` where there is none left. */
  next(name: string): number | undefined;
  /** All names in their order, with their places. */
  readonly all: readonly { readonly name: string; readonly at: number }[];
}

// Comments, texts and numbers first: e in 2e5 is no name.
const token =
  /#[^\n]*|"(?:\\.|[^"\\])*"|0[xob][\da-z]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[\p{L}_$][\p{L}\p{N}_$]*/giu;

export function identifiersOf(text: string): Identifiers {
  const all: { name: string; at: number }[] = [];
  const places = new Map<string, number[]>();
  for (const { 0: name, index: at } of text.matchAll(token)) {
    if (!/^[\p{L}_$]/u.test(name)) continue;
    all.push({ name, at });
    const known = places.get(name);
    if (known) known.push(at);
    else places.set(name, [at]);
  }
  const used = new Map<string, number>();
  return {
    all,
    next: (name) => {
      const count = used.get(name) ?? 0;
      used.set(name, count + 1);
      return places.get(name)?.[count];
    },
  };
}
