/** A checkable definition of a legal graph: run between passes in tests, and on graphs that come from elsewhere. */
import { makeBuilder } from "./builder.js";
import { describe as describeValue } from "./describe.js";
import { AdjointError } from "./errors.js";
import { type Graph, isId, outputsOf } from "./graph.js";
import { isOp, type Node } from "./node.js";
import { constantOp, fullOp, inputOp } from "./ops/constant.js";
import { formatShape, isLength, type Shape, sameShape, sizeOf } from "./shape.js";
import { flattenTree, type Path, pathText } from "./tree.js";

/**
 * Checks that a graph is legal:
 * - its inputs are its first nodes, numbered from 0, of the shapes that the list of inputs says;
 * - operands stand before the node that uses them, and an elementwise op has as many as it takes;
 * - known numbers are numbers, as many as there are elements;
 * - each node has the shape that its op gives for those of its operands;
 * - no two nodes are the same op on the same operands with the same parameters;
 * - the inputs' tree has them in order at its leaves, and each output is the position of a node.
 * @throws AdjointError with the first node that breaks it
 */
export function validate({ nodes, inputs, inputTree, outputs }: Graph): void {
  const leaves = flattenTree(inputTree, isId);
  const same = (one: Path, other: Path) => JSON.stringify(one) === JSON.stringify(other);
  if (leaves.length !== inputs.length)
    throw illegal(`there are ${inputs.length} inputs, but ${leaves.length} in their tree`);
  inputs.forEach(({ name, path, shape }, id) => {
    const { path: place, leaf } = leaves[id]!;
    if (leaf !== id || !same(place, path))
      throw illegal(`input ${id} is at ${JSON.stringify(path)}, but ${JSON.stringify(place)} is ${leaf}`);
    const node = nodes[id];
    if (!node || !isOp(node, inputOp)) {
      throw illegal(`input "${name}" stands at position ${id}, but ${describe(nodes, id)} does`);
    }
    if (!sameShape(node.shape, shape)) {
      throw illegal(
        `input "${name}" is ${formatShape(shape)}, but ${describe(nodes, id)} is ${formatShape(node.shape)}`,
      );
    }
  });
  const builder = makeBuilder();
  nodes.forEach((node, id) => {
    checkNode(nodes, id, inputs.length);
    const twin = builder.intern(node.op, node.operands, node.params, node.shape);
    if (twin !== id) throw illegal(`${describe(nodes, id)} is the same as ${describe(nodes, twin)}`);
  });
  for (const { path, id } of outputsOf({ outputs })) {
    if (isPosition(id, nodes.length)) continue;
    throw illegal(
      `output ${pathText(path) || "(the only one)"} is node ${id}, but there are ${nodes.length}`,
    );
  }
}

function checkNode(nodes: readonly Node[], id: number, inputs: number): void {
  const node = nodes[id]!;
  const { op, operands, shape } = node;
  const what = () => describe(nodes, id);
  for (const operand of operands) {
    if (!isPosition(operand, id))
      throw illegal(`${what()} takes node ${operand}, which doesn't stand before it`);
  }
  if (isOp(node, inputOp)) {
    const { index } = node.params;
    if (id >= inputs) throw illegal(`${what()} is an input behind the ${inputs} that are listed`);
    if (index !== id) throw illegal(`${what()} is numbered ${index}`);
  }
  if (isOp(node, fullOp) && typeof node.params.value !== "number")
    throw illegal(`${what()} holds ${describeValue(node.params.value)} instead of a number`);
  if (isOp(node, constantOp)) {
    const { values } = node.params;
    if (!(values instanceof Float64Array) || values.length !== sizeOf(shape))
      throw illegal(`${what()} of shape ${formatShape(shape)} doesn't hold ${sizeOf(shape)} numbers`);
  }
  if (op.scalar && operands.length !== op.domains.length) {
    throw illegal(`${what()} has ${operands.length} operands; ${op.name} takes ${op.domains.length}`);
  }
  if (!shape.every(isLength)) throw illegal(`${what()} has no shape: ${formatShape(shape)}`);
  const expected = shapeOf(nodes, id, what);
  if (!sameShape(shape, expected)) {
    throw illegal(`${what()} is ${formatShape(shape)}, but ${op.name} gives ${formatShape(expected)}`);
  }
}

function shapeOf(nodes: readonly Node[], id: number, what: () => string): Shape {
  const { op, operands, params } = nodes[id]!;
  const shapes = operands.map((operand) => nodes[operand]!.shape);
  try {
    return op.shape(shapes, params);
  } catch (error) {
    throw illegal(`${what()} on ${shapes.map(formatShape).join(", ")}: ${(error as Error).message}`);
  }
}

function isPosition(id: number, count: number): boolean {
  return Number.isInteger(id) && id >= 0 && id < count;
}

/** `v5 = add(v3, v4)`, or `nothing` */
function describe(nodes: readonly Node[], id: number): string {
  const node = nodes[id];
  if (!node) return "nothing";
  return `v${id} = ${node.op.name}(${node.operands.map((operand) => `v${operand}`).join(", ")})`;
}

function illegal(fact: string): AdjointError {
  return new AdjointError(`validate: ${fact}; the graph is illegal, which whoever made it must mend.`);
}
