/** What pages print: read from the PDF that Chromium makes of them, whose fonts know the signs of their glyphs. */
import { inflateSync } from "node:zlib";
import type { Page } from "playwright-core";

/** A sheet of paper: its text, line by line, and how many pictures lie on it. */
export interface Sheet {
  readonly text: string;
  readonly pictures: number;
}

/** The sheets of a page on A4. */
export async function printed(page: Page): Promise<readonly Sheet[]> {
  const pdf = await page.pdf({ format: "A4" });
  const source = pdf.toString("latin1");
  const objects = new Map<string, { readonly head: string; readonly from: number }>();
  for (const found of source.matchAll(/(\d+) 0 obj\s*(<<[\s\S]*?>>)\s*(?:stream\r?\n|endobj)/g))
    objects.set(found[1]!, { head: found[2]!, from: found.index + found[0].length });
  const streamOf = (id: string) => {
    const { head, from } = objects.get(id)!;
    const length = Number(/\/Length (\d+)/.exec(head)![1]);
    return inflateSync(pdf.subarray(from, from + length)).toString("latin1");
  };
  const fonts = new Map<string, ReadonlyMap<number, string>>();
  const signsOf = (id: string) => {
    const known = fonts.get(id) ?? signs(streamOf(/\/ToUnicode (\d+)/.exec(objects.get(id)!.head)![1]!));
    fonts.set(id, known);
    return known;
  };
  /** Names of fonts and of pictures end with the numbers of their objects. */
  const read = (content: string): Sheet => {
    let [text, pictures] = ["", 0];
    let font: ReadonlyMap<number, string> | undefined;
    for (const [whole, name, hex, other] of content.matchAll(
      /\/F(\d+) \S+ Tf|<([0-9A-Fa-f]+)> Tj|\/X(\d+) Do|\bET\b/g,
    )) {
      if (name) font = signsOf(name);
      else if (hex)
        for (const code of hex.match(/.{4}/g)!) text += font?.get(Number.parseInt(code, 16)) ?? "";
      else if (whole === "ET") text += "\n";
      else if (/\/Subtype \/Form/.test(objects.get(other!)!.head)) {
        const inner = read(streamOf(other!));
        [text, pictures] = [text + inner.text, pictures + inner.pictures];
      } else pictures++;
    }
    return { text, pictures };
  };
  return [...objects.values()].flatMap(({ head }) => {
    const content = /\/Type \/Page\b/.test(head) ? /\/Contents (\d+)/.exec(head) : null;
    return content ? [read(streamOf(content[1]!))] : [];
  });
}

/** The signs of a font's glyphs. */
function signs(map: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const [, from, to, sign] of map.matchAll(/<(\w+)> <(\w+)>(?: <(\w+)>)?/g)) {
    const [first, last] = [Number.parseInt(from!, 16), sign ? Number.parseInt(to!, 16) : 0];
    const units = (sign ?? to)!.match(/.{4}/g)!.map((unit) => Number.parseInt(unit, 16));
    for (let code = first; code <= (sign ? last : first); code++)
      found.set(code, String.fromCharCode(...units.slice(0, -1), units.at(-1)! + code - first));
  }
  return found;
}

/** What is wrong with a page on paper: texts that it lacks, sheets with nothing on them. */
export async function faultsOnPaper(
  page: Page,
  { texts, pictures }: { readonly texts: readonly string[]; readonly pictures: number },
): Promise<string[]> {
  const sheets = await printed(page);
  const plain = (text: string) => text.replace(/\s/g, "");
  const all = plain(sheets.map(({ text }) => text).join("\n"));
  const drawn = sheets.reduce((sum, sheet) => sum + sheet.pictures, 0);
  return [
    ...texts.filter((text) => !all.includes(plain(text))).map((text) => `"${text}" isn't printed`),
    ...sheets.flatMap((sheet, i) =>
      sheet.pictures === 0 && plain(sheet.text) === "" ? [`sheet ${i + 1} of ${sheets.length} is blank`] : [],
    ),
    ...(drawn < pictures ? [`${drawn} pictures of ${pictures}`] : []),
  ];
}
