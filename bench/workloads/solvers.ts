/** Solvers and fits beside those of other packages, and what they cost besides their kernels. */
import {
  add,
  compile,
  divide,
  type Expr,
  exp,
  lbfgs,
  minimize,
  multiply,
  negative,
  randomSource,
  slice,
  square,
  subtract,
  sum,
  type Traced,
  trace,
  valueAndGrad,
  vector,
} from "adjoint";
import { curveFit } from "adjoint/solvers";
import type { Untyped } from "../peers/tensors.js";
import { type HandWritten, none, type Peer, type Workload } from "../workload.js";

const peers: Record<Peer, string> = none(
  ["jax-js", "tfjs-wasm", "tfjs-cpu", "rose", "simplegrad", "adnn", "mathjs"],
  "none of them has solvers for this",
);

/** A Gaussian peak on a background, with what a sine leaves of noise. */
const xs = Float64Array.from({ length: 100 }, (_, i) => i / 10);
const ys = xs.map(
  (x, i) =>
    Math.round(1e4 * (0.3 + 2.5 * Math.exp(-(((x - 4.2) / 1.3) ** 2) / 2) + 0.05 * Math.sin(12.9898 * i))) /
    1e4,
);
/** The solution, computed with 50 digits (mpmath). */
const certified = [2.496608751042077, 4.199923261205469, 1.2969938230221114, 0.3044648624877418];

/** @throws where a fit has less than so many digits */
function checkDigits(found: readonly number[], digits: number): void {
  found.forEach((one, i) => {
    if (Math.abs(one - certified[i]!) <= 10 ** -digits * certified[i]!) return;
    throw new Error(`parameter ${i} is ${one}, not ${certified[i]}`);
  });
}

type Peak = Readonly<Record<"height" | "centre" | "width" | "ground" | "x", Expr>>;

const peak = ({ height, centre, width, ground, x }: Peak): Expr =>
  add(ground, multiply(height, exp(multiply(-0.5, square(divide(subtract(x, centre), width))))));

const fitOfPeak = (): HandWritten => {
  let found: readonly number[] = [];
  return {
    run: () => {
      const fit = curveFit(peak, { height: 1, centre: 3.5, width: 1, ground: 0 }, { x: xs, y: ys });
      found = fit.estimates.map(({ value }) => value);
    },
    results: () => {
      checkDigits(found, 11);
      return { close: [1] };
    },
  };
};

/** With a tolerance that lets it find eight digits; it takes all of its hundred iterations in any case. */
const fitOfPeakByMl = async (): Promise<HandWritten> => {
  const { levenbergMarquardt } = await import("ml-levenberg-marquardt");
  let found: readonly number[] = [];
  return {
    run: () => {
      found = levenbergMarquardt(
        { x: xs, y: ys },
        ([height, centre, width, ground]: [number, number, number, number]) =>
          (x: number) =>
            ground + height * Math.exp(-0.5 * ((x - centre) / width) ** 2),
        {
          initialValues: [1, 3.5, 1, 0],
          ...{ gradientDifference: 1e-6, centralDifference: true, errorTolerance: 1e-15 },
        },
      ).parameterValues;
    },
    results: () => {
      checkDigits(found, 7);
      return { close: [1] };
    },
  };
};

const startOf = (n: number) => Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1));

const traceRosenbrock = (n: number) =>
  trace({ x: vector(n) }, ({ x }) => {
    const current = slice(x, 0, -1);
    const bend = subtract(slice(x, 1), square(current));
    return sum(add(multiply(100, square(bend)), square(subtract(1, current))));
  });

function rosenbrockAt(x: ArrayLike<number>, gradient: number[]): number {
  let value = 0;
  let carried = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const bend = x[i + 1]! - x[i]! * x[i]!;
    const rest = 1 - x[i]!;
    value += 100 * bend * bend + rest * rest;
    gradient[i] = carried - 400 * x[i]! * bend - 2 * rest;
    carried = 200 * bend;
  }
  gradient[x.length - 1] = carried;
  return value;
}

const variables = 1000;

/** Whether a point is a minimum: one of the two that the function has from there. */
const isMinimum = (x: ArrayLike<number>, least: number) => {
  const gradient: number[] = [];
  const value = rosenbrockAt(x, gradient);
  if (gradient.every((one) => Math.abs(one) < least)) return { close: [1] };
  throw new Error(`no minimum: ${value}, and ${Math.max(...gradient.map(Math.abs))} of the gradient is left`);
};

/** To the end of the others: their largest element of the gradient, or its length. */
const longRun = { trajectory: false, steps: 100_000, tolerance: { absolute: 1e-5 } };

const solveRosenbrock = (): HandWritten => {
  const f = traceRosenbrock(variables);
  const start = { x: startOf(variables) };
  let found: ArrayLike<number> = [];
  return {
    run: () => {
      found = minimize(f, start, lbfgs(), longRun).parameters.x;
    },
    results: () => isMinimum(found, 1e-4),
  };
};

const solveByFmin = async (): Promise<HandWritten> => {
  // Its module is of the kind that leaves a global behind.
  await import("fmin");
  const { conjugateGradient } = (globalThis as Untyped).fmin;
  let found: ArrayLike<number> = [];
  return {
    run: () => {
      const f = (x: number[], gradient: number[]) => rosenbrockAt(x, gradient);
      found = conjugateGradient(f, Array.from(startOf(variables))).x;
    },
    results: () => isMinimum(found, 1e-4),
  };
};

const solveByOptimizationJs = async (): Promise<HandWritten> => {
  const { minimize_L_BFGS } = (await import("optimization-js")).default;
  let found: ArrayLike<number> = [];
  return {
    run: () => {
      const scratch: number[] = [];
      const gradientAt = (x: number[]) => {
        const gradient: number[] = new Array(x.length);
        rosenbrockAt(x, gradient);
        return gradient;
      };
      const valueAt = (x: number[]) => rosenbrockAt(x, scratch);
      found = minimize_L_BFGS(valueAt, gradientAt, Array.from(startOf(variables))).argument;
    },
    results: () => isMinimum(found, 1e-4),
  };
};

const few = 10;
const fewIterations = 40;

/** A run of one step, and as many evaluations by the kernel alone as all steps make: what is left are the steps themselves. */
function gradientsAlone(): HandWritten {
  const f = traceRosenbrock(few);
  const run = minimize(f, { x: startOf(few) }, lbfgs(), { steps: fewIterations, trajectory: false });
  const kernel = compile(valueAndGrad(f as unknown as Traced<{ x: [number] }, Expr<[]>>)) as unknown as {
    into(inputs: object, outputs: object): void;
  };
  const inputs = { x: startOf(few) };
  const outputs = { value: new Float64Array(1), grad: { x: new Float64Array(few) } };
  return {
    run: () => {
      minimize(f, { x: startOf(few) }, lbfgs(), { steps: 1, trajectory: false });
      for (let i = 2; i < run.solver.gradients; i++) kernel.into(inputs, outputs);
    },
    results: () => ({ done: [fewIterations] }),
  };
}

function fewSteps(): HandWritten {
  const f = traceRosenbrock(few);
  const start = { x: startOf(few) };
  let steps = 0;
  return {
    run: () => {
      ({ steps } = minimize(f, start, lbfgs(), { steps: fewIterations, trajectory: false }));
    },
    results: () => ({ done: [steps] }),
  };
}

const rows = 100_000;

/** Two decays on a background, of five parameters. */
function manyRows() {
  const noise = randomSource(1).normals(rows);
  const x = Float64Array.from({ length: rows }, (_, i) => (10 * i) / rows);
  const y = x.map((t, i) => 3 * Math.exp(-0.5 * t) + 2 * Math.exp(-2 * t) + 0.5 + 0.01 * noise[i]!);
  return { x, y };
}

type Decays = Readonly<Record<"a" | "b" | "c" | "d" | "e" | "x", Expr>>;

const decays = ({ a, b, c, d, e, x }: Decays): Expr =>
  add(add(multiply(a, exp(multiply(negative(b), x))), multiply(c, exp(multiply(negative(d), x)))), e);

const fitOfDecays = (): HandWritten => {
  const data = manyRows();
  let found: readonly number[] = [];
  return {
    run: () => {
      const fit = curveFit(decays, { a: 2.5, b: 0.4, c: 1.5, d: 1.5, e: 0 }, data);
      found = fit.estimates.map(({ value }) => value);
    },
    results: () => ({ parameters: found.map((one) => Math.round(100 * one)) }),
  };
};

/** What the model alone costs by hand. */
const decaysByHand = (): HandWritten => {
  const { x, y } = manyRows();
  const residuals = new Float64Array(rows);
  return {
    run: () => {
      for (let i = 0; i < rows; i++)
        residuals[i] = 3 * Math.exp(-0.5 * x[i]!) + 2 * Math.exp(-2 * x[i]!) + 0.5 - y[i]!;
    },
    results: () => ({ parameters: [300, 50, 200, 200, 50] }),
  };
};

export const solvers: readonly Workload[] = [
  {
    name: "fit-peak",
    title: "curveFit, 4 parameters, 100 points, to ml-levenberg-marquardt",
    hand: fitOfPeakByMl,
    adjoint: fitOfPeak,
    peers,
  },
  {
    name: "fit-rows",
    title: "curveFit, 5 parameters, 100 000 points, to its model by hand, once",
    hand: decaysByHand,
    adjoint: fitOfDecays,
    peers,
  },
  {
    name: "lbfgs-fmin",
    title: "L-BFGS on Rosenbrock 1000, to fmin's conjugate gradients",
    hand: solveByFmin,
    adjoint: solveRosenbrock,
    peers,
  },
  {
    name: "lbfgs-optimization-js",
    title: "the same, to optimization-js's L-BFGS",
    hand: solveByOptimizationJs,
    adjoint: solveRosenbrock,
    peers,
  },
  {
    name: "lbfgs-steps",
    title: "40 steps of L-BFGS on Rosenbrock 10, to one step and the gradients alone",
    steps: fewIterations,
    hand: gradientsAlone,
    adjoint: fewSteps,
    peers,
  },
];
