/// <reference lib="dom" />
// Texts that fit. No import, so that pages use it, too.

/** What measures a text: a context with its font set. */
export type Measure = Pick<CanvasRenderingContext2D, "measureText">;

/** A text in one line that is no wider than so many pixels: its end is an ellipsis where it would be. */
export function shortened(ctx: Measure, given: string, width: number): string {
  const fits = (some: string) => ctx.measureText(some).width <= width;
  // A line is enough for any name, and measuring a book takes long.
  const text = given.slice(0, 1000).replace(/[\t\n\v\f\r\u2028\u2029]/g, " ");
  const signs = [...text];
  if (text.length === given.length && fits(text)) return text;
  let [low, high] = [0, signs.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(`${signs.slice(0, middle).join("").trimEnd()}…`)) low = middle;
    else high = middle - 1;
  }
  return `${signs.slice(0, low).join("").trimEnd()}…`;
}
