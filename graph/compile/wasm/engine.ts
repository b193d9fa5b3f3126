/**
 * WebAssembly as far as this library uses it. The language's own declarations leave it out, since an engine may lack it
 * or a page may forbid it; then `engine` is `undefined` and everything runs without.
 */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyNamespace {
  Memory: new (descriptor: { initial: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
    imports: { m: Record<string, unknown> },
  ) => { exports: Record<string, (...operands: number[]) => number> };
}

// Through unknown: where the DOM is declared, WebAssembly is too, with looser types.
const engine = (globalThis as unknown as { WebAssembly?: WebAssemblyNamespace }).WebAssembly;

const pageSize = 65536;

/** A memory of at least so many bytes, its final size: growing would detach its views. */
export function makeMemory(bytes: number): WasmMemory | undefined {
  try {
    return engine && new engine.Memory({ initial: Math.max(1, Math.ceil(bytes / pageSize)) });
  } catch {
    return undefined;
  }
}

/** The functions of a module on a memory, or `undefined` where modules can't be made. */
export function instantiate(
  bytes: Uint8Array,
  memory: WasmMemory,
  imports: readonly unknown[] = [],
): Record<string, (...operands: number[]) => number> | undefined {
  if (!engine) return undefined;
  try {
    const named = Object.fromEntries(imports.map((value, i) => [String(i), value]));
    return new engine.Instance(new engine.Module(bytes), { m: { ...named, memory } }).exports;
  } catch {
    return undefined;
  }
}
