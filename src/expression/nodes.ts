/** What a text says, as a tree: the parser's nodes without its evaluator, each with its place where that is known. */

export type Node =
  | NumberNode
  | SymbolNode
  | CallNode
  | OperatorNode
  | ChainNode
  | ConditionalNode
  | ArrayNode
  | IndexNode
  | RangeNode;

/** A place in the text, counted from 0; `undefined` where nothing with a name stands. */
type At = number | undefined;

export interface NumberNode {
  readonly kind: "number";
  readonly value: number;
  readonly at: At;
}

export interface SymbolNode {
  readonly kind: "symbol";
  readonly name: string;
  readonly at: At;
}

export interface CallNode {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Node[];
  readonly at: At;
}

/** An operator of one or two operands, by mathjs's name of it: `unaryMinus`, `add`, … */
export interface OperatorNode {
  readonly kind: "operator";
  readonly operator: string;
  readonly symbol: string;
  readonly args: readonly Node[];
  readonly at: At;
}

/** Comparisons one after the other, as in a < b < c. */
export interface ChainNode {
  readonly kind: "chain";
  readonly operators: readonly string[];
  readonly args: readonly Node[];
  readonly at: At;
}

/** condition ? args[1] : args[2]. */
export interface ConditionalNode {
  readonly kind: "conditional";
  readonly args: readonly [Node, Node, Node];
  readonly at: At;
}

export interface ArrayNode {
  readonly kind: "array";
  readonly args: readonly Node[];
  readonly at: At;
}

/** args[0][args[1], args[2], …]. */
export interface IndexNode {
  readonly kind: "index";
  readonly args: readonly Node[];
  readonly at: At;
}

/** first:last, or first:step:last, both ends included. */
export interface RangeNode {
  readonly kind: "range";
  readonly args: readonly Node[];
  readonly at: At;
}

/** A statement of a text: a value, an assignment, a function, or the shape of an input. */
export type Statement =
  | { readonly kind: "value"; readonly value: Node }
  | { readonly kind: "assign"; readonly name: string; readonly value: Node; readonly at: At }
  | {
      readonly kind: "define";
      readonly name: string;
      readonly parameters: readonly string[];
      readonly value: Node;
      readonly at: At;
    };

/** The operands of a node. */
export function operandsOf(node: Node): readonly Node[] {
  return "args" in node ? node.args : [];
}
