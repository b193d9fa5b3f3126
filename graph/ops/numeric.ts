/** Functions of numbers that call others, as `emit` can write them down: by what they are given, not by what is around them. */

/**
 * `compute` and `text` of an op whose meaning is the function `main` of a library, after which it takes the `leading`
 * numbers and then the operands. The library's functions use nothing outside themselves either; those that call others take
 * the library, too.
 */
export function computedBy<L extends object>(
  lib: L,
  main: (lib: L, ...operands: number[]) => number,
  ...leading: readonly number[]
): { compute(...operands: number[]): number; text(): string } {
  return {
    compute: (...operands) => main(lib, ...leading, ...operands),
    text() {
      const functions = Object.entries(lib).map(([name, f]) => `${name}: ${f}`);
      const given = leading.map((x) => `${x}, `).join("");
      return `((lib, main) => (...operands) => main(lib, ${given}...operands))({ ${functions.join(", ")} }, ${main})`;
    },
  };
}
