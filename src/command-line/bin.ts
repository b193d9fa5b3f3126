/** The program: this process's terminal, and Ctrl-C. */
import { run } from "./main.js";
import type { Output } from "./terminal.js";

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());

const output = (stream: NodeJS.WriteStream): Output => {
  // A reader that has enough, as `head`, ends it.
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY === true };
};

async function read(): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of process.stdin) parts.push(part as Uint8Array);
  return Buffer.concat(parts).toString("utf8");
}

const [out, err] = [output(process.stdout), output(process.stderr)];
void run(process.argv.slice(2), { out, err, env: process.env, read, signal: interrupted.signal }).then(
  (code) => {
    process.exitCode = code;
  },
);
