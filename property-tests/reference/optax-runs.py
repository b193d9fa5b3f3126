"""Writes optax.json: points of optax's optimizers in f64, and of some their states, on a quadratic of a matrix and a vector (run it with
JAX and optax)."""
import json
import jax
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import optax
import optax.contrib as contrib

stiffness = {"W": [[0.2, 2.0, 1.0], [0.5, 3.0, 0.1]], "b": [1.0, 0.3, 2.5]}
target = {"W": [[1.0, -1.0, 0.5], [0.0, 2.0, -3.0]], "b": [0.5, 0.0, -1.0]}
start = {"W": [[3.0, 4.0, -1.0], [0.5, -2.0, 1.0]], "b": [0.2, -0.4, 1.0]}
sixty_four = lambda t, c: 1.0 - jnp.float64(t + 1) ** -c


def adafactor(rate, by_size=True, threshold=1.0, momentum=None, decay=None, epsilon=1e-30):
    """optax's parts of adafactor, whose own decay rate is computed in float32."""
    from optax._src import factorized
    parts = [factorized.scale_by_factored_rms(min_dim_size_to_factor=1, decay_rate_fn=sixty_four, epsilon=epsilon),
             optax.clip_by_block_rms(threshold), optax.scale_by_learning_rate(rate, flip_sign=False)]
    parts += [optax.scale_by_param_block_rms()] if by_size else []
    parts += [optax.ema(momentum, debias=False, accumulator_dtype=jnp.float64)] if momentum else []
    parts += [optax.add_decayed_weights(decay)] if decay else []
    return optax.chain(*parts, optax.scale(-1))


tree = lambda t: {k: jnp.array(v) for k, v in t.items()}


def f(p):
    s, t = tree(stiffness), tree(target)
    return sum(jnp.sum(s[k] * (p[k] - t[k]) ** 2) / 2 for k in p) + p["W"][0, 0] * p["b"][0]


def steepest(optimizer, radius):
    """optax's form of Foret et al.: a step of the gradient's direction uphill, and both gradients at one call."""
    return contrib.sam(optimizer, optax.chain(contrib.normalize(), optax.sgd(radius)), opaque_mode=True)


runs = [
    ("lion", {"learningRate": 0.05}, optax.lion(0.05, weight_decay=0.0)),
    ("lion", {"learningRate": 0.05, "beta1": 0.8, "weightDecay": 0.1}, optax.lion(0.05, b1=0.8, weight_decay=0.1)),
    ("adan", {"learningRate": 0.1, "epsilonRoot": 1e-8}, optax.adan(0.1)),
    ("adan", {"learningRate": 0.1, "beta2": 0.8, "weightDecay": 0.05, "epsilonRoot": 1e-8}, optax.adan(0.1, b2=0.8, weight_decay=0.05)),
    ("adabelief", {"learningRate": 0.1}, optax.adabelief(0.1)),
    ("adabelief", {"learningRate": 0.1, "beta1": 0.8, "epsilonRoot": 1e-3}, optax.adabelief(0.1, b1=0.8, eps_root=1e-3)),
    ("yogi", {"learningRate": 0.1}, optax.yogi(0.1)),
    ("yogi", {"learningRate": 0.1, "beta2": 0.9, "epsilon": 1e-2}, optax.yogi(0.1, b2=0.9, eps=1e-2)),
    ("lamb", {"learningRate": 0.1}, optax.lamb(0.1)),
    ("lamb", {"learningRate": 0.1, "weightDecay": 0.1}, optax.lamb(0.1, weight_decay=0.1)),
    ("lamb", {"learningRate": 0.1, "epsilon": 0.3}, optax.lamb(0.1, eps=0.3)),
    ("adabelief", {"learningRate": 0.1, "epsilon": 0.3, "epsilonRoot": 0.3}, optax.adabelief(0.1, eps=0.3, eps_root=0.3)),
    ("lars", {"learningRate": 1.0, "trustCoefficient": 0.05}, optax.lars(1.0, trust_coefficient=0.05)),
    ("lars", {"learningRate": 1.0, "trustCoefficient": 0.02, "weightDecay": 0.1, "nesterov": True},
     optax.lars(1.0, trust_coefficient=0.02, weight_decay=0.1, nesterov=True)),
    ("adafactor", {"learningRate": 0.1}, adafactor(0.1)),
    ("adafactor", {"learningRate": 0.1, "scaleByParameter": False, "clippingThreshold": 0.5, "momentum": 0.9, "weightDecay": 0.01},
     adafactor(0.1, by_size=False, threshold=0.5, momentum=0.9, decay=0.01)),
    ("adafactor", {"learningRate": 0.1, "epsilon": 0.5}, adafactor(0.1, epsilon=0.5)),
    ("adafactor", {"learningRate": 0.1, "scaleByParameter": False, "clippingThreshold": 5, "momentum": 0.8, "weightDecay": 0.01, "epsilon": 0.3},
     adafactor(0.1, by_size=False, threshold=5.0, momentum=0.8, decay=0.01, epsilon=0.3)),
    ("prodigy", {"learningRate": 1.0}, contrib.prodigy(1.0)),
    ("prodigy", {"learningRate": 1.0, "weightDecay": 0.01, "initialEstimate": 1e-2}, contrib.prodigy(1.0, weight_decay=0.01, estim_lr0=1e-2)),
    ("dadaptAdamW", {"learningRate": 1.0}, contrib.dadapt_adamw(1.0)),
    ("dadaptAdamW", {"learningRate": 0.5, "weightDecay": 0.01, "initialEstimate": 1e-2}, contrib.dadapt_adamw(0.5, weight_decay=0.01, estim_lr0=1e-2)),
    ("scheduleFreeSgd", {"learningRate": 0.2}, contrib.schedule_free_sgd(0.2)),
    ("scheduleFreeAdamW", {"learningRate": 0.1}, contrib.schedule_free_adamw(0.1)),
    ("scheduleFreeAdamW", {"learningRate": 0.1, "beta1": 0.8, "weightDecay": 0.1}, contrib.schedule_free_adamw(0.1, b1=0.8, weight_decay=0.1)),
    ("scheduleFreeAdamW", {"learningRate": 0.1, "weightDecay": 0.3}, contrib.schedule_free_adamw(0.1, weight_decay=0.3)),
    ("muon", {"learningRate": 0.1}, contrib.muon(0.1)),
]
# Chains and wrappers, as calls: ["chain", ["clipByGlobalNorm", 1], …].
rate = {"learningRate": 0.1}
composed = [
    (["chain", ["clipByGlobalNorm", 1], ["adamw", {**rate, "weightDecay": 0.1}]],
     optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(0.1, weight_decay=0.1))),
    (["chain", ["clipByValue", 0.5], ["centralizeGradients"], ["sgd", {**rate, "momentum": 0.9}]],
     optax.chain(optax.clip(0.5), optax.centralize(), optax.sgd(0.1, momentum=0.9))),
    (["chain", ["clipAdaptively", {"ratio": 0.1}], ["adam", rate]], optax.chain(optax.adaptive_grad_clip(0.1), optax.adam(0.1))),
    (["groups", ["**.b", ["sgd", rate]], ["*", ["adam", rate]]],
     optax.partition({"b": optax.sgd(0.1), "W": optax.adam(0.1)}, {"W": "W", "b": "b"})),
    (["groups", ["b", ["frozen"]], ["*", ["adam", rate]]],
     optax.partition({"b": optax.set_to_zero(), "W": optax.adam(0.1)}, {"W": "W", "b": "b"})),
    (["chain", ["sgd", {"learningRate": 0.9}], ["reduceOnPlateau", {"factor": 0.5, "patience": 2, "cooldown": 1}]],
     optax.chain(optax.sgd(0.9), contrib.reduce_on_plateau(factor=0.5, patience=2, cooldown=1))),
    (["chain", ["sgd", {"learningRate": 0.9}], ["reduceOnPlateau", {"factor": 0.7, "patience": 2, "cooldown": 3}]],
     optax.chain(optax.sgd(0.9), contrib.reduce_on_plateau(factor=0.7, patience=2, cooldown=3))),
    (["sam", ["sgd", {**rate, "momentum": 0.6}], {"radius": 0.4}], steepest(optax.sgd(0.1, momentum=0.6), 0.4)),
    (["sam", ["adam", rate]], steepest(optax.adam(0.1), 0.05)),
    (["adjustable", "adamw", {**rate, "weightDecay": 0.1}, {"beta1": 0.8}],
     optax.inject_hyperparams(optax.adamw)(learning_rate=0.1, weight_decay=0.1, b1=0.8)),
    (["adjustable", "sgd", {**rate, "momentum": 0.9}], optax.inject_hyperparams(optax.sgd)(learning_rate=0.1, momentum=0.9)),
]
# What is set before some steps where hyperparameters may change.
hyperparameters = {"learningRate": "learning_rate", "weightDecay": "weight_decay", "momentum": "momentum"}
changes = {
    "adamw": {6: {"learningRate": 0.02, "weightDecay": 0.5}, 17: {"learningRate": 0.3}},
    "sgd": {6: {"learningRate": 0.02, "momentum": 0.5}, 17: {"learningRate": 0.15}},
}
# Those whose defaults differ: by the preset of their name.
presets = [
    ("sgd", {"learningRate": 0.1, "momentum": 0.9}, optax.sgd(0.1, momentum=0.9)),
    ("adagrad", {"learningRate": 0.1}, optax.adagrad(0.1)),
    ("rmsprop", {"learningRate": 0.1}, optax.rmsprop(0.1)),
    ("rmsprop", {"learningRate": 0.05, "centered": True, "momentum": 0.5}, optax.rmsprop(0.05, centered=True, momentum=0.5)),
    ("adam", {"learningRate": 0.1}, optax.adam(0.1)),
    ("adamw", {"learningRate": 0.1}, optax.adamw(0.1)),
    ("adamax", {"learningRate": 0.1}, optax.adamax(0.1)),
    ("adadelta", {"learningRate": 1.0}, optax.adadelta(1.0)),
    ("radam", {"learningRate": 0.1, "beta2": 0.9}, optax.radam(0.1, b2=0.9)),
    ("lion", {"learningRate": 0.05}, optax.lion(0.05)),
    ("adan", {"learningRate": 0.1}, optax.adan(0.1)),
]
steps = 30
# The slots of here, by their names in optax's states.
means = {"mean": "mu", "meanSquare": "nu"}
estimates = {"mean": "exp_avg", "meanSquare": "exp_avg_sq", "gradientSum": "grad_sum", "estimate": "estim_lr", "numerator": "numerator_weighted"}
free = {"point": "z", "totalWeight": "weight_sum", "largestRate": "max_lr"}
fields = {
    "lamb": means,
    "adabelief": means,
    "adafactor": {"rows": "v_row", "columns": "v_col", "meanSquare": "v", "velocity": "ema"},
    "prodigy": {**estimates, "start": "params0"},
    "dadaptAdamW": estimates,
    "scheduleFreeSgd": free,
    "scheduleFreeAdamW": {**free, "meanSquare": "nu"},
    "rmsprop": means,
    "chain": {"scale": "scale", "best": "best_value", "waited": "plateau_count", "cooling": "cooldown_count"},
}


def field(state, name):
    """What a tuple of that name holds, at any depth."""
    if hasattr(state, name):
        return getattr(state, name)
    inner = [field(one, name) for one in state if isinstance(one, tuple)] if isinstance(state, tuple) else []
    return next((one for one in inner if one is not None), None)


def flat_state(value):
    """W before b, without what is kept empty; a number counts for both."""
    if not isinstance(value, dict):
        return [float(value)] * 2
    return [x for k in ("W", "b") if value[k].shape != (1,) for x in value[k].ravel().tolist()]


def slots_of(name, options, state, step):
    found = {slot: field(state, theirs) for slot, theirs in fields.get(name, {}).items()}
    out = {slot: flat_state(one) for slot, one in found.items() if one is not None}
    if name == "lamb" or name == "adabelief":
        out["beta1Power"] = [options.get("beta1", 0.9) ** step] * 2
    if name in ("lamb", "adabelief", "scheduleFreeAdamW"):
        out["beta2Power"] = [0.999 ** step] * 2
    return out


out = []
for preset, name, options, optimizer in [(False, *run) for run in runs] + [(True, *run) for run in presets] + [
        (False, call[0], call[1:], optimizer) for call, optimizer in composed]:
    params = tree(start)
    state = optimizer.init(params)
    points, states = [], {}
    for step in range(1, steps + 1):
        plateau = "reduceOnPlateau" in json.dumps(options)
        given = {"value": f(params)} if plateau else {"grad_fn": lambda point, _: jax.grad(f)(point)} if name == "sam" else {}
        for key, number in changes[options[0]].get(step, {}).items() if name == "adjustable" else []:
            state.hyperparams[hyperparameters[key]] = jnp.asarray(number)
        updates, state = optimizer.update(jax.grad(f)(params), state, params, **given)
        params = optax.apply_updates(params, updates)
        points.append([x for k in ("W", "b") for x in params[k].ravel().tolist()])
        slots = slots_of(name, options, state, step) if plateau or name != "chain" else {}
        if slots and (plateau or step in (1, 2, 3, 7, 30)):
            states[step] = slots
    out.append({"optimizer": name, "preset": preset, "options": options, "points": points, **({"states": states} if states else {}),
                **({"changes": changes[options[0]]} if name == "adjustable" else {})})
about = f"optax {optax.__version__}, CPU, float64: W row by row, then b, after each step, on f = sum(s*(p - t)^2)/2 + W[0][0]*b[0]; states are slots after a step."
json.dump({"about": about, "stiffness": stiffness, "target": target, "start": start, "runs": out}, open("optax.json", "w"))
