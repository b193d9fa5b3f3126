/**
 * Convolutions, pools, layer normalization and attention: against the values of PyTorch and JAX, against plain loops over
 * random strides, paddings, dilations and groups, and at their corners.
 */
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  attention,
  averagePool,
  compile,
  conv1d,
  conv2d,
  type Expr,
  grad,
  hessian,
  jvp,
  layerNorm,
  log,
  maxPool,
  multiply,
  relu,
  reshape,
  type Shape,
  sqrt,
  square,
  sum,
  type Traced,
  tensor,
  trace,
  tril,
  valueAndGrad,
} from "../graph/index.js";
import { sizeOf } from "../graph/shape.js";
import { checkGradient } from "../src/testing/index.js";
import { flatten } from "./support/differences.js";
import { fc, forAll } from "./support/law.js";
import { assertClose, assertSame } from "./support/tolerance.js";

const networks = suite("networks");

type Untyped = (...given: unknown[]) => Expr;

const ops: Readonly<Record<string, unknown>> = {
  conv1d,
  conv2d,
  maxPool,
  averagePool,
  layerNorm,
  attention,
};

const wave = (size: number, phase: number) =>
  Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + phase));

interface Case {
  readonly op: string;
  readonly source: string;
  readonly operands: readonly Shape[];
  readonly arguments: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  /** The shapes of options that are operands. */
  readonly named: Readonly<Record<string, Shape>>;
  readonly shape: Shape;
  readonly value: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

const reference: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("reference/networks.json", import.meta.url), "utf8"),
);

/** A traced function of tensors x0, x1 … of those shapes. */
function traced(shapes: readonly Shape[], build: (operands: readonly Expr[]) => unknown): Traced {
  const specs = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, tensor(shape)]));
  return trace(specs, (given) => build(shapes.map((_, i) => given[`x${i}`] as Expr)) as Expr) as never;
}

const given = (values: readonly ArrayLike<number>[]) =>
  Object.fromEntries(values.map((value, i) => [`x${i}`, Float64Array.from(value)]));

/** What a function and its kernel give, which must agree. */
function run(f: Traced, values: readonly ArrayLike<number>[], tolerance = 1e-13): number[] {
  const interpreted = flatten(f(given(values)));
  assertClose(flatten(compile(f)(given(values))), interpreted, tolerance, "kernel and interpreter");
  return interpreted;
}

for (const [i, one] of reference.cases.entries()) {
  networks(`${one.op}, case ${i}: the value and the gradients of ${one.source}`, () => {
    const names = Object.keys(one.named);
    const shapes = [...one.operands, ...Object.values(one.named)];
    const build = (operands: readonly Expr[]) => {
      const own = Object.fromEntries(names.map((name, k) => [name, operands[one.operands.length + k]]));
      const main = operands.slice(0, one.operands.length);
      return (ops[one.op] as Untyped)(...main, ...one.arguments, { ...one.options, ...own });
    };
    const values = shapes.map((shape, k) => wave(sizeOf(shape), k));
    const f = traced(shapes, build);
    assert.equal(f.graph.nodes[f.graph.outputs as number]!.shape, one.shape);
    assertClose(run(f, values), one.value, 1e-13, "the value");
    const gradient = grad(traced(shapes, (operands) => sum(square(build(operands)))));
    const slopes = one.gradients.flat();
    assertClose(run(gradient, values), slopes, 1e-12, "the gradients");
    assertClose(flatten(compile(gradient, { dtype: "f32" })(given32(values))), slopes, 2e-4, "f32");
  });
}

const given32 = (values: readonly ArrayLike<number>[]) =>
  Object.fromEntries(values.map((value, i) => [`x${i}`, Float32Array.from(value)]));

interface Geometry {
  readonly batch: number;
  readonly lengths: readonly number[];
  readonly windows: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: "same" | "valid" | readonly (readonly [number, number])[];
  readonly groups: number;
  readonly own: number;
  readonly outputs: number;
}

const small = (min: number, max: number) => fc.integer({ min, max });

const geometry: fc.Arbitrary<Geometry> = small(1, 2)
  .chain((axes) => {
    const each = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: axes, maxLength: axes });
    const pair = fc.tuple(small(0, 2), small(0, 2));
    return fc.record({
      batch: small(0, 2),
      lengths: each(small(1, 7)),
      windows: each(small(1, 3)),
      strides: each(small(1, 4)),
      dilations: each(small(1, 3)),
      padding: fc.oneof(fc.constantFrom("same" as const, "valid" as const), each(pair)),
      groups: small(1, 3),
      own: small(1, 2),
      outputs: small(1, 2),
    });
  })
  .filter((drawn) =>
    padsOf(drawn).every(([before, after], i) => spanOf(drawn, i) <= drawn.lengths[i]! + before + after),
  );

const spanOf = ({ windows, dilations }: Geometry, i: number) => (windows[i]! - 1) * dilations[i]! + 1;

function padsOf(drawn: Geometry): (readonly [number, number])[] {
  return drawn.lengths.map((length, i) => {
    if (drawn.padding === "valid") return [0, 0];
    if (drawn.padding !== "same") return drawn.padding[i]!;
    const count = Math.ceil(length / drawn.strides[i]!);
    const missing = Math.max(0, (count - 1) * drawn.strides[i]! + spanOf(drawn, i) - length);
    return [Math.floor(missing / 2), missing - Math.floor(missing / 2)];
  });
}

/** The counts of windows, and for every window and element of it the places in `x`, −1 in the padding: plain loops. */
function slide(drawn: Geometry) {
  const pads = padsOf(drawn);
  const counts = drawn.lengths.map((length, i) => {
    let count = 0;
    const end = length + pads[i]![0] + pads[i]![1];
    while (count * drawn.strides[i]! + spanOf(drawn, i) <= end) count++;
    return count;
  });
  const placeOf = (axis: number, window: number, element: number) => {
    const place = window * drawn.strides[axis]! + element * drawn.dilations[axis]! - pads[axis]![0];
    return place >= 0 && place < drawn.lengths[axis]! ? place : -1;
  };
  return { counts, placeOf };
}

function* indices(lengths: readonly number[]): Generator<number[]> {
  const [first, ...rest] = lengths;
  if (first === undefined) yield [];
  else for (let i = 0; i < first; i++) for (const inner of indices(rest)) yield [i, ...inner];
}

const flat = (index: readonly number[], shape: Shape) =>
  index.reduce((offset, place, axis) => offset * shape[axis]! + place, 0);

/** Each product of a convolution: where its factors stand, and where it is added. */
function products(drawn: Geometry, visit: (x: number, k: number, y: number) => void): Shape {
  const { batch, lengths, windows, groups, own, outputs } = drawn;
  const { counts, placeOf } = slide(drawn);
  const [cIn, cOut] = [groups * own, groups * outputs];
  const shape = [batch, ...counts, cOut];
  for (const [b, ...rest] of indices([batch, ...counts, ...windows, groups, own, outputs])) {
    const axes = counts.length;
    const at = rest.slice(0, axes);
    const inner = rest.slice(axes, 2 * axes);
    const [g, c, o] = rest.slice(2 * axes) as [number, number, number];
    const places = at.map((window, axis) => placeOf(axis, window, inner[axis]!));
    if (places.includes(-1)) continue;
    visit(
      flat([b!, ...places, g * own + c], [batch, ...lengths, cIn]),
      flat([...inner, c, g * outputs + o], [...windows, own, cOut]),
      flat([b!, ...at, g * outputs + o], shape),
    );
  }
  return shape;
}

networks("convolutions and their derivatives of two orders are those of plain loops", () => {
  forAll(30, geometry, (drawn) => {
    const { batch, lengths, windows, groups, own, outputs } = drawn;
    const shapes = [
      [batch, ...lengths, groups * own],
      [...windows, own, groups * outputs],
    ];
    const [x, k] = shapes.map((shape, i) => wave(sizeOf(shape), i)) as [number[], number[]];
    const options = { stride: drawn.strides, padding: drawn.padding, dilation: drawn.dilations, groups };
    const conv = (lengths.length === 1 ? conv1d : conv2d) as Untyped;
    const f = traced(shapes, ([a, b]) => conv(a, b, options));
    const shape = products(drawn, () => {});
    const y = new Float64Array(sizeOf(shape));
    products(drawn, (i, j, at) => {
      y[at]! += x[i]! * k[j]!;
    });
    assert.equal(f.graph.nodes[f.graph.outputs as number]!.shape, shape);
    assertClose(run(f, [x, k]), y, 1e-13, "the convolution");
    // The slopes of ½Σy², and of these along (k̇, ẋ) the product with the Hessian.
    const half = traced(shapes, ([a, b]) => multiply(0.5, sum(square(conv(a, b, options)))));
    const [gx, gk] = [new Float64Array(x.length), new Float64Array(k.length)];
    products(drawn, (i, j, at) => {
      gx[i]! += y[at]! * k[j]!;
      gk[j]! += y[at]! * x[i]!;
    });
    if (batch === 0) return;
    assertClose(run(grad(half), [x, k]), [...gx, ...gk], 1e-12, "the gradient");
    const [dx, dk] = [wave(x.length, 5), wave(k.length, 6)];
    const dy = new Float64Array(y.length);
    products(drawn, (i, j, at) => {
      dy[at]! += dx[i]! * k[j]! + x[i]! * dk[j]!;
    });
    const [hx, hk] = [new Float64Array(x.length), new Float64Array(k.length)];
    products(drawn, (i, j, at) => {
      hx[i]! += dy[at]! * k[j]! + y[at]! * dk[j]!;
      hk[j]! += dy[at]! * x[i]! + y[at]! * dx[i]!;
    });
    const pushed = jvp(grad(half as never) as never, "x0", "x1") as unknown as Traced;
    const inputs = {
      ...(given([x, k]) as object),
      "tangent.x0": Float64Array.from(dx),
      "tangent.x1": Float64Array.from(dk),
    };
    const { tangent } = compile(pushed)(inputs) as { tangent: never };
    assertClose(flatten(tangent), [...hx, ...hk], 1e-12, "forward over reverse");
  });
});

networks("pools are those of plain loops, ties sharing the gradient", () => {
  const drawn = geometry
    .map((one) => ({ ...one, dilations: one.lengths.map(() => 1) }))
    .filter((one) => {
      const { counts, placeOf } = slide(one);
      const holdsAny = (axis: number, window: number) =>
        [...Array(one.windows[axis]!).keys()].some((element) => placeOf(axis, window, element) >= 0);
      return counts.every((count, axis) =>
        [...Array(count).keys()].every((window) => holdsAny(axis, window)),
      );
    });
  forAll(30, drawn, (one) => {
    const { batch, lengths, windows, strides, padding, own: channels } = one;
    const shape = [batch, ...lengths, channels];
    // Few values, so that some tie.
    const x = wave(sizeOf(shape), 2).map((value) => Math.round(2 * value) / 2);
    const { counts, placeOf } = slide(one);
    const result = [batch, ...counts, channels];
    const held: number[][] = [];
    for (const [b, ...rest] of indices(result)) {
      const own = [...indices(windows)].flatMap((inner) => {
        const places = inner.map((element, axis) => placeOf(axis, rest[axis]!, element));
        return places.includes(-1) ? [] : [flat([b!, ...places, rest.at(-1)!], shape)];
      });
      held.push(own);
    }
    const most = held.map((places) => Math.max(...places.map((place) => x[place]!)));
    const means = (countIncludePad: boolean) =>
      held.map(
        (places) =>
          places.reduce((total, place) => total + x[place]!, 0) /
          (countIncludePad ? sizeOf(windows) : places.length),
      );
    const options = { stride: strides, padding };
    const pool = (f: unknown, more: object) => (operands: readonly Expr[]) =>
      (f as Untyped)(operands[0], windows, { ...options, ...more });
    assertSame(run(traced([shape], pool(maxPool, {})), [x]), most, "the largest");
    for (const countIncludePad of [false, true]) {
      const f = traced([shape], pool(averagePool, { countIncludePad }));
      assertClose(run(f, [x]), means(countIncludePad), 1e-14, "the mean");
    }
    if (batch === 0) return;
    const weights = wave(sizeOf(result), 1);
    const slopes = new Float64Array(x.length);
    held.forEach((places, i) => {
      const best = places.filter((place) => x[place] === most[i]);
      for (const place of best) slopes[place]! += weights[i]! / best.length;
    });
    const weighted = traced([shape, result], ([a, w]) => sum(multiply(w!, pool(maxPool, {})([a!]))));
    const gradient = grad(weighted, "x0") as Traced;
    assertClose(run(gradient, [x, weights]), slopes, 1e-13, "the slopes of the largest");
  });
});

const one = (f: (x: Expr) => unknown, shape: Shape) => traced([shape], ([x]) => f(x!));

networks("an element that no window holds has no derivative, whatever it is", () => {
  const f = one((x) => sum(maxPool(sqrt(x), 1, { stride: 2 })), [1, 4, 1]);
  assert.equal(run(grad(f), [[4, 0, 1, 0]]), [0.25, 0, 0.5, 0]);
  const conv = one((x) => sum(conv1d(log(x), [[[2]], [[1]]], { stride: 3 })), [1, 5, 1]);
  assert.equal(run(grad(conv), [[1, 1, 0, 4, 2]]), [2, 1, 0, 0.5, 0.5]);
});

networks("padding is no largest element, be all others negative, and −∞ and NaN are what they are", () => {
  const f = valueAndGrad(one((x) => sum(maxPool(x, 2, { stride: 1, padding: [[1, 0]] })), [1, 3, 1]));
  assert.equal(run(f, [[-3, -1, -2]]), [-5, 1, 2, 0]);
  const g = one((x) => maxPool(x, 2, { padding: [[1, 1]] }), [1, 4, 1]);
  assert.equal(run(g, [[Number.NEGATIVE_INFINITY, Number.NaN, 1, 2]]), [
    Number.NEGATIVE_INFINITY,
    Number.NaN,
    2,
  ]);
});

networks("one channel, a window of the whole, a window of one, no sample", () => {
  const x = wave(12, 1);
  const whole = one((a) => conv2d(a, reshape(a, [3, 4, 1, 1])), [1, 3, 4, 1]);
  assertClose(run(whole, [x]), [x.reduce((total, value) => total + value * value, 0)], 1e-14, "the whole");
  const single = one((a) => conv2d(a, [[[[2]]]]), [1, 3, 4, 1]);
  assertSame(
    run(single, [x]),
    x.map((value) => 2 * value),
    "a window of one",
  );
  const none = traced(
    [
      [0, 5, 2],
      [3, 2, 4],
    ],
    ([a, k]) => sum(conv1d(a!, k!, { padding: "same" })),
  );
  assert.equal(run(valueAndGrad(none), [[], wave(24, 1)]).slice(0, 2), [0, 0]);
});

networks("a query that may attend to nothing gives 0 and moves nothing, by mask or by −∞", () => {
  const [q, k, v] = [wave(4, 0), wave(6, 1), wave(3, 2)];
  const shapes = [
    [2, 2],
    [3, 2],
    [3, 1],
  ];
  const masks: readonly object[] = [
    {
      mask: [
        [0, 0, 0],
        [1, 1, 1],
      ],
    },
    { bias: [new Array(3).fill(Number.NEGATIVE_INFINITY), [0, 0, 0]] },
  ];
  for (const options of masks) {
    const f = traced(shapes, ([a, b, c]) => sum(square(attention(a!, b!, c!, options) as Expr)));
    const [value, ...slopes] = run(valueAndGrad(f), [q, k, v]);
    const rest = traced(shapes, ([a, b, c]) => sum(square(attention(a!, b!, c!) as Expr)));
    assert.ok(value! > 0 && slopes.every(Number.isFinite));
    assert.equal(slopes.slice(0, 2), [0, 0]);
    const expected = run(valueAndGrad(rest), [[0, 0, ...q.slice(2)], k, v]);
    assertClose(slopes.slice(2, 4), expected.slice(3, 5), 1e-13, "the other query");
  }
  const none = traced(
    [
      [2, 2],
      [0, 2],
      [0, 3],
    ],
    ([a, b, c]) => attention(a!, b!, c!),
  );
  assert.equal(run(none, [q, [], []]), [0, 0, 0, 0, 0, 0]);
});

networks("keys and values that no query may attend to can hold anything", () => {
  const hidden = [{ mask: [[1, 0, 1]] }, { bias: new Array(2).fill([0, Number.NEGATIVE_INFINITY, 0.5]) }];
  const shapes = [
    [2, 2],
    [3, 2],
    [3, 1],
  ];
  for (const options of hidden) {
    const f = traced(shapes, ([q, k, v]) => sum(square(attention(q!, k!, v!, options) as Expr)));
    const withFiller = (filler: number) =>
      run(valueAndGrad(f), [
        [1, 2, 3, 4],
        [0.5, 0.1, filler, filler, 0.2, 0.3],
        [1, filler, 2],
      ]);
    for (const filler of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300])
      assertSame(withFiller(filler), withFiller(0), `filled with ${filler}`);
  }
});

networks("attention with a triangular mask sees the past alone; scores of any size don't overflow", () => {
  const causal = traced([[3, 2]], ([x]) =>
    attention(x!, x!, x!, { mask: tril(new Array(3).fill([1, 1, 1])) }),
  );
  const x = wave(6, 1);
  const first = run(causal, [x]);
  assertClose(first.slice(0, 2), x.slice(0, 2), 1e-15, "the first sees itself");
  const later = run(causal, [[...x.slice(0, 4), 7, 8]]);
  assertSame(later.slice(0, 4), first.slice(0, 4), "what comes later doesn't matter");
  const large = one((a) => attention(a, [[1], [2]], [[3], [5]]), [1, 1]);
  assert.equal(run(large, [[1e5]]), [5]);
  assert.equal(run(large, [[-1e5]]), [3]);
});

networks("layerNorm of equal elements is the shift, and scales are of the axes in ascending order", () => {
  const f = one((x) => layerNorm(x, { shift: [1, 2] }), [2, 2]);
  assert.equal(run(f, [[3, 3, 5, 5]]), [1, 2, 1, 2]);
  const g = one((x) => layerNorm(x, { epsilon: 0, axes: [2, 0], scale: [[1, 2]] }), [1, 2, 2]);
  assertClose(run(g, [[1, 3, 4, 0]]), [-1, 2, 1, -2], 1e-15, "axes 0 and 2");
});

networks("a small network: both orders of its derivatives against differences", () => {
  const f = traced(
    [
      [2, 6, 5, 1],
      [3, 2, 1, 2],
      [1, 2, 2, 2],
    ],
    ([x, k, d]) => {
      const first = relu(conv2d(x!, k!, { padding: "same" }) as Expr);
      const second = conv2d(averagePool(first, 2, { padding: [1, 0] }), d!, {
        stride: 2,
        dilation: [1, 2],
        padding: 1,
      });
      return sum(square(layerNorm(second as Expr, { axes: [1, 2, 3] }) as Expr));
    },
  );
  const at = Object.fromEntries([60, 12, 8].map((size, i) => [`x${i}`, wave(size, i)]));
  assert.ok(checkGradient(f, { at: at, order: 2 }).ok);
});

networks("second derivatives of pools are 0, but where what is pooled is curved", () => {
  const f = one((x) => sum(square(averagePool(square(x), 2, { stride: 1 }))), [1, 3, 1]);
  // f = ((a² + b²)² + (b² + c²)²)/4
  const [a, b, c] = [0.5, 2, -1];
  const expected = [
    [3 * a * a + b * b, 2 * a * b, 0],
    [2 * a * b, a * a + 6 * b * b + c * c, 2 * b * c],
    [0, 2 * b * c, b * b + 3 * c * c],
  ];
  assertClose(run(hessian(f), [[a, b, c]]), expected.flat(), 1e-13, "the Hessian");
});

networks("code is as long as the graph, not as the tensors", () => {
  const lines = (batch: number, size: number) => {
    const f = traced(
      [
        [batch, size, size, 16],
        [3, 3, 16, 32],
      ],
      ([x, k]) => sum(square(maxPool(conv2d(x!, k!, { padding: "same" }), 2))),
    );
    return compile(valueAndGrad(f)).source.split("\n").length;
  };
  assert.is(lines(64, 28), lines(8, 14));
  const heads = (count: number) => {
    const f = traced([[count, 3, 16, 8]], ([x]) => sum(square(attention(x!, x!, x!) as Expr)));
    return compile(valueAndGrad(f)).source.split("\n").length;
  };
  assert.is(heads(200), heads(20));
});

const x4 = tensor([1, 4, 4, 2]);

for (const [what, call, message] of [
  ["rank", (x) => conv1d(x, [[[1]]]), /conv1d: x \(1×4×4×2\) must have the axes \(batch, width, channels\)/],
  [
    "kernel",
    (x) => conv2d(x, [[1]]),
    /conv2d: the kernel \(1×1\) must have the axes \(height, width, input channels of a group, output channels\)/,
  ],
  [
    "channels",
    (x) => conv2d(x, [[[[1], [1], [1]]]]),
    /conv2d: x \(1×4×4×2\) has 2 channels, and a kernel \(1×1×3×1\) in 1 group takes 3/,
  ],
  [
    "groups",
    (x) =>
      conv2d(
        x,
        [
          [
            [
              [1, 1],
              [1, 1],
            ],
          ],
        ],
        { groups: 3 },
      ),
    /conv2d: groups is 3; it must be a whole number that divides the 2 input channels and the 2 output channels/,
  ],
  [
    "window",
    (x) => conv2d(x, tensor5()),
    /conv2d: a window that spans 5 elements doesn't fit into axis 1 of \(1×4×4×2\), of 4 with the padding/,
  ],
  [
    "stride",
    (x) => maxPool(x, 2, { stride: [1, 0] }),
    /maxPool: the stride of an axis must be a whole number of at least 1, not 0/,
  ],
  [
    "padding",
    (x) => averagePool(x, 2, { padding: "SAME" as never }),
    /averagePool: the padding is the text "SAME"; it must be "same", "valid", a whole number, or a list with a number or a pair/,
  ],
  ["pair", (x) => maxPool(x, 2, { padding: [[1, 0]] }), /maxPool: the padding is the list/],
  [
    "all padding",
    (x) => maxPool(x, 2, { padding: 2 }),
    /maxPool: a window 2 over x \(1×4×4×2\) lies in the padding altogether/,
  ],
  [
    "window list",
    (x) => maxPool(x, [2]),
    /maxPool: the window is the list \[2\]; it must be a whole number of at least 1, or a list of 2 of them/,
  ],
  [
    "option",
    (x) => maxPool(x, 2, { strides: 1 } as never),
    /maxPool: unknown option "strides".*did you mean "stride"/,
  ],
  [
    "scale",
    (x) => layerNorm(x, { scale: [1, 2, 3] }),
    /layerNorm: scale has the shape \(3\); it must be a number or have that of the axes \[3\], \(2\)/,
  ],
  [
    "epsilon",
    (x) => layerNorm(x, { epsilon: -1 }),
    /layerNorm: epsilon is -1; it must be a finite number of at least 0/,
  ],
  [
    "keys",
    (x) => attention(x, [[1]], [[1]]),
    /attention: q \(1×4×4×2\), k \(1×1\) and v \(1×1\) must be \(…, n, d\), \(…, m, d\) and \(…, m, e\)/,
  ],
  [
    "mask",
    (x) => attention(x, x, x, { mask: [[1, 0]] }),
    /attention: mask has the shape \(1×2\), which can't be broadcast to that of the scores, \(1×4×4×4\)/,
  ],
] as readonly (readonly [string, (x: Expr<[1, 4, 4, 2]>) => unknown, RegExp])[]) {
  networks(`what doesn't fit is told: ${what}`, () => {
    assert.throws(() => trace({ x: x4 }, ({ x }) => call(x) as Expr), message);
  });
}

function tensor5(): number[][][][] {
  return new Array(5).fill(new Array(1).fill(new Array(2).fill([1])));
}

networks.run();
