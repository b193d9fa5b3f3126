/** A process of its own for one subject and one workload: measures, and sends what it measured or why it can't. */
import { checkAgreement, checkDifferences } from "./agreement.js";
import { compare } from "./measure.js";
import { workloadOf } from "./registry.js";
import type { Measurement, Program, Settings, Subject, Workload } from "./workload.js";

/** What the parent is sent. */
export type Outcome = { readonly measured: Measurement } | { readonly failed: string };

const f64Tolerance = 1e-9;
const f32Tolerance = 1e-3;

const singlePrecision: readonly Subject[] = ["jax-js", "tfjs-wasm", "tfjs-cpu"];

async function measure(workload: Workload, subject: Subject, settings: Settings): Promise<Measurement> {
  if (subject === "adjoint" && workload.measure) return workload.measure(settings);
  const attempt = subject === "adjoint" ? async () => workload.adjoint() : workload.peers[subject];
  if (typeof attempt !== "function") throw new Error(attempt ?? "not written");

  const started = performance.now();
  const program = await attempt();
  program.run();
  const first = performance.now() - started;
  const memory = process.resourceUsage().maxRSS / 1024;

  const hand = await workload.hand();
  hand.run();
  if (subject === "adjoint") checkDifferences(hand);
  const single = workload.dtype === "f32" || singlePrecision.includes(subject);
  checkAgreement(program.results(), hand.results(), single ? f32Tolerance : f64Tolerance);

  const { ratio, first: taken, second: byHand } = compare(program, hand, settings);
  const { steps = 1 } = workload;
  const perStep = ({ median, min, max }: Measurement["hand"]) => ({
    median: median / steps,
    min: min / steps,
    max: max / steps,
  });
  const measured = { ratio, subject: perStep(taken), hand: perStep(byHand), first, memory };
  const value = subject === "adjoint" ? workload.value?.() : undefined;
  if (!value) return measured;
  const gradient: Program = workload.gradient?.() ?? program;
  return {
    ...measured,
    gradient: compare(gradient, value, { ...settings, budget: settings.budget / 2 }).ratio,
  };
}

const [, , name, subject, round, budget] = process.argv as [string, string, string, Subject, string, string];
let outcome: Outcome;
try {
  const settings = { round: Number(round), budget: Number(budget) };
  outcome = { measured: await measure(workloadOf(name), subject, settings) };
} catch (error) {
  outcome = { failed: error instanceof Error ? error.message : String(error) };
}
// Peers may keep threads and timers, so the process doesn't end by itself.
process.send!(outcome, () => process.exit(0));
