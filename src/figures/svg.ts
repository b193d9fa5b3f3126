/// <reference lib="dom" />
/** A recorded drawing as SVG: paths as paths, dashes as dashes, text as text. */
import type { Call } from "./record.js";
import { fontFamily } from "./style.js";

/** x′ = a·x + c·y + e, y′ = b·x + d·y + f. */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** What `save` keeps. */
interface State {
  readonly matrix: Matrix;
  readonly clip: string;
  readonly dash: readonly number[];
  readonly set: Readonly<Record<string, unknown>>;
}

const start: State = {
  matrix: [1, 0, 0, 1, 0, 0],
  clip: "",
  dash: [],
  set: {
    ...{
      fillStyle: "#000000",
      strokeStyle: "#000000",
      lineWidth: 1,
      lineJoin: "miter",
      lineCap: "butt",
      globalAlpha: 1,
    },
    ...{ font: "10px sans-serif", textAlign: "start", textBaseline: "alphabetic", lineDashOffset: 0 },
  },
};

const write = (x: number): string => String(Math.round(x * 100) / 100 || 0);
const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\P{Cc}\t\n]/gu, " ");

/** What stands round a drawing. */
export interface SvgFrame {
  readonly width: number;
  readonly height: number;
  readonly description: string;
  readonly background: string;
}

/** A drawing as a file; `measure` is a context to measure by. */
export function svgDocument(
  calls: readonly Call[],
  { width, height, description, background }: SvgFrame,
  measure: unknown,
): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">\n` +
    `<title>${escapeXml(description)}</title>\n<rect width="${width}" height="${height}" fill="${background}"/>\n` +
    `${svgElements(calls, measure as CanvasRenderingContext2D)}\n</svg>\n`
  );
}

/** The elements of a drawing. */
function svgElements(calls: readonly Call[], measure: CanvasRenderingContext2D): string {
  const writer = new SvgWriter(measure);
  for (const call of calls) writer.take(call);
  return writer.elements.join("\n");
}

class SvgWriter {
  readonly elements: string[] = [];
  readonly #measure: CanvasRenderingContext2D;
  readonly #kept: State[] = [];
  #state = start;
  #path = "";
  #clips = 0;

  constructor(measure: CanvasRenderingContext2D) {
    this.#measure = measure;
  }

  take(call: Call): void {
    if ("set" in call) {
      this.#state = { ...this.#state, set: { ...this.#state.set, [call.set]: call.value } };
      return;
    }
    const { name, args } = call;
    const method = this.#methods[name];
    if (!method) throw new Error(`svg: a drawing calls ${name}`);
    method(args as number[]);
  }

  readonly #methods: Readonly<Record<string, (args: readonly number[]) => void>> = {
    save: () => {
      this.#kept.push(this.#state);
    },
    restore: () => {
      this.#state = this.#kept.pop() ?? this.#state;
    },
    translate: ([x, y]) => this.#transform([1, 0, 0, 1, x!, y!]),
    rotate: ([angle]) =>
      this.#transform([Math.cos(angle!), Math.sin(angle!), -Math.sin(angle!), Math.cos(angle!), 0, 0]),
    scale: ([x, y]) => this.#transform([x!, 0, 0, y!, 0, 0]),
    setLineDash: ([dash]) => {
      this.#state = { ...this.#state, dash: dash as unknown as number[] };
    },
    beginPath: () => {
      this.#path = "";
    },
    moveTo: ([x, y]) => {
      this.#path += `M${this.#at(x!, y!)}`;
    },
    lineTo: ([x, y]) => {
      this.#path += `${this.#path === "" ? "M" : "L"}${this.#at(x!, y!)}`;
    },
    bezierCurveTo: (points) => {
      this.#path += `C${[0, 2, 4].map((k) => this.#at(points[k]!, points[k + 1]!)).join(" ")}`;
    },
    closePath: () => {
      this.#path += "Z";
    },
    rect: (args) => {
      this.#path += this.#rectangle(args);
    },
    arc: ([x, y, radius, from, to]) => {
      this.#path += this.#arc(x!, y!, radius!, radius!, from!, to!);
    },
    ellipse: ([x, y, across, up, , from, to]) => {
      this.#path += this.#arc(x!, y!, across!, up!, from!, to!);
    },
    fill: ([rule]: readonly unknown[]) =>
      this.#shape(this.#path, `${this.#paint("fill")}${rule === "evenodd" ? ' fill-rule="evenodd"' : ""}`),
    stroke: () => this.#shape(this.#path, this.#stroke()),
    fillRect: (args) => this.#shape(this.#rectangle(args), this.#paint("fill")),
    strokeRect: (args) => this.#shape(this.#rectangle(args), this.#stroke()),
    clip: () => this.#clip(),
    fillText: (args) => this.#text(args, this.#paint("fill")),
    strokeText: (args) => this.#text(args, this.#stroke()),
  };

  #transform([a, b, c, d, e, f]: Matrix): void {
    const [A, B, C, D, E, F] = this.#state.matrix;
    const matrix: Matrix = [
      A * a + C * b,
      B * a + D * b,
      A * c + C * d,
      B * c + D * d,
      A * e + C * f + E,
      B * e + D * f + F,
    ];
    this.#state = { ...this.#state, matrix };
  }

  #place(x: number, y: number): readonly [number, number] {
    const [a, b, c, d, e, f] = this.#state.matrix;
    return [a * x + c * y + e, b * x + d * y + f];
  }

  #at(x: number, y: number): string {
    return this.#place(x, y).map(write).join(" ");
  }

  #rectangle([x = 0, y = 0, width = 0, height = 0]: readonly number[]): string {
    const corners = [
      this.#at(x, y),
      this.#at(x + width, y),
      this.#at(x + width, y + height),
      this.#at(x, y + height),
    ];
    return `M${corners.join("L")}Z`;
  }

  /** In halves: the ends of a whole circle are one, which tells no circle. */
  #arc(x: number, y: number, across: number, up: number, from: number, to: number): string {
    const [a, b] = this.#state.matrix;
    const radii = [across, up].map((radius) => write(radius * Math.hypot(a, b))).join(" ");
    const end = Math.min(to, from + 2 * Math.PI);
    const on = (angle: number) => this.#at(x + across * Math.cos(angle), y + up * Math.sin(angle));
    // A path that has begun goes on to where an arc begins.
    const begin = this.#path === "" || this.#path.endsWith("Z") ? "M" : "L";
    return `${begin}${on(from)}A${radii} 0 0 1 ${on((from + end) / 2)}A${radii} 0 0 1 ${on(end)}`;
  }

  #paint(kind: "fill" | "stroke"): string {
    const { set } = this.#state;
    const { paint, opacity } = readPaint(String(set[`${kind}Style`]));
    const alpha = opacity * Number(set.globalAlpha);
    return `${kind}="${paint}"${alpha < 1 ? ` ${kind}-opacity="${write(alpha)}"` : ""}`;
  }

  #stroke(): string {
    const { set, dash, matrix } = this.#state;
    const scale = Math.hypot(matrix[0], matrix[1]);
    const dashes =
      dash.length > 0
        ? ` stroke-dasharray="${dash.map((one) => write(one * scale)).join(" ")}" stroke-dashoffset="${write(Number(set.lineDashOffset) * scale)}"`
        : "";
    return (
      `fill="none" ${this.#paint("stroke")} stroke-width="${write(Number(set.lineWidth) * scale)}" ` +
      `stroke-linejoin="${set.lineJoin}" stroke-linecap="${set.lineCap}"${dashes}`
    );
  }

  #shape(path: string, look: string): void {
    if (path !== "") this.elements.push(`<path d="${path}" ${look}${this.#state.clip}/>`);
  }

  #clip(): void {
    const id = `clip-${++this.#clips}`;
    this.elements.push(`<clipPath id="${id}"><path d="${this.#path}"${this.#state.clip}/></clipPath>`);
    this.#state = { ...this.#state, clip: ` clip-path="url(#${id})"` };
  }

  #text([text, x, y, most]: readonly unknown[], look: string): void {
    const { set, matrix, clip } = this.#state;
    const [, style = "", weight = "", size = "10"] =
      /^(italic )?(?:normal )?(bold )?(?:normal )?([\d.]+)px/.exec(String(set.font)) ?? [];
    const anchor = { center: "middle", right: "end", end: "end" }[String(set.textAlign)] ?? "start";
    const [px, py] = [Number(x), Number(y) + this.#descent(String(text))];
    const [a, b, c, d] = matrix;
    const isUpright = a === 1 && b === 0 && c === 0 && d === 1;
    const place = isUpright ? this.#place(px, py) : ([px, py] as const);
    const turn = isUpright
      ? ""
      : ` transform="matrix(${matrix.map((one) => Math.round(one * 1e4) / 1e4).join(" ")})"`;
    const fits =
      typeof most === "number" && this.#width(String(text)) > most ? ` textLength="${write(most)}"` : "";
    this.elements.push(
      `<text xml:space="preserve" x="${write(place[0])}" y="${write(place[1])}" font-family="${fontFamily}" font-size="${size}"` +
        `${weight && ' font-weight="bold"'}${style && ' font-style="italic"'} text-anchor="${anchor}" ${look}${turn}${fits}${clip}>` +
        `${escapeXml(String(text))}</text>`,
    );
  }

  #width(text: string): number {
    this.#measure.font = String(this.#state.set.font);
    return this.#measure.measureText(text).width;
  }

  /** From where a text is put to its baseline. */
  #descent(text: string): number {
    const { font, textBaseline } = this.#state.set;
    const ascent = (baseline: string) => {
      this.#measure.font = String(font);
      this.#measure.textBaseline = baseline as CanvasTextBaseline;
      return this.#measure.measureText(text).actualBoundingBoxAscent;
    };
    return textBaseline === "alphabetic" ? 0 : ascent("alphabetic") - ascent(String(textBaseline));
  }
}

/** A CSS colour as what every viewer of SVG knows: without opacity, which stands beside it. */
function readPaint(css: string): { readonly paint: string; readonly opacity: number } {
  const long = /^#([\da-f]{6})([\da-f]{2})$/i.exec(css);
  if (long) return { paint: `#${long[1]}`, opacity: Number.parseInt(long[2]!, 16) / 255 };
  const parts = /^rgba\(([^,]+),([^,]+),([^,]+),([^,]+)\)$/.exec(css);
  if (parts)
    return {
      paint: `rgb(${parts
        .slice(1, 4)
        .map((part) => part.trim())
        .join(",")})`,
      opacity: Number(parts[4]),
    };
  return css === "transparent" ? { paint: "none", opacity: 1 } : { paint: css, opacity: 1 };
}
