export { auto } from "./auto.js";
export { conjugateGradient } from "./conjugate-gradient.js";
export { type LbfgsOptions, lbfgs } from "./lbfgs.js";
export { type LbfgsbOptions, lbfgsb } from "./lbfgsb.js";
export { nelderMead } from "./nelder-mead.js";
export { newtonCG } from "./newton-cg.js";
export type { NoOptions, Solver } from "./solver.js";
export { type TrustRegionOptions, trustRegion } from "./trust-region.js";
