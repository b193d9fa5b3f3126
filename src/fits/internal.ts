/** The door for figures and the command line: what tells a report, and what options fits have. */
export { isReport } from "./made.js";
export { curveFitOptions } from "./options.js";
