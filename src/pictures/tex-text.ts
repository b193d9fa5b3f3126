/** Pieces of TeX: how tightly they bind, names, numbers. */

/**
 * How tightly an expression binds: an operand that binds less than its place asks for is put in parentheses.
 * A sign in front counts as a sum, since x · −y can't be read.
 */
export const Binding = { sum: 1, product: 2, fraction: 3, power: 4, atom: 5 } as const;

export type Binding = (typeof Binding)[keyof typeof Binding];

export interface Tex {
  readonly text: string;
  readonly binding: Binding;
  /** It ends with the body of a Σ or the like, which would swallow what follows. */
  readonly open?: boolean;
  /** A condition, which stands in brackets where a number is meant: Iverson's [a > b]. */
  readonly condition?: boolean;
  /** A known number, which stands first in products. */
  readonly numeral?: boolean;
  /** What a minus sign in front was put to: (−x)·y is written −xy. */
  readonly negated?: Tex;
  /** The name of a function and its argument: an exponent goes in between. */
  readonly call?: readonly [name: string, argument: string];
}

export const atom = (text: string): Tex => ({ text, binding: Binding.atom });

export const parenthesized = (text: string): string => `\\left(${text}\\right)`;

/** A number where a condition may stand: 1 or 0 by Iverson's bracket. */
export function asNumber(x: Tex): Tex {
  return x.condition ? atom(`\\left[${x.text}\\right]`) : x;
}

/** An operand in a place that asks for a binding; `last`: nothing follows it that it could swallow. */
export function operand(given: Tex, binding: Binding, last = true): string {
  const x = asNumber(given);
  return x.binding < binding || (x.open && !last) ? parenthesized(x.text) : x.text;
}

/** `\sin(x)` */
export function call(name: string, ...operands: readonly Tex[]): Tex {
  const argument = parenthesized(operands.map((x) => asNumber(x).text).join(", "));
  return { text: name + argument, binding: Binding.atom, call: [name, argument] };
}

/** `base^{exponent}`; the power of a function stands behind its name where it can't be read as an inverse. */
export function powerOf(base: Tex, exponent: Tex): Tex {
  const text = asNumber(exponent).text;
  if (base.call && /^[1-9]\d*$/.test(text))
    return { text: `${base.call[0]}^{${text}}${base.call[1]}`, binding: Binding.power };
  const bare = base.call ? parenthesized(base.text) : operand(base, Binding.atom, false);
  return { text: `${bare}^{${text}}`, binding: Binding.power };
}

/** Side by side: a dot where numbers would run together, a thin space beside words and parentheses. */
export function productOf(a: Tex, b: Tex): Tex {
  if (isNumeral(b) && !isNumeral(a)) return productOf(b, a);
  if (a.negated) return negativeOf(productOf(a.negated, b));
  const left = operand(a, Binding.product, false);
  const right = operand(b, Binding.product);
  const words = /^\{?\\(mathrm|operatorname|sum|max|min|text|left|[a-z]+\\left)/;
  const between = /^\d/.test(right) ? " \\cdot " : words.test(right) || words.test(left) ? " \\, " : " ";
  return { text: left + between + right, binding: Binding.product, ...(b.open && { open: true }) };
}

const isNumeral = (x: Tex): boolean => (x.numeral || x.negated?.numeral) ?? false;

export function sumOf(a: Tex, b: Tex): Tex {
  const right = operand(b, Binding.sum);
  const sign = right.startsWith("-") ? " - " : " + ";
  return {
    text: operand(a, Binding.sum, false) + sign + right.replace(/^-/, ""),
    binding: Binding.sum,
    ...(b.open && { open: true }),
  };
}

export function differenceOf(a: Tex, b: Tex): Tex {
  return {
    text: `${operand(a, Binding.sum, false)} - ${operand(b, Binding.product)}`,
    binding: Binding.sum,
    ...(b.open && { open: true }),
  };
}

export function negativeOf(x: Tex): Tex {
  return {
    text: `-${operand(x, Binding.product)}`,
    binding: Binding.sum,
    negated: x,
    ...(x.open && { open: true }),
  };
}

export function fractionOf(a: Tex, b: Tex): Tex {
  return { text: `\\frac{${asNumber(a).text}}{${asNumber(b).text}}`, binding: Binding.fraction };
}

/** `\sum_{i=1}^{n} body` */
export function bigOperator(symbol: string, body: Tex): Tex {
  return { text: `${symbol} ${operand(body, Binding.product)}`, binding: Binding.product, open: true };
}

/** A known number: `2`, `0.5`, `1.5 \cdot 10^{-7}`, `2 \pi`, `\infty` */
export function numberTex(x: number): Tex {
  if (x < 0 || Object.is(x, -0)) return negativeOf(numberTex(-x));
  if (Number.isNaN(x)) return atom("\\mathrm{NaN}");
  if (x === Number.POSITIVE_INFINITY) return atom("\\infty");
  if (x === Math.E) return { ...atom("e"), numeral: true };
  const turns = Math.round(x / Math.PI);
  if (turns > 0 && turns <= 100 && turns * Math.PI === x)
    return { text: turns === 1 ? "\\pi" : `${turns} \\pi`, binding: Binding.product, numeral: true };
  const [mantissa, exponent] = String(x).split("e");
  if (exponent === undefined) return { ...atom(mantissa!), numeral: true };
  const power = `10^{${Number(exponent)}}`;
  return mantissa === "1"
    ? { text: power, binding: Binding.power, numeral: true }
    : { text: `${mantissa} \\cdot ${power}`, binding: Binding.product, numeral: true };
}

const greek = new Set(
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega".split(
    " ",
  ),
);

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

/** Any text, so that TeX takes none of it for a command. */
export function escapeText(text: string): string {
  return text.replaceAll(/[\\~^{}$&#_%]/g, (character) => escapes[character] ?? `\\${character}`);
}

/**
 * A name with subscripts: digits at its end become one, `x1` → `x_{1}`, and indices follow, `x_{1,i}`. A letter is set as
 * a variable, the name of a Greek letter as that, a word upright.
 */
export function nameTex(name: string, indices: readonly string[] = []): string {
  const [, stem, digits] = /^([A-Za-z]+?)_?(\d+)?$/.exec(name) ?? [];
  const text =
    stem === undefined
      ? `\\text{${escapeText(name)}}`
      : stem.length === 1
        ? stem
        : greek.has(stem)
          ? `\\${stem}`
          : `\\mathrm{${stem}}`;
  const subscripts = digits === undefined ? indices : [digits, ...indices];
  return subscripts.length === 0 ? text : `${text}_{${subscripts.join(",")}}`;
}
