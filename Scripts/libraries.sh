#!/usr/bin/env bash
# Links what `swift build -c release` has compiled into libtessera-runtime.so.1 and libtessera.so.1, which need no Swift,
# and puts them with their headers and pkg-config files into .build/libraries as they are installed.
set -euo pipefail
cd "$(dirname "$0")/.."
out=.build/libraries
version=$(sed -n 's/.*tesseraVersion = "\(.*\)"/\1/p' Sources/Base/Tensors/Version.swift)

# link NAME DESCRIPTION [FLAG…]
link() {
  local name=$1 description=$2
  shift 2
  swiftc -emit-library -static-stdlib -use-ld=lld -o "$out/lib/lib$name.so.1" \
    "@.build/release/$name-objects.product/Objects.LinkFileList" "$out/older-systems.o" "$@" \
    -Xlinker -soname -Xlinker "lib$name.so.1" -Xlinker --version-script=Sources/CAPI/exports.map \
    -Xlinker -z -Xlinker defs -Xlinker -z -Xlinker nodelete -Xlinker --gc-sections -Xlinker --strip-all
  ln -sf "lib$name.so.1" "$out/lib/lib$name.so"
  cat >"$out/lib/pkgconfig/$name.pc" <<PC
prefix=\${pcfiledir}/../..
Name: $name
Description: $description
Version: $version
Cflags: -I\${prefix}/include
Libs: -L\${prefix}/lib -l$name
PC
}

mkdir -p "$out/include" "$out/lib/pkgconfig"
cp Sources/CAPI/Headers/*.h "$out/include/"
cc -c -o "$out/older-systems.o" Sources/CAPI/older-systems.s
link tessera-runtime "Runs convolutional networks that Tessera has compiled"
link tessera "Compiles and runs convolutional networks" \
  -lFoundation -lFoundationInternationalization -lFoundationEssentials -lCoreFoundation \
  -l_FoundationICU -l_FoundationCShims -l_FoundationCollections
rm "$out/older-systems.o"
