"""Writes other-runs.json: points in float64, and states, on the quadratic of optax.json, of torch's optimizers and averages, and by NumPy of Shampoo, Sophia, noise, SAM by size, schedule-free
(run it with PyTorch and SciPy where optax.json is)."""
import json
import numpy as np
import scipy
import scipy.linalg
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_avg_fn

torch.set_default_dtype(torch.float64)  # else ASGD keeps its rate in float32
steps = 30
given = json.load(open("optax.json"))
tree = lambda name: {k: torch.tensor(v, dtype=torch.float64) for k, v in given[name].items()}
stiffness, target = tree("stiffness"), tree("target")


def f(p):
    return sum((stiffness[k] * (p[k] - target[k]) ** 2).sum() / 2 for k in p) + p["W"][0, 0] * p["b"][0]


def flat(p):
    return [x for k in ("W", "b") for x in p[k].detach().ravel().tolist()]


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.W, self.b = (torch.nn.Parameter(tree("start")[k]) for k in ("W", "b"))

    def both(self):
        return {"W": self.W, "b": self.b}


def run(make, average=None, after=None, factors=(1.0,), every=1, state={}):
    """Points after each gradient; `factors` scale the objective in turn, and `every` of them make one step by their mean. `state` says
    by slots what of torch's state is noted, and `after` may give slots as well."""
    model = Model()
    optimizer = make(model.parameters())
    averaged = AveragedModel(model, avg_fn=average[0]) if average else None
    points, states = [], {}
    for step in range(1, steps + 1):
        slots = {}
        if (step - 1) % every == 0:
            optimizer.zero_grad()
        (f(model.both()) * factors[(step - 1) % len(factors)] / every).backward()
        if step % every == 0:
            optimizer.step()
        if after:
            slots |= after(step, model, optimizer)
        if averaged:
            if average[1](step):
                averaged.update_parameters(model)
            slots["average"] = flat(averaged.module.both() if averaged.n_averaged > 0 else model.both())
        for slot, theirs in state.items():
            slots[slot] = flat({k: optimizer.state[getattr(model, k)][theirs] for k in ("W", "b")})
        if slots:
            states[step] = slots
        points.append(flat(model.both()))
    out = {"points": points}
    if states:
        out["states"] = states
    if factors != (1.0,):
        out["factors"] = factors
    return out


def lookahead(every, share):
    slow = [p.detach().clone() for p in Model().parameters()]

    def after(step, model, _):
        if step % every == 0:
            with torch.no_grad():
                for s, p in zip(slow, model.parameters()):
                    s += share * (p - s)
                    p.copy_(s)
        return {"slow": flat(dict(zip(("W", "b"), slow)))}
    return after


def shampoo(rate, epsilon, momentum=0.0, decay=0.0):
    """Gupta et al., algorithm 1, with roots by Schur's method."""
    p = {k: v.numpy().copy() for k, v in tree("start").items()}
    root = lambda m, power: np.linalg.inv(np.real(scipy.linalg.sqrtm(m) if power == 2 else scipy.linalg.sqrtm(scipy.linalg.sqrtm(m))))
    left, right = {"W": epsilon * np.eye(2), "b": epsilon * np.eye(3)}, epsilon * np.eye(3)
    velocity = {k: np.zeros_like(v) for k, v in p.items()}
    points = []
    for _ in range(steps):
        q = {k: torch.tensor(v, requires_grad=True) for k, v in p.items()}
        f(q).backward()
        g = {k: v.grad.numpy() + decay * p[k] for k, v in q.items()}
        left["W"] += g["W"] @ g["W"].T
        right = right + g["W"].T @ g["W"]
        left["b"] += np.outer(g["b"], g["b"])
        moves = {"W": root(left["W"], 4) @ g["W"] @ root(right, 4), "b": root(left["b"], 2) @ g["b"]}
        for k in p:
            velocity[k] = momentum * velocity[k] + moves[k]
            p[k] = p[k] - rate * velocity[k]
        points.append([*p["W"].ravel().tolist(), *p["b"].tolist()])
    return {"points": points}


def schedule_free(rates, beta, adaptive, decay):
    """Defazio et al., algorithm 1 and its reference code: the weight of a point is the square of the largest rate so far."""
    z = {k: v.numpy().copy() for k, v in tree("start").items()}
    x, y = ({k: v.copy() for k, v in z.items()} for _ in range(2))
    squares = {k: np.zeros_like(v) for k, v in z.items()}
    total = largest = 0.0
    points, states = [], {}
    for t, rate in enumerate(rates, 1):
        q = {k: torch.tensor(v, requires_grad=True) for k, v in y.items()}
        f(q).backward()
        largest = max(largest, rate)
        total += largest ** 2
        c = largest ** 2 / total if total > 0 else 0.0  # a rate whose square is 0 in float64
        for k in z:
            u = q[k].grad.numpy()
            if adaptive:
                squares[k] = 0.999 * squares[k] + (1 - 0.999) * u ** 2
                u = u / (np.sqrt(squares[k] / (1 - 0.999 ** t)) + 1e-8)
            z[k] = z[k] - rate * (u + decay * y[k])
            x[k] = (1 - c) * x[k] + c * z[k]
            y[k] = beta * x[k] + (1 - beta) * z[k]
        points.append([*y["W"].ravel().tolist(), *y["b"].tolist()])
        flat_slots = {slot: [*v["W"].ravel().tolist(), *v["b"].tolist()] for slot, v in {"average": x, "point": z}.items()}
        states[t] = {**flat_slots, "totalWeight": [total] * 2, "largestRate": [largest] * 2}
    return {"points": points, "states": states}


def wraps(x):
    return x & 0xFFFFFFFF


def mixed(bits):
    """MurmurHash3's finalizer."""
    bits = wraps((bits ^ (bits >> 16)) * 0x85EBCA6B)
    bits = wraps((bits ^ (bits >> 13)) * 0xC2B2AE35)
    return bits ^ (bits >> 16)


class WichmannHill:
    """AS 183 in whole numbers, a generator for each element of a parameter; seeded by FNV-1a of the parameter's path."""
    moduli, multipliers = (30269, 30307, 30323), (171, 172, 170)

    def __init__(self, seed, name, shape):
        bits = 0x811C9DC5 ^ seed
        for letter in f'["{name}"]':
            bits = wraps((bits ^ ord(letter)) * 0x01000193)
        self.shape, count = shape, int(np.prod(shape))
        place = lambda k, i: mixed(wraps(mixed(bits) + (k * count + i + 1) * 0x9E3779B9))
        self.states = [[1 + place(k, i) % (m - 1) for i in range(count)] for k, m in enumerate(self.moduli)]

    def uniform(self):
        self.states = [[a * x % m for x in own] for a, m, own in zip(self.multipliers, self.moduli, self.states)]
        shares = [[x / m for x in own] for m, own in zip(self.moduli, self.states)]
        return np.array([sum(three) % 1.0 for three in zip(*shares)]).reshape(self.shape)

    def normal(self):
        radius = np.sqrt(-2 * np.log(1 - self.uniform()))
        return radius * np.cos(2 * np.pi * self.uniform())


def drawn_from(sources):
    """What generators hold, the first numbers of all elements, the second, the third."""
    return [x for k in ("W", "b") for own in sources[k].states for x in own]


def generators(seed):
    return {k: WichmannHill(seed, k, tuple(v.shape)) for k, v in tree("start").items()}


def gradient_at(p):
    q = {k: torch.tensor(v, requires_grad=True) for k, v in p.items()}
    f(q).backward()
    return {k: v.grad.numpy() for k, v in q.items()}


def both(p):
    return [*p["W"].ravel().tolist(), *p["b"].tolist()]


def sophia(rate, beta1, beta2, gamma, epsilon, every, seed, decay, sign=1.0):
    """Liu et al., algorithm 3, with Hutchinson's estimate (algorithm 1) of the diagonal. `sign` -1 climbs."""
    p = {k: v.numpy().copy() for k, v in tree("start").items()}
    mean, curvature = ({k: np.zeros_like(v) for k, v in p.items()} for _ in range(2))
    sources = generators(seed)
    points, states = [], {}
    for t in range(1, steps + 1):
        g = {k: sign * one for k, one in gradient_at(p).items()}
        signs = {k: np.where(source.uniform() < 0.5, -1.0, 1.0) for k, source in sources.items()}
        # The gradient is linear in the point, so that differences are the Hessian's product.
        pushed = gradient_at({k: p[k] + signs[k] for k in p})
        for k in p:
            mean[k] = beta1 * mean[k] + (1 - beta1) * g[k]
            if (t - 1) % every == 0:
                curvature[k] = beta2 * curvature[k] + (1 - beta2) * signs[k] * (sign * pushed[k] - g[k])
            p[k] = p[k] - rate * decay * p[k]
            p[k] = p[k] - rate * np.clip(mean[k] / np.maximum(gamma * curvature[k], epsilon), -1, 1)
        points.append(both(p))
        states[t] = {"mean": both(mean), "curvature": both(curvature), "generators": drawn_from(sources)}
    return {"points": points, "states": states}


def noisy(rate, momentum, variance, decay, seed):
    """Neelakantan et al., equation 1, before momentum."""
    p = {k: v.numpy().copy() for k, v in tree("start").items()}
    velocity = {k: np.zeros_like(v) for k, v in p.items()}
    sources = generators(seed)
    points, states = [], {}
    for t in range(1, steps + 1):
        g = gradient_at(p)
        for k in p:
            velocity[k] = momentum * velocity[k] + g[k] + np.sqrt(variance / t ** decay) * sources[k].normal()
            p[k] = p[k] - rate * velocity[k]
        points.append(both(p))
        states[t] = {"generators": drawn_from(sources)}
    return {"points": points, "states": states}


def adaptive_sam(rate, momentum, radius):
    """Kwon et al., algorithm 1 without its eta."""
    p = {k: v.numpy().copy() for k, v in tree("start").items()}
    velocity = {k: np.zeros_like(v) for k, v in p.items()}
    points = []
    for _ in range(steps):
        g = gradient_at(p)
        norm = np.sqrt(sum(np.sum((np.abs(p[k]) * g[k]) ** 2) for k in p))
        g = gradient_at({k: p[k] + radius * p[k] ** 2 * g[k] / norm for k in p})
        for k in p:
            velocity[k] = momentum * velocity[k] + g[k]
            p[k] = p[k] - rate * velocity[k]
        points.append(both(p))
    return {"points": points}


rate = {"learningRate": 0.1}
averaged = {"average": "ax"}
adam = lambda p: torch.optim.Adam(p, lr=0.1)
sgd = lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.5)
own_sgd = ["sgd", {**rate, "momentum": 0.5}]
steady = [0.05 * min(1.0, t / 5) * (1.0 if t < 15 else 0.25) for t in range(1, steps + 1)]
falling = ["joinSchedules", {"schedules": [["warmup", {"warmupSteps": 5, "schedule": 0.05}], 0.0125], "boundaries": [14]}]
runs = [
    ("torch", ["chain", own_sgd, ["lookahead", {"every": 3, "share": 0.4}]], run(sgd, after=lookahead(3, 0.4))),
    ("torch", ["chain", ["adam", rate], ["lookahead", {"every": 4}]], run(adam, after=lookahead(4, 0.5))),
    ("torch", ["chain", own_sgd, ["exponentialAverage", {"decay": 0.8}]], run(sgd, average=(get_ema_avg_fn(0.8), lambda t: True))),
    ("torch", ["chain", own_sgd, ["stochasticWeightAverage", {"from": 4, "every": 3}]],
     run(sgd, average=(None, lambda t: t >= 4 and (t - 4) % 3 == 0))),
    ("torch", ["accumulateGradients", ["adam", rate], 3], run(adam, factors=(0.5, 2.0, 1.1), every=3)),
    ("torch", ["asgd", {**rate, "lambda": 0.05, "averageFrom": 4}], run(lambda p: torch.optim.ASGD(p, lr=0.1, lambd=0.05, t0=4), state=averaged)),
    ("torch", ["rprop", {**rate, "smallestStep": 0.02, "largestStep": 0.3}],
     run(lambda p: torch.optim.Rprop(p, lr=0.1, step_sizes=(0.02, 0.3)))),
    ("numpy", ["shampoo", {"learningRate": 0.5, "epsilon": 0.1}], shampoo(0.5, 0.1)),
    ("numpy", ["shampoo", {"learningRate": 0.2, "epsilon": 0.01, "momentum": 0.5, "weightDecay": 0.1}], shampoo(0.2, 0.01, 0.5, 0.1)),
    ("numpy", ["scheduleFreeSgd", {"learningRate": falling, "weightDecay": 0.1}], schedule_free(steady, 0.9, False, 0.1)),
    ("numpy", ["scheduleFreeAdamW", {"learningRate": falling, "beta1": 0.8}], schedule_free(steady, 0.8, True, 0.0)),
]
kept = lambda make, **options: (lambda p: make(p, lr=0.1, **options))
swings = (1.0, -0.5, 0.0, 2.0, 0.3)
centred = {"meanSquare": "square_avg", "mean": "grad_avg"}
runs += [
    ("torch", ["adagrad", {**rate, "epsilon": 0.2}], run(kept(torch.optim.Adagrad, eps=0.2))),
    ("torch", ["adagrad", {**rate, "epsilon": 0.2, "learningRateDecay": 0.3, "weightDecay": 0.4}],
     run(kept(torch.optim.Adagrad, eps=0.2, lr_decay=0.3, weight_decay=0.4))),
    ("torch", ["nadam", {**rate, "epsilon": 0.2, "weightDecay": 0.4, "momentumDecay": 0.01}],
     run(kept(torch.optim.NAdam, eps=0.2, weight_decay=0.4, momentum_decay=0.01))),
    ("torch", ["nadam", {**rate, "epsilon": 0.2, "weightDecay": 0.3, "momentumDecay": 0.3}],
     run(kept(torch.optim.NAdam, eps=0.2, weight_decay=0.3, momentum_decay=0.3))),
    ("torch", ["adamax", {**rate, "epsilon": 0.2}], run(kept(torch.optim.Adamax, eps=0.2), factors=swings)),
    ("torch", ["adamax", {**rate, "epsilon": 0.2, "weightDecay": 0.4}],
     run(kept(torch.optim.Adamax, eps=0.2, weight_decay=0.4), factors=swings)),
    ("torch", ["rprop", rate], run(kept(torch.optim.Rprop), factors=swings, state={"before": "prev", "size": "step_size"})),
    ("torch", ["rprop", {**rate, "smallestStep": 0.05, "largestStep": 0.11}],
     run(kept(torch.optim.Rprop, step_sizes=(0.05, 0.11)), factors=swings)),
    ("torch", ["asgd", {**rate, "lambda": 0.05, "averageFrom": 4, "weightDecay": 0.4}],
     run(lambda p: torch.optim.ASGD(p, lr=0.1, lambd=0.05, t0=4, weight_decay=0.4), factors=swings, state=averaged)),
    ("torch", ["rmsprop", {**rate, "epsilon": 0.2, "beta": 0.7, "centered": True}],
     run(kept(torch.optim.RMSprop, eps=0.2, alpha=0.7, centered=True), factors=swings, state=centred)),
    ("torch", ["rmsprop", {**rate, "epsilon": 0.2, "beta": 0.7, "centered": True, "momentum": 0.5, "learningRateInsideVelocity": False}],
     run(kept(torch.optim.RMSprop, eps=0.2, alpha=0.7, centered=True, momentum=0.5), factors=swings,
         state={**centred, "velocity": "momentum_buffer"})),
    ("torch", ["rmsprop", {**rate, "epsilon": 0.2, "beta": 0.7, "centered": True, "momentum": 0.5, "learningRateInsideVelocity": True}],
     run(kept(torch.optim.RMSprop, eps=0.2, alpha=0.7, centered=True, momentum=0.5), factors=swings, state=centred)),
]
noise = {"variance": 0.3, "decay": 0.7, "seed": 3}
runs += [
    ("numpy", ["sophia", {**rate, "gamma": 0.7, "every": 3, "seed": 5}], sophia(0.1, 0.965, 0.99, 0.7, 1e-12, 3, 5, 0.0)),
    ("numpy", ["sophia", {**rate, "beta1": 0.8, "beta2": 0.6, "gamma": 2, "epsilon": 0.3, "every": 2, "weightDecay": 0.2}],
     sophia(0.1, 0.8, 0.6, 2.0, 0.3, 2, 0, 0.2)),
    ("numpy", ["sophia", {**rate, "beta1": 0.8, "beta2": 0.6, "gamma": 2, "epsilon": 5, "every": 4, "maximize": True}],
     sophia(0.1, 0.8, 0.6, 2.0, 5.0, 4, 0, 0.0, -1.0)),
    ("numpy", ["chain", ["addNoise", noise], ["sgd", {**rate, "momentum": 0.6}]], noisy(0.1, 0.6, 0.3, 0.7, 3)),
    # Seeds whose uniform numbers come so near to 1, in W and in b, that the logarithm shows how they are rounded.
    *[("numpy", ["chain", ["addNoise", {"variance": 200, "seed": seed}], ["sgd", {**rate, "momentum": 0.6}]],
       noisy(0.1, 0.6, 200.0, 0.55, seed)) for seed in (4387, 703)],
    ("numpy", ["sam", ["sgd", {**rate, "momentum": 0.6}], {"radius": 0.4, "adaptive": True}], adaptive_sam(0.1, 0.6, 0.4)),
    ("numpy", ["sam", ["gradientDescent", rate], {"adaptive": True}], adaptive_sam(0.1, 0.0, 0.05)),
]
about = f"torch {torch.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}, float64: as optax.json; states are slots after a step."
out = [{"library": library, "call": call, **result} for library, call, result in runs]
json.dump({"about": about, "runs": out}, open("other-runs.json", "w"))
