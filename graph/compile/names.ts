/** The names that generated code uses: for its arguments, and for the user's keys, which reach it as values. */
export const inputName = (index: number): string => `x${index}`;
export const outputName = (index: number): string => `o${index}`;
export const bufferName = (index: number): string => `t${index}`;
export const constantName = (index: number): string => `c${index}`;
export const routineName = (index: number): string => `call${index}`;
/** A scalar op that kernels call. */
export const slotName = (key: number): string => `f${key}`;
export const keyName = (index: number): string => `k${index}`;

/** The names of all of a list. */
export function namesOf(list: readonly unknown[], nameOf: (index: number) => string): string[] {
  return list.map((_, i) => nameOf(i));
}
