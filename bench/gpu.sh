#!/usr/bin/env bash
# The exported MLP, convolution and LSTM on whatever device JAX has here (a GPU or TPU, else the CPU): time a step, and how far the
# losses of 20 steps are from Adjoint's own on a CPU.
#
#   bash bench/gpu.sh FOLDER        writes the models into FOLDER where it isn't there (wants Node, after `npm ci`), and runs them
#   PYTHON=…/bin/python bash bench/gpu.sh FOLDER        with this Python, which has JAX for the device
#
# Where Node and the device are on two machines: run it here, carry FOLDER over, and there `python FOLDER/steps.py FOLDER`.
set -euo pipefail
mkdir -p "$(dirname "${1:?the folder of the models}")"
folder=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
if [ ! -e "$folder" ]; then
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  node -C adjoint-source --import tsx scripts/bench-engines.ts --export "$folder"
fi
exec "${PYTHON:-python3}" "$folder/steps.py" "$folder"
