"""What exported functions compose with: `python compose.py FOLDER`, a line of JSON for each case."""

import importlib.util
import json
import sys
import time

import jax
import jax.export
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
folder = sys.argv[1]


def module(name):
    spec = importlib.util.spec_from_file_location(name, f"{folder}/{name}.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def tell(name, ok, note):
    print(json.dumps({"name": name, "ok": bool(ok), "note": note}), flush=True)


def difference(a, b):
    pairs = zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)
    return max(float(jnp.max(jnp.abs(x - y) / (1 + jnp.abs(y)))) for x, y in pairs)


def wave(shape, salt):
    return np.sin(np.arange(int(np.prod(shape))) * 12.9898 + salt).reshape(shape) * 0.5


mlp = module("mlp")
inputs = {
    "layers": [{"W": wave((4, 16), 1), "b": wave(16, 2)}, {"W": wave((16, 1), 3), "b": wave(1, 4)}],
    "X": wave((64, 4), 5),
    "y": wave((64, 1), 6),
}
plain = mlp.mlp(inputs)

many = [jax.tree.map(lambda x, k=k: x * (1 + 0.1 * k), inputs["layers"]) for k in range(5)]
stacked = {**inputs, "layers": jax.tree.map(lambda *xs: jnp.stack(xs), *many)}
axes = {"layers": 0, "X": None, "y": None}
together = jax.vmap(mlp.mlp, in_axes=(axes,))(stacked)
one_by_one = jax.tree.map(lambda *xs: jnp.stack(xs), *(mlp.mlp({**inputs, "layers": own}) for own in many))
worst = difference(together, one_by_one)
tell("vmap over five sets of parameters", worst < 1e-13, f"within {worst:.1e} of one by one")

derived = jax.value_and_grad(lambda layers: mlp.mlp({**inputs, "layers": layers})["value"])(inputs["layers"])
worst = difference(derived[1], plain["grad"]["layers"])
tell("jax.grad of the exported value", worst < 1e-13, f"within {worst:.1e} of the exported gradient")

described = jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, np.float64), inputs)
exported = jax.export.export(jax.jit(mlp.mlp))(described)
try:
    stored = exported.serialize()
    worst = difference(jax.export.deserialize(stored).call(inputs), plain)
    tell("jax.export, serialized and back", worst < 1e-13, f"{len(stored)} bytes, within {worst:.1e}")
except ImportError as error:
    worst = difference(exported.call(inputs), plain)
    tell("jax.export, not serialized", worst < 1e-13, f"within {worst:.1e} ({error})")

sys.path.insert(0, f"{folder}/model")
import checkpoint  # noqa: E402
import model  # noqa: E402

_, tensors = checkpoint.read_checkpoint(f"{folder}/model/start.safetensors")
state = jax.tree.map(lambda name: tensors[name], model.STATE)
start = time.perf_counter()
lowered = jax.jit(model.train_step).lower({**state, "step": np.float64(1), "data": {"X": inputs["X"], "y": inputs["y"]}})
traced = time.perf_counter() - start
lowered.compile()
took = time.perf_counter() - start
tell("trace and compile of a step of the MLP", took < 5, f"{traced:.2f} s and {took - traced:.2f} s (bound 5 s)")

loop = module("loop")
jaxpr = str(jax.make_jaxpr(loop.loop)({"x": 0.3}))
scans = jaxpr.count("scan[")
start = time.perf_counter()
found = float(jax.jit(loop.loop)({"x": 0.3}))
took = time.perf_counter() - start
with open(f"{folder}/loop.json") as file:
    expected = json.load(file)
off = abs(found - expected) / abs(expected)
tell("a scan of 100000 steps", scans == 1 and off < 1e-12, f"{scans} lax.scan, within {off:.1e}, {took:.2f} s with compiling")

gradient = module("loop_gradient")
scans = str(jax.make_jaxpr(gradient.loop)({"x": 0.3})).count("scan[")
found = float(jax.jit(gradient.loop)({"x": 0.3}))
with open(f"{folder}/loop_gradient.json") as file:
    expected = json.load(file)
off = abs(found - expected) / abs(expected)
tell("its derivative", scans <= 3 and off < 1e-12, f"{scans} lax.scan, within {off:.1e}")
