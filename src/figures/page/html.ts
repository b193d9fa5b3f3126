import type { ThemeName } from "../style.js";

/** What a page is made of. */
export interface PageParts {
  readonly title: string;
  /** The script that draws it, from `pageScript`. It finds the data by `pageData`. */
  readonly script: string;
  /** What the script draws: anything that JSON can hold. */
  readonly data: unknown;
  /** Style sheet, added to what all pages share. */
  readonly style?: string;
  /** How it looks; without one, as its reader's screen does. */
  readonly theme?: ThemeName | undefined;
  /** The page's elements, as HTML; what comes from a user in it must have gone through `escapeHtml`. */
  readonly body: string;
}

const darkColors =
  "color-scheme: dark; --background: #16161a; --ink: #ececf0; --muted: #b0b0b8; --line: #3a3a42; --panel: #222228; " +
  "--button: #2a2a31; --edge: #8a8a94;";

/** What all pages share. A page is dark where its reader's screen is, unless it has a theme of its own. */
const shared = `* { box-sizing: border-box; }
:root { color-scheme: light; --background: #fff; --ink: #222; --muted: #55555c; --line: #d8d8de; --panel: #f5f5f7;
  --button: #fff; --edge: #76767e; }
@media (prefers-color-scheme: dark) { :root:not([data-theme]) { ${darkColors} } }
:root[data-theme="dark"] { ${darkColors} }
body { margin: 0; background: var(--background); color: var(--ink);
  font: 16px/1.5 "DejaVu Sans", system-ui, sans-serif; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
canvas { max-width: 100%; }
main { max-width: 1200px; margin: 0 auto; padding: 16px; }
h1 { margin: 0 0 8px; font-size: 1.2rem; overflow-wrap: anywhere; }
button, select { font: inherit; font-size: .9rem; min-height: 34px; padding: 0 12px; color: var(--ink);
  background: var(--button); border: 1px solid var(--edge); border-radius: 6px; cursor: pointer; }
:focus-visible { outline: 3px solid #2f6fed; outline-offset: 1px; }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 8px; margin: 4px 0; }
.legend button { display: inline-flex; align-items: center; gap: 8px; max-width: 100%; border-radius: 17px; }
.legend button span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.legend button small, .legend > span { color: var(--muted); font-size: .85rem; }
.legend button[aria-pressed="false"] span { text-decoration: line-through; color: var(--muted); }
.legend button[aria-pressed="false"] svg { opacity: .3; }
.swatch { flex: none; forced-color-adjust: none; }
.told { min-height: 1.6em; margin: 0 0 4px; color: var(--muted); font-size: .9rem; font-variant-numeric: tabular-nums; }
.tools { display: flex; flex-wrap: wrap; gap: 8px; margin: 12px 0; }
details { margin: 12px 0; }
.scroll { overflow: auto; max-height: 60vh; }
table { border-collapse: collapse; font-size: .86rem; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
@media print {
  main { max-width: none; padding: 0; }
  canvas { max-width: 100% !important; height: auto !important; }
  .tools, .race-bar, details { display: none !important; }
  .scroll { max-height: none; overflow: visible; }
  section, .chart, tr { break-inside: avoid; }
}
`;

/** A page in one file: it loads nothing, and works from a disk. */
export function pageHtml({ title, script, data, style = "", theme, body }: PageParts): string {
  return `<!doctype html>
<html lang="en"${theme === undefined ? "" : ` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${shared}${style}</style>
</head>
<body>
${body}
<script type="application/json" id="data">${jsonForPage(data)}</script>
<script>${script.trimEnd().replaceAll(/<(?=\/script|!--)/gi, "\\x3c")}</script>
</body>
</html>
`;
}

/**
 * JSON that can stand inside of a script element: no text in it can end the element or open a comment. What JSON has no
 * number for (NaN, ∞) is null; typed arrays are lists.
 */
export function jsonForPage(data: unknown): string {
  const list = (_key: string, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
  return JSON.stringify(data, list).replaceAll("<", "\\u003c");
}

/** A text as it stands in HTML, between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
