/** Pictures of dots for terminals: each character is a cell of two by four dots, as in Braille. */

/** The dots of a cell by their bits in Unicode's block from U+2800, row by row. */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

interface Cell {
  dots: number;
  /** What drew there: 0 is the ground, which what is drawn over it hides. */
  ink: number;
  character?: string;
}

export class Dots {
  readonly width: number;
  readonly height: number;
  readonly #columns: number;
  readonly #cells: Cell[];

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.width = 2 * columns;
    this.height = 4 * rows;
    this.#cells = Array.from({ length: columns * rows }, () => ({ dots: 0, ink: 0 }));
  }

  /** A dot, counted from the upper left; what is outside isn't drawn. */
  dot(x: number, y: number, ink: number): void {
    const cell = this.#cellAt(x, y);
    if (!cell || (ink === 0 && cell.ink > 0)) return;
    if (cell.ink === 0 && ink > 0) cell.dots = 0;
    cell.ink = ink;
    cell.dots |= bits[y % 4]![x % 2]!;
  }

  /** A straight line between dots, by its longer side. */
  line(fromX: number, fromY: number, toX: number, toY: number, ink: number): void {
    const ends = [fromX, fromY, toX, toY];
    // Far outside nothing is seen, and the way there would have no end.
    if (ends.some((one) => !(Math.abs(one) < 1e4))) return;
    const count = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1);
    for (let i = 0; i <= count; i++)
      this.dot(
        Math.round(fromX + ((toX - fromX) * i) / count),
        Math.round(fromY + ((toY - fromY) * i) / count),
        ink,
      );
  }

  /** A character in the place of a cell. */
  mark(x: number, y: number, character: string, ink: number): void {
    const cell = this.#cellAt(x, y);
    if (!cell) return;
    cell.character = character;
    cell.ink = ink;
  }

  /** The rows of characters, those of one ink side by side painted together. */
  rows(paint: (ink: number, text: string) => string = (_, text) => text): string[] {
    const { length } = this.#cells;
    return Array.from({ length: length / this.#columns }, (_, row) => {
      const parts: { ink: number; text: string }[] = [];
      const cells = this.#cells.slice(row * this.#columns, (row + 1) * this.#columns);
      for (const [i, { dots, ink, character }] of cells.entries()) {
        // Beside what is drawn over it the ground stays clear.
        const isHidden = ink === 0 && [cells[i - 1], cells[i + 1]].some((one) => (one?.ink ?? 0) > 0);
        const text = character ?? (dots === 0 || isHidden ? " " : String.fromCharCode(0x2800 + dots));
        const last = parts.at(-1);
        if (last?.ink === ink) last.text += text;
        else parts.push({ ink, text });
      }
      return parts.map(({ ink, text }) => (text.trim() === "" ? text : paint(ink, text))).join("");
    });
  }

  #cellAt(x: number, y: number): Cell | undefined {
    if (!(x >= 0 && x < this.width && y >= 0 && y < this.height)) return undefined;
    return this.#cells[Math.floor(y / 4) * this.#columns + Math.floor(x / 2)];
  }
}
