/** The program that trains an exported model: `train.py`, which is the same for all models. */
export const trainScript = String.raw`"""Trains the model beside it on one device, on many, or on many hosts. Written by Adjoint.

    python train.py --data data.npz --epochs 10 --mesh data=8 --checkpoint run.safetensors --log loss.csv
"""

import argparse
import csv
import os
import sys
import time
import warnings

import jax
import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checkpoint import fail, read_checkpoint, write_checkpoint  # noqa: E402

here = os.path.dirname(os.path.abspath(__file__))
tested = (0, 10)


def pairs(text, what):
    try:
        return dict(part.split("=", 1) for part in text.split(",") if part)
    except ValueError:
        fail(f"{what} {text!r} isn't of the form name=value,name=value.")


def read_options():
    parser = argparse.ArgumentParser(description="Trains the model beside it.")
    option = parser.add_argument
    option("--data", action="append", default=[], help="FILE.npz with the arrays by name, or NAME=FILE.npy (memory-mapped)")
    option("--epochs", type=int, default=1, help="passes over the data")
    option("--steps", type=int, help="steps in all, instead of epochs")
    option("--shuffle", type=int, help="a seed: every epoch has the samples in another order")
    option("--mesh", default="", help="the devices' axes, such as data=8,model=2")
    option("--shard", action="append", default=[], help="how an array lies on the mesh: W=None,model")
    option("--optax", help="an optimizer of optax's, such as adam, instead of the model's own")
    option("--learning-rate", type=float, default=1e-3, help="that of --optax")
    option("--checkpoint", help="a safetensors file of parameters and slots, which Adjoint reads, too")
    option("--every", type=int, default=1000, help="steps from one checkpoint to the next")
    option("--resume", action="store_true", help="goes on from the checkpoint where there is one")
    option("--log", help="a CSV file of step, epoch and loss")
    option("--report", type=int, default=100, help="steps from one line of progress to the next; 0: none")
    option("--compiled", help="a file for the text of the compiled step")
    option("--coordinator", help="HOST:PORT of process 0, where there are several")
    option("--processes", type=int, help="how many processes there are")
    option("--process", type=int, help="the number of this one, from 0")
    parser.error = fail
    options = parser.parse_args()
    for name, least in [("epochs", 0), ("steps", 0), ("every", 1), ("report", 0), ("processes", 1), ("process", 0)]:
        given = getattr(options, name)
        if given is not None and given < least:
            fail(f"--{name} {given} isn't at least {least}.")
    if options.resume and not options.checkpoint:
        fail("--resume wants --checkpoint FILE, which it goes on from.")
    for name in ["checkpoint", "log", "compiled"]:
        path = getattr(options, name)
        if path and not os.path.isdir(os.path.dirname(os.path.abspath(path))):
            fail(f"--{name} {path} lies in no folder; make it first.")
    return options


def read_data(model, files):
    """The arrays by name: those that are longer than the model's batch are gone through in batches."""
    arrays = {}
    for given in files:
        name, _, path = given.rpartition("=")
        try:
            found = np.load(path, mmap_mode="r")
        except (OSError, ValueError) as error:
            fail(f"--data {path} can't be read: {error}")
        arrays.update({key: found[key] for key in found.files} if hasattr(found, "files") else {name: found})
    for name, shape in model.SHAPES.items():
        if name not in arrays:
            fail(f"the data have no {name}, of shape {shape}; there are {', '.join(arrays) or 'none'}.")
        given = arrays[name].shape
        if len(given) != len(shape) or given[1:] != shape[1:]:
            fail(f"{name} is {given} in the data, and the model wants {shape} of it at a time.")
        if shape and given[0] < shape[0]:
            fail(f"{name} has {given[0]} samples, and the model's batch is {shape[0]}.")
    rows = {arrays[name].shape[0] for name, shape in model.SHAPES.items() if shape and arrays[name].shape != shape}
    if len(rows) > 1:
        fail(f"the data differ in their number of samples: {sorted(rows)}.")
    return {name: arrays[name] for name in model.SHAPES}, (rows.pop() if rows else None)


def main():
    options = read_options()
    if jax.__version_info__[:2] != tested:
        warnings.warn(f"this program was tested with JAX {tested[0]}.{tested[1]}, and this is {jax.__version__}.")
    if options.processes or options.coordinator or options.process is not None:
        if not options.processes or options.coordinator is None or options.process is None:
            fail("--coordinator HOST:PORT, --processes N and --process K want each other.")
        if options.process >= options.processes:
            fail(f"--process {options.process}: the {options.processes} processes are counted from 0.")
        jax.distributed.initialize(options.coordinator, options.processes, options.process)
    import model

    if model.dtype == np.float64:
        jax.config.update("jax_enable_x64", True)
    train(model, options)


def placements(model, options, batch, names):
    """The mesh, and where each array lies on it: batches along its first axis, all else everywhere."""
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    given = pairs(options.mesh, "--mesh")
    if any(not count.isdecimal() or int(count) == 0 for count in given.values()):
        fail(f"--mesh {options.mesh!r}: the lengths of axes are whole numbers above 0.")
    axes = {name: int(count) for name, count in given.items()} or {"data": len(jax.devices())}
    if not options.mesh and batch is not None and batch % axes["data"] != 0:
        axes = {"data": 1}
    wanted = int(np.prod(list(axes.values())))
    devices = jax.devices()
    if wanted > len(devices):
        fail(f"the mesh {options.mesh} wants {wanted} devices, and there are {len(devices)}.")
    mesh = Mesh(np.array(devices[:wanted]).reshape(list(axes.values())), tuple(axes))
    first = next(iter(axes))
    own = {}
    for text in options.shard:
        name, _, spec = text.partition("=")
        if name not in names and name not in [one.split(".", 1)[-1] for one in names]:
            known = [one.removeprefix("parameters.") for one in names if not one.startswith("slots.")]
            fail(f"--shard {text}: there is no array {name}; there are {', '.join(known)}.")
        own[name] = [None if axis in ("None", "") else axis for axis in spec.split(",")]

    def place(name, shape, is_batch):
        spec = own.get(name, own.get(name.split(".", 1)[-1], [first] if is_batch else []))
        for length, axis in zip(shape, spec):
            if axis is not None and axis not in axes:
                fail(f"--shard {name}: the mesh has no axis {axis}; it has {', '.join(axes)}.")
            if axis is not None and length % axes[axis] != 0:
                what = "the batch" if is_batch else name
                fail(f"{what} of {length} can't be divided among the {axes[axis]} devices of the mesh's axis {axis}.")
        return NamedSharding(mesh, PartitionSpec(*spec[: len(shape)]))

    return place


def spread(value, sharding):
    """An array on the devices, of which each process reads its own part alone."""
    return jax.make_array_from_callback(value.shape, sharding, lambda index: np.asarray(value[index]))


def train(model, options):
    data, samples = read_data(model, options.data)
    sizes = [model.SHAPES[name][0] for name in data if model.SHAPES[name] and data[name].shape != model.SHAPES[name]]
    whole = [shape[0] for shape in model.SHAPES.values() if shape]
    batch = sizes[0] if sizes else (whole[0] if whole else None)
    is_main = jax.process_index() == 0
    say = print if is_main and options.report else lambda *_, **__: None

    is_resumed = options.resume and options.checkpoint and os.path.exists(options.checkpoint)
    path = options.checkpoint if is_resumed else os.path.join(here, "start.safetensors")
    metadata, tensors = read_checkpoint(path)
    method = f"optax.{options.optax}" if options.optax else model.METHOD
    if is_resumed and metadata["method"] != method:
        fail(f"{path} is a checkpoint of {metadata['method']}, and this run is of {method}.")
    done = int(metadata["steps"])

    if options.optax:
        import optax

        rule = getattr(optax, options.optax, None) or fail(f"optax has no optimizer {options.optax}.")
        rule = rule(options.learning_rate)
        names = {"parameters": model.STATE["parameters"]}
        parameters = jax.tree.map(lambda name: tensors[name].astype(model.dtype), names["parameters"])
        slots, form = jax.tree.flatten(jax.eval_shape(rule.init, parameters))
        names["slots"] = [f"slots.optax.{i}" for i in range(len(slots))]
        if not is_resumed:
            fresh = jax.tree.leaves(rule.init(parameters))
            tensors.update({name: np.asarray(one, np.float64) for name, one in zip(names["slots"], fresh)})
        kinds_of = dict(zip(names["slots"], (slot.dtype for slot in slots)))

        def advance(state, step, batch):
            given = {"parameters": state["parameters"]}
            out = model.value_and_grad({**given["parameters"], **batch})
            before = jax.tree.unflatten(form, state["slots"])
            moves, after = rule.update(out["grad"], before, given["parameters"])
            next_parameters = optax.apply_updates(given["parameters"], moves)
            return {"parameters": next_parameters, "slots": jax.tree.leaves(after)}, out["value"]
    else:
        if model.METHOD is None:
            fail("the model was exported without an optimizer; choose one by --optax.")
        names, kinds_of = model.STATE, {}

        def advance(state, step, batch):
            out = model.train_step({**state, "step": step, "data": batch})
            return {key: out[key] for key in state}, out["value"]

    place = placements(model, options, batch, [*jax.tree.leaves(names), *model.SHAPES])
    missing = [name for name in jax.tree.leaves(names) if name not in tensors]
    if missing:
        fail(f"{path} has no {missing[0]}: it is a checkpoint of another model.")
    state_places = jax.tree.map(lambda name: place(name, tensors[name].shape, False), names)
    state = jax.tree.map(
        lambda name, where: spread(tensors[name].astype(kinds_of.get(name, model.dtype)), where), names, state_places
    )
    data_places = {name: place(name, shape, bool(shape)) for name, shape in model.SHAPES.items()}
    everywhere = place("", (), False)
    tree = lambda values: jax.tree.map(lambda name: values[name], model.DATA)
    step_function = jax.jit(
        advance,
        in_shardings=(state_places, everywhere, tree(data_places)),
        out_shardings=(state_places, everywhere),
        donate_argnums=0,
    )
    gather = jax.jit(lambda tree: tree, out_shardings=jax.tree.map(lambda _: everywhere, state_places))

    per_epoch = samples // batch if samples else 1
    total = options.steps if options.steps is not None else options.epochs * per_epoch
    fixed = {
        name: spread(np.asarray(data[name], model.dtype), data_places[name])
        for name, shape in model.SHAPES.items()
        if data[name].shape == shape
    }
    order, ordered = None, -1

    def batch_at(step):
        nonlocal order, ordered
        epoch, at = divmod(step, per_epoch)
        if options.shuffle is not None and ordered != epoch:
            order, ordered = np.random.default_rng([options.shuffle, epoch]).permutation(samples or 1), epoch
        rows = slice(at * batch, (at + 1) * batch) if samples else slice(None)
        chosen = rows if options.shuffle is None or not samples else np.sort(order[rows])
        cut = {name: np.asarray(data[name][chosen], model.dtype) for name in data if name not in fixed}
        return tree({**fixed, **{name: spread(one, data_places[name]) for name, one in cut.items()}})

    def save(step):
        values = jax.device_get(gather(state))
        if not is_main:
            return
        kind = np.float32 if model.dtype != np.float64 else np.float64
        flat = zip(jax.tree.leaves(names), jax.tree.leaves(values))
        saved = {name: np.asarray(one).astype(kind) for name, one in flat}
        saved["run.counts"] = np.array([step, step, step - 1], np.float64)
        write_checkpoint(options.checkpoint, saved, method, step)

    log = open_log(options.log, done, is_resumed) if options.log and is_main else None
    losses, since = [], time.time()

    def flush(step):
        nonlocal losses, since
        values = [float(one) for one in jax.device_get(losses)]
        for i, value in enumerate(values):
            at = step - len(values) + i
            if log:
                log.writerow([at, at // per_epoch + 1, repr(value)])
            if not np.isfinite(value):
                fail(f"the loss of step {at} is {value}; the last checkpoint is from before.")
        took = time.time() - since
        if values:
            say(f"step {step} of {total}  loss {values[-1]:.6g}  {1000 * took / len(values):.3g} ms a step", flush=True)
        losses, since = [], time.time()

    for step in range(done, total):
        given = (state, np.asarray(step + 1, model.dtype), batch_at(step))
        if options.compiled and step == done:
            with open(options.compiled, "w") as file:
                file.write(step_function.lower(*given).compile().as_text())
        state, value = step_function(*given)
        losses.append(value)
        is_saved = options.checkpoint and (step + 1) % options.every == 0
        if is_saved or len(losses) == (options.report or 1000):
            flush(step + 1)
        if is_saved:
            save(step + 1)
    flush(total)
    if options.checkpoint and total > done:
        save(total)
    say(f"{max(total - done, 0)} steps done", flush=True)


class Log:
    """Rows that are on the disk at once, so that a killed run keeps them."""

    def __init__(self, file):
        self.file, self.csv = file, csv.writer(file, lineterminator="\n")

    def writerow(self, row):
        self.csv.writerow(row)
        self.file.flush()


def open_log(path, done, is_resumed):
    """A resumed run's rows follow those before its checkpoint."""
    kept = []
    if is_resumed and os.path.exists(path):
        with open(path) as file:
            kept = [row for row in list(csv.reader(file))[1:] if int(row[0]) < done]
    log = Log(open(path, "w"))
    for row in [["step", "epoch", "loss"], *kept]:
        log.writerow(row)
    return log


if __name__ == "__main__":
    main()
`;
