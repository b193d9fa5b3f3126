/** What a workload is, and what runs it. */

/** Numbers by name: `value` and one entry a gradient, or whatever else a workload computes. */
export type Results = Readonly<Record<string, ArrayLike<number>>>;

/** One way to compute a workload, ready to run. */
export interface Program {
  /** Computes once. All that is measured happens in here. */
  readonly run: () => void;
  /** What the last run computed. */
  readonly results: () => Results;
}

/** The hand-written way: the reference in every respect. */
export interface HandWritten extends Program {
  /**
   * The arrays that it differentiates by, by the names of their gradients in the results; with them, the results are
   * compared with finite differences of `value`. Left out where the results aren't a gradient.
   */
  readonly parameters?: Readonly<Record<string, Float64Array | Float32Array>>;
}

/** The subjects that are measured against hand-written JavaScript, in the order of the table's columns. */
export const subjects = [
  "adjoint",
  "jax-js",
  "tfjs-wasm",
  "tfjs-cpu",
  "rose",
  "simplegrad",
  "adnn",
  "mathjs",
] as const;

export type Subject = (typeof subjects)[number];

export type Peer = Exclude<Subject, "adjoint">;

/** How to make a program, or why there is none. */
export type Attempt = (() => Promise<Program>) | string;

export interface Workload {
  /** For `--only`. */
  readonly name: string;
  /** For the table. */
  readonly title: string;
  /** Runs of this many steps are told by the step. */
  readonly steps?: number;
  /** The precision of the hand-written version and of Adjoint's; default f64. */
  readonly dtype?: "f64" | "f32";
  readonly hand: () => HandWritten | Promise<HandWritten>;
  /** Traces, compiles and allocates: all that comes before the first result is in here. */
  readonly adjoint: () => Program;
  /** Adjoint's value alone, for the ratio of gradient to value. */
  readonly value?: () => Program;
  /** Value and gradient, where `adjoint` does more than that. */
  readonly gradient?: () => Program;
  /** What is measured of Adjoint instead of its ratio to the hand-written version in one process. */
  readonly measure?: (settings: Settings) => Measurement;
  readonly peers: Readonly<Record<Peer, Attempt>>;
}

export interface Settings {
  /** What a round should take at least, in milliseconds. */
  readonly round: number;
  /** What all rounds of one pair of programs should take, in milliseconds. */
  readonly budget: number;
}

/** Median, least and most. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What one process measured of one subject. */
export interface Measurement {
  /** The subject's time over that of the hand-written version. */
  readonly ratio: Spread;
  /** Nanoseconds a run, or a step. */
  readonly subject: Spread;
  readonly hand: Spread;
  /** Milliseconds from the data to the first result. */
  readonly first: number;
  /** The most memory that the process held up to the first result, in MiB. */
  readonly memory: number;
  /** The time of value and gradient over that of the value alone. */
  readonly gradient?: Spread;
}

/** The same reason for several peers. */
export function none<const P extends Peer>(peers: readonly P[], reason: string): Record<P, string> {
  return Object.fromEntries(peers.map((peer) => [peer, reason])) as Record<P, string>;
}
