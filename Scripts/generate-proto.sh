#!/bin/sh
# Compiles Protos/onnx.proto with protoc-c into Sources/COnnxProto. With --check it fails if the checked-in files differ.
set -eu
cd "$(dirname "$0")/.."
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
protoc-c --proto_path=Protos --c_out="$output" onnx.proto
if [ "${1-}" = --check ]; then
  cmp "$output/onnx.pb-c.h" Sources/COnnxProto/include/onnx.pb-c.h
  cmp "$output/onnx.pb-c.c" Sources/COnnxProto/onnx.pb-c.c
else
  cp "$output/onnx.pb-c.h" Sources/COnnxProto/include/
  cp "$output/onnx.pb-c.c" Sources/COnnxProto/
fi
