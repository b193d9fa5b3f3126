export { type ExpressionOptions, expression } from "./expression.js";
export { math } from "./template.js";
