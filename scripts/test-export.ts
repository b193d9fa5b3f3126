/**
 * `npm run test:export [-- GROUP,… --wheels FOLDER --python PATH --jax VERSION --every N --only RE --count N --seed N]`: what leaves for
 * other engines, on these engines. Takes a Python that has JAX, or makes a virtual environment from a folder of wheels
 * (`--wheels` or EXPORT_WHEELS) or from the user's index. A line for each case, at the end their counts.
 */
import { parseArgs } from "node:util";
import { testC } from "./test-export/c.js";
import { tellKinds, testCorners, testGradients, testOps, testRandom } from "./test-export/cases.js";
import { testCompose } from "./test-export/compose.js";
import { environment } from "./test-export/environment.js";
import { testMessages } from "./test-export/messages.js";
import { testOnnx } from "./test-export/onnx.js";
import { testPackage } from "./test-export/package.js";
import { testDevices, testPrograms } from "./test-export/programs.js";
import { testResume } from "./test-export/resume.js";
import { cleanUp, finish, type Setting } from "./test-export/support.js";

const groups: Readonly<Record<string, (setting: Setting) => Promise<void>>> = {
  gradients: testGradients,
  programs: testPrograms,
  devices: testDevices,
  resume: testResume,
  compose: testCompose,
  messages: testMessages,
  package: testPackage,
  onnx: testOnnx,
  c: testC,
  random: testRandom,
  corners: testCorners,
  ops: testOps,
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string" },
    wheels: { type: "string" },
    jax: { type: "string" },
    every: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    count: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
  },
});

const chosen = positionals[0]?.split(",") ?? Object.keys(groups);
const unknown = chosen.filter((name) => !(name in groups));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(", ")}; there are ${Object.keys(groups).join(", ")}.`);
  process.exit(2);
}

try {
  // What needs none doesn't wait for one.
  const needed = chosen.some((name) => name !== "c");
  const { python, about } = needed
    ? await environment({
        python: options.python ?? process.env.EXPORT_PYTHON,
        wheels: options.wheels ?? process.env.EXPORT_WHEELS,
        jax: options.jax,
      })
    : { python: "", about: "" };
  if (about) console.log(about);
  const [every, count, seed] = [options.every, options.count, options.seed].map(Number) as [
    number,
    number,
    number,
  ];
  for (const name of chosen) {
    console.log(`\n${name}`);
    await groups[name]!({ python, every, only: new RegExp(options.only), count, seed });
  }
  tellKinds();
  finish();
} catch (error) {
  console.error(`test:export: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  cleanUp();
}
