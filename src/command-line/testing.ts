/** What tests of the command line use: a terminal of texts. */
import { run } from "./main.js";

/** What a command line writes, and its exit code. */
export async function cli(
  args: readonly string[],
  {
    input = "",
    isTerminal = false,
    columns = undefined as number | undefined,
    env = {},
    signal = new AbortController().signal,
  } = {},
) {
  const written = { out: "", err: "" };
  const output = (name: "out" | "err") => ({
    isTerminal,
    columns,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await run(args, {
    out: output("out"),
    err: output("err"),
    env,
    read: async () => input,
    signal,
  });
  return { code, ...written };
}
