/** Optimizers and solvers by their names, with their options. */
import { nearest } from "../../graph/internal.js";
import type { Optimizer } from "../../optimizers/index.js";
import * as optimizers from "../../optimizers/index.js";
import {
  auto,
  conjugateGradient,
  lbfgs,
  lbfgsb,
  nelderMead,
  newtonCG,
  type Solver,
  trustRegion,
} from "../../optimizers/solvers/index.js";
import { type Given, numberOf, type Options, textOf } from "./options.js";
import { UsageError } from "./terminal.js";
import { assignments, readNumber } from "./values.js";

type Maker = (options: Readonly<Record<string, number | boolean>>) => Optimizer;

const all: Readonly<Record<string, unknown>> = optimizers;

/** Names as they are typed, the course's short ones among them. */
const makers: Readonly<Record<string, Maker>> = {
  gd: optimizers.gradientDescent as Maker,
  ...(Object.fromEntries(
    (
      [
        ...[
          "gradientDescent",
          "sgd",
          "momentum",
          "adagrad",
          "rmsprop",
          "adadelta",
          "adam",
          "adamw",
          "amsgrad",
          "nadam",
        ],
        ...[
          "radam",
          "adamax",
          "asgd",
          "rprop",
          "lion",
          "adan",
          "adabelief",
          "lamb",
          "lars",
          "adafactor",
          "yogi",
        ],
        ...["muon", "shampoo", "scheduleFreeSgd", "scheduleFreeAdamW", "dadaptAdamW", "prodigy"],
      ] as const
    ).map((name) => [name, all[name] as unknown as Maker]),
  ) as Readonly<Record<string, Maker>>),
};

const solvers: Readonly<Record<string, () => Solver>> = {
  auto,
  trustRegion,
  lbfgs,
  lbfgsb,
  newtonCG,
  conjugateGradient,
  nelderMead,
};

export const optimizerNames = Object.keys(makers);
export const solverNames = Object.keys(solvers);

export const methodOptions: Options = {
  optimizer: { value: "NAME", help: `an optimizer: ${optimizerNames.slice(0, 9).join(", ")}, …` },
  method: { value: "NAME", help: `a solver: ${Object.keys(solvers).join(", ")}; default auto` },
  "learning-rate": { value: "R", help: "the optimizer's learning rate; default 0.01" },
  option: {
    value: "NAME=V",
    help: "another option of the optimizer, such as beta1=0.95; may be repeated",
    many: true,
  },
};

/** The optimizer of a name. */
export function optimizerOf(name: string, given: Given): Optimizer {
  const make = Object.hasOwn(makers, name) ? makers[name]! : undefined;
  if (!make) throw unknown("optimizer", name, optimizerNames);
  const more = (given.options.get("option") ?? []).flatMap((text) => [
    ...assignments("--option", String(text), "beta1=0.9", (one) =>
      one === "true" || one === "false" ? one === "true" : readNumber(one),
    ),
  ]);
  const learningRate = numberOf(given, "learning-rate") ?? 0.01;
  return make({ learningRate, ...Object.fromEntries(more) });
}

/** What `--optimizer` or `--method` asks for. */
export function methodOf(given: Given): Optimizer | Solver {
  const [optimizer, method] = [textOf(given, "optimizer"), textOf(given, "method")];
  if (optimizer !== undefined && method !== undefined)
    throw new UsageError("--optimizer and --method are both given; a run has one of them.");
  if (optimizer !== undefined) return optimizerOf(optimizer, given);
  for (const name of ["learning-rate", "option"])
    if (given.options.has(name)) throw new UsageError(`--${name} is of optimizers; name one by --optimizer.`);
  const make = Object.hasOwn(solvers, method ?? "auto") ? solvers[method ?? "auto"] : undefined;
  if (!make) throw unknown("method", method!, Object.keys(solvers));
  return make();
}

function unknown(option: string, name: string, known: readonly string[]): UsageError {
  const meant = nearest(name, known);
  return new UsageError(
    `--${option}: unknown "${name}"; ${meant === undefined ? `there are ${known.join(", ")}.` : `did you mean ${meant}?`}`,
  );
}
