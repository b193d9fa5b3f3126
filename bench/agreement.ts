/** Whether programs compute the same, before it is measured how fast. */
import type { HandWritten, Results } from "./workload.js";

/** Throws where a result differs from the hand-written one by more than `tolerance` times its largest number. */
export function checkAgreement(results: Results, reference: Results, tolerance: number): void {
  for (const [name, expected] of Object.entries(reference)) {
    const actual = results[name];
    if (actual?.length !== expected.length) {
      throw new Error(`wrong result: ${name} has ${actual?.length ?? "no"} numbers, not ${expected.length}`);
    }
    const scale = largest(expected);
    for (let i = 0; i < expected.length; i++) {
      // Written so that NaN counts as a difference.
      if (Math.abs(actual[i]! - expected[i]!) <= tolerance * scale) continue;
      throw new Error(`wrong result: ${name}[${i}] is ${actual[i]}, not ${expected[i]}`);
    }
  }
}

function largest(numbers: ArrayLike<number>): number {
  let found = 0;
  for (let i = 0; i < numbers.length; i++) found = Math.max(found, Math.abs(numbers[i]!));
  return found;
}

/**
 * Throws where the gradients of a hand-written program differ from central differences of its value, by one direction
 * of −1 and 1 for each parameter: an independent check of what all others are compared with.
 */
export function checkDifferences({ run, results, parameters = {} }: HandWritten): void {
  for (const [name, array] of Object.entries(parameters)) {
    const single = array instanceof Float32Array;
    const at = array.slice();
    const direction = at.map((_, i) => (((i * 2654435761) >>> 13) % 2 === 0 ? 1 : -1));
    run();
    const gradient = Array.from(results()[name]!);
    const value = results().value![0]!;
    const slope = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
    // The direction's length grows with the root of the number of parameters, and so would the error.
    const h = (single ? 1e-2 : 1e-6) / Math.sqrt(at.length) ** (single ? 1 : 0.5);
    const valueAt = (step: number): number => {
      for (let i = 0; i < at.length; i++) array[i] = at[i]! + step * direction[i]!;
      run();
      return results().value![0]!;
    };
    const difference = (valueAt(h) - valueAt(-h)) / (2 * h);
    array.set(at);
    // What the value's own rounding does to the difference is no fault of the gradient.
    const tolerance =
      (single ? 3e-2 : 1e-5) * Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)) +
      ((single ? 1e-7 : 1e-13) * Math.abs(value)) / h;
    if (!(Math.abs(difference - slope) <= tolerance)) {
      throw new Error(
        `the hand-written gradient by ${name} is wrong: ${slope}, by differences ${difference}`,
      );
    }
    run();
  }
}
