/// <reference lib="dom" />
/** ONNX models in onnxruntime-web on a page of a browser. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Browser } from "playwright-core";
import { toOnnx } from "../../../src/engines/index.js";
import type { ExportCase } from "../exported.js";
import type { Runtime } from "./run-onnx.js";
import { inputsOf } from "./trained.js";

/** A page's address, whose files come from the package's folder. */
const address = "http://localhost/";

/** The elements of all outputs of each case. */
export async function runOnPage(
  browser: Browser,
  cases: readonly ExportCase[],
): Promise<readonly (readonly number[])[]> {
  const folder = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
  const page = await browser.newPage();
  try {
    await page.route(`${address}**`, (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      if (name === "")
        return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>ONNX</title>" });
      return route.fulfill({ path: join(folder, name) });
    });
    await page.goto(address);
    const given = cases.map((one) => ({
      model: Buffer.from(toOnnx(one.f)).toString("base64"),
      inputs: inputsOf(one).map((values, i) => ({
        values: [...values],
        shape: one.f.graph.inputs[i]!.shape,
      })),
    }));
    return await page.evaluate(async (models) => {
      const from: string = "/ort.wasm.min.mjs";
      const runtime = (await import(from)) as Runtime;
      runtime.env.wasm.numThreads = 1;
      const results: number[][] = [];
      for (const { model, inputs } of models) {
        const bytes = Uint8Array.from(atob(model), (letter) => letter.charCodeAt(0));
        const session = await runtime.InferenceSession.create(bytes);
        const tensors = inputs.map(
          ({ values, shape }) => new runtime.Tensor("float64", Float64Array.from(values), shape),
        );
        const found = await session.run(
          Object.fromEntries(session.inputNames.map((name, i) => [name, tensors[i]!])),
        );
        results.push(session.outputNames.flatMap((name) => Array.from(found[name]!.data)));
      }
      return results;
    }, given);
  } finally {
    await page.close();
  }
}
