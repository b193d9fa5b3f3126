/**
 * Residuals where predictors have errors, too: of each row the distance of what was measured from the curve, in standard
 * deviations, with its sign: the least √(ε² + Σ u²) over the shifts u of the row's predictors, with ε the response's.
 *
 * The shifts are unknowns of the fit, one a row and predictor. Each belongs to its row alone, so that for given parameters
 * they are found row by row, and the rest is a fit of the parameters alone: time is linear in the rows. At the least, ε·g + u
 * is 0 with g = ∂ε/∂u, so that the distance is ε·√(1 + g²), and its derivatives by the parameters are those of ε by
 * 1/√(1 + g²): this Jacobian is what eliminating the shifts from the whole problem's normal equations leaves.
 *
 * Sources: Boggs, Byrd & Schnabel, "A stable and efficient algorithm for nonlinear orthogonal distance regression", SIAM J.
 * Sci. Stat. Comput. 8 (1987); Boggs & Rogers, "Orthogonal distance regression" (1990), for the covariance; Golub & Pereyra,
 * "The differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate" (1973).
 */
import { AdjointError, compile, type Expr, jvp, type Traced, tensor, trace } from "../../graph/index.js";
import { leavesOf, unflattenTree } from "../../graph/internal.js";
import { cholesky, solveLower, solveUpper } from "../../optimizers/solvers/internal.js";
import type { Residuals } from "../../optimizers/solvers/least-squares/index.js";
import { isTensor, plainValue, type ResidualFunction } from "../runs/internal.js";
import { bindResiduals, type Form, type Shifted, specsOfResiduals } from "./problem.js";
import type { Table } from "./table.js";

/** Distances as residuals, and what they were found at. */
export interface Orthogonal extends Residuals {
  /** The response's part of each row's distance: (model − y)/σ at the true predictors. */
  epsilon(x: Float64Array): Float64Array;
  /** The predictors from which rows are nearest to the curve, by name. */
  truePredictors(x: Float64Array): Readonly<Record<string, Float64Array>>;
}

/** More sweeps over the rows than any curve needs that isn't broken. */
const mostSweeps = 100;

/** A Newton step this small beside the shifts leaves an error in the distance that is rounding. */
const smallStep = 1e-9;

/** ε of all rows with its first and second derivatives by the shifts, in order (0,0), (0,1), …, (1,1), …. */
interface Derivatives {
  readonly value: Float64Array;
  readonly first: readonly Float64Array[];
  readonly second: readonly Float64Array[];
}

/** @throws where the model takes a row's value from other rows: then rows can't be moved by themselves */
export function makeOrthogonal(
  f: ResidualFunction,
  form: Form,
  { columns, rows }: Table,
  others: Readonly<Record<string, Float64Array>>,
  shifted: readonly Shifted[],
): Orthogonal {
  const shifts = shifted.map(() => new Float64Array(rows));
  const inputs = Object.fromEntries(shifted.map(({ input }, k) => [input, shifts[k]!]));
  const inner = bindResiduals(f, form, columns, { ...others, ...inputs });
  const derivatives = derivativesOf(f, form, columns, others, shifted, rows);
  const rowwise = new Rows(shifts, derivatives);
  const size = shifted.length;
  const known = new Float64Array(inner.size).fill(Number.NaN);
  let at: Derivatives | undefined;
  /** Finds the shifts at these parameters, unless they are those of the last call. */
  const settle = (x: Float64Array): Derivatives => {
    if (!at || x.some((one, j) => one !== known[j])) {
      known.set(x);
      at = rowwise.settle(x);
    }
    return at;
  };
  const slopeOf = ({ first }: Derivatives, i: number) => {
    let squares = 1;
    for (let k = 0; k < size; k++) squares += first[k]![i]! ** 2;
    return Math.sqrt(squares);
  };
  return {
    size: inner.size,
    count: inner.count,
    residuals(x, into) {
      const { value } = settle(x);
      for (let i = 0; i < rows; i++) {
        let squares = value[i]! ** 2;
        for (const shift of shifts) squares += shift[i]! ** 2;
        into[i] = value[i]! < 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
      }
    },
    jacobian(x, into) {
      const found = settle(x);
      inner.jacobian(x, into);
      for (let i = 0; i < rows; i++) {
        const slope = slopeOf(found, i);
        for (let j = 0; j < x.length; j++) into[j * rows + i] = into[j * rows + i]! / slope;
      }
    },
    forward(x, v, into) {
      const found = settle(x);
      inner.forward(x, v, into);
      for (let i = 0; i < rows; i++) into[i] = into[i]! / slopeOf(found, i);
    },
    backward(x, u, into) {
      const found = settle(x);
      inner.backward(
        x,
        u.map((one, i) => one / slopeOf(found, i)),
        into,
      );
    },
    // Of distances it would take third derivatives: without it, steps go straight on.
    curvature(_x, _v, into) {
      into.fill(Number.NaN);
    },
    epsilon: (x) => settle(x).value.slice(),
    truePredictors(x) {
      settle(x);
      return Object.fromEntries(
        shifted.map(({ name, sigma }, k) => [
          name,
          columns[name]!.data.map((one, i) => one + sigma[i]! * shifts[k]![i]!),
        ]),
      );
    },
  };
}

/** The kernel of ε and its derivatives, at the shifts that the inputs hold. */
function derivativesOf(
  f: ResidualFunction,
  form: Form,
  columns: Table["columns"],
  others: Readonly<Record<string, Float64Array>>,
  shifted: readonly Shifted[],
  rows: number,
): (x: Float64Array, shifts: readonly Float64Array[]) => Derivatives {
  const { parameters } = form;
  const specs = specsOfResiduals(form, columns, rows, shifted) as unknown as Readonly<Record<string, never>>;
  const names = shifted.map(({ input }) => input);
  const along = names.map((_, k) => `along${k}`);
  const directions = Object.fromEntries(along.map((name) => [name, tensor([rows])]));
  type Inputs = Readonly<Record<string, Expr>>;
  const tangent = (g: Traced, inputs: Inputs, k: number): Expr => {
    const pushed = jvp(g as never, names[k]! as never) as unknown as (inputs: object) => { tangent: Expr };
    const kept = Object.fromEntries(Object.keys(specs).map((name) => [name, inputs[name]]));
    const own = Object.fromEntries(along.map((name) => [name, inputs[name]]));
    const all = g === (f as unknown) ? kept : { ...kept, ...own };
    return pushed({ ...all, [`tangent.${names[k]!}`]: inputs[along[k]!]! }).tangent;
  };
  const firsts = names.map(
    (_, k) =>
      trace({ ...specs, ...directions }, ((inputs: Inputs) =>
        tangent(f as unknown as Traced, inputs, k)) as never) as unknown as Traced,
  );
  const whole = trace({ ...specs, ...directions }, ((inputs: Inputs) => {
    const kept = Object.fromEntries(Object.keys(specs).map((name) => [name, inputs[name]]));
    const second = names.flatMap((_, k) => names.slice(k).map((__, l) => tangent(firsts[k]!, inputs, k + l)));
    return {
      value: (f as unknown as (inputs: object) => Expr)(kept),
      first: names.map((_, k) => tangent(f as unknown as Traced, inputs, k)),
      second,
    };
  }) as never);
  const kernel = compile(whole as never) as unknown as (inputs: object) => Derivatives;
  const leaves = leavesOf(parameters, isTensor);
  const given = {
    predictors: unflattenTree(columns, isTensor, leavesOf(columns, isTensor).map(plainValue)),
    ...others,
  };
  const call = (x: Float64Array, shifts: readonly Float64Array[], ones: readonly Float64Array[]) => {
    let offset = 0;
    const values = leaves.map(({ data, shape }) => {
      offset += data.length;
      return plainValue({ data: x.slice(offset - data.length, offset), shape });
    });
    return kernel({
      parameters: unflattenTree(parameters, isTensor, values),
      ...given,
      ...Object.fromEntries(names.map((name, k) => [name, shifts[k]!])),
      ...Object.fromEntries(along.map((name, k) => [name, ones[k]!])),
    });
  };
  const ones = names.map(() => new Float64Array(rows).fill(1));
  checkRowwise(form.what, call, Float64Array.from(leaves.flatMap(({ data }) => [...data])), ones, shifted);
  return (x, shifts) => call(x, shifts, ones);
}

/** A derivative along directions of both signs is that along ones by row, up to rounding, where rows are by themselves. */
function checkRowwise(
  what: string,
  call: (x: Float64Array, shifts: readonly Float64Array[], along: readonly Float64Array[]) => Derivatives,
  x: Float64Array,
  ones: readonly Float64Array[],
  shifted: readonly Shifted[],
): void {
  const none = ones.map((one) => new Float64Array(one.length));
  // Signs in no period that a model is likely to have.
  const signs = ones.map((one) => one.map((_, i) => (Math.sin(1.7 * i * i + 0.3) < 0 ? -1 : 1)));
  const along = call(x, none, ones).first.map((one) => one.slice());
  call(x, none, signs).first.forEach((one, k) => {
    const largest = along[k]!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const row = one.findIndex((value, i) => Math.abs(value - signs[k]![i]! * along[k]![i]!) > 1e-9 * largest);
    if (row >= 0)
      throw new AdjointError(
        `${what}: with errors in "${shifted[k]!.name}" the model must take each row from that row's predictors alone, which row ${row} isn't.`,
      );
  });
}

/** Newton's method for the shifts of all rows at once, each row with its own step. */
class Rows {
  readonly #shifts: readonly Float64Array[];
  readonly #at: (x: Float64Array, shifts: readonly Float64Array[]) => Derivatives;
  readonly #scratch: { readonly gradient: Float64Array; readonly H: Float64Array; readonly L: Float64Array };

  constructor(
    shifts: readonly Float64Array[],
    at: (x: Float64Array, shifts: readonly Float64Array[]) => Derivatives,
  ) {
    this.#shifts = shifts;
    this.#at = at;
    const size = shifts.length;
    this.#scratch = {
      gradient: new Float64Array(size),
      H: new Float64Array(size * size),
      L: new Float64Array(size * size),
    };
  }

  /** Leaves the shifts where each row is nearest, beginning at what was measured. */
  settle(x: Float64Array): Derivatives {
    const shifts = this.#shifts;
    const rows = shifts[0]!.length;
    const size = shifts.length;
    for (const shift of shifts) shift.fill(0);
    const open = new Uint8Array(rows).fill(1);
    const before = shifts.map((shift) => shift.slice());
    const steps = shifts.map(() => new Float64Array(rows));
    const share = new Float64Array(rows);
    const slope = new Float64Array(rows);
    const least = new Float64Array(rows).fill(Number.NaN);
    const step = new Float64Array(size);
    let found = this.#at(x, shifts);
    for (let sweep = 0; sweep < mostSweeps; sweep++) {
      let moves = false;
      for (let i = 0; i < rows; i++) {
        if (open[i] === 0) continue;
        let value = found.value[i]! ** 2;
        for (const shift of shifts) value += shift[i]! ** 2;
        const isUp = !(value <= least[i]! + 2e-4 * share[i]! * slope[i]! + 1e-15 * least[i]!);
        if (share[i]! > 0 && isUp) {
          // A step that went up, or where the model isn't finite, is halved.
          share[i] = share[i]! < 1e-12 ? 0 : share[i]! / 2;
          if (share[i] === 0) open[i] = 0;
        } else {
          least[i] = value;
          slope[i] = this.#propose(found, i, step);
          let length = 0;
          let reach = 0;
          for (let k = 0; k < size; k++) {
            before[k]![i] = shifts[k]![i]!;
            steps[k]![i] = step[k]!;
            length = Math.max(length, Math.abs(step[k]!));
            reach = Math.max(reach, Math.abs(shifts[k]![i]!));
          }
          if (slope[i]! < 0 && length > smallStep * reach) share[i] = 1;
          else {
            open[i] = 0;
            continue;
          }
        }
        moves = true;
        for (let k = 0; k < size; k++) shifts[k]![i] = before[k]![i]! + share[i]! * steps[k]![i]!;
      }
      if (!moves) break;
      found = this.#at(x, shifts);
    }
    return found;
  }

  /** The step of a row; its slope, which is 0 where there is no way down. */
  #propose({ value, first, second }: Derivatives, i: number, step: Float64Array): number {
    const size = step.length;
    const { gradient, H, L } = this.#scratch;
    const epsilon = value[i]!;
    let rounding = 0;
    let largest = 0;
    for (let k = 0; k < size; k++) {
      const own = epsilon * first[k]![i]!;
      const shift = this.#shifts[k]![i]!;
      gradient[k] = own + shift;
      rounding = Math.max(rounding, Math.abs(own) + Math.abs(shift));
      largest = Math.max(largest, Math.abs(own + shift));
    }
    const isFlat = largest <= 2 * Number.EPSILON * rounding;
    fillHessian(H, first, second, i, epsilon);
    const failed = cholesky(L, H, size);
    if (failed < size) {
      if (isFlat) {
        // On a ridge: any way leads down.
        step.fill(0)[failed] = 1;
        return -Number.MIN_VALUE;
      }
      // Where the curve's own bend turns the model over, the step without it leads down, always.
      fillHessian(H, first, second, i, 0);
      cholesky(L, H, size);
    }
    step.set(gradient);
    solveLower(L, size, step);
    solveUpper(L, size, step);
    let slope = 0;
    for (let k = 0; k < size; k++) {
      step[k] = -step[k]!;
      slope += step[k]! * gradient[k]!;
    }
    return Number.isFinite(slope) && !isFlat ? slope : 0;
  }
}

/** Half the second derivatives of ε² + Σ u² by a row's shifts, with so much of the curve's own bend. */
function fillHessian(
  H: Float64Array,
  first: readonly Float64Array[],
  second: readonly Float64Array[],
  i: number,
  bend: number,
): void {
  const size = first.length;
  let place = 0;
  for (let k = 0; k < size; k++) {
    for (let l = k; l < size; l++, place++) {
      const one = first[k]![i]! * first[l]![i]! + bend * second[place]![i]! + (k === l ? 1 : 0);
      H[k * size + l] = one;
      H[l * size + k] = one;
    }
  }
}
