#!/usr/bin/env bash
# Installs what Scripts/libraries.sh has linked, or takes it away again:
#   Scripts/install.sh install     the tool, libraries, headers, manual, completions, documents and licences
#   Scripts/install.sh uninstall   whatever the last `install` with the same folders has installed
# PREFIX (/usr/local), LIBDIR (PREFIX/lib) and ZSHDIR (PREFIX/share/zsh/site-functions) say where, DESTDIR what stands before them.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
zshdir=${ZSHDIR:-$prefix/share/zsh/site-functions}
destination=${DESTDIR:-}
doc=$prefix/share/doc/tessera
list=$destination$doc/installed-files
built=.build/libraries

for folder in "$prefix" "$libdir" "$zshdir" "${destination:-/}"; do
  if [[ $folder != /* ]]; then
    echo "install: expected an absolute path, found '$folder'" >&2
    exit 2
  fi
done

# put MODE FILE TARGET
put() {
  install -D -m "$1" "$2" "$destination$3"
  echo "$3" >>"$list"
}

# print TARGET COMMAND…: what a command prints.
print() {
  local target=$1 file
  shift
  file=$(mktemp)
  "$@" >"$file"
  put 644 "$file" "$target"
  rm "$file"
}

install_all() {
  local tool=$built/bin/tessera file page shell
  if [[ ! -x $tool ]]; then
    echo "install: $tool does not exist; build it: make libraries" >&2
    exit 1
  fi
  mkdir -p "$destination$doc"
  : >"$list"
  put 755 "$tool" "$prefix/bin/tessera"
  for file in "$built"/include/*.h; do put 644 "$file" "$prefix/include/${file##*/}"; done
  for file in "$built"/lib/*.so.1; do
    put 644 "$file" "$libdir/${file##*/}"
    ln -sf "${file##*/}" "$destination$libdir/$(basename "$file" .1)"
    echo "$libdir/$(basename "$file" .1)" >>"$list"
  done
  for file in "$built"/lib/pkgconfig/*.pc; do
    print "$libdir/pkgconfig/${file##*/}" sed "s|^prefix=.*|prefix=$prefix|; s|^libdir=.*|libdir=$libdir|" "$file"
  done
  while read -r page; do
    print "$prefix/share/man/man1/$page.1" "$tool" manual "$page"
  done < <("$tool" complete manual tessera | sed -n 's/^word\t\([^\t]*\)\t.*/\1/p')
  print "$prefix/share/bash-completion/completions/tessera" "$tool" completions bash
  print "$zshdir/_tessera" "$tool" completions zsh
  print "$prefix/share/fish/vendor_completions.d/tessera.fish" "$tool" completions fish
  for file in README.md CHANGELOG.md Docs/*.md Docs/decisions/*.md Examples/C/*.c; do
    put 644 "$file" "$doc/$file"
  done
  for file in Packaging/licences/*; do put 644 "$file" "$doc/licences/${file##*/}"; done
  put 644 "$(dirname "$(readlink -f "$(command -v swiftc)")")/../share/swift/LICENSE.txt" "$doc/licences/Swift.txt"
  echo "$doc/installed-files" >>"$list"
}

uninstall_all() {
  local file
  if [[ ! -f $list ]]; then
    echo "install: nothing is installed there: $list does not exist" >&2
    exit 1
  fi
  mapfile -t files <"$list"
  for file in "${files[@]}"; do rm -f "$destination$file"; done
  # Folders that nothing else is in.
  printf '%s\n' "${files[@]%/*}" | sort -ru | while read -r folder; do
    while [[ $folder == "$prefix"/* ]] && rmdir "$destination$folder" 2>/dev/null; do folder=${folder%/*}; done
  done
}

case "${1:-}" in
  install) install_all ;;
  uninstall) uninstall_all ;;
  *)
    echo "usage: Scripts/install.sh install|uninstall" >&2
    exit 2
    ;;
esac
