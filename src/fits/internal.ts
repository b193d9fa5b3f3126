/** The door for figures: what tells a report. */
export { isReport } from "./made.js";
