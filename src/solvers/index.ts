export * from "../../optimizers/solvers/index.js";
