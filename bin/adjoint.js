#!/usr/bin/env node
// The package has its command line built; a checkout runs the sources.
import { existsSync } from "node:fs";

const source = new URL("../src/command-line/bin.ts", import.meta.url);
if (existsSync(source)) {
  const { register } = await import("tsx/esm/api");
  register();
  await import(source.href);
} else await import("../dist/command-line.cjs");
