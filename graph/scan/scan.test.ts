import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  compile,
  concatenate,
  divide,
  type Expr,
  emit,
  grad,
  index,
  jacobian,
  jvp,
  matrix,
  multiply,
  relu,
  scalar,
  scan,
  sin,
  slice,
  square,
  stack,
  subtract,
  sum,
  trace,
  vector,
} from "../../src/index.js";
import { assertGradient } from "../../src/testing/index.js";

const scans = suite("scan");

scans("ys: a running mean has the values of its definition, and a carry is as without them", () => {
  const f = trace({ x: vector(5) }, ({ x }) => {
    const { last, history, ys } = scan(
      (total, one, i) => [add(total, one) as Expr, divide(add(total, one), add(i, 1)) as Expr],
      multiply(0, index(x, 0)) as Expr,
      { xs: x as Expr },
    );
    return { last, history, ys };
  });
  for (const g of [f, compile(f)]) {
    const { last, history, ys } = g({ x: [3, 1, 2, 6, 8] });
    assert.is(last, 20);
    assert.equal([...(history as Float64Array)], [3, 4, 6, 12, 20]);
    assert.equal([...(ys as Float64Array)], [3, 2, 2, 3, 4]);
  }
});

/** Two carries and ys of several shapes, by scan and written out. */
function both(length: number, options: { reverse?: boolean; recompute?: boolean }) {
  const inputs = { x: matrix(length, 2), k: scalar(), c: vector(2) };
  const next = (c: Expr, row: Expr, k: Expr) => sin(add(multiply(c, k), row)) as Expr;
  const looped = trace(inputs, ({ x, k, c }) => {
    const { last, history, ys } = scan(
      ({ c, n }, row, i) => {
        const after = next(c, row, k);
        return [
          { c: after, n: add(n, 1) as Expr },
          {
            dot: sum(multiply(c, after)) as Expr,
            at: { step: multiply(i, k) as Expr, row: square(row) as Expr },
            seven: 7,
          },
        ] as const;
      },
      { c: c as Expr, n: 0 },
      { xs: x as Expr, ...options },
    );
    return {
      c: last.c,
      n: last.n,
      history: history.c,
      dot: ys.dot,
      step: ys.at.step,
      row: ys.at.row,
      seven: ys.seven,
    };
  });
  const written = trace(inputs, ({ x, k, c }) => {
    const rows = [...(x as Expr)].map((row, i) => ({ row, i }));
    if (options.reverse) rows.reverse();
    let carry: Expr = c;
    const all = rows.map(({ row, i }) => {
      const before = carry;
      carry = next(before, row, k);
      const dot = sum(multiply(before, carry)) as Expr;
      return {
        carry,
        dot,
        step: multiply(i, k) as Expr,
        row: square(row) as Expr,
        seven: add(7, multiply(0, k)) as Expr,
      };
    });
    if (options.reverse) all.reverse();
    const each = (key: "carry" | "dot" | "step" | "row" | "seven") => stack(all.map((one) => one[key]));
    const n = add(length, multiply(0, k)) as Expr;
    return {
      c: carry,
      n,
      history: each("carry"),
      dot: each("dot"),
      step: each("step"),
      row: each("row"),
      seven: each("seven"),
    };
  });
  return { looped, written };
}

const numbers = (n: number, seed: number) =>
  Float64Array.from({ length: n }, (_, i) => Math.sin(i * seed + 1));

/** All numbers of a tree of results. */
function flat(tree: unknown): number[] {
  if (typeof tree === "number") return [tree];
  return ArrayBuffer.isView(tree) ? [...(tree as Float64Array)] : Object.values(tree as object).flatMap(flat);
}

function assertSame(a: unknown, b: unknown, what: string): void {
  const [u, v] = [flat(a), flat(b)];
  assert.is(u.length, v.length, what);
  u.forEach((x, i) => {
    assert.ok(Math.abs(x - v[i]!) <= 1e-12 * (1 + Math.abs(v[i]!)), `${what}: ${x} and ${v[i]} at ${i}`);
  });
}

for (const options of [{}, { reverse: true }, { recompute: true }, { recompute: true, reverse: true }]) {
  scans(`ys are those of the loop written out, and so are both modes: ${JSON.stringify(options)}`, () => {
    for (const length of [1, 3, 10]) {
      const { looped, written } = both(length, options);
      const at = { x: numbers(2 * length, 3), k: 0.7, c: [0.4, -0.3] };
      const tangents = { "tangent.x": numbers(2 * length, 5), "tangent.k": 0.3, "tangent.c": [1, 2] };
      assertSame(looped(at), written(at), `values of ${length} steps`);
      assertSame(compile(looped)(at), written(at), `values in a kernel of ${length} steps`);
      assertSame(
        compile(jvp(looped))({ ...at, ...tangents }),
        jvp(written)({ ...at, ...tangents }),
        "forward",
      );
      // Rows are pulled back where they are fewer than the columns.
      const few = <T>(f: T) =>
        trace({ x: matrix(length, 2), k: scalar(), c: vector(2) }, (inputs) => {
          const { c, dot, step, row, history } = (f as typeof looped)(inputs);
          return add(
            sum(multiply(c, sum(row))),
            multiply(sum(square(dot)), sum(multiply(step, sum(history)))),
          ) as Expr<[]>;
        });
      assertSame(compile(grad(few(looped)))(at), grad(few(written))(at), "reverse");
      if (length === 3) assertGradient(few(looped), { order: 2 });
    }
  });
}

scans("the ys and the last carry of a loop are one node", () => {
  const f = trace({ x: vector(3) }, ({ x }) => {
    const { last, ys } = scan((c: Expr) => [sin(c) as Expr, square(c) as Expr], x as Expr, { length: 4 });
    return { last, ys };
  });
  const scansIn = f.graph.nodes.filter(({ op }) => op.name === "scan");
  assert.is(scansIn.length, 1);
});

scans("asking twice gives the same nodes", () => {
  trace({ x: vector(3) }, ({ x }) => {
    const looped = scan((c: Expr) => [sin(c) as Expr, square(c) as Expr], x as Expr, { length: 4 });
    assert.is((looped.ys as Expr).id, (looped.ys as Expr).id);
    assert.is((looped.history as Expr).id, (looped.history as Expr).id);
    const plain = scan((c: Expr) => sin(c) as Expr, x as Expr, { length: 4 });
    assert.is((plain.last as Expr).id, (plain.last as Expr).id);
    return looped.last;
  });
});

scans("no step gives no ys, and the carry as it began", () => {
  const f = trace({ x: vector(2) }, ({ x }) => {
    const { last, ys } = scan((c: Expr) => [sin(c) as Expr, stack([c, c])], x as Expr, { length: 0 });
    return { last, ys };
  });
  assert.equal(f.graph.nodes[(f.graph.outputs as { ys: number }).ys]!.shape, [0, 2, 2]);
  assert.equal(compile(f)({ x: [1, 2] }), { last: Float64Array.of(1, 2), ys: new Float64Array(0) });
});

scans("a Jacobian of ys, and a loop that uses those of another", () => {
  const f = trace({ x: vector(2) }, ({ x }) => {
    const { ys } = scan((c: Expr) => [multiply(c, 2) as Expr, sum(square(c)) as Expr], x as Expr, {
      length: 3,
    });
    return scan((total: Expr, y) => add(total, y) as Expr, multiply(0, index(x, 0)) as Expr, { xs: ys })
      .history;
  });
  // Σ 4ᵏ·|x|²
  assert.equal([...(f({ x: [1, 2] }) as Float64Array)], [5, 25, 105]);
  assert.equal([...(jacobian(f)({ x: [1, 2] }).x as Float64Array)], [2, 4, 10, 20, 42, 84]);
});

/** The numbers of a carry in each loop of the kernel, written out. */
function widthsOf(f: unknown): number[] {
  const text = emit(f as never, { name: "f" });
  return [...text.matchAll(/^return \(result, a0.*\n((?:let y.*\n)*)/gm)].map(
    ([, carries]) => carries!.split("\n").length - 1,
  );
}

scans("kernels don't carry what nobody reads: masks that only a further derivative asks for", () => {
  const inputs = { k: vector(2), y: vector(2) };
  const f = trace(inputs, ({ k, y }) => {
    return sum(scan((c: Expr) => relu(subtract(c, k)) as Expr, y as Expr, { length: 100 }).last);
  });
  assert.equal(widthsOf(grad(f)), [2, 2, 2]);
  // What the second derivative reads of them is there.
  const twice = trace(inputs, ({ k, y }) => sum(grad(f)({ k, y }).k));
  const at = { k: [0.25, 0.25], y: [25, 30] };
  for (const g of [grad(twice), compile(grad(twice))])
    assert.ok(flat(g(at)).some(Number.isNaN), "there is none at a kink");
  assert.ok(flat(compile(grad(twice))({ ...at, k: [0.1, 0.1] })).every((x) => x === 0));
});

scans("kernels don't carry what nobody reads, whatever is read of it and how", () => {
  const inputs = { x: matrix(100, 2), y: vector(2) };
  type Four = { readonly a: Expr; readonly b: Expr; readonly c: Expr; readonly d: Expr };
  const step = ({ a, b, c, d }: Four, row: Expr, i: Expr) => ({
    a: add(multiply(a, 0.5), row) as Expr,
    b: add(b, a) as Expr,
    c: sin(add(c, multiply(d, i))) as Expr,
    d: multiply(d, sum(row)) as Expr,
  });
  const uses: readonly (readonly [widths: readonly number[], use: (last: Four, history: Four) => unknown])[] =
    [
      [[2], ({ a }) => a],
      [[4], ({ b }) => b],
      [[7], ({ b, c }) => ({ b, c })],
      [[3], ({ c, d }) => ({ c, d: sum(d) })],
      [[2], (_, { a }) => slice(a, undefined, undefined, { step: -1 })],
      [[4], ({ a }, { b }) => ({ a, b: slice(b, 1, 3) })],
      [[3], (_, { c }) => slice(c, undefined, undefined, { axis: 1, step: -1 })],
      [[1], (_, { d }) => d],
    ];
  const at = { x: numbers(200, 3), y: [0.5, -2] };
  for (const [widths, use] of uses)
    for (const reverse of [false, true]) {
      const f = trace(inputs, ({ x, y }) => {
        const first = { a: y, b: y, c: y, d: index(y, 0) } as Four;
        const looped = scan(step, first, { xs: x as Expr, reverse }) as {
          last: Four;
          history: Four;
        };
        return use(looped.last, looped.history) as Expr;
      });
      assert.equal(flat(compile(f)(at)), flat(f(at)), `${use}`);
      assert.equal(widthsOf(f), widths, `${use}`);
      assert.equal(
        flat(compile(jvp(f))({ ...at, "tangent.x": at.x, "tangent.y": at.y })),
        flat(jvp(f)({ ...at, "tangent.x": at.x, "tangent.y": at.y })),
      );
    }
});

scans("a loop in a loop is as narrow", () => {
  const f = trace({ x: vector(2) }, ({ x }) => {
    const step = (a: Expr) =>
      scan(({ u, v }) => ({ u: sin(u) as Expr, v: add(v, u) as Expr }), { u: a, v: a }, { length: 50 }).last
        .u;
    return scan(step, x as Expr, { length: 50 }).last;
  });
  const at = { x: [0.5, 1] };
  assert.equal(flat(compile(f)(at)), flat(f(at)));
  assert.ok(widthsOf(f).every((width) => width <= 2));
});

scans("what a step may return besides is said in words", () => {
  const traced = (step: (c: Expr) => unknown) => () =>
    trace({ x: vector(2) }, ({ x }) => scan(step as (c: Expr) => Expr, x as Expr, { length: 2 }).last);
  assert.throws(
    traced((c) => [c]),
    /returns an array of 1; return the next carry, or \[carry, y\]/,
  );
  assert.throws(
    traced((c) => [c, c, c]),
    /returns an array of 3/,
  );
  assert.throws(
    traced((c) => [concatenate([c, c]), c]),
    /begins with shape \(2\), but the step returns \(4\)/,
  );
  assert.throws(
    traced((c) => [c, "y"]),
    /the y of a step is the text "y"/,
  );
  assert.throws(
    () =>
      trace(
        { x: vector(2) },
        ({ x }) => (scan((c: Expr) => c, x as Expr, { length: 2 }) as unknown as { ys: Expr }).ys,
      ),
    /there are no ys, since the step returns the carry alone; return \[carry, y\]/,
  );
});

scans("types tell whether there are ys", () => {
  trace({ x: vector(2) }, ({ x }) => {
    const looped = scan((c: Expr) => [c, { twice: multiply(c, 2) }], x as Expr, { length: 2 });
    const { twice } = looped.ys;
    const plain = scan((c: Expr) => c, x as Expr, { length: 2 });
    // @ts-expect-error the step gives none
    const none = () => plain.ys;
    assert.throws(none, /there are no ys/);
    return twice;
  });
});

scans.run();
