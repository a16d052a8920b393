#!/usr/bin/env bash
# Trains on Fashion-MNIST and prints the errors on its 10,000 test pictures, which choose nothing (Docs/fashion.md):
#   Scripts/fashion.sh         Graphs/fashion.onnxtxt, into .build/fashion/fashion.onnx
#   Scripts/fashion.sh deeper  a deeper network for three epochs, from the first layers and the fully connected ones of that
#                              network and from scratch, with two seeds; trains that network first if it is not there
set -euo pipefail
cd "$(dirname "$0")/.."
tessera=.build/release/tessera
out=.build/fashion
mkdir -p "$out"

run() {
  printf '\n$ tessera %s\n' "$*"
  "$tessera" "$@"
}

# What both have in common: scale jitter, and parts cut out at random, half of them mirrored.
options=(--data "$out/training.npz" --batch 64 --train-scale 28..30 --learning-rate 0.03)

train() {
  run train Graphs/fashion.onnxtxt --weights random:1 "${options[@]}" --epochs 10 --drop-at 7,10 -o "$out/fashion.onnx"
  run evaluate "$out/fashion.onnx" --data "$out/test.npz"
}

deeper() {
  if [[ ! -f $out/fashion.onnx ]]; then train; fi
  local seed start weights
  for seed in 1 2; do
    for start in scratch taken; do
      weights=(--weights "random:$seed")
      if [[ $start == taken ]]; then
        weights=(--weights "$out/fashion.onnx" --fill "random:$seed"
          --take 'conv1_*' --take 'norm1_*' --take 'conv2_*' --take 'norm2_*' --take 'fc*')
      fi
      run train Graphs/fashion-deep.onnxtxt "${weights[@]}" "${options[@]}" --epochs 3 --drop-at 3 --seed "$seed" \
        -o "$out/$start-$seed.onnx"
      run evaluate "$out/$start-$seed.onnx" --data "$out/test.npz"
    done
  done
}

prepare() {
  Scripts/setup.sh fashion
  .venv/bin/python Scripts/fashion_data.py "$out/training.npz" "$out/test.npz"
}

case "${1:-train}" in
  train) prepare && train ;;
  deeper) prepare && deeper ;;
  *)
    echo "usage: Scripts/fashion.sh [train|deeper]" >&2
    exit 2
    ;;
esac
