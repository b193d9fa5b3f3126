/**
 * Truncated Taylor series of one or two variables over numbers of any precision: all derivatives of a composition at
 * once, by recurrences on the coefficients instead of the library's rules.
 * A. Griewank and A. Walther, "Evaluating derivatives", 2nd edition, SIAM 2008, section 13.2, tables 13.1 and 13.2.
 */

import * as scalar from "./elementary.js";
import {
  absolute,
  exponentOf,
  type Float,
  Floats,
  fromDouble,
  negate,
  scaleBinary,
  Undefined,
  zero,
} from "./floats.js";

/** The terms of one degree k: of two variables the coefficients of aᵏ, aᵏ⁻¹b … bᵏ; of one variable a single one. */
type Terms = readonly Float[];

/** By degree. That of two variables, too, is a series of one: along the ray t·(a, b), coefficients being polynomials. */
export type Series = readonly Terms[];

function isWhole({ m, e }: Float): boolean {
  return e >= 0 || (e > -1e6 && m % (1n << BigInt(-e)) === 0n);
}

/** Series of one or two variables up to some degree, computed with so many binary digits. */
export class SeriesOf {
  readonly f: Floats;
  readonly variables: number;
  readonly order: number;

  constructor(bits: number, variables: number, order: number) {
    this.f = new Floats(bits);
    this.variables = variables;
    this.order = order;
  }

  /** How many terms of a degree there are. */
  private count(degree: number): number {
    return this.variables === 1 ? 1 : degree + 1;
  }

  private build(terms: (degree: number) => Terms): Series {
    return Array.from({ length: this.order + 1 }, (_, degree) => terms(degree));
  }

  private nothing(degree: number): Float[] {
    return new Array<Float>(this.count(degree)).fill(zero);
  }

  number(x: Float): Series {
    return this.build((degree) => (degree === 0 ? [x] : this.nothing(degree)));
  }

  constant(x: number): Series {
    return this.number(fromDouble(x));
  }

  /** The variable of this index where it stands at x. */
  variable(x: number, index: number): Series {
    return this.build((degree) => {
      if (degree === 0) return [fromDouble(x)];
      const terms = this.nothing(degree);
      if (degree === 1) terms[index] = this.f.one;
      return terms;
    });
  }

  add(u: Series, v: Series): Series {
    return this.build((k) => u[k]!.map((x, i) => this.f.add(x, v[k]![i]!)));
  }

  negate(u: Series): Series {
    return u.map((terms) => terms.map(negate));
  }

  subtract(u: Series, v: Series): Series {
    return this.add(u, this.negate(v));
  }

  /** u·n/d of whole numbers */
  ratio(u: Series, n: number, d = 1): Series {
    return u.map((terms) => terms.map((x) => this.f.ratio(x, n, d)));
  }

  times(u: Series, x: Float): Series {
    return u.map((terms) => terms.map((y) => this.f.multiply(x, y)));
  }

  /** u + x for a double x */
  plus(u: Series, x: number): Series {
    return [[this.f.add(u[0]![0]!, fromDouble(x))], ...u.slice(1)];
  }

  /** Σ n(j)·u_j·v_{k−j}, j from `from` to k: what all recurrences are made of. */
  private convolve(u: Series, v: Series, k: number, from = 0, n: (j: number) => number = () => 1): Float[] {
    const sum = this.nothing(k);
    for (let j = from; j <= k; j++) {
      const factor = n(j);
      if (factor === 0) continue;
      u[j]!.forEach((x, i) => {
        if (x.m === 0n) return;
        const times = factor === 1 ? x : this.f.ratio(x, factor, 1);
        v[k - j]!.forEach((y, l) => {
          if (y.m !== 0n) sum[i + l] = this.f.add(sum[i + l]!, this.f.multiply(times, y));
        });
      });
    }
    return sum;
  }

  /** A series whose terms follow one from the other. */
  private follow(first: Float, next: (k: number, before: Series) => Terms): Series {
    const terms: Terms[] = [[first]];
    for (let k = 1; k <= this.order; k++) terms.push(next(k, terms));
    return terms;
  }

  multiply(u: Series, v: Series): Series {
    return this.build((k) => this.convolve(u, v, k));
  }

  divide(u: Series, v: Series): Series {
    const first = v[0]![0]!;
    return this.follow(this.f.divide(u[0]![0]!, first), (k, q) => {
      const sum = this.convolve(v, q, k, 1);
      return u[k]!.map((x, i) => this.f.divide(this.f.subtract(x, sum[i]!), first));
    });
  }

  /** F(u), of which F(u₀) and the series F′(u) are known: k·y_k = Σ j·u_j·F′(u)_{k−j}. */
  compose(first: Float, u: Series, derivative: Series): Series {
    return this.follow(first, (k) =>
      this.convolve(u, derivative, k, 1, (j) => j).map((x) => this.f.ratio(x, 1, k)),
    );
  }

  exp(u: Series): Series {
    return this.follow(scalar.exp(this.f, u[0]![0]!), (k, y) =>
      this.convolve(u, y, k, 1, (j) => j).map((x) => this.f.ratio(x, 1, k)),
    );
  }

  log(u: Series): Series {
    return this.compose(scalar.log(this.f, u[0]![0]!), u, this.divide(this.constant(1), u));
  }

  /** log(1 + u) */
  log1p(u: Series): Series {
    const derivative = this.divide(this.constant(1), this.plus(u, 1));
    return this.compose(scalar.log1p(this.f, u[0]![0]!), u, derivative);
  }

  /** u to the power n/d, whole numbers: k·u₀·y_k = Σ (j·n/d − (k − j))·u_j·y_{k−j}. */
  power(u: Series, n: number, d = 1): Series {
    const base = u[0]![0]!;
    if (d === 1 && n >= 0 && (base.m === 0n || n < 8)) {
      let result = this.constant(1);
      for (let i = 0; i < n; i++) result = this.multiply(result, u);
      return result;
    }
    return this.follow(this.powerOf(base, n, d), (k, y) =>
      this.convolve(u, y, k, 1, (j) => j * n - (k - j) * d).map((x) =>
        this.f.divide(this.f.ratio(x, 1, k * d), base),
      ),
    );
  }

  private powerOf(base: Float, n: number, d: number): Float {
    if (d === 2 && n === 1) return this.f.sqrt(base);
    if (base.m === 0n) throw new Undefined("a power of 0");
    if (base.m < 0n && d % 2 === 0) throw new Undefined("a root of a negative number");
    const size = scalar.exp(this.f, this.f.ratio(scalar.log(this.f, absolute(base)), n, d));
    return base.m < 0n && n % 2 !== 0 ? negate(size) : size;
  }

  sqrt(u: Series): Series {
    return this.power(u, 1, 2);
  }

  /** [sin u, cos u] */
  sinCos(u: Series): readonly [Series, Series] {
    const [sine, cosine] = scalar.sinCos(this.f, u[0]![0]!);
    const [s, c]: [Terms[], Terms[]] = [[[sine]], [[cosine]]];
    for (let k = 1; k <= this.order; k++) {
      const along = (v: Series) => this.convolve(u, v, k, 1, (j) => j).map((x) => this.f.ratio(x, 1, k));
      const [next, other] = [along(c), along(s)];
      s.push(next);
      c.push(other.map(negate));
    }
    return [s, c];
  }

  atan(u: Series): Series {
    const derivative = this.divide(this.constant(1), this.plus(this.multiply(u, u), 1));
    return this.compose(scalar.atan(this.f, u[0]![0]!), u, derivative);
  }

  /** 2/√π·e^(−u²) and erf, or −2/√π·e^(−u²) and erfc */
  errorFunction(u: Series, complement: boolean): Series {
    const bell = this.exp(this.negate(this.multiply(u, u)));
    const factor = this.f.divide(this.f.whole(complement ? -2 : 2), this.f.sqrt(scalar.pi(this.f)));
    const first = (complement ? scalar.erfc : scalar.erf)(this.f, u[0]![0]!);
    return this.compose(first, u, this.times(bell, factor));
  }

  /** log|Γ(u)|: moved to where Stirling's series has all digits; Abramowitz and Stegun 6.1.41, 6.1.17 below ½. */
  gammaln(u: Series): Series {
    const base = u[0]![0]!;
    if (base.m < 0n) {
      if (isWhole(base)) throw new Undefined("a pole");
      const pi = scalar.pi(this.f);
      const [sine] = this.sinCos(this.times(u, pi));
      const ratio = this.divide(this.number(pi), sine);
      return this.subtract(
        this.log(ratio[0]![0]!.m < 0n ? this.negate(ratio) : ratio),
        this.gammaln(this.plus(this.negate(u), 1)),
      );
    }
    const far = Math.ceil(0.16 * this.f.bits) + 10;
    let product = this.constant(1);
    let y = u;
    for (; exponentOf(y[0]![0]!) < Math.log2(far); y = this.plus(y, 1)) product = this.multiply(product, y);
    const inverse = this.divide(this.constant(1), y);
    const square = this.multiply(inverse, inverse);
    let [sum, term] = [this.number(zero), inverse];
    for (let k = 1; ; k++) {
      const part = this.times(term, scalar.stirling(this.f, k));
      if (exponentOf(part[0]![0]!) < -this.f.bits - 32) break;
      sum = this.add(sum, part);
      term = this.multiply(term, square);
    }
    const main = this.multiply(this.plus(y, -0.5), this.log(y));
    const halfLog = scaleBinary(scalar.log(this.f, scaleBinary(scalar.pi(this.f), 1)), -1);
    return this.subtract(
      this.add(this.add(this.subtract(main, y), this.number(halfLog)), sum),
      this.log(product),
    );
  }

  /** The i-th derivative by the first and the j-th by the second variable. */
  derivative(u: Series, i: number, j: number): Float {
    let x = this.variables === 1 ? u[i]![0]! : u[i + j]![j]!;
    for (let k = 2; k <= i; k++) x = this.f.ratio(x, k, 1);
    for (let k = 2; k <= j; k++) x = this.f.ratio(x, k, 1);
    return x;
  }

  /** The same with terms of 0 up to this order: a variable or a constant. */
  longer(u: Series): Series {
    return this.build((degree) => u[degree] ?? this.nothing(degree));
  }

  /** The derivative of order n as a series itself, whose last n terms are lost. */
  shifted(u: Series, n: number): Series {
    let terms = u;
    for (let i = 0; i < n; i++)
      terms = terms.slice(1).map((list, k) => list.map((x) => this.f.ratio(x, k + 1, 1)));
    return terms;
  }
}
