export { type CsvOptions, readCsv, type Table, tableMatrix } from "./csv.js";
export { type RandomSource, type RandomState, randomSource } from "./random.js";
export {
  decodeSafetensors,
  encodeSafetensors,
  type NamedTree,
  type Safetensors,
  type StoredTensor,
  treeOfNames,
} from "./safetensors.js";
