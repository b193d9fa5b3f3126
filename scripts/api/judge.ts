/** Makes a call and judges what comes of it: a value that can be used, or an error of the library that names the function. */
import { types } from "node:util";
import { AdjointError, compile, type Expr, type RandomSource, scalar, type Traced, trace } from "adjoint";
import { type Call, drawCall } from "./draw.js";
import { isExpr, isPlainArray, isRecord, Thrown } from "./hostile.js";
import type { Target } from "./targets.js";
import { hanging, isKnownToHang, patience, TimeUp, withinTime } from "./time.js";
import { pollution, watch } from "./watch.js";

/** What a call did that it mustn't. */
export interface Fault {
  readonly target: string;
  readonly call: string;
  readonly kind: string;
  readonly what: string;
  /** The library's innermost place in the stack. */
  readonly place: string;
}

/** Rejections and exceptions that nobody caught, as the process reports them. */
export const uncaught: unknown[] = [];

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Whether an error was thrown, and not returned. */
const failed = (outcome: Outcome): outcome is { readonly error: unknown } => "error" in outcome;

function attempt(run: () => unknown): Outcome {
  return plainly(() => withinTime(run));
}

function plainly(run: () => unknown): Outcome {
  try {
    return { value: run() };
  } catch (error) {
    return { error };
  }
}

/** Is told which hostile values are about to be passed. */
type Announce = (flaws: readonly string[]) => void;

/** One call of a target, outside or inside of a trace. */
export async function callOnce(random: RandomSource, target: Target, announce: Announce): Promise<Fault[]> {
  const inside = random.uniform() < (target.onExpressions ? 0.5 : 0.1);
  return inside ? callInside(random, target, announce) : callOutside(random, target, announce);
}

async function callOutside(random: RandomSource, target: Target, announce: Announce): Promise<Fault[]> {
  const call = drawCall(random, target);
  announce(call.flaws);
  if (isKnownToHang(call.flaws)) return [];
  const judge = new Judge(target, call, false);
  const { run, done } = judge.begin();
  const outcome = await settled(attempt(run));
  done(outcome);
  if (!failed(outcome) && judge.faults.length === 0) {
    if (isTraced(outcome.value)) judge.use(outcome.value);
    if (target.followed) await follow(random, target, call, outcome.value, judge);
  }
  return judge.end();
}

async function callInside(random: RandomSource, target: Target, announce: Announce): Promise<Fault[]> {
  let judge: Judge | undefined;
  let outcome: Outcome | undefined;
  const around = plainly(() =>
    trace({ s: scalar() }, ({ s }): Record<string, Expr> => {
      const call = drawCall(random, target, s);
      announce(call.flaws);
      if (isKnownToHang(call.flaws)) return { s };
      judge = new Judge(target, call, true);
      const { run, done } = judge.begin();
      outcome = attempt(run);
      done(outcome);
      const exprs = failed(outcome) ? [] : expressionsIn(outcome.value);
      return Object.fromEntries([["s", s], ...exprs.map((expr, i) => [`r${i}`, expr] as const)]);
    }),
  );
  if (!judge) {
    if (failed(around)) throw around.error;
    return [];
  }
  const judged = judge;
  if (outcome && !failed(outcome) && types.isPromise(outcome.value)) judged.settle(await settled(outcome));
  if (judged.faults.length === 0) {
    if (failed(around)) judged.afterwards("trace", around.error);
    else judged.use(around.value as Traced);
  }
  return judged.end();
}

/** What a promise comes to; everything else as it is. */
async function settled(outcome: Outcome): Promise<Outcome> {
  if (failed(outcome) || !types.isPromise(outcome.value)) return outcome;
  const late = new Promise((_, reject) => setTimeout(() => reject(new TimeUp()), 10_000));
  try {
    return { value: await Promise.race([outcome.value, late]) };
  } catch (error) {
    return { error };
  }
}

/** What rules of optimizers and of parts are called. */
const rules = ["rule", "treeRule", "apply"];

/** The methods of what was returned, or itself, with wrong arguments. */
async function follow(random: RandomSource, target: Target, call: Call, value: unknown, judge: Judge) {
  const methods: [string, unknown][] = typeof value === "function" ? [["", value]] : [];
  if (typeof value === "object" && value !== null && !types.isProxy(value) && !isExpr(value)) {
    for (const [key, one] of Object.entries(value)) {
      // Rules of optimizers and of parts of chains are for whoever defines some, on expressions.
      if (typeof one === "function" && !rules.includes(key)) methods.push([key, one]);
    }
  }
  if (methods.length === 0) return;
  const [key, method] = methods[random.integer(0, methods.length)]!;
  const name = key === "" ? call.text : `${call.text}.${key}`;
  // What the examples of custom ops and optimizers call them is "mine".
  const names = [target.name, key, "input", "inputs", "kernel", "mine", ...namesGiven(call.args)].filter(
    (one) => one !== "",
  );
  const made: Target = {
    ...{ name, names, calls: [() => [{ x: [1, 2] }], () => [1]], onExpressions: false, followed: false },
    make: () => method as ReturnType<Target["make"]>,
  };
  const next = drawCall(random, made);
  const second = new Judge({ ...made, name: target.name }, { ...next, refused: undefined }, false);
  const { run, done } = second.begin();
  const outcome = await settled(attempt(run));
  // What a callback of the first call throws now is its own, too.
  for (const error of call.thrown) next.thrown.add(error);
  done(outcome);
  judge.faults.push(...(await second.end()));
}

/** The names that definitions among arguments have: what is made of them is told by these. */
function namesGiven(args: readonly unknown[]): string[] {
  return args.filter(isRecord).flatMap((arg) => {
    const name: unknown = Object.getOwnPropertyDescriptor(arg, "name")?.value;
    return typeof name === "string" ? [name] : [];
  });
}

class Judge {
  readonly faults: Fault[] = [];
  readonly #target: Target;
  readonly #call: Call;
  readonly #inside: boolean;

  constructor(target: Target, call: Call, inside: boolean) {
    this.#target = target;
    this.#call = call;
    this.#inside = inside;
  }

  begin(): { run: () => unknown; done: (outcome: Outcome) => void } {
    const { args } = this.#call;
    const changed = watch(args, this.#target.writes);
    const call = this.#target.make();
    let before = 0;
    let began = 0;
    return {
      run: () => {
        before = milliseconds();
        began = performance.now();
        return call(...args);
      },
      done: (outcome) => {
        const spent = milliseconds() - before;
        const limit = this.#target.limit ?? 1000;
        const ended = !failed(outcome) || !(outcome.error instanceof TimeUp);
        // Where others keep the machine busy, a call may be ended that hardly began.
        const waited = performance.now() - began - spent;
        if (!ended && waited > Math.max(3000, 0.75 * patience.milliseconds)) return;
        if (ended && spent > limit) this.#add("slow", `takes ${Math.round(spent / 1000)} s`, outcome);
        const place = changed();
        if (place !== undefined) this.#add("mutation", `changes ${place}`, outcome);
        const polluted = pollution();
        if (polluted !== undefined) this.#add("pollution", polluted, outcome);
        this.settle(outcome);
      },
    };
  }

  /** The error must be the library's and name the function; the value must be one that can be used. */
  settle(outcome: Outcome): void {
    if (failed(outcome)) {
      this.#judgeError(outcome.error);
      return;
    }
    if (types.isPromise(outcome.value)) return;
    const { refused } = this.#call;
    // A bare expression is made by ops only; its class is exported as a type.
    const wrong = this.#target.name === "Expr" ? undefined : brokenIn(outcome.value, 3);
    if (wrong !== undefined) this.#add("broken value", `gives ${wrong}`);
    else if (refused !== undefined) this.#add("accepted", `takes ${refused.replace(/ at .*/, "")}`);
  }

  #judgeError(error: unknown): void {
    if (error instanceof TimeUp) {
      for (const flaw of this.#call.flaws) hanging.set(flaw, (hanging.get(flaw) ?? 0) + 1);
      this.#add("hang", "doesn't end");
    } else if (this.#call.thrown.has(error)) return;
    else if (error instanceof Thrown) {
      if (error.by === "trap") this.#add("trap", "lets an error of a getter or Proxy through", { error });
    } else if (error instanceof AdjointError) this.#judgeMessage(error);
    else {
      const text = error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error);
      this.#add("foreign error", text, { error });
    }
  }

  #judgeMessage(error: AdjointError): void {
    const { message } = error;
    const { names } = this.#target;
    const named = names.some(
      (name) => message.startsWith(name) && !/^[\w$]/.test(message.slice(name.length)),
    );
    if (!named) this.#add("name", `says "${message.slice(0, 60)}…"`, { error });
    else if (message.length > 700) this.#add("message", `says ${message.length} characters`, { error });
    else if (/\[object \w+\]|function \(|=>\s*\{/.test(message))
      this.#add("message", `says "${message}"`, { error });
  }

  /** An error of the trace around a call, or of what uses its result. */
  afterwards(step: string, error: unknown): void {
    if (error instanceof AdjointError || this.#call.thrown.has(error) || error instanceof Thrown) return;
    this.#add("unusable value", `${step} then throws ${String(error).slice(0, 100)}`, { error });
  }

  /** Runs a traced function as the interpreter and as a kernel do: each output must have as many elements as it says. */
  use(traced: Traced): void {
    const { graph } = traced;
    const large = graph.nodes.length > 300 || graph.nodes.some(({ shape }) => !(size(shape) <= 1e4));
    if (large) return;
    const inputs = Object.fromEntries(
      graph.inputs.map(({ name, shape }) => [name, shape.length === 0 ? 0.5 : new Float64Array(size(shape))]),
    );
    const interpreted = attempt(() => traced(inputs as never));
    const compiled = attempt(() => compile(traced)(inputs as never));
    if (failed(interpreted)) this.afterwards("a call", interpreted.error);
    if (failed(compiled)) this.afterwards("compile", compiled.error);
    if (failed(interpreted) || failed(compiled)) return;
    const [a, b] = [countsIn(interpreted.value), countsIn(compiled.value)];
    if (a !== b) this.#add("broken value", `gives ${a} elements interpreted, ${b} compiled`);
  }

  async end(): Promise<Fault[]> {
    await new Promise((resolve) => setImmediate(resolve));
    for (const error of uncaught.splice(0)) {
      if (!(error instanceof Thrown && error.by === "callback") && !this.#call.thrown.has(error))
        this.#add("unhandled", String(error).slice(0, 100), { error });
    }
    return this.faults;
  }

  #add(kind: string, what: string, outcome?: Outcome): void {
    const { name } = this.#target;
    const call = this.#inside ? `${this.#call.text} in a trace` : this.#call.text;
    const place = outcome && failed(outcome) ? placeOf(outcome.error) : "";
    this.faults.push({ target: name, call, kind, what, place });
  }
}

/** Time that this process worked, which doesn't grow where others keep the machine busy. */
function milliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** `graph/values.ts:30 shapeOfValue`: the first frame in the library that doesn't only make errors. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  for (const line of stack.split("\n")) {
    // Behind the call there is only the trace in which it was made.
    if (line.includes("/scripts/api/judge.ts")) break;
    const frame = /at (?:(.+?) \()?.*?\/((?:graph|optimizers|src)\/[\w/.-]+\.ts):(\d+):\d+\)?$/.exec(line);
    if (frame && !frame[2]!.endsWith("errors.ts")) return `${frame[2]}:${frame[3]} ${frame[1] ?? ""}`.trim();
  }
  return "";
}

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

function countsIn(value: unknown): string {
  if (typeof value === "number") return "1";
  if (ArrayBuffer.isView(value)) return String((value as Float64Array).length);
  return `(${Object.values(value as object)
    .map(countsIn)
    .join(", ")})`;
}

function isTraced(value: unknown): value is Traced {
  if (typeof value !== "function" || types.isProxy(value) || !("graph" in value)) return false;
  // A false graph may be what a callback gave.
  return isRecord(value.graph) && Array.isArray(value.graph.nodes);
}

function expressionsIn(value: unknown, depth = 2): Expr[] {
  if (isExpr(value)) return [value];
  if (
    typeof value !== "object" ||
    types.isProxy(value) ||
    value === null ||
    ArrayBuffer.isView(value) ||
    depth === 0
  )
    return [];
  return Object.values(value)
    .slice(0, 10)
    .flatMap((child) => expressionsIn(child, depth - 1));
}

/** What is wrong with a value, whatever was asked for. */
function brokenIn(value: unknown, depth: number): string | undefined {
  if (isExpr(value)) {
    const shape: unknown = value.shape;
    const whole =
      Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length >= 0);
    return whole ? undefined : `an expression of shape ${String(shape)}`;
  }
  if (!isPlainArray(value) || depth === 0) return undefined;
  for (const child of value.slice(0, 20)) {
    if (child === undefined) return "an array that holds undefined";
    const wrong = brokenIn(child, depth - 1);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
