/** From a text's statements to expressions: names are looked up in scopes, operators and functions in the op set. */
import * as ops from "../../graph/index.js";
import { AdjointError, type Expr, grad, jacobian, tensor, trace } from "../../graph/index.js";
import { lift, nearest } from "../../graph/internal.js";
import {
  constants,
  functions,
  rangeOf,
  shapeOf,
  specialForms,
  stackedAlike,
  type Value,
  wholeOf,
} from "./functions.js";
import { elementsOf } from "./indexing.js";
import type { CallNode, Node, OperatorNode, RangeNode, Statement } from "./nodes.js";
import { comparisons, operators, rowOperators } from "./operators.js";
import { problem, type Source } from "./problem.js";
import { rowFunctions } from "./rows.js";
import { Budget, costOf } from "./work.js";

/** The most terms of a sum or a product. */
const mostTerms = 10_000;

/** Functions that call each other deeper than this call themselves. */
const mostCalls = 64;

/** What names mean in a part of a text. */
type Scope = ReadonlyMap<string, Value>;

type Definition = Extract<Statement, { kind: "define" }>;

export class Evaluator {
  readonly #source: Source;
  readonly #statements: readonly Statement[];
  readonly #globals = new Map<string, Value>();
  readonly #functions = new Map<string, Definition>();
  readonly #budget: Budget;
  /** Whether values are of many rows, each to be computed by itself. */
  readonly #isOfRows: boolean;
  /** Names by which a derivative is taken: assignments leave them alone. */
  readonly #pinned: ReadonlySet<string>;
  #done = 0;
  #calls = 0;

  constructor(
    source: Source,
    statements: readonly Statement[],
    inputs: Scope,
    isOfRows = false,
    budget = new Budget(source),
    pinned: ReadonlySet<string> = new Set(),
  ) {
    this.#isOfRows = isOfRows;
    this.#source = source;
    this.#statements = statements;
    this.#budget = budget;
    this.#pinned = pinned;
    for (const [name, value] of inputs) this.#globals.set(name, value);
  }

  /** The value of the last statement. */
  run(): Value {
    let last: Value | undefined;
    for (const statement of this.#statements) last = this.#execute(statement);
    if (last !== undefined) return last;
    throw problem(
      this.#source,
      undefined,
      "the text has no value; end it with an expression such as x^2 + 1.",
    );
  }

  #execute(statement: Statement): Value | undefined {
    const value = this.#stated(statement);
    this.#done++;
    return value;
  }

  #stated(statement: Statement): Value | undefined {
    if (statement.kind === "define") {
      this.#functions.set(statement.name, statement);
      return undefined;
    }
    if (statement.kind === "assign" && this.#pinned.has(statement.name))
      return this.#globals.get(statement.name);
    const value = this.value(statement.value, new Map());
    if (statement.kind === "assign") this.#globals.set(statement.name, value);
    return value;
  }

  /** What a node is worth. Long chains of operators lean to the left: these are followed without calls. */
  value(node: Node, scope: Scope): Value {
    const leaning: OperatorNode[] = [];
    let left = node;
    while (left.kind === "operator" && left.args.length === 2) {
      leaning.push(left);
      left = left.args[0]!;
    }
    let found = this.#plain(left, scope);
    for (const one of leaning.reverse()) {
      const right = this.value(one.args[1]!, scope);
      const before = found;
      found = this.#at(one, () => this.#operator(one, [before, right]));
    }
    return found;
  }

  #plain(node: Node, scope: Scope): Value {
    this.#budget.visit(node.at);
    if (this.#isOfRows && (node.kind === "array" || node.kind === "index" || node.kind === "range"))
      throw problem(
        this.#source,
        node.at,
        "there are no arrays in a model: it is of the numbers of one row.",
      );
    const all = (nodes: readonly Node[]) => nodes.map((one) => this.value(one, scope));
    switch (node.kind) {
      case "number":
        return node.value;
      case "symbol":
        return this.#named(node.name, node.at, scope);
      case "call":
        return this.#called(node, scope);
      case "operator":
        return this.#at(node, () => this.#operator(node, all(node.args)));
      case "chain": {
        const args = all(node.args);
        const each = node.operators.map((one, i) => comparisons[one]!(args[i]!, args[i + 1]!));
        return this.#at(node, () => each.reduce((a, b) => ops.logicalAnd(a, b)));
      }
      case "conditional":
        return this.#chosen(node.args, node, scope);
      case "array": {
        const args = all(node.args);
        return this.#at(node, () => stackedAlike(args));
      }
      case "range": {
        const range = this.#at(node, () => this.#range(node, scope));
        this.#budget.pay(costOf("", [range]), node.at);
        return range;
      }
      case "index": {
        const [of, ...places] = node.args as [Node, ...Node[]];
        const object = this.value(of, scope);
        this.#budget.pay(costOf("", [object]) / 10, node.at);
        return this.#at(node, () =>
          elementsOf(object, places, (place, length) =>
            this.value(place, new Map([...scope, ["end", length]])),
          ),
        );
      }
    }
  }

  #range({ args }: RangeNode, scope: Scope): Value {
    const [first, step, last] = args.length === 3 ? args : [args[0]!, undefined, args[1]!];
    return rangeOf(this.value(first!, scope), step ? this.value(step, scope) : 1, this.value(last!, scope));
  }

  #operator({ operator, symbol, at }: OperatorNode, args: Value[]): Value {
    const all = this.#isOfRows ? rowOperators : operators;
    const make = Object.hasOwn(all, operator) ? all[operator] : undefined;
    if (!make) throw problem(this.#source, at, `the operator ${symbol} has no meaning here.`);
    this.#budget.pay(costOf(operator, args), at);
    return make(...args);
  }

  /** The branch that a condition known by now chooses, or `where` of both. */
  #chosen(args: readonly Node[], node: Node, scope: Scope): Value {
    const condition = this.value(args[0]!, scope);
    if (typeof condition === "number") return this.value(args[condition !== 0 ? 1 : 2]!, scope);
    const [a, b] = [this.value(args[1]!, scope), this.value(args[2]!, scope)];
    return this.#at(node, () => ops.where(condition, a, b));
  }

  #named(name: string, at: number | undefined, scope: Scope): Value {
    const found = scope.get(name) ?? this.#globals.get(name) ?? constants.get(name);
    if (found !== undefined) return found;
    if (functions.has(name) || this.#functions.has(name))
      throw problem(this.#source, at, `"${name}" is a function; call it, as in ${name}(x).`);
    throw problem(this.#source, at, `"${name}" isn't known here${this.#similar(name, scope)}`);
  }

  #similar(name: string, scope: Scope): string {
    const known = [...scope.keys(), ...this.#globals.keys(), ...constants.keys()];
    const meant = nearest(name, known);
    return meant === undefined ? "." : `; did you mean "${meant}"?`;
  }

  #called(node: CallNode, scope: Scope): Value {
    const { name, args, at } = node;
    const defined = this.#functions.get(name);
    if (defined) return this.#applied(defined, node, scope);
    if ((name === "sum" || name === "prod") && args.length === 4) return this.#summed(node, scope);
    if (name === "where" || name === "if") {
      this.#checkArity(node, [3, 3]);
      return this.#chosen(args, node, scope);
    }
    if (name === "diff" || name === "derivative") return this.#derivative(node, scope);
    if (name === "gradient") return this.#gradient(node, scope);
    const known = (this.#isOfRows ? rowFunctions : functions).get(name);
    if (!known && functions.has(name))
      throw problem(this.#source, at, `${name} is of arrays; a model is of the numbers of one row.`);
    if (!known) throw problem(this.#source, at, this.#unknownFunction(name, scope));
    this.#checkArity(node, known.arity);
    const values = args.map((one) => this.value(one, scope));
    this.#budget.pay(costOf(name, values), at);
    const value = this.#at(node, () => known.make(...values));
    this.#budget.pay(costOf("", [value]), at);
    return value;
  }

  #unknownFunction(name: string, scope: Scope): string {
    if (scope.has(name) || this.#globals.has(name) || constants.has(name))
      return `"${name}" is no function; a product with a bracket is ${name}*(…).`;
    const known = [...functions.keys(), ...this.#functions.keys(), ...specialForms];
    // A letter too many at the end is likelier than another one in the middle.
    const meant = known.includes(name.slice(0, -1)) ? name.slice(0, -1) : nearest(name, known);
    return `unknown function "${name}"; ${meant === undefined ? `a product with a bracket is ${name}*(…).` : `did you mean "${meant}"?`}`;
  }

  #checkArity({ name, args, at }: CallNode, [least, most]: readonly [number, number]): void {
    if (args.length >= least && args.length <= most) return;
    const wanted =
      least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} to ${most}`;
    const plural = wanted === "1" ? "argument" : "arguments";
    throw problem(this.#source, at, `${name} takes ${wanted} ${plural}, not ${args.length}.`);
  }

  /** A function of the text: its body, with the arguments by the parameters' names. */
  #applied(defined: Definition, node: CallNode, scope: Scope): Value {
    this.#checkArity(node, [defined.parameters.length, defined.parameters.length]);
    const inner = new Map(defined.parameters.map((name, i) => [name, this.value(node.args[i]!, scope)]));
    if (++this.#calls > mostCalls)
      throw problem(
        this.#source,
        node.at,
        `${node.name} calls itself, or functions nest deeper than ${mostCalls}.`,
      );
    const value = this.value(defined.value, inner);
    this.#calls--;
    return value;
  }

  /** sum(expr, i, first, last) and prod: the terms one by one. */
  #summed({ name, args, at }: CallNode, scope: Scope): Value {
    const [term, variable, first, last] = args as [Node, Node, Node, Node];
    if (variable.kind !== "symbol")
      throw problem(
        this.#source,
        at,
        `${name}(expr, i, first, last): the second argument must be the name of the index.`,
      );
    const [from, to] = [first, last].map((end, k) => {
      const value = this.value(end, scope);
      return this.#at(end.at === undefined ? { at } : end, () =>
        wholeOf(value, `${name}: the ${k ? "last" : "first"} index`),
      );
    }) as [number, number];
    if (to - from >= mostTerms)
      throw problem(this.#source, at, `${name}: ${to - from + 1} terms are more than ${mostTerms}.`);
    const terms = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) =>
      this.value(term, new Map([...scope, [variable.name, from + i]])),
    );
    const [empty, join] = name === "sum" ? ([0, ops.add] as const) : ([1, ops.multiply] as const);
    return this.#at({ at }, () =>
      terms.length === 0 ? empty : terms.reduce((all, one) => join(all, one) as Value),
    );
  }

  /** diff(expr, x) and diff(expr, x, n): the n-th derivative by a name. */
  #derivative(node: CallNode, scope: Scope): Value {
    this.#checkArity(node, [2, 3]);
    const [of, by, order] = node.args as [Node, Node, Node | undefined];
    const times = order === undefined ? 1 : this.value(order, scope);
    const name = this.#variable(node, by);
    const count = this.#at<number>(node, () => wholeOf(times, `${node.name}: the order`, 0, 10));
    return this.#at(node, () => this.#derived(of, name, count, scope));
  }

  #variable({ name, at }: CallNode, node: Node): string {
    if (node.kind === "symbol") return node.name;
    throw problem(this.#source, at, `${name}(expr, x): what is differentiated by must be a name.`);
  }

  #derived(of: Node, name: string, count: number, scope: Scope): Value {
    if (count === 0) return this.value(of, scope);
    const point = this.#named(name, undefined, scope);
    this.#budget.derive();
    let isScalar = true;
    const f = trace({ x: tensor([...shapeOf(point)]) }, ({ x }) => {
      const value = lift(x.builder, this.#rebound(of, name, x, count - 1, scope), this.#source.owner);
      // Rows don't depend on each other: the sum's slopes are those of each.
      const isSummed = this.#isOfRows && x.shape.length > 0;
      isScalar = isSummed || value.shape.length === 0;
      return isSummed ? (ops.sum(value) as Expr) : value;
    });
    const at = { x: point } as never;
    const slopes = isScalar ? grad(f)(at) : jacobian(f)(at);
    return (slopes as unknown as { readonly x: Value }).x;
  }

  /** A node's value where a name stands for another expression, and for all that was assigned from it. */
  #rebound(of: Node, name: string, x: Expr, count: number, scope: Scope): Value {
    if (scope.has(name)) return this.#derived(of, name, count, new Map([...scope, [name, x]]));
    const inputs = new Map([...this.#globals, [name, x]]);
    const inner = new Evaluator(
      this.#source,
      this.#statements.slice(0, this.#done),
      inputs,
      this.#isOfRows,
      this.#budget,
      new Set([...this.#pinned, name]),
    );
    for (const statement of inner.#statements) inner.#execute(statement);
    return inner.#derived(of, name, count, scope);
  }

  /** gradient(expr, x, y, …): all first derivatives in a vector, or the gradient by one vector. */
  #gradient(node: CallNode, scope: Scope): Value {
    this.#checkArity(node, [2, Infinity]);
    const [of, ...by] = node.args as [Node, ...Node[]];
    return this.#at(node, () => {
      const parts = by.map((one) => this.#derived(of, this.#variable(node, one), 1, scope));
      return parts.length === 1 && shapeOf(parts[0]!).length > 0 ? parts[0]! : stackedAlike(parts);
    });
  }

  /** What `make` gives; errors of ops are told at a node's place. */
  #at<T = Value>(node: { readonly at: number | undefined }, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof AdjointError) || error.message.startsWith(`${this.#source.owner}: `))
        throw error;
      throw problem(this.#source, node.at, error.message.replace(/ {2}at [^\n]*$/, ""));
    }
  }
}
