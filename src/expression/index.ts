export { type ExpressionOptions, expression } from "./expression.js";
export { type ModelOptions, model } from "./model.js";
export { math } from "./template.js";
export { toExpression } from "./to-expression.js";
