// What all charts share: fonts, themes, and the colours of runs. No import, so that pages use it, too.

/** Registered in Node from its package; in a browser, where it may be missing, the system's own follows. */
export const fontFamily = "DejaVu Sans, system-ui, sans-serif";

export const fontSize = 13;
export const tooltipSize = 12;

/** A font of chart.js. */
export function font(size = fontSize, weight: "normal" | "bold" = "normal") {
  return { family: fontFamily, size, weight };
}

/**
 * How a figure looks: on white, on a dark ground, on paper (dashes tell runs apart that are printed in grey), or in black with
 * the strongest contrast.
 * @example const theme: ThemeName = "dark";
 */
export type ThemeName = "light" | "dark" | "print" | "contrast";

/** The names of the themes. */
export const themeNames: readonly ThemeName[] = ["light", "dark", "print", "contrast"];

/** The colours of a theme, and what else tells its lines apart. */
export interface Theme {
  readonly background: string;
  /** Of text and axes. */
  readonly ink: string;
  /** Of what explains. */
  readonly muted: string;
  /** Lines across a chart. */
  readonly grid: string;
  /** Round lines and marks, which it parts from what lies below. */
  readonly rim: string;
  /** The walls of the box round a surface. */
  readonly wall: string;
  /** Runs that have no colour of their own. */
  readonly palette: readonly string[];
  /** Whether runs have dashes from the second on, not only once the colours begin again. */
  readonly dashes: boolean;
  /** The width of lines, as a multiple of the usual one. */
  readonly width: number;
}

// Six that simulated colour-blind eyes tell apart by ΔE ≥ 20 (a law), and two more.
const palette = ["#1b2fd8", "#ec9311", "#0a0a1e", "#3fa9de", "#7b7371", "#6a1500", "#1f8f3a", "#c043b8"];

const light: Theme = {
  ...{ background: "#ffffff", ink: "#222222", muted: "#55555c", grid: "#e4e4e4", rim: "#ffffff" },
  ...{ wall: "#f2f2f5", palette, dashes: false, width: 1 },
};

const themes: Readonly<Record<ThemeName, Theme>> = {
  light,
  dark: {
    ...{ background: "#16161a", ink: "#ececf0", muted: "#b0b0b8", grid: "#3a3a42", rim: "#16161a" },
    ...{ wall: "#222228", dashes: false, width: 1 },
    palette: ["#8a3dff", "#fba50b", "#ffffea", "#2adeff", "#698884", "#a05c00", "#7ee08a", "#ff9de0"],
  },
  print: { ...light, ink: "#000000", muted: "#333333", grid: "#cccccc", wall: "#ffffff", dashes: true },
  contrast: {
    ...{ background: "#ffffff", ink: "#000000", muted: "#000000", grid: "#767676", rim: "#ffffff" },
    ...{ wall: "#ffffff", dashes: true, width: 1.5 },
    palette: ["#0a00a8", "#b06400", "#000000", "#136dff", "#66605c", "#731900", "#1a6b2a", "#96348f"],
  },
};

/** The theme of a name; light where there is none. */
export function themeOf(name: ThemeName | undefined): Theme {
  return themes[name ?? "light"];
}

/** A run's colour in a theme: those of the light one's palette, in which specs are written, change with it. */
export function inTheme(color: string, { palette: own, ink, background }: Theme): string {
  const place = palette.indexOf(color);
  if (place >= 0) return own[place]!;
  return color === singleColor && background !== light.background ? ink : color;
}

/** The course's loss of each iteration, and of each epoch. */
export const iterationColor = "#e4007f";
export const epochColor = "#f19ec2";

/** A single path is black, as in the course. */
export const singleColor = "#000000";

const dashes: readonly (readonly number[])[] = [
  [],
  [7, 4],
  [2, 3],
  [10, 3, 2, 3],
  [14, 4],
  [5, 2, 2, 2, 2, 2],
];

/** The colour of a run, and its dashes once the colours begin again. */
export function runStyle(i: number): { readonly color: string; readonly dash: readonly number[] } {
  return {
    color: palette[i % palette.length]!,
    dash: dashes[Math.floor(i / palette.length) % dashes.length]!,
  };
}

/** The dashes of run `i` in a theme, of which its own are `dash`. */
export function dashIn({ dashes: always }: Theme, dash: readonly number[], i: number): number[] {
  return [...(always && dash.length === 0 ? dashes[i % dashes.length]! : dash)];
}
