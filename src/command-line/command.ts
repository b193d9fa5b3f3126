/** What a command is. */
import type { Given, Options } from "./options.js";
import type { Terminal } from "./terminal.js";

/** What a command did: 0 done, 1 it didn't converge or a check failed, 2 bad usage or input. */
export type ExitCode = 0 | 1 | 2;

export interface Command {
  readonly summary: string;
  /** What stands behind its name. */
  readonly usage: string;
  readonly examples: readonly string[];
  readonly options: Options;
  /** What the help tells besides, and of which options it is. */
  readonly more?: { readonly text: () => string; readonly options: () => Options };
  readonly run: (given: Given, terminal: Terminal) => Promise<ExitCode> | ExitCode;
}
