/**
 * Functions of tensors where an element is no number: what is finite at ±∞ is what it tends to, what isn't NaN at NaN
 * depends on that element in no way. And of tensors that have no element at all.
 */
import { AdjointError, compile, grad, type Traced, tensor, trace } from "../../graph/index.js";
import { type Call, usualOf } from "./calls.js";
import { type Fault, limitOf, others } from "./corners.js";
import { along, flatten, operandName } from "./differences.js";
import { type Corner, objectiveOf, tensorFaults } from "./tensor-corners.js";
import { directionOf, given, movingOf, resultOf } from "./unused.js";

type Values = readonly (readonly number[])[];
type Plain = (inputs: object) => unknown;

/** All numbers of a call's results, of its gradient, of a product with its Hessian. */
function formsOf(call: Call): ((at: Values) => number[])[] {
  const names = movingOf(call).map(operandName);
  const inputs = call.operands.map(({ shape }, i) => [operandName(i), tensor(shape)] as const);
  const value = trace(Object.fromEntries(inputs), (named) =>
    resultOf(call, Object.values(named as Record<string, never>)),
  );
  const objective = objectiveOf(call);
  const direction = Object.fromEntries(
    movingOf(call).map((i) => [operandName(i), directionOf(usualOf(call.operands[i]!).length, i)]),
  );
  const gradient = (g: unknown) => grad(g as never, ...(names as never[]));
  const graphs = [value, gradient(objective), gradient(along(objective, direction))] as Traced[];
  return graphs.map((graph) => {
    const kernel = compile(graph) as Plain;
    return (at) => flatten(kernel(given(call, at)));
  });
}

const infinities = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
/** On the way there. */
const large = [1e100, 1e200, 1e300];

/** What a call makes of an element that is NaN or ±∞. */
export function limitFaults(call: Call): Fault[] {
  const usual = call.operands.map((one, i) => usualOf(one, 1 + i));
  const places = movingOf(call).flatMap((i) => usual[i]!.map((_, k) => [i, k] as const).slice(0, 2));
  if (places.length === 0) return [];
  const faults: Fault[] = [];
  formsOf(call).forEach((run, order) => {
    for (const [i, k] of places) {
      const withElement = (x: number) => run(usual.with(i, usual[i]!.with(k, x)));
      const report = (x: number, n: number, actual: number, wanted: unknown) => {
        const place = `${operandName(i)}[${k}] = ${x}`;
        const text = `${call.name}, ${place}: order ${order}, number ${n}: ${actual}, not ${wanted}`;
        faults.push({ name: call.name, order, kind: "wrong", place, text });
      };
      const moved = others.map(withElement);
      withElement(Number.NaN).forEach((y, n) => {
        // Last places may be others: what is chosen by comparisons is computed on another way.
        if (!Number.isNaN(y) && moved.some((list) => !(Math.abs(list[n]! - y) <= 1e-12 * Math.abs(y))))
          report(Number.NaN, n, y, `one number, ${moved.map((list) => list[n])}`);
      });
      for (const x of infinities) {
        const towards = large.map((size) => withElement(Math.sign(x) * size));
        withElement(x).forEach((y, n) => {
          const limit = limitOf(towards.map((list) => list[n]!));
          if (Number.isNaN(y) || limit === undefined || y === limit) return;
          if (!(Math.abs(y - limit) <= 1e-6 * Math.max(1, Math.abs(limit)))) report(x, n, y, limit);
        });
      }
    }
  });
  return faults;
}

const asUsual: Corner = { name: "as usual", of: (usual) => usual };

/** What a call makes of operands in which every axis of some length has none; an error is an answer. */
export function emptyFaults(call: Call): Fault[] {
  const lengths = new Set(call.operands.flatMap(({ shape }) => shape).filter((length) => length > 1));
  return [...lengths].flatMap((length) => {
    const operands = call.operands.map((one) => {
      const shape = one.shape.map((own) => (own === length ? 0 : own));
      return { ...one, shape, ...(one.values && shape.includes(0) && { values: [] }) };
    });
    const emptied: Call = { ...call, operands };
    const place = `no element along axes of ${length}`;
    try {
      objectiveOf(emptied);
    } catch (error) {
      return error instanceof AdjointError ? [] : [thrown(call, place, error)];
    }
    try {
      return tensorFaults(emptied, [{ ...asUsual, name: place }]);
    } catch (error) {
      return [thrown(call, place, error)];
    }
  });
}

function thrown({ name }: Call, place: string, error: unknown): Fault {
  return { name, order: 0, kind: "thrown", place, text: `${name}, ${place}: ${error}` };
}
