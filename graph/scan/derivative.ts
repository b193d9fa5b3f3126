/** The derivative of a scan: scans of the body's derivative. */
import type { MaskedRules, Op } from "../op.js";
import { forward } from "./forward.js";
import type { ScanParams } from "./layout.js";
import { reverse } from "./reverse.js";

/** Both modes, for the record of the op that `op` gives. */
export function scanDerivative(op: () => Op<ScanParams>): MaskedRules<ScanParams> {
  return {
    kind: "masked",
    forward: (tangents, application) => forward(op(), tangents, application),
    reverse: (adjoint, matters, application) => reverse(op(), adjoint, matters, application),
  };
}
