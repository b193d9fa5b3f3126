"""Runs the cases of a folder in JAX: `python cases.py FOLDER MODE,…`; a line of JSON for each case and mode.

What a case gives lies in FOLDER/NUMBER.MODE afterwards, as doubles one after the other.
"""

import dataclasses
import importlib.util
import json
import os
import re
import sys

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
folder, modes = sys.argv[1], sys.argv[2].split(",")


def number(value):
    return float(value.replace("Infinity", "inf")) if isinstance(value, str) else float(value)


def array(leaf):
    return np.array([number(value) for value in leaf["values"]], np.float64).reshape(leaf["shape"])


def tree(leaves):
    """Records and lists from leaves with the paths to them."""
    if len(leaves) == 1 and not leaves[0]["path"]:
        return array(leaves[0])
    whole = {}
    for leaf in leaves:
        inner = whole
        for key in leaf["path"][:-1]:
            inner = inner.setdefault(key, {})
        inner[leaf["path"][-1]] = array(leaf)
    return whole


def at(result, path):
    for key in path:
        result = result[key]
    return np.asarray(result, np.float64).ravel()


def python_function(case):
    spec = importlib.util.spec_from_file_location("case", f"{folder}/{case['number']}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def stablehlo_function(case):
    """A text as a function of arrays: an exported stand-in of the same signature gets the text's artifact."""
    from jax import export
    from jaxlib.mlir.dialects import stablehlo

    stem = f"{folder}/{case['number']}"
    with open(f"{stem}.mlir") as file:
        text = file.read()
    constants = list(np.load(f"{stem}.mlir.npz").values()) if os.path.exists(f"{stem}.mlir.npz") else []
    dtype = np.float64 if case["dtype"] == "f64" else np.float32
    given = [np.asarray(x, dtype) for x in [*map(array, case["inputs"]), *constants]]
    results = re.search(r"func.func public @main\(.*\) -> \((.*)\) \{", text).group(1)
    shapes = [[int(side) for side in one.split("x")[:-1]] for one in re.findall(r"tensor<([^>]*)>", results)]
    like = jax.jit(lambda *_: tuple(jax.numpy.zeros(shape, dtype) for shape in shapes))
    standin = export.export(like, platforms=["cpu"])(*(jax.ShapeDtypeStruct(x.shape, x.dtype) for x in given))
    artifact = stablehlo.serialize_portable_artifact_str(text, stablehlo.get_minimum_version())
    replaced = dataclasses.replace(
        standin, mlir_module_serialized=artifact, _get_vjp=None, module_kept_var_idx=tuple(range(len(given)))
    )
    return lambda _: replaced.call(*given)


def ran(case, mode):
    inputs = tree(case["inputs"])
    if mode == "stablehlo":
        results = stablehlo_function(case)(inputs)
        return [np.asarray(one, np.float64).ravel() for one in results]
    f = python_function(case)
    result = (jax.jit(f) if mode == "jit" else f)(inputs)
    return [at(result, path) for path in case["outputs"]]


with open(f"{folder}/cases.json") as file:
    cases = json.load(file)
for case in cases:
    for mode in modes:
        told = {"number": case["number"], "mode": mode}
        try:
            np.concatenate([np.zeros(0), *ran(case, mode)]).tofile(f"{folder}/{case['number']}.{mode}")
        except Exception as error:
            told["error"] = f"{type(error).__name__}: {str(error)[:300]}"
        print(json.dumps(told), flush=True)
    if case["number"] % 50 == 49:
        jax.clear_caches()
