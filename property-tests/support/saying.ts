import * as assert from "uvu/assert";

/**
 * What tells whether an error says a text: `assert.throws(run, saying("trace: …"))`. A text alone would only be shown where nothing
 * is thrown, and be compared with nothing.
 */
export const saying = (text: string) => (error: unknown) => {
  const { message } = error as Error;
  assert.ok(message.includes(text), `${message}\n  says nothing of\n${text}`);
  return true;
};
