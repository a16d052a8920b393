#!/usr/bin/env bash
# Compiles VGG-16 with random weights and the trained digits network, classifies the held-back digit
# images and times VGG-16.
set -euo pipefail
cd "$(dirname "$0")/.."
tessera=.build/release/tessera
out=.build/demo
mkdir -p "$out"

run() {
  printf '\n$ tessera %s\n' "$*"
  "$tessera" "$@"
}

run compile Graphs/digits.onnx -o "$out/digits.plan"
run classify "$out/digits.plan" Graphs/digits/*.png --top 1
run compile Graphs/vgg-d.onnxtxt --weights random:1 -o "$out/vgg-d.plan"
run bench "$out/vgg-d.plan" --warmup 3 --iterations 20
