/** What a page is made of. */
export interface PageParts {
  readonly title: string;
  /** The script that draws it, from `pageScript`. It finds the data by `pageData`. */
  readonly script: string;
  /** What the script draws: anything that JSON can hold. */
  readonly data: unknown;
  /** Style sheet, added to what all pages share. */
  readonly style?: string;
  /** The page's elements, as HTML; what comes from a user in it must have gone through `escapeHtml`. */
  readonly body: string;
}

/** A page in one file: it loads nothing, and works from a disk. */
export function pageHtml({ title, script, data, style = "", body }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #222; font: 16px/1.5 "DejaVu Sans", system-ui, sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 16px; }
${style}</style>
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
