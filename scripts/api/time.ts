/** An end for calls that have none. What can't be interrupted, in the engine itself, is left to the parent process. */
import { Script } from "node:vm";

/** Thrown in place of what a call would have given. */
export class TimeUp extends Error {}

/** How often calls with a hostile value hung. */
export const hanging = new Map<string, number>();

/** Whether a hostile value has made so many calls hang that more of them tell nothing. */
export function isKnownToHang(flaws: readonly string[]): boolean {
  return flaws.some((flaw) => (hanging.get(flaw) ?? 0) >= 10);
}

const inside = globalThis as { callWithinTime?: () => unknown };
const script = new Script("callWithinTime()");

/** Milliseconds of the wall clock: on a busy machine a call waits, too. */
export const patience = { milliseconds: 4000 };

/** What `run` gives. @throws TimeUp where it takes too long */
export function withinTime(run: () => unknown): unknown {
  inside.callWithinTime = run;
  try {
    return script.runInThisContext({ timeout: patience.milliseconds });
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") throw new TimeUp();
    throw error;
  }
}
