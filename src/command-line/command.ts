/** What a command is. */
import type { Given, Options } from "./options.js";
import type { Terminal } from "./terminal.js";

/** What a command did: 0 done, 1 it didn't converge or a check failed. */
export type ExitCode = 0 | 1;

export interface Command {
  readonly summary: string;
  /** What stands behind its name. */
  readonly usage: string;
  readonly examples: readonly string[];
  readonly options: Options;
  readonly run: (given: Given, terminal: Terminal) => Promise<ExitCode> | ExitCode;
}
