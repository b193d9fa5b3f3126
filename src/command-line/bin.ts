/** The program: this process's terminal, and Ctrl-C. */
import { reasonOf } from "./files.js";
import { run } from "./main.js";
import type { Output, Terminal } from "./terminal.js";

const output = (stream: NodeJS.WriteStream, name: string): Output => {
  // A reader that has enough, as `head`, ends it.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    process.stderr.write(`error: ${name} can't be written: ${reasonOf(error)}.\n`);
    process.exit(2);
  });
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.columns,
  };
};

async function read(): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of process.stdin) parts.push(part as Uint8Array);
  return Buffer.concat(parts).toString("utf8");
}

let interrupted: AbortController | undefined;

const terminal: Terminal = {
  out: output(process.stdout, "standard output"),
  err: output(process.stderr, "standard error"),
  env: process.env,
  read,
  // Whoever looks at it ends its work by itself. All else Ctrl-C kills, and a second one all.
  get signal() {
    if (!interrupted) {
      const controller = new AbortController();
      interrupted = controller;
      process.once("SIGINT", () => controller.abort(new Error("Ctrl-C")));
    }
    return interrupted.signal;
  },
};

void run(process.argv.slice(2), terminal).then((code) => {
  process.exitCode = code;
});
