/** What `train` is given as numbers: parameters to start from, and samples along a first axis. */
import { AdjointError, type Dtype } from "../../graph/index.js";
import {
  arrayOf,
  flatten,
  flattenTree,
  isNumeric,
  isRecord,
  isShaped,
  type Path,
  pathText,
  readShape,
  readTree,
  readValues,
  sizeOf,
} from "../../graph/internal.js";
import { checkFinite, type Given, placeIn } from "./checks.js";
import { asDtype, type Floats, isTensor, type Tensor, type Tensors } from "./state.js";

export function readParameters(what: string, start: Given): Tensors {
  const read = readValues(start, placeIn(what)) as Tensors;
  for (const { path, leaf } of flattenTree(read, isTensor)) checkFinite(what, path, leaf.data);
  return read;
}

/**
 * Samples of a dtype. Flat arrays of it that come with their shape are read where they are, for they may take half of the
 * memory there is; all others are copied.
 */
export function readSamples(what: string, data: Given, dtype: Dtype): Tensors {
  const place = placeIn(what);
  const isSamples = (value: unknown) => isNumeric(value) || (Array.isArray(value) && !isRecord(value[0]));
  const samples = readTree(data, isSamples, place, (value, path): Tensor => {
    const own = readOwn(value, place(path), dtype);
    return own ?? asDtype(flatten(value, place(path)), dtype);
  });
  const entries = flattenTree(samples, isTensor);
  const [first] = entries;
  if (!first)
    throw new AdjointError(`${what}: there is no data; pass the samples by name, such as { X, y }.`);
  const count = first.leaf.shape[0];
  for (const { path, leaf } of entries) {
    const { shape, data: values } = leaf;
    if (shape.length === 0 || shape[0] === 0) throw new AdjointError(`${place(path)} holds no samples.`);
    if (shape[0] !== count) {
      throw new AdjointError(
        `${place(first.path)} holds ${count} samples and "${pathText(path)}" ${shape[0]}; they must be as many.`,
      );
    }
    checkFinite(what, path, values);
  }
  return samples as Tensors;
}

/** An array of the dtype with its shape, as it is. */
function readOwn(value: unknown, what: string, dtype: Dtype): Tensor | undefined {
  if (!isShaped(value) || !(value.data instanceof arrayOf(dtype))) return undefined;
  const shape = readShape(value.shape, what);
  return value.data.length === sizeOf(shape) ? { data: value.data as Floats, shape } : undefined;
}

/** @throws where the samples of a validation set aren't like those of the training, but for their number */
export function checkAlike(what: string, samples: Tensors, others: Tensors): void {
  const shapesOf = (tensors: Tensors) =>
    new Map(
      flattenTree(tensors, isTensor).map(({ path, leaf }): [string, readonly number[]] => [
        pathText(path as Path),
        leaf.shape.slice(1),
      ]),
    );
  const [own, given] = [shapesOf(samples), shapesOf(others)];
  for (const name of new Set([...own.keys(), ...given.keys()])) {
    const [here, there] = [own.get(name), given.get(name)];
    if (here && there && here.join() === there.join()) continue;
    const found = !there ? "is missing" : here ? `has samples of another shape` : "is unknown";
    throw new AdjointError(
      `${what}: "${name}" ${found} in the validation's data; it is to be like the data.`,
    );
  }
}
