/** An ONNX graph in the making: its nodes, the bodies of its loops, its constants, their names. */
import type { Dtype, Shape } from "../../../graph/index.js";
import type { Message } from "./protobuf.js";

/** Types of elements, by ONNX's numbers for them. */
export const elementTypes = { f32: 1, int32: 6, index: 7, truth: 9, f64: 11 } as const;

/** An attribute of a node: a whole number, a text, a list of whole numbers, or a graph. */
export type Attribute = number | string | readonly number[] | Message;

/** The least versions of the operators that have all that is written: 13; sums into places came with 16. */
const leastOpset = 13;

/** What is declared in one place: the nodes of a body see what is around it, the nodes around don't see it. */
interface Scope {
  readonly nodes: Message[];
  /** What was made already, by what it is made of. */
  readonly made: Map<string, string>;
}

export class OnnxModule {
  readonly dtype: Dtype;
  readonly #constants: { readonly name: string; readonly message: Message }[] = [];
  readonly #used = new Set<string>();
  opset = leastOpset;
  readonly #scopes: Scope[] = [{ nodes: [], made: new Map() }];
  readonly #names: Set<string>;
  readonly #made = new Set<string>();
  readonly #arrays = new Map<Float64Array, string>();

  /** `names` are those that inputs and outputs have. */
  constructor(dtype: Dtype, names: readonly string[]) {
    this.dtype = dtype;
    this.#names = new Set(names);
  }

  fresh(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#names.has(name); i++) name = `${wanted}_${i}`;
    this.#names.add(name);
    return name;
  }

  /** The name of what an operator makes of others; the same where it made that already. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const key = `${operator} ${JSON.stringify([inputs, attributes])}`;
    for (const { made } of this.#scopes) if (made.has(key)) return made.get(key)!;
    const [name] = this.nodeOf(operator, inputs, attributes, 1);
    this.#scopes.at(-1)!.made.set(key, name!);
    return name!;
  }

  /** The names of the results of an operator of several; without a name where the result isn't wanted. */
  nodeOf(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    count: number,
  ): readonly string[] {
    const names = Array.from({ length: count }, () => this.fresh(`${operator.toLowerCase()}_0`));
    this.#write(operator, inputs, names, attributes);
    return names;
  }

  /** Whether a node makes what has a name. */
  isMade(name: string): boolean {
    return this.#made.has(name);
  }

  /** A result by a name of its own. */
  result(name: string, value: string): void {
    this.#write("Identity", [value], [name], {});
  }

  #write(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    for (const name of inputs) this.#used.add(name);
    for (const name of outputs) this.#made.add(name);
    this.#scopes.at(-1)!.nodes.push({
      1: inputs,
      2: outputs,
      4: operator,
      5: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    });
  }

  /** The nodes that `write` writes, apart. */
  body(write: () => void): readonly Message[] {
    const scope: Scope = { nodes: [], made: new Map() };
    this.#scopes.push(scope);
    write();
    this.#scopes.pop();
    return scope.nodes;
  }

  get nodes(): readonly Message[] {
    return this.#scopes[0]!.nodes;
  }

  /** The constants that a node takes. */
  get constants(): readonly Message[] {
    return this.#constants.filter(({ name }) => this.#used.has(name)).map(({ message }) => message);
  }

  /** A constant of the export's dtype. */
  numbers(values: Float64Array, shape: Shape): string {
    const known = this.#arrays.get(values);
    if (known) return known;
    const name = this.#constant(this.dtype, this.dtype === "f64" ? values : Float32Array.from(values), shape);
    this.#arrays.set(values, name);
    return name;
  }

  /** One number, of shape []. */
  number(value: number): string {
    return this.#once(`number ${Object.is(value, -0) ? "-0" : value}`, () =>
      this.numbers(Float64Array.of(value), []),
    );
  }

  /** Whole numbers: shapes, axes, indices. */
  integers(values: readonly number[], shape: Shape = [values.length]): string {
    return this.#once(`integers ${values} ${shape}`, () =>
      this.#constant("index", BigInt64Array.from(values, BigInt), shape),
    );
  }

  #once(key: string, make: () => string): string {
    const { made } = this.#scopes[0]!;
    const name = made.get(key) ?? make();
    made.set(key, name);
    return name;
  }

  #constant(
    type: keyof typeof elementTypes,
    values: Float64Array | Float32Array | BigInt64Array,
    shape: Shape,
  ): string {
    const name = this.fresh("c_0");
    this.#constants.push({
      name,
      message: { 1: shape, 2: elementTypes[type], 8: name, 9: littleEndian(values) },
    });
    return name;
  }
}

/** The bytes of numbers, the lowest of each first whatever this machine's order is. */
function littleEndian(values: Float64Array | Float32Array | BigInt64Array): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  const width = values.BYTES_PER_ELEMENT;
  values.forEach((value: number | bigint, i: number) => {
    if (typeof value === "bigint") view.setBigInt64(i * width, value, true);
    else if (width === 8) view.setFloat64(i * width, value, true);
    else view.setFloat32(i * width, value, true);
  });
  return bytes;
}

function attribute(name: string, value: Attribute): Message {
  if (typeof value === "number") return { 1: name, 3: value, 20: 2 };
  if (typeof value === "string") return { 1: name, 4: value, 20: 3 };
  if (Array.isArray(value)) return { 1: name, 8: value, 20: 7 };
  return { 1: name, 6: value as Message, 20: 5 };
}

/** What a graph takes or gives. */
export function declaration(name: string, type: keyof typeof elementTypes, shape: Shape): Message {
  const dimensions = shape.map((length) => ({ 1: length }));
  return { 1: name, 2: { 1: { 1: elementTypes[type], 2: { 1: dimensions } } } };
}
