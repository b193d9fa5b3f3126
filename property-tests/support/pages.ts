/// <reference lib="dom" />
/** Pages of figures in a real browser: what they request, complain of, show and tell. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import type { Figure } from "../../src/figures/index.js";

/** With `npm run test:figures` (FIGURES=all): every page in every look and width, and many more random draws. */
export const whole = process.env.FIGURES === "all";

/** A page that is open; whatever it requests or complains of is in `events`, its own address first. */
export interface Opened {
  readonly page: Page;
  readonly events: readonly string[];
  readonly url: string;
}

/** Saves a figure and opens it. */
export async function openFigure(
  browser: Pick<Browser, "newPage">,
  folder: string,
  name: string,
  figure: Figure,
  [width, height]: readonly [number, number] = [900, 560],
): Promise<Opened> {
  const path = join(folder, `${name}.html`);
  await figure.save(path);
  const page = await browser.newPage({ viewport: { width, height }, acceptDownloads: true, hasTouch: true });
  const events: string[] = [];
  page.on("request", (request) => void events.push(request.url()));
  page.on("console", (message) => void events.push(message.text()));
  page.on("pageerror", (error) => void events.push(String(error)));
  const url = pathToFileURL(path).href;
  await page.goto(url);
  return { page, events, url };
}

/** Until what was asked for is drawn. */
export const settle = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );

/** Gives the window a size, and waits until all canvases have taken theirs from it. */
export async function resize(page: Page, width: number, height: number): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.waitForFunction(() =>
    [...document.querySelectorAll("canvas")].every((canvas) => {
      const room = canvas.parentElement!.clientWidth;
      return Math.abs(canvas.getBoundingClientRect().width - room) <= 1 || room < 200;
    }),
  );
  await settle(page);
}

/** Pixels of a colour: how many there are, and where, in the window. */
export interface Inked {
  readonly count: number;
  /** The ends of their box. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  /** The one farthest to the right. */
  readonly rightmost: readonly [number, number];
}

/** What a canvas shows in a colour. */
export function inked(page: Page, selector: string, color: string, tolerance = 12): Promise<Inked> {
  return page.evaluate(
    ([where, hex, most]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(where)!;
      // A copy: the browser complains of canvases that are read again and again.
      const copy = document.createElement("canvas");
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const ctx = copy.getContext("2d", { willReadFrequently: true })!;
      ctx.drawImage(canvas, 0, 0);
      const { data, width } = ctx.getImageData(0, 0, canvas.width, canvas.height);
      const wanted = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
      const bounds = canvas.getBoundingClientRect();
      const scale = bounds.width / width;
      let count = 0;
      const [x, y] = [
        [Infinity, -Infinity],
        [Infinity, -Infinity],
      ] as [[number, number], [number, number]];
      let rightmost: [number, number] = [-Infinity, 0];
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3]! < 128 || wanted.some((one, k) => Math.abs(data[i + k]! - one) > most)) continue;
        const place = i / 4;
        const at = [
          bounds.left + ((place % width) + 0.5) * scale,
          bounds.top + (Math.floor(place / width) + 0.5) * scale,
        ] as [number, number];
        count++;
        if (at[0] > rightmost[0]) rightmost = at;
        for (const [ends, one] of [
          [x, at[0]],
          [y, at[1]],
        ] as const) {
          ends[0] = Math.min(ends[0], one);
          ends[1] = Math.max(ends[1], one);
        }
      }
      return { count, x, y, rightmost };
    },
    [selector, color, tolerance] as const,
  );
}

let axe: string | undefined;

/** axe-core's text; empty where it isn't installed. */
function axeText(): string {
  try {
    axe ??= readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  } catch {
    axe = "";
    process.stdout.write("axe-core isn't installed (npm ci): the pages aren't tested by it.\n");
  }
  return axe;
}

/** What is wrong with a page as it is now: what axe finds, and what makes it wider than its window. */
export async function faultsOf(page: Page): Promise<string[]> {
  const text = axeText();
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(text);
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe?: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const found = axe ? (await axe.run()).violations : [];
    const isWide = document.documentElement.scrollWidth > window.innerWidth;
    return [
      ...found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`),
      ...(isWide ? [`it is ${document.documentElement.scrollWidth} wide in ${window.innerWidth}`] : []),
    ];
  });
}

const looks = [
  { colorScheme: "light", forcedColors: "none" },
  { colorScheme: "dark", forcedColors: "none" },
  { colorScheme: "light", forcedColors: "active" },
] as const;

/** What is wrong in each look at each width; `some`: which of the looks, and how wide, where not all are asked for. */
export async function faultsInLooks(
  page: Page,
  ...some: readonly (readonly [look: 0 | 1 | 2, width: number])[]
): Promise<string[]> {
  const all = [0, 1, 2].flatMap((look) => [390, 800, 1280].map((width) => [look, width] as const));
  const found: string[] = [];
  let before = 0;
  for (const [look, width] of whole ? all : some) {
    if (look !== before) {
      // Pages follow their reader's wish by being loaded anew.
      await Promise.all([page.waitForEvent("load"), page.emulateMedia(looks[look]!)]);
      before = look;
    }
    await resize(page, width, 800);
    found.push(
      ...(await faultsOf(page)).map((fault) => `${JSON.stringify(looks[look])} at ${width}: ${fault}`),
    );
  }
  return found;
}

/**
 * What goes wrong at 200 and 400 % (a window of 1280 × 800 has 640 or 320 then), and under a finger that goes up on a picture, by
 * which the page scrolls, or across it, by which it doesn't.
 */
export async function faultsZoomed(page: Page, selector: string, turns = false): Promise<string[]> {
  const found: string[] = [];
  for (const width of [640, 320]) {
    await resize(page, width, 400);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide !== width) found.push(`it is ${wide} wide in ${width}`);
    if (whole) found.push(...(await faultsOf(page)).map((fault) => `at ${width} × 400: ${fault}`));
  }
  return [...found, ...(await faultsOfFingers(page, selector, turns))];
}

async function faultsOfFingers(page: Page, selector: string, turns: boolean): Promise<string[]> {
  const picture = page.locator(selector);
  await picture.evaluate((canvas) => canvas.scrollIntoView({ block: "center" }));
  await settle(page);
  const box = (await picture.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const client = await page.context().newCDPSession(page);
  const at = () => page.evaluate(() => window.scrollY);
  const pixels = () => picture.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const swipe = async (dx: number, dy: number) => {
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", k: number) =>
      client.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: type === "touchEnd" ? [] : [{ x: x + (dx * k) / 8, y: y + (dy * k) / 8 }],
      });
    await touch("touchStart", 0);
    for (let k = 1; k <= 8; k++) await touch("touchMove", k);
    await touch("touchEnd", 8);
    await settle(page);
  };
  const [before, drawn] = [await at(), await pixels()];
  await swipe(100, 0);
  const across = [
    ...((await at()) === before ? [] : ["a finger that goes across scrolls"]),
    ...(!turns || (await pixels()) !== drawn ? [] : ["a finger that goes across turns nothing"]),
  ];
  await swipe(0, -100);
  const scrolls = await page
    .waitForFunction((from) => window.scrollY > from + 30, before, { timeout: 3000 })
    .then(() => true)
    .catch(() => false);
  await client.detach();
  return [...across, ...(scrolls ? [] : [`a finger that goes up on ${selector} doesn't scroll the page`])];
}
