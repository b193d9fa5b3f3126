/// <reference lib="dom" />
// Drawings as the calls that make them: what one canvas is told can be told to others, whatever they make of it. No import, so
// that pages use it, too.

/** A call of a context's method, or (`set`) a property that it is given. */
export type Call =
  | { readonly name: string; readonly args: readonly unknown[] }
  | { readonly set: string; readonly value: unknown };

/** These are answered; nothing is drawn by them. */
const asking = new Set([
  "measureText",
  "getLineDash",
  "getTransform",
  "createLinearGradient",
  "isPointInPath",
]);
/** A drawing stands where it is put: what would place it on the whole canvas isn't for it to say. */
const placing = new Set(["setTransform", "resetTransform"]);
/** What a context that only measures needs to know. */
const state = new Set(["save", "restore", "setLineDash"]);

/** What a function draws; `real` measures. */
export function record(draw: (ctx: CanvasRenderingContext2D) => void, real: unknown): Call[] {
  const { calls, ctx } = recorder(real as Record<string, unknown>);
  draw(ctx);
  return calls;
}

/** What is asked of a chart. */
interface Sized {
  readonly ctx: unknown;
  readonly canvas: { width: number; height: number };
  resize(width: number, height: number): void;
}

/**
 * A plugin that takes the context of a chart before it is drawn on, and gives what it is told. The chart has this size, whatever
 * its canvas had.
 */
export function chartRecorder(width: number, height: number) {
  let recorded: Call[] = [];
  let calls: readonly Call[] = [];
  const plugin = {
    id: "recording",
    // Before legend and title take the context.
    install(chart: Sized) {
      const own = recorder(chart.ctx as Record<string, unknown>);
      recorded = own.calls;
      (chart as { ctx: unknown }).ctx = own.ctx;
    },
    beforeInit: (chart: Sized) => chart.resize(width, height),
    // A chart that is given up wipes its canvas.
    afterDraw() {
      calls = [...recorded];
    },
    // No pixel of it is wanted, and Node would give its memory back when it has time.
    afterRender({ canvas }: Sized) {
      [canvas.width, canvas.height] = [1, 1];
    },
  };
  return { plugin, calls: () => calls };
}

/** A context that draws nothing and remembers all. Wiped, it forgets. */
export function recorder(real: Record<string, unknown>): { calls: Call[]; ctx: CanvasRenderingContext2D } {
  const calls: Call[] = [];
  const methods = new Map<string, (...args: unknown[]) => unknown>();
  let depth = 0;
  const methodOf =
    (name: string, own: (...args: unknown[]) => unknown) =>
    (...args: unknown[]) => {
      if (asking.has(name)) return own.apply(real, args);
      if (placing.has(name)) return undefined;
      if (name === "clearRect") {
        calls.length = 0;
        for (let k = 0; k < depth; k++) calls.push({ name: "save", args: [] });
        return undefined;
      }
      if (name === "save") depth++;
      if (name === "restore") depth--;
      if (state.has(name)) own.apply(real, args);
      calls.push({ name, args: name === "setLineDash" ? [[...(args[0] as number[])]] : args });
      return undefined;
    };
  const ctx = new Proxy(real, {
    get: (_, key: string) => {
      const own = real[key];
      if (typeof own !== "function") return own;
      const known = methods.get(key) ?? methodOf(key, own as never);
      methods.set(key, known);
      return known;
    },
    set: (_, key: string, value) => {
      real[key] = value;
      calls.push({ set: key, value });
      return true;
    },
  });
  return { calls, ctx: ctx as unknown as CanvasRenderingContext2D };
}

/** Draws what was recorded. */
export function replay(calls: readonly Call[], ctx: CanvasRenderingContext2D): void {
  const target = ctx as unknown as Record<string, unknown>;
  for (const call of calls) {
    if ("set" in call) target[call.set] = call.value;
    else (target[call.name] as (...args: readonly unknown[]) => void)(...call.args);
  }
}
