/** PyTorch's optimizers as this library's: by their names and hyperparameters, all forms that must take the same steps. */
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  asgd,
  gradientDescent,
  momentum,
  nadam,
  type Optimizer,
  radam,
  rmsprop,
  rprop,
  sgd,
} from "../../optimizers/index.js";

/** PyTorch's names; which are there depends on the optimizer. */
export interface TorchHyperparameters {
  readonly momentum: number;
  readonly dampening: number;
  readonly weight_decay: number;
  readonly nesterov: boolean;
  readonly maximize?: boolean;
  readonly lr_decay: number;
  readonly eps: number;
  readonly initial_accumulator_value: number;
  readonly alpha: number;
  readonly centered: boolean;
  readonly betas: readonly [number, number];
  readonly amsgrad: boolean;
  readonly momentum_decay: number;
  readonly rho: number;
  readonly etas: readonly [number, number];
  readonly step_sizes: readonly [number, number];
  readonly lambd: number;
  readonly t0: number;
}

/** What Adam and its kin have in common. */
const adamLike = (learningRate: number, h: TorchHyperparameters) => ({
  learningRate,
  beta1: h.betas[0],
  beta2: h.betas[1],
  epsilon: h.eps,
  weightDecay: h.weight_decay,
  maximize: h.maximize ?? false,
});

export const torchForms: Readonly<
  Record<string, (learningRate: number, h: TorchHyperparameters) => Optimizer[]>
> = {
  "torch.optim.SGD": (learningRate, h) => {
    const { momentum: rho, dampening, nesterov, weight_decay: weightDecay, maximize = false } = h;
    const common = { learningRate, weightDecay, maximize };
    const own = sgd({ ...common, momentum: rho, dampening, nesterov });
    if (rho === 0) return [own, gradientDescent(common)];
    // At a constant rate both forms of the velocity are the same.
    const velocities = [true, false].map((learningRateInsideVelocity) =>
      momentum({ ...common, momentum: rho, dampening, nesterov, learningRateInsideVelocity }),
    );
    return [own, ...velocities];
  },
  "torch.optim.Adagrad": (learningRate, h) => [
    adagrad({
      learningRate,
      epsilon: h.eps,
      learningRateDecay: h.lr_decay,
      initialAccumulator: h.initial_accumulator_value,
      weightDecay: h.weight_decay,
    }),
  ],
  "torch.optim.RMSprop": (learningRate, h) =>
    [true, false].map((learningRateInsideVelocity) =>
      rmsprop({
        learningRate,
        beta: h.alpha,
        epsilon: h.eps,
        centered: h.centered,
        momentum: h.momentum,
        weightDecay: h.weight_decay,
        learningRateInsideVelocity,
      }),
    ),
  "torch.optim.Adam": (learningRate, h) => [adam({ ...adamLike(learningRate, h), amsgrad: h.amsgrad })],
  "torch.optim.AdamW": (learningRate, h) => [adamw({ ...adamLike(learningRate, h), amsgrad: h.amsgrad })],
  "torch.optim.NAdam": (learningRate, h) => [
    nadam({ ...adamLike(learningRate, h), momentumDecay: h.momentum_decay }),
  ],
  "torch.optim.RAdam": (learningRate, h) => [radam(adamLike(learningRate, h))],
  "torch.optim.Adamax": (learningRate, h) => [adamax(adamLike(learningRate, h))],
  "torch.optim.Adadelta": (learningRate, h) => [
    adadelta({ learningRate, rho: h.rho, epsilon: h.eps, weightDecay: h.weight_decay }),
  ],
  "torch.optim.Rprop": (learningRate, { etas, step_sizes: sizes }) => [
    rprop({
      ...{ learningRate, decrease: etas[0], increase: etas[1] },
      ...{ smallestStep: sizes[0], largestStep: sizes[1] },
    }),
  ],
  "torch.optim.ASGD": (learningRate, h) => [
    asgd({ learningRate, lambda: h.lambd, alpha: h.alpha, averageFrom: h.t0, weightDecay: h.weight_decay }),
  ],
};
