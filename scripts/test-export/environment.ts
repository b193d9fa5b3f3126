/** A Python with what the engines need: one that is given, or a virtual environment of the command's own. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Ran, root, run } from "./support.js";

export interface Wanted {
  /** A Python that has all of it. */
  readonly python?: string | undefined;
  /** A folder of wheels to install from, and from nowhere else. */
  readonly wheels?: string | undefined;
  /** A version of JAX other than that which the scripts were tested with. */
  readonly jax?: string | undefined;
}

/** The version that exported programs are tested with. */
const tested = "0.10.2";

const remedy =
  "give a folder of wheels by --wheels FOLDER (or EXPORT_WHEELS), or a Python that has JAX by --python PATH";

const probe =
  "import sys, jax, optax; print('JAX', jax.__version__, 'on Python', sys.version.split()[0], 'optax', optax.__version__)";

/** What some cases need besides; they are left out, or less of them runs, where one can't be had. */
const others = ["flatbuffers", "onnx", "onnxruntime"];

/**
 * The path of a Python with JAX and what it says of itself; the environment is kept for the next time.
 * @throws where none can be had: one sentence
 */
export async function environment({ python, wheels, jax = tested }: Wanted): Promise<{
  readonly python: string;
  readonly about: string;
}> {
  if (python) {
    const found = await run(python, ["-c", probe]).catch(noProgram);
    if (found.status === 0) return { python, about: found.out.trim() };
    throw new Error(`${python} has no JAX and optax (${lastLine(found)}).`);
  }
  const folder = join(root, "node_modules/.cache/adjoint-export", `jax-${jax}`);
  const own = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  if (existsSync(own)) {
    const kept = await run(own, ["-c", probe]);
    if (kept.status === 0) return { python: own, about: kept.out.trim() };
    rmSync(folder, { recursive: true });
  }
  console.log(`A virtual environment is made in ${folder}.`);
  mkdirSync(folder, { recursive: true });
  const made = await run("python3", ["-m", "venv", folder]).catch(noProgram);
  if (made.status !== 0)
    throw new Error(`there is no Python 3 with venv here (${lastLine(made)}); ${remedy}.`);
  const from = wheels ? ["--no-index", "--find-links", wheels] : [];
  const install = (packages: readonly string[]) =>
    run(own, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...from, ...packages]);
  const installed = await install([`jax==${jax}`, "optax"]);
  if (installed.status !== 0) {
    rmSync(folder, { recursive: true });
    throw new Error(`JAX ${jax} can't be installed (${lastLine(installed)}); ${remedy}.`);
  }
  for (const name of others) {
    const { status } = await install([name]);
    if (status !== 0) console.log(`${name} can't be installed: less runs without it.`);
  }
  const found = await run(own, ["-c", probe]);
  return { python: own, about: found.out.trim() };
}

const noProgram = (error: Error): Ran => ({ status: 1, out: "", errors: error.message });
const lastLine = ({ errors }: Ran) => errors.trim().split("\n").at(-1)!;
