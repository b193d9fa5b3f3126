/**
 * Every error that this library raises for a user's mistake: one sentence with the fact, the reason and the remedy,
 * and, where the stack tells it, the user's own line.
 *
 * @example
 * try {
 *   sum([1, 2], 3);
 * } catch (error) {
 *   error instanceof AdjointError; // true
 * }
 */
export class AdjointError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    // What is no text might throw where it is made one, and an error is made where nothing may go wrong any more.
    super(typeof message === "string" ? message : "Something went wrong.");
    try {
      if (options) this.cause = options.cause;
    } catch {
      // A trap: there is no cause to be told.
    }
    this.name = "AdjointError";
    const line = callerLine(longStack());
    if (line) this.message += `  at ${line}`;
  }
}

/** What `run` gives. The errors of functions of the library that it is made of are told as its own. */
export function inNameOf<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof AdjointError && !error.message.startsWith(`${what}:`))
      error.message = error.message.replace(/^[a-z]\w*(?=: )/i, what);
    throw error;
  }
}

/** The stack of this call, longer than engines record by default: the library may be deep in itself. */
export function longStack(): string {
  const engine = Error as { stackTraceLimit?: number };
  const limit = engine.stackTraceLimit;
  engine.stackTraceLimit = 64;
  const { stack = "" } = new Error();
  if (limit !== undefined) engine.stackTraceLimit = limit;
  return stack;
}

// Frames of these folders are the library's own; the first frame outside them is the user's line.
// Where there is no URL (bundles of some formats), the text of nothing fits neither.
const root = /.*\/(?=graph\/|dist\/adjoint-)/.exec((import.meta as { url?: string }).url!)?.[0];
const own = /^(graph|optimizers|src|dist)\/(?!.*\.test\.[jt]s$)/;

/**
 * `src/file.ts:12` of the innermost stack frame outside the library, or `undefined` (bundled, or another engine). The path
 * is told from the folder on that the file and the library share: the project's, where packages are installed in it.
 */
export function callerLine(stack: string): string | undefined {
  if (!root) return undefined;
  for (const frame of stack.split("\n")) {
    // Generated code has no file, and Node's own isn't the user's.
    const place = /(?:at |\()(?:async |file:\/\/)*(?!node:)([^()<>]+):(\d+):\d+\)?$/.exec(frame);
    if (!place) continue;
    const file = `file://${place[1]}`;
    if (file.startsWith(root) && own.test(file.slice(root.length))) continue;
    let shared = 0;
    while (shared < root.length && file[shared] === root[shared]) shared++;
    return `${file.slice(file.lastIndexOf("/", shared - 1) + 1)}:${place[2]}`;
  }
  return undefined;
}
