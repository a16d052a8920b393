#!/bin/sh
# Compiles each Protos/NAME.proto with protoc-c into its C target. With --check it fails if the checked-in files differ.
set -eu
cd "$(dirname "$0")/.."
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
while read -r name target; do
  protoc-c --proto_path=Protos --c_out="$output" "$name.proto"
  if [ "${1-}" = --check ]; then
    cmp "$output/$name.pb-c.h" "Sources/CLibraries/$target/include/$name.pb-c.h"
    cmp "$output/$name.pb-c.c" "Sources/CLibraries/$target/$name.pb-c.c"
  else
    cp "$output/$name.pb-c.h" "Sources/CLibraries/$target/include/"
    cp "$output/$name.pb-c.c" "Sources/CLibraries/$target/"
  fi
done <<TARGETS
caffe CCaffeProto
onnx COnnxProto
TARGETS
