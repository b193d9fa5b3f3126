/** Styles of random programs over every op of the registry, applied in all the ways that their instances list. */

import { programs } from "../../src/testing/arbitraries.js";
import * as styles from "../../src/testing/programs.js";
import type { fc } from "./law.js";
import { instances, ops } from "./registry.js";

export {
  directionOf,
  inputName,
  type Program,
  pointOf,
  type Style,
} from "../../src/testing/programs.js";
export { traceObjective, traceProgram } from "../../src/testing/trace-program.js";

const all = { ops, instances };

export const smooth: styles.Style = { ...styles.smooth, ...all };
export const wild: styles.Style = { ...styles.wild, ...all };
export const moving: styles.Style = { ...styles.moving, ...all };
export const large: styles.Style = { ...styles.large, ...all };

export const programOf: (style: styles.Style) => fc.Arbitrary<styles.Program> = programs;
