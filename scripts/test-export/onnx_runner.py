"""Checks ONNX models and runs them: python onnx_runner.py FOLDER, which has cases.json and inputs.bin, and gets results.bin."""
import json
import os
import sys

import numpy as np
import onnx
import onnxruntime

folder = sys.argv[1]
types = {"tensor(double)": np.float64, "tensor(float)": np.float32}
with open(os.path.join(folder, "cases.json")) as file:
    cases = json.load(file)
numbers = np.fromfile(os.path.join(folder, "inputs.bin"), dtype="<f8")
place = 0


def take(shape):
    global place
    size = int(np.prod(shape))
    place += size
    return numbers[place - size : place].reshape(shape)


options = onnxruntime.SessionOptions()
options.log_severity_level = 4
options.intra_op_num_threads = 1
told = []
with open(os.path.join(folder, "results.bin"), "wb") as results:
    for case in cases:
        inputs = [take(shape) for shape in case["shapes"]]
        try:
            path = os.path.join(folder, case["file"])
            onnx.checker.check_model(onnx.load(path), full_check=True)
            session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            feed = {one.name: values.astype(types[one.type]) for one, values in zip(session.get_inputs(), inputs)}
            found = [np.ravel(one).astype("<f8") for one in session.run(None, feed)]
            for one in found:
                results.write(one.tobytes())
            told.append({"size": sum(one.size for one in found)})
        except Exception as error:
            told.append({"size": 0, "failure": str(error).replace("\n", " ")[:400]})
json.dump({"cases": told}, sys.stdout)
