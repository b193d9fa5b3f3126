/** Who imports whom among the project's own files, read from their text. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The TypeScript files of these folders, by their paths from the root. */
export function filesIn(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/")),
  );
}

export const read = (path: string): string => readFileSync(join(root, path), "utf8");

export const isTest = (path: string): boolean => path.endsWith(".test.ts");

export interface Import {
  /** The path from the root for a file of the project, else the package's name. */
  readonly target: string;
  readonly isOwn: boolean;
  /** Whether anything of it exists when the program runs: types don't. */
  readonly byValue: boolean;
}

/** The static imports and re-exports of a file. */
export function importsOf(path: string): Import[] {
  const statements = read(path).matchAll(
    /^(?:import|export)\s+(type\s)?(?:(\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+)\s+from\s+)?"([^"]+)";/gm,
  );
  return [...statements].map(([, type, names, specifier]) => {
    // A file of a package that its entries don't offer stands by its path.
    const isOwn = specifier!.startsWith(".") && !specifier!.includes("/node_modules/");
    const inBraces = /^\{([^}]*)\}$/.exec(names ?? "")?.[1];
    const list = inBraces?.split(",").map((name) => name.trim());
    const onlyTypes = list?.every((name) => name === "" || name.startsWith("type ")) ?? false;
    const target = isOwn
      ? join(dirname(path), specifier!).replaceAll("\\", "/").replace(/\.js$/, ".ts")
      : specifier!;
    return { target, isOwn, byValue: type === undefined && !onlyTypes };
  });
}

/** The circles of a graph: sets of nodes that all reach each other (R. Tarjan, 1972), of two or more. */
export function circles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    order.set(node, order.size);
    let least = order.get(node)!;
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) least = Math.min(least, visit(next));
      else if (stack.includes(next)) least = Math.min(least, order.get(next)!);
    }
    low.set(node, least);
    if (least === order.get(node)) {
      const circle = stack.splice(stack.indexOf(node));
      if (circle.length > 1 || edges.get(node)?.includes(node)) found.push(circle.sort());
    }
    return least;
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return found;
}
