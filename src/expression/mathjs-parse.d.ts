/** The parser of mathjs alone, a factory of what its nodes are made by: neither its types nor its entry offer it. */
declare module "*/mathjs/lib/esm/expression/parse.js" {
  export function createParse(makers: Readonly<Record<string, unknown>>): (text: string) => unknown;
}
