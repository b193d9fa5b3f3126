/** A headless Chromium for tests of pages, where the machine has one. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** Its path: `CHROMIUM` in the environment, or a program of a usual name; `undefined` where there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = [
    process.env.CHROMIUM ?? "",
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
  ];
  return candidates.find((path) => path !== "" && existsSync(path));
}

export function launchChromium(executablePath: string): Promise<Browser> {
  // Containers seldom allow Chromium's own sandbox.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
