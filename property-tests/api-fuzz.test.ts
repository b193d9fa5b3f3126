/** The fuzzer of the public interface, tested: it finds faults that were planted, and nothing where there is none. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { entries, type FuzzReport, fuzzApi } from "../scripts/api/fuzz-api.js";

const fuzzer = suite("fuzzing the public interface");

const planted = new URL("../scripts/api/planted.ts", import.meta.url).href;
const fuzz = (only?: string, runs = 1000, seed = 0) =>
  fuzzApi({ runs, seconds: 60, seed, only, modules: [planted], patience: 500, memory: 2 ** 30 });

const kindsOf = ({ faults }: FuzzReport, name: string) =>
  new Set(faults.filter(({ target }) => target === name).map(({ kind }) => kind));

fuzzer("each planted fault is found, and named by its kind", async () => {
  const report = await fuzz();
  for (const [name, kind] of Object.entries({
    throwsTypeError: "foreign error",
    hangs: "hang",
    mutates: "mutation",
    misnames: "name",
    takesText: "accepted",
    rejects: "unhandled",
    pollutes: "pollution",
    givesUndefined: "broken value",
    makes: "foreign error",
  }))
    assert.ok(kindsOf(report, name).has(kind), `${name}: ${[...kindsOf(report, name)]}`);
  assert.match([...kindsOf(report, "fillsMemory")].join(), /crash|hang/);
  for (const name of ["sound", "callsBack"]) {
    assert.ok(report.targets.includes(name));
    assert.equal([...kindsOf(report, name)], [], name);
  }
});

fuzzer("a fault is found again by its seed, and one function can be chosen", async () => {
  const found = await fuzz("throwsTypeError", 20);
  assert.equal(found.targets, ["throwsTypeError"]);
  const [fault] = found.faults;
  const again = await fuzz("throwsTypeError", 1, fault!.run);
  assert.is(again.faults[0]!.call, fault!.call);
});

fuzzer(
  "a draw of calls of graphs, optimizers, runs, data, exports and tests of derivatives finds nothing",
  async () => {
    const only =
      "trace,vector,matrix,tensor,scan,grad,valueAndGrad,vjp,jvp,hvp,jacobian,hessian,compile,simplify,print,unary," +
      "binary,withDerivative,defineOp,applyOp,label,add,where,sum,norm,std,any,argmax,cumsum,softmax,reshape," +
      "transpose,flip,squeeze,expandDims,split,slice,index,concatenate,stack,pad,take,segmentSum,broadcastTo,eye," +
      "arange,linspace,oneHot,tril,diagonal,matmul,solve," +
      "adam,gradientDescent,defineOptimizer,clipByNorm,clipByGlobalNorm,cosineDecay,stepDecay,warmup,rateAt,minimize," +
      "train,linear,randomSource,readCsv,tableMatrix,weightedSphere,checkGradient,gradientProperty,tensors,graphs," +
      "serialize,deserialize,emit,toTex,toDot";
    // Patient: where others keep the machine busy, the clock says little.
    const report = await fuzzApi({
      runs: 1000,
      seconds: 600,
      seed: 12,
      only,
      modules: entries,
      patience: 30_000,
    });
    assert.is(report.calls, 1000);
    const found = report.faults.filter(({ kind }) => kind !== "slow");
    assert.equal(
      found.map(({ call, kind, what }) => `${kind}: ${call} ${what}`),
      [],
    );
  },
);

fuzzer.run();
