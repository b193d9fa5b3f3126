"""Times the training steps of exported models on whatever device JAX has: `python steps.py FOLDER [--json]`.

FOLDER has a folder for each model (model.py, checkpoint.py, start.safetensors, data.npz, expected.json), as
`npm run bench:engines -- --export FOLDER` writes them. Needs JAX and NumPy alone.
"""

import importlib.util
import json
import os
import sys
import time

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
folder = sys.argv[1]
rounds, seconds = 5, 0.2


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, os.path.join(path, f"{name}.py"))
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def measured(path):
    model = load(path, "model")
    _, tensors = load(path, "checkpoint").read_checkpoint(os.path.join(path, "start.safetensors"))
    with open(os.path.join(path, "expected.json")) as file:
        expected = json.load(file)
    stored = np.load(os.path.join(path, "data.npz"))
    place = lambda values: jax.device_put(np.asarray(values, model.dtype))
    data = jax.tree.map(lambda name: place(stored[name]), model.DATA)
    state = jax.tree.map(lambda name: place(tensors[name]), model.STATE)
    counts = [place(i + 1) for i in range(20)]
    step = jax.jit(lambda state, count: model.train_step({**state, "step": count, "data": data}))
    before = time.perf_counter()
    compiled = step.lower(state, counts[0]).compile()
    compiling = time.perf_counter() - before

    def run(state, steps):
        losses = []
        for i in range(steps):
            out = compiled(state, counts[i % 20])
            losses.append(out["value"])
            state = {key: out[key] for key in state}
        jax.block_until_ready((state, losses))
        return losses

    losses = [float(loss) for loss in run(state, 20)]
    worst = max(abs(a - b) / abs(b) for a, b in zip(losses, expected["losses"], strict=True))
    steps, took = 5, 0
    while took < seconds:
        before = time.perf_counter()
        run(state, steps)
        took = time.perf_counter() - before
        steps = steps if took >= seconds else int(steps * max(2, min(20, 1.2 * seconds / max(took, 1e-6))))
    times = [took / steps]
    for _ in range(rounds - 1):
        before = time.perf_counter()
        run(state, steps)
        times.append((time.perf_counter() - before) / steps)
    return {"name": expected["name"], "compiling": compiling, "step": min(times), "worst": worst, "here": expected.get("step")}


if "--json" not in sys.argv:
    device = jax.devices()[0]
    print(f"JAX {jax.__version__} on {device.platform}: {device.device_kind}")
    print(f"{'model':34} {'ms a step':>10} {'compiled in s':>14}   losses of 20 steps from Adjoint's")
for name in sorted(os.listdir(folder)):
    path = os.path.join(folder, name)
    if not os.path.isdir(path):
        continue
    found = measured(path)
    if "--json" in sys.argv:
        print(json.dumps({"folder": name, **found}), flush=True)
    else:
        print(f"{found['name']:34} {1e3 * found['step']:10.3f} {found['compiling']:14.2f}   {found['worst']:.1e}", flush=True)
