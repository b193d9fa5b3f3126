/** The module by which an exported training reads and writes checkpoints: `checkpoint.py`, the same for all models. */
export const checkpointScript = `"""Checkpoints in the layout of safetensors, which Adjoint reads and writes, too. Written by Adjoint."""

import json
import os
import struct

import numpy as np


def fail(text):
    raise SystemExit(f"train.py: {text}")


def rotated(x, by):
    return ((x << by) | (x >> (32 - by))) & 0xFFFFFFFF


def xxh32(data, seed):
    """The checksum that Adjoint's checkpoints have, by the package xxhash where it is installed."""
    try:
        import xxhash

        return xxhash.xxh32_intdigest(data, seed)
    except ImportError:
        pass
    p1, p2, p3, p4, p5, m = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1, 0xFFFFFFFF
    n = len(data)
    blocks = n >> 4
    words = struct.unpack(f"<{n >> 2}I", data[: n & ~3])
    h = (seed + p5) & m
    if blocks:
        lanes = [(seed + p1 + p2) & m, (seed + p2) & m, seed, (seed - p1) & m]
        for lane in range(4):
            v = lanes[lane]
            for w in words[lane : 4 * blocks : 4]:
                v = (v + w * p2) & m
                v = (((v << 13) | (v >> 19)) * p1) & m
            lanes[lane] = v
        h = sum(rotated(v, by) for v, by in zip(lanes, (1, 7, 12, 18))) & m
    h = (h + n) & m
    for w in words[4 * blocks :]:
        h = (rotated((h + w * p3) & m, 17) * p4) & m
    for b in data[n & ~3 :]:
        h = (rotated((h + b * p5) & m, 11) * p1) & m
    h = ((h ^ (h >> 15)) * p2) & m
    h = ((h ^ (h >> 13)) * p3) & m
    return h ^ (h >> 16)


start = '{"__metadata__":{"checksum":"xxh32:'
kinds = {"F64": np.float64, "F32": np.float32}


def read_checkpoint(path):
    """The metadata and the tensors by name of a file that this program or Adjoint wrote."""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0] if len(data) >= 8 else len(data)
    try:
        header = json.loads(data[8 : 8 + length])
    except ValueError:
        fail(f"{path} is no checkpoint: its header is damaged.")
    metadata = header.pop("__metadata__", {})
    if metadata.get("format") != "adjoint checkpoint":
        fail(f"{path} is no checkpoint of Adjoint's.")
    tensors, parts = {}, []
    for name, entry in header.items():
        low, high = (8 + length + offset for offset in entry["data_offsets"])
        kind = kinds.get(entry["dtype"])
        if kind is None or high > len(data):
            fail(f"{path} is cut off, or {name} is of the kind {entry['dtype']}.")
        parts.append(data[low:high])
        tensors[name] = np.frombuffer(data[low:high], kind).reshape(entry["shape"])
    digits = 8 + len(start)
    plain = data[:digits] + b"0" * 8 + data[digits + 8 : 8 + length]
    if checksum(plain, parts) != data[digits : digits + 8].decode():
        fail(f"{path} is damaged: its checksum differs.")
    return metadata, tensors


def checksum(header, parts):
    seed = 0
    for part in [*parts, header]:
        seed = xxh32(part, seed)
    return f"{seed:08x}"


def write_checkpoint(path, tensors, method, steps):
    """Writes under another name until all of it is on the disk, so that what is at the path is always whole."""
    entries = sorted(tensors.items(), key=lambda item: -item[1].dtype.itemsize)
    parts = [np.ascontiguousarray(one).tobytes() for _, one in entries]
    described, offset = "", 0
    for (name, one), part in zip(entries, parts):
        entry = {
            "dtype": {8: "F64", 4: "F32"}[one.dtype.itemsize],
            "shape": list(one.shape),
            "data_offsets": [offset, offset + len(part)],
        }
        offset += len(part)
        described += "," + json.dumps(name) + ":" + json.dumps(entry, separators=(",", ":"))
    others = {"format": "adjoint checkpoint", "version": "1", "run": "minimize", "method": method, "steps": str(steps)}
    rest = "".join(f",{json.dumps(key)}:{json.dumps(value)}" for key, value in others.items())
    text = (start + "0" * 8 + '"' + rest + "}" + described + "}").encode()
    text += b" " * (-len(text) % 8)
    header = struct.pack("<Q", len(text)) + text
    digits = 8 + len(start)
    header = header[:digits] + checksum(header, parts).encode() + header[digits + 8 :]
    with open(path + ".tmp", "wb") as file:
        file.write(header)
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".tmp", path)
`;
