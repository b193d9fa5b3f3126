/** What is expected of Adjoint: `npm run bench -- --check` fails where a median is above. */

export interface Bound {
  /** The most that Adjoint may take, times hand-written JavaScript. */
  readonly ratio?: number;
  /** The most nanoseconds a run, or a step where a run is many. */
  readonly nanoseconds?: number;
  /** The most nanoseconds that a run, or a step, may take beyond what it is compared with. */
  readonly overhead?: number;
  /** The most milliseconds of tracing and compiling up to the first result. */
  readonly first?: number;
  /** The most memory up to the first result, in MiB. */
  readonly memory?: number;
  /** The most that value and gradient may take, times the value alone; `gradientBound` by default. */
  readonly gradient?: number;
  /** A subject of the same run that Adjoint must be ahead of. */
  readonly ahead?: string;
}

/** The most that value and gradient may take, times the value alone, where nothing else is said. */
export const gradientBound = 5;

export const bounds: Readonly<Record<string, Bound>> = {
  sphere: { ratio: 1.1, first: 2 },
  cubic: { ratio: 1.1, first: 2 },
  saddle: { ratio: 1.1, first: 2 },
  call: { nanoseconds: 150 },
  kernels: { ratio: 1.1 },
  sets: { ratio: 1.2 },
  tree: { ratio: 2 },
  "rosenbrock-10": { ratio: 1.15 },
  "rosenbrock-1000": { ratio: 1.1 },
  "rosenbrock-100000": { ratio: 1.1 },
  "rosenbrock-scalars-1000": { ratio: 4 },
  "rosenbrock-scalars-10000": { ratio: 6 },
  "linear-fit": { ratio: 0.7 },
  mixture: { ratio: 0.6 },
  "log-determinant": { ratio: 2, gradient: 4 },
  "convolution-forward": { ratio: 0.3 },
  convolution: { ratio: 0.3 },
  attention: { ratio: 0.5 },
  // The derivative is the exponential of a matrix of twice the side: eight times the work.
  expm: { gradient: 12 },
  "adam-step": { ratio: 0.9, nanoseconds: 60 },
  minimize: { nanoseconds: 45 },
  "mlp-f32": { ratio: 0.15, first: 50, ahead: "jax-js" },
  "mlp-f64": { ratio: 0.25, first: 50 },
  "matmul-f32": { ratio: 0.13 },
  "matmul-f64": { ratio: 0.25 },
  "stencil-200": { ratio: 1.1 },
  "stencil-1000": { ratio: 1.1 },
  "chain-1e4": { ratio: 1.8 },
  "chain-1e5": { ratio: 1.8 },
  "chain-1e6": { ratio: 1.8, first: 15_000, memory: 1536 },
  "step-adam-f32": { ratio: 1 },
  "step-adam-f64": { ratio: 1 },
  "step-adamw-f32": { ratio: 1 },
  "step-adamw-f64": { ratio: 1 },
  "step-sgd-f32": { ratio: 1 },
  "step-sgd-f64": { ratio: 1 },
  "state-file": { nanoseconds: 1e8 },
  "train-adam": { ratio: 3 },
  "train-gd": { ratio: 3 },
  "train-mlp": { ratio: 1.5 },
  "train-mlp-adam": { ratio: 1.5 },
  recorded: { ratio: 1.5 },
  "on-step": { ratio: 2 },
  anew: { ratio: 1.2 },
  "fit-peak": { ratio: 0.1 },
  "fit-rows": { nanoseconds: 100e6 },
  "lbfgs-optimization-js": { ratio: 1 },
  "lbfgs-steps": { overhead: 2000 },
};
