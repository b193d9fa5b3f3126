/**
 * What a user gets: packs the tarball, installs it in an empty project, imports every entry in plain Node, draws figures
 * there, and checks the types of a small program against it, for both module resolutions that reach `exports`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "adjoint-package-"));
const run = (command, args, cwd = project) => execFileSync(command, args, { cwd, encoding: "utf8" });
const install = (what) =>
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--silent", what]);
const write = (name, text) => writeFileSync(join(project, name), text);

const program = `
import { adam, compile, minimize, trace, valueAndGrad, add, multiply, power, square, vector } from "adjoint";
import { sin } from "adjoint/graph";
import { gradientDescent } from "adjoint/optimizers";
import { contourFigure, lossFigure } from "adjoint/figures";

const cubic = trace({ x: vector(2) }, ({ x }) => {
  const [x1, x2] = x;
  return add(square(x1), square(x2), power(x2, 3), multiply(x1, x2));
});
const { value, grad } = compile(valueAndGrad(cubic))({ x: [2, 3] });
const run = minimize(cubic, { x: [2, 3] }, adam({ learningRate: 0.1 }), { steps: 150 });
if (value !== 46 || grad.x[0] !== 7 || grad.x[1] !== 35 || sin(0) !== 0 || !run.status) throw new Error("wrong");
const contours = contourFigure({ objective: cubic, runs: { adam: run }, window: { x1: [-3, 3], x2: [-3, 3] } });
await contours.save("contours.png");
await contours.save("contours.html");
await lossFigure({ runs: { adam: run } }).save("loss.png");
console.log(typeof gradientDescent);
`;

/** The checks of derivatives: without fast-check, which is an optional peer, then with it. */
const check = `
import { sin, trace, vector } from "adjoint";
import { checkGradient, gradientProperty } from "adjoint/testing";

const f = trace({ x: vector(2) }, ({ x }) => sin(x));
if (!checkGradient(f, { order: 2 }).ok) throw new Error("wrong");
`;

try {
  const [packed] = JSON.parse(
    run("npm", ["pack", "--json", "--silent", "--pack-destination", project], root),
  );
  write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
  install(join(project, packed.filename));
  write("program.js", program);
  run(process.execPath, ["program.js"]);
  write(
    "check.js",
    `${check}
let message = "";
try { gradientProperty(f); } catch (error) { message = error.message; }
if (!message.includes("npm install --save-dev fast-check")) throw new Error("fast-check: " + message);
`,
  );
  run(process.execPath, ["check.js"]);
  install(
    `fast-check@${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies["fast-check"]}`,
  );
  const property = `import fc from "fast-check";${check}fc.assert(gradientProperty(f, { domain: [0.1, 2] }));\n`;
  write("property.js", property);
  run(process.execPath, ["property.js"]);
  write("property.ts", property);
  const page = readFileSync(join(project, "contours.html"), "utf8");
  const signature = readFileSync(join(project, "contours.png")).subarray(1, 4).toString("latin1");
  if (signature !== "PNG" || !page.includes("<script>")) throw new Error("no figures");
  const types = "const v: number = value; const g: Float64Array = grad.x; export { v, g };\n";
  write("program.ts", program + types);
  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ]) {
    const options = {
      module,
      moduleResolution,
      target: "es2023",
      lib: ["es2023", "dom"],
      strict: true,
      noEmit: true,
    };
    write(
      "tsconfig.json",
      JSON.stringify({ compilerOptions: { ...options, types: [] }, files: ["program.ts", "property.ts"] }),
    );
    run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", project]);
  }
  const entries = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).exports);
  console.log(
    `${packed.filename}, ${packed.size} bytes: ${entries.join(", ")} install, import and type-check`,
  );
} finally {
  rmSync(project, { recursive: true, force: true });
}
