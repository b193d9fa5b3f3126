export { type CsvOptions, readCsv, type Table, tableMatrix } from "./csv.js";
export { type RandomSource, randomSource } from "./random.js";
