/** A program's import of names from a module. */
export type Load = (module: string, names: string) => string;
export const core: (load: Load) => string;
export const lacking: string;
export const drawing: string;
export const esm: Load;
export const cjs: Load;
