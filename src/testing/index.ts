export {
  gradientProperty,
  graphs,
  numbers,
  type RandomGraph,
  type ShapesOptions,
  shapes,
  tensors,
} from "./arbitraries.js";
export {
  assertGradient,
  checkGradient,
  type GradientOptions,
  type GradientReport,
} from "./check-gradient.js";
export { boolean, type Domain, type ElementDomain, type InputDomains, integer, real } from "./domains.js";
export type { Style } from "./programs.js";
export type { Deviation } from "./report.js";
