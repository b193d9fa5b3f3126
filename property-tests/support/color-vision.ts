/** How far apart colours are, for eyes of every kind. */

type Three = readonly [number, number, number];

/**
 * What dichromats see of linear RGB: Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color
 * vision deficiency", IEEE Transactions on Visualization and Computer Graphics 15, 2009, severity 1.
 */
const eyes: Readonly<Record<string, readonly Three[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanope: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** sRGB (IEC 61966-2-1) to linear light. */
function linear(hex: string): Three {
  const parts = [1, 3, 5].map((i) => {
    const share = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return [parts[0]!, parts[1]!, parts[2]!];
}

/** CIE L*a*b* of linear RGB under D65. */
function lab(rgb: readonly number[]): Three {
  const [r, g, b] = rgb.map((x) => Math.min(1, Math.max(0, x))) as [number, number, number];
  const bend = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const x = bend((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = bend(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = bend((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** The lightness L* of a colour. */
export const lightness = (hex: string): number => lab(linear(hex))[0];

const degrees = (radians: number) => (radians * 180) / Math.PI;
const cosine = (angle: number) => Math.cos((angle * Math.PI) / 180);
const sine = (angle: number) => Math.sin((angle * Math.PI) / 180);

/** CIEDE2000: Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula", Color Research and Application 30, 2005. */
export function difference([L1, a1, b1]: Three, [L2, a2, b2]: Three): number {
  const mean7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const stretch = 1 + 0.5 * (1 - Math.sqrt(mean7 / (mean7 + 25 ** 7)));
  const polar = (a: number, b: number) => {
    const hue = a === 0 && b === 0 ? 0 : (degrees(Math.atan2(b, a * stretch)) + 360) % 360;
    return [Math.hypot(a * stretch, b), hue] as const;
  };
  const [[C1, h1], [C2, h2]] = [polar(a1, b1), polar(a2, b2)];
  const isGrey = C1 * C2 === 0;
  const turn = isGrey ? 0 : ((h2 - h1 + 540) % 360) - 180;
  const dH = 2 * Math.sqrt(C1 * C2) * sine(turn / 2);
  const C = (C1 + C2) / 2;
  const H = isGrey ? h1 + h2 : (h1 + turn / 2 + 360) % 360;
  const T =
    1 - 0.17 * cosine(H - 30) + 0.24 * cosine(2 * H) + 0.32 * cosine(3 * H + 6) - 0.2 * cosine(4 * H - 63);
  const far = ((L1 + L2) / 2 - 50) ** 2;
  const light = (L2 - L1) / (1 + (0.015 * far) / Math.sqrt(20 + far));
  const chroma = (C2 - C1) / (1 + 0.045 * C);
  const hue = dH / (1 + 0.015 * C * T);
  const rotation =
    -2 * Math.sqrt(C ** 7 / (C ** 7 + 25 ** 7)) * sine(60 * Math.exp(-(((H - 275) / 25) ** 2)));
  return Math.sqrt(light ** 2 + chroma ** 2 + hue ** 2 + rotation * chroma * hue);
}

/** The least difference of two colours in any of the eyes. */
export function leastDifference(a: string, b: string): number {
  const seen = (matrix: readonly Three[], rgb: Three) =>
    lab(matrix.map((row) => row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]));
  return Math.min(
    ...Object.values(eyes).map((eye) => difference(seen(eye, linear(a)), seen(eye, linear(b)))),
  );
}
