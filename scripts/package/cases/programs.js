/** The programs that users write in the cases. */

/** Every entry without the figures' packages: all but pictures works, and figures say what to install. */
export const core = (load) => `
${load("adjoint", "adam, add, compile, minimize, multiply, power, square, sin, trace, valueAndGrad, vector, readCsv, randomSource")}
${load("adjoint/graph", "cos")}
${load("adjoint/optimizers", "gradientDescent")}
${load("adjoint/solvers", "leastSquares")}
${load("adjoint/expression", "expression, math")}
${load("adjoint/testing", "checkGradient, gradientProperty")}
${load("adjoint/figures", "contourFigure, lossFigure, raceFigure, comparisonPage")}

const check = (condition, what) => { if (!condition) throw new Error(what); };
const cubic = trace({ x: vector(2) }, ({ x }) => {
  const [x1, x2] = x;
  return add(square(x1), square(x2), power(x2, 3), multiply(x1, x2));
});
const { value, grad } = compile(valueAndGrad(cubic))({ x: [2, 3] });
check(value === 46 && grad.x[0] === 7 && grad.x[1] === 35, "gradient");
const text = expression("x: vector(2)\\nx[1]^2 + x[2]^2 + x[2]^3 + x[1] x[2]");
check(valueAndGrad(text)({ x: [2, 3] }).grad.x[1] === 35, "text");
check(trace({ x: vector(2) }, ({ x }) => math\`sum(\${x}.^2)\`)({ x: [1, 2] }) === 5, "template");
check(Math.abs(leastSquares(expression("[t - 3]"), { t: 0 }).parameters.t - 3) < 1e-8, "least squares");
check(cos(0) === 1 && typeof gradientDescent === "function", "entries");
check(readCsv("a,b\\n1,2\\n").columns.b[0] === 2 && randomSource(1).uniform() > 0, "data");
const optimizer = adam({ learningRate: 0.1 });
const descent = minimize(cubic, { x: [2, 3] }, optimizer, { steps: 150 });
check(descent.steps === 150 && Math.abs(descent.value) < 1e-3, "minimize");
check(checkGradient(trace({ x: vector(2) }, ({ x }) => sin(x)), { order: 2 }).ok, "checkGradient");
let line = "";
try { sin({}); } catch (error) { line = error.message; }
check(/  at \\S*program\\.\\w+:\\d+$/.test(line), "the user's line: " + line);

async function refusal(act) {
  try { await act(); } catch (error) { return error.message; }
  return "";
}
const runs = { adam: descent };
const window = { x1: [-3, 3], x2: [-3, 3] };
const figures = () => ({
  contours: contourFigure({ objective: cubic, runs, window }),
  losses: lossFigure({ runs }),
  race: raceFigure({ objective: cubic, runs, window }),
});
`;

/** Without the packages. */
export const lacking = `
async function main() {
  const advice = "npm install chart.js @napi-rs/canvas dejavu-fonts-ttf.";
  for (const [name, figure] of Object.entries(figures())) {
    const message = await refusal(() => figure.render("png"));
    check(message.includes(advice), name + ": " + message);
    const page = new TextDecoder().decode(await figure.render("html"));
    check(page.includes("<script>"), name + ": page");
  }
  check((await refusal(() => figures().race.render("gif"))).includes(advice), "gif");
  const comparison = comparisonPage({ objective: cubic, runs });
  check(new TextDecoder().decode(await comparison.render("html")).includes("<math"), "formula");
  check((await refusal(() => gradientProperty(cubic))).includes("npm install --save-dev fast-check."), "fast-check");
}
main().then(() => console.log("lacking: ok"));
`;

/** With them. */
export const drawing = `
async function main() {
  for (const [name, figure] of Object.entries(figures())) {
    const picture = await figure.render("png");
    check(String.fromCharCode(...picture.subarray(1, 4)) === "PNG" && picture.length > 5000, name);
  }
  const small = raceFigure({ objective: cubic, runs, window, frames: 3, width: 240, height: 200 });
  check(String.fromCharCode(...(await small.render("gif")).subarray(0, 3)) === "GIF", "gif");
  await figures().losses.save("losses.html");
}
main().then(() => console.log("drawing: ok"));
`;

export const esm = (module, names) => `import { ${names} } from "${module}";`;
export const cjs = (module, names) => `const { ${names} } = require("${module}");`;
