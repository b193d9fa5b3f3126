/** The options that all targets take, read alike: what something is called there, and what the numbers are. */
import { AdjointError } from "../../graph/index.js";
import { checkOptions, describe } from "../../graph/internal.js";

export interface Target<D extends string> {
  /** What gets the name, in words. */
  readonly named: string;
  /** What names are, in words that follow "give". */
  readonly wanted: string;
  isName(name: string): boolean;
  /** The name where none is given, if one may do without. */
  readonly name?: string;
  /** The first is the default. */
  readonly dtypes: readonly D[];
}

/** @throws where an option isn't known, or the target lacks the name or the numbers */
export function readTarget<D extends string>(
  what: string,
  options: { readonly name?: string; readonly dtype?: D },
  { named, wanted, isName, name: usual, dtypes }: Target<D>,
): { readonly name: string; readonly dtype: D } {
  const { name = usual, dtype = dtypes[0]! } = checkOptions(what, options, ["name", "dtype"]);
  if (typeof name !== "string" || !isName(name))
    throw new AdjointError(`${what}: ${describe(name)} can't name ${named}; give ${wanted}.`);
  if (!dtypes.includes(dtype)) {
    const known = dtypes.map((one) => JSON.stringify(one));
    const listed = `${known.slice(0, -1).join(", ")} or ${known.at(-1)}`;
    throw new AdjointError(`${what}: dtype is ${listed}, not ${describe(dtype)}.`);
  }
  return { name, dtype };
}
