#!/usr/bin/env bash
# Links what `swift build -c release` has compiled into the tool, libtessera-runtime.so.1 and libtessera.so.1, which need no Swift,
# and puts them with headers and pkg-config files into .build/libraries as they are installed.
set -euo pipefail
cd "$(dirname "$0")/.."
out=.build/libraries
version=$(sed -n 's/.*tesseraVersion = "\(.*\)"/\1/p' Sources/Base/Tensors/Version.swift)

foundation=(
  -lFoundation -lFoundationInternationalization -lFoundationEssentials -lCoreFoundation
  -l_FoundationICU -l_FoundationCShims -l_FoundationCollections
)

# link PRODUCT OUTPUT FLAG…
link() {
  local product=$1 output=$2
  shift 2
  swiftc -static-stdlib -use-ld=lld -o "$output" \
    "@.build/release/$product.product/Objects.LinkFileList" "$out/older-systems.o" "$@" \
    -Xlinker -z -Xlinker defs -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now \
    -Xlinker --gc-sections -Xlinker --strip-all
}

# library NAME DESCRIPTION FLAG…
library() {
  local name=$1 description=$2
  shift 2
  link "$name-objects" "$out/lib/lib$name.so.1" -emit-library "$@" \
    -Xlinker -soname -Xlinker "lib$name.so.1" -Xlinker --version-script=Sources/CAPI/exports.map \
    -Xlinker -z -Xlinker nodelete
  ln -sf "lib$name.so.1" "$out/lib/lib$name.so"
  cat >"$out/lib/pkgconfig/$name.pc" <<PC
prefix=\${pcfiledir}/../..
libdir=\${prefix}/lib
Name: $name
Description: $description
Version: $version
Cflags: -I\${prefix}/include
Libs: -L\${libdir} -l$name
PC
}

mkdir -p "$out/bin" "$out/include" "$out/lib/pkgconfig"
cp Sources/CAPI/Headers/*.h "$out/include/"
cc -c -o "$out/older-systems.o" Sources/CAPI/older-systems.s
library tessera-runtime "Runs convolutional networks that Tessera has compiled"
library tessera "Compiles and runs convolutional networks" "${foundation[@]}"
link tessera "$out/bin/tessera" -emit-executable -Xlinker --defsym -Xlinker main=TesseraTool_main \
  -Xlinker --no-export-dynamic -lpng16 -lprotobuf-c -lturbojpeg -lxxhash -lz "${foundation[@]}"
rm "$out/older-systems.o"
