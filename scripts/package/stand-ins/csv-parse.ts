/** The parser of tables for the package's CommonJS half: a file of its own, which is loaded with the first table. */
import type * as parser from "csv-parse/sync";

declare const module: { readonly require: (path: string) => typeof parser };

const load = () => module.require("./tables.cjs");

export const parse = (text: Uint8Array, options: parser.Options) => load().parse(text, options);

export const CsvError = { [Symbol.hasInstance]: (error: unknown) => error instanceof load().CsvError };
