import { Bytes, type FunctionBody, type ValueType } from "./module.js";

/** A function written instruction by instruction, on numbered locals; its parameters are i32. */
export class Assembler {
  readonly code = new Bytes();
  readonly locals: ValueType[] = [];
  readonly #parameters: number;

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  /** The function that was written. */
  finish(): FunctionBody {
    return {
      type: { parameters: new Array<ValueType>(this.#parameters).fill("i32"), results: [] },
      locals: this.locals.map((local) => [1, local] as const),
      code: this.code,
    };
  }

  local(type: ValueType = "i32"): number {
    this.locals.push(type);
    return this.#parameters + this.locals.length - 1;
  }

  get(local: number): this {
    this.code.byte(0x20);
    this.code.unsigned(local);
    return this;
  }

  set(local: number): this {
    this.code.byte(0x21);
    this.code.unsigned(local);
    return this;
  }

  i32(value: number): this {
    this.code.byte(0x41);
    this.code.signed(value);
    return this;
  }

  op(...bytes: number[]): this {
    this.code.bytes(bytes);
    return this;
  }

  add(): this {
    return this.op(0x6a);
  }

  sub(): this {
    return this.op(0x6b);
  }

  mul(): this {
    return this.op(0x6c);
  }

  /** An instruction of the vector extension, with its alignment and offset if it reaches memory. */
  vector(opcode: number, offset?: number): this {
    this.code.byte(0xfd);
    this.code.unsigned(opcode);
    if (offset !== undefined) {
      this.code.byte(2);
      this.code.unsigned(offset);
    }
    return this;
  }

  call(index: number): this {
    this.code.byte(0x10);
    this.code.unsigned(index);
    return this;
  }

  /** target ← target + amount */
  advance(target: number, amount: () => void): void {
    this.get(target);
    amount();
    this.add().set(target);
  }

  /** For `counter` from 0 below the local `limit`. */
  loop(counter: number, limit: number, step: number, body: () => void): void {
    this.i32(0).set(counter);
    this.op(0x02, 0x40, 0x03, 0x40); // block, loop
    this.get(counter).get(limit).op(0x4e, 0x0d, 1); // i32.ge_s, br_if 1
    body();
    this.get(counter).i32(step).add().set(counter);
    this.op(0x0c, 0, 0x0b, 0x0b); // br 0, end, end
  }

  /** Runs one of two pieces by the i32 on the stack. */
  branch(yes: () => void, no: () => void): void {
    this.op(0x04, 0x40);
    yes();
    this.op(0x05);
    no();
    this.op(0x0b);
  }

  /** target ← min(length − start, most) */
  clip(target: number, length: number, start: number, most: number): void {
    this.get(length).get(start).sub().i32(most);
    this.get(length).get(start).sub().i32(most).op(0x48, 0x1b).set(target); // i32.lt_s, select
  }
}
