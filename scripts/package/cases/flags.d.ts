/** The compiler's options for a version such as `"5.9"`, module and resolution apart. */
export const flags: (version: string) => Readonly<Record<string, unknown>>;
