/** How documents write values, and whether a comment behind a statement says what it gave. */

/** A value as comments show it: `46`, `[1, 2]`, `Float64Array [7, 35]`, `{ x: 2.5 }`, `"text"`. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Error) return `throws ${value.message.replace(/ {2}at .*$/, "")}`;
  if (ArrayBuffer.isView(value)) {
    const name = Object.prototype.toString.call(value).slice(8, -1);
    return `${name} ${list(Array.from(value as Float64Array))}`;
  }
  if (Array.isArray(value)) return list(value);
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).map(([key, one]) => `${key}: ${show(one)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return String(value);
}

const list = (values: readonly unknown[]): string => `[${values.map(show).join(", ")}]`;

/**
 * Whether a comment says what a value is: its first characters are the value's, a remark may follow. A number may end in
 * `…` after some of its digits, and `…` alone stands for what a list or a record goes on with.
 */
export function tells(comment: string, value: unknown): boolean {
  const shown = typeof value === "string" ? [value, JSON.stringify(value)] : [show(value)];
  const told = comment
    .replace(/\s+/g, " ")
    .replace(/−(?=\d)/g, "-")
    .trim();
  // A formula may stand before what it amounts to: `2/π = 0.63…`.
  const amounts = [told, told.split(" = ").at(-1)!];
  return shown.some((text) => amounts.some((one) => follows(one, text.replace(/\s+/g, " ").trim())));
}

function follows(comment: string, shown: string): boolean {
  const [before, ...after] = comment.split("…");
  if (after.length === 0) {
    return comment === shown || (comment.startsWith(shown) && /^[\s,;:.]/.test(comment.slice(shown.length)));
  }
  const pieces = [before!, ...after];
  const pattern = pieces
    .map((piece, i) => {
      const escaped = piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      if (i === pieces.length - 1) return escaped;
      // Digits that are left out, and a power of ten behind them; or all that a list goes on with.
      return /\d$/.test(piece) ? `${escaped}\\d*` : `${escaped}.*`;
    })
    .join("");
  const found = new RegExp(`^${pattern}$`);
  if (found.test(shown)) return true;
  // A remark behind the last piece.
  const last = comment.search(/[,;:] [a-zλ-ω∂Σ(]/);
  return last > 0 && follows(comment.slice(0, last), shown);
}
