// What all charts share: fonts and colours. No import, so that pages use it, too.

/** Registered in Node from its package; in a browser, where it may be missing, the system's own follows. */
export const fontFamily = "DejaVu Sans, system-ui, sans-serif";

export const fontSize = 13;
export const tooltipSize = 12;

/** A font of chart.js. */
export function font(size = fontSize, weight: "normal" | "bold" = "normal") {
  return { family: fontFamily, size, weight };
}

/** Of text and axes. */
export const ink = "#222222";

/** An axis with its title, and lines across the chart. */
export function axisStyle(text: string) {
  return {
    title: { display: true, text, color: ink, font: font(14) },
    grid: { color: "#e4e4e4", tickColor: ink },
    border: { color: ink },
  };
}

/** The bands of the course's contour figure, from the lowest. */
export const courseColors: readonly string[] = [
  "#e4007f",
  "#f19ec2",
  "#e86096",
  "#eb7aaa",
  "#f6c8dc",
  "#f5f5f5",
  "#000000",
];

/** The course's loss of each iteration, and of each epoch. */
export const iterationColor = "#e4007f";
export const epochColor = "#f19ec2";

// Far apart for eyes of every kind, and from the course's pinks; a white rim parts them from black.
const palette = ["#0b5fd0", "#00803c", "#f28c00", "#6a2fb5", "#111111", "#00a3b8", "#8a4b12", "#7a7a7a"];

/** The colour of a run, and its dashes once the colours begin again. */
export function runStyle(i: number): { readonly color: string; readonly dash: readonly number[] } {
  const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
  return {
    color: palette[i % palette.length]!,
    dash: dashes[Math.floor(i / palette.length) % dashes.length]!,
  };
}
