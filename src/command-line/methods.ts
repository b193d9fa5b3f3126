/** Optimizers and solvers by their names, with their options: what they say of themselves is what can be typed. */
import { AdjointError } from "../../graph/index.js";
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
import {
  gaussNewton,
  type LeastSquaresSolver,
  levenbergMarquardt,
} from "../../optimizers/solvers/least-squares/index.js";
import { type Given, has, numberOf, type Option, type Options, textOf, typed } from "./options.js";
import { UsageError } from "./terminal.js";

type Setting = number | boolean | string;
type Settings = Readonly<Record<string, Setting>>;
type Make<M> = (options: Settings) => M;

/** A method with its options and their defaults, by the library's names. */
interface Method<M> {
  readonly make: Make<M>;
  readonly options: Settings;
}

/** What a run of an optimizer gets where no rate is typed. */
const usualRate = 0.01;

const ofOptimizers = [
  ...["gradientDescent", "sgd", "momentum", "adagrad", "rmsprop", "adadelta", "adam", "adamw", "amsgrad"],
  ...["nadam", "radam", "adamax", "asgd", "rprop", "lion", "adan", "adabelief", "lamb", "lars", "adafactor"],
  ...["yogi", "muon", "shampoo", "sophia", "scheduleFreeSgd", "scheduleFreeAdamW", "dadaptAdamW", "prodigy"],
] as const;

const named: Readonly<Record<string, unknown>> = optimizers;

/** Makers by the names that are typed: the course's short one, and those with other libraries' defaults behind their names. */
const makers = (): readonly (readonly [string, Make<Optimizer>])[] => [
  ["gd", optimizers.gradientDescent as never],
  ...ofOptimizers.map((name) => [name, named[name] as never] as const),
  ...Object.entries({ course: optimizers.course, torch: optimizers.torch, optax: optimizers.optax }).flatMap(
    ([library, all]) =>
      Object.entries(all).map(([name, make]) => [`${library}.${name}`, make as never] as const),
  ),
];

let madeOptimizers: ReadonlyMap<string, Method<Optimizer>> | undefined;

function allOptimizers(): ReadonlyMap<string, Method<Optimizer>> {
  madeOptimizers ??= new Map(
    makers().map(([name, make]) => {
      const plain = (given: Settings) => ({ ...(make(given).hyperparameters as Settings) });
      try {
        return [name, { make, options: plain({}) }];
      } catch (error) {
        if (!(error instanceof AdjointError)) throw error;
        return [name, { make, options: plain({ learningRate: usualRate }) }];
      }
    }),
  );
  return madeOptimizers;
}

const allSolvers: ReadonlyMap<string, Method<Solver>> = new Map(
  Object.entries({ auto, trustRegion, lbfgs, lbfgsb, newtonCG, conjugateGradient, nelderMead }).map(
    ([name, make]) => [name, { make: make as Make<Solver>, options: make({}).options as Settings }],
  ),
);

export const optimizerNames = (): string[] => [...allOptimizers().keys()];
export const solverNames = (): string[] => [...allSolvers.keys()];

/** The options of all methods as they are typed: a switch that is on by default is turned off by `--no-…`. */
function settingsOf(methods: Iterable<Method<unknown>>): Options {
  const all: Record<string, Option> = {};
  for (const { options } of methods)
    for (const [name, value] of Object.entries(options)) {
      const flag = flagOf(name, value);
      all[flag] = typeof value === "boolean" ? { help: "" } : { value: "V", help: "" };
    }
  return all;
}

const flagOf = (name: string, value: Setting) => `${value === true ? "no-" : ""}${typed(name)}`;

/** The options by which a method is chosen and told. */
export const methodOptions = (): Options => ({
  optimizer: { value: "NAME", help: "an optimizer, see below", choices: optimizerNames() },
  method: {
    value: "NAME",
    help: "a solver, see below; default auto, which chooses one",
    choices: solverNames(),
  },
  ...raceOptions(),
});

/** The options of all that races. */
export const raceOptions = (): Options => settingsOf([...allOptimizers().values(), ...allSolvers.values()]);

/** Whether an option is a method's, told in a table of its own. */
export const isSetting = (name: string): boolean => Object.hasOwn(raceOptions(), name);

const allFitters: ReadonlyMap<string, Method<LeastSquaresSolver>> = new Map(
  Object.entries({ levenbergMarquardt, gaussNewton }).map(([name, make]) => [
    name,
    { make: make as Make<LeastSquaresSolver>, options: make({}).options as Settings },
  ]),
);

export const fitterNames = [...allFitters.keys()];

/** The options of fits' solvers. */
export const fitterOptions: Options = settingsOf(allFitters.values());

/** The same table of fits' solvers. */
export const explainedFitters = (): string => `Solvers, their options and defaults\n${lines(allFitters)}`;

function lines(all: ReadonlyMap<string, Method<unknown>>): string {
  const shown = ([name, value]: [string, Setting]) =>
    typeof value === "boolean"
      ? `--${flagOf(name, value)}`
      : `--${typed(name)} ${String(value).replace("e+", "e")}`;
  return [...all]
    .filter(([name]) => !name.includes("."))
    .map(([name, { options }]) =>
      `  ${name.padEnd(19)}${Object.entries(options).map(shown).join(" ")}`.trimEnd(),
    )
    .join("\n");
}

/** The help's table of methods with their options and defaults. */
export function explainedMethods(): string {
  const others = optimizerNames().filter((name) => name.includes("."));
  return `Optimizers, their options and defaults
${lines(allOptimizers())}
  with the defaults of others: ${others.join(", ")}

Solvers, their options and defaults
${lines(allSolvers)}`;
}

/** What was typed of a method's options. */
function settings({ options }: Method<unknown>, given: Given): Settings {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, usual]): (readonly [string, Setting])[] => {
      const flag = typed(name);
      if (typeof usual === "number") {
        const value = numberOf(given, flag);
        return value === undefined ? [] : [[name, value]];
      }
      if (typeof usual === "string") {
        const value = textOf(given, flag);
        return value === undefined ? [] : [[name, value]];
      }
      if (has(given, flag)) return [[name, true]];
      return has(given, `no-${flag}`) ? [[name, false]] : [];
    }),
  );
}

/** Throws where an option is of none of the methods that were chosen. */
function checkSettings(given: Given, known: Options, chosen: ReadonlyMap<string, Method<unknown>>): void {
  const own = [...chosen.values()].flatMap(({ options }) => Object.keys(options).map((name) => typed(name)));
  const odd = [...given.options.keys()].find(
    (name) => Object.hasOwn(known, name) && !own.includes(name.replace(/^no-/, "")),
  );
  if (odd === undefined) return;
  const meant = nearest(odd, own);
  const others = [...allOptimizers(), ...allSolvers].flatMap(([name, { options }]) =>
    !name.includes(".") && Object.keys(options).some((one) => typed(one) === odd.replace(/^no-/, ""))
      ? [name]
      : [],
  );
  const has = own.length === 0 ? "has no options" : `has --${[...new Set(own)].join(", --")}`;
  throw new UsageError(
    `--${odd} is no option of ${[...chosen.keys()].join(", ")}, which ${has}${meant === undefined ? `; ${others.join(", ")} ${others.length === 1 ? "has" : "have"} it.` : `; did you mean --${meant}?`}`,
  );
}

function find<M>(all: ReadonlyMap<string, Method<M>>, option: string, name: string): Method<M> {
  const found = all.get(name);
  if (found) return found;
  const meant = nearest(name, [...all.keys()]);
  throw new UsageError(
    `--${option}: unknown "${name.slice(0, 40)}"; ${meant === undefined ? `there are ${[...all.keys()].filter((one) => !one.includes(".")).join(", ")}.` : `did you mean ${meant}?`}`,
  );
}

/** The methods of these names with what was typed for them; the options by which they were named stand in errors. */
export function methodsOf(
  given: Given,
  named: Readonly<Record<"optimizers" | "solvers", readonly string[]>>,
  options: readonly [string, string],
): ReadonlyMap<string, Optimizer | Solver> {
  const chosen = new Map<string, Method<Optimizer | Solver>>([
    ...named.optimizers.map((name) => [name, find(allOptimizers(), options[0], name)] as const),
    ...named.solvers.map((name) => [name, find(allSolvers, options[1], name)] as const),
  ]);
  checkSettings(given, raceOptions(), chosen);
  return new Map([...chosen].map(([name, method]) => [name, made(method, given)]));
}

function made<M>(method: Method<M>, given: Given): M {
  const { learningRate } = method.options;
  // Some have a rate of their own.
  const rate = learningRate === usualRate ? { learningRate } : {};
  return method.make({ ...rate, ...settings(method, given) });
}

/** What `--optimizer` or `--method` asks for. */
export function methodOf(given: Given): Optimizer | Solver {
  const [optimizer, method] = [textOf(given, "optimizer"), textOf(given, "method")];
  if (optimizer !== undefined && method !== undefined)
    throw new UsageError("--optimizer and --method are both given; a run has one of them.");
  const named =
    optimizer === undefined
      ? { optimizers: [], solvers: [method ?? "auto"] }
      : { optimizers: [optimizer], solvers: [] };
  const [one] = methodsOf(given, named, ["optimizer", "method"]).values();
  return one!;
}

/** The solver of a fit that `--solver` asks for. */
export function fitterOf(given: Given): LeastSquaresSolver {
  const name = textOf(given, "solver") ?? "levenbergMarquardt";
  const method = find(allFitters, "solver", name);
  checkSettings(given, fitterOptions, new Map([[name, method]]));
  return made(method, given);
}
