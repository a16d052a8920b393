"""`make install`: a tool that needs no Swift, libraries that C programs find, and nothing left of it afterwards."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

import c_library
import tool
from tessera_cli import COMMANDS, DIGITS

SCRIPT = tool.ROOT / "Scripts/install.sh"
PICTURES = sorted((tool.ROOT / "Graphs/digits").glob("*.png"))
# Nothing that is Swift's, and nothing of the user's.
BARE = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def install(action, expect=0, **folders):
    process = subprocess.run(
        [SCRIPT, action], env={**os.environ, **{name: str(path) for name, path in folders.items()}},
        capture_output=True, text=True)
    assert process.returncode == expect, process.stderr
    return process.stderr


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("installed") / "usr"
    install("install", PREFIX=prefix)
    return prefix


def needed(path):
    """What the loader loads for a program: names and paths."""
    printed = subprocess.run(["ldd", path], env=BARE, check=True, capture_output=True, text=True).stdout
    assert "not found" not in printed
    return dict(re.findall(r"^\s*(\S+) (?:=> (\S+) )?\(0x", printed, re.MULTILINE))


def test_what_is_installed(prefix):
    assert {str(path) for path in prefix.glob("share/man/*/*")} == {
        f"{prefix}/share/man/man1/{name}.1" for name in ["tessera", *(f"tessera-{command}" for command in COMMANDS)]}
    assert {"bin/tessera", "include/tessera.h", "lib/libtessera.so.1", "lib/libtessera-runtime.so.1", "lib/pkgconfig/tessera.pc",
            "share/bash-completion/completions/tessera", "share/zsh/site-functions/_tessera",
            "share/fish/vendor_completions.d/tessera.fish", "share/doc/tessera/README.md", "share/doc/tessera/Docs/installing.md",
            "share/doc/tessera/licences/Swift.txt", "share/doc/tessera/licences/ICU.txt"} <= files(prefix)
    assert os.readlink(prefix / "lib/libtessera.so") == "libtessera.so.1"
    licences = prefix / "share/doc/tessera/licences"
    assert "Runtime Library Exception" in (licences / "Swift.txt").read_text()
    assert "Unicode, Inc." in (licences / "ICU.txt").read_text()
    assert os.access(prefix / "bin/tessera", os.X_OK)
    listed = (prefix / "share/doc/tessera/installed-files").read_text().splitlines()
    assert {str(prefix / name) for name in files(prefix)} == set(listed)


@pytest.mark.parametrize("name", ["bin/tessera", "lib/libtessera.so.1", "lib/libtessera-runtime.so.1"])
def test_nothing_of_swift_is_needed(prefix, name):
    for library, path in needed(prefix / name).items():
        assert not re.search("swift|Foundation|dispatch|icu", library, re.IGNORECASE)
        assert path == "" or path.startswith(("/lib", "/usr/lib"))
    # As Docs/embedding.md says.
    symbols = subprocess.run(["objdump", "-T", prefix / name], check=True, capture_output=True, text=True).stdout
    versions = {tuple(map(int, version.split("."))) for version in re.findall(r"GLIBC_([\d.]+)", symbols)}
    assert max(versions) <= (2, 34)


def test_the_bits_are_those_of_the_tool_that_was_built(prefix, tmp_path):
    built = tool.tessera("classify", DIGITS, *PICTURES, "--json").stdout
    plan = tmp_path / "digits.plan"
    installed = prefix / "bin/tessera"
    subprocess.run([installed, "compile", DIGITS, "-o", plan], env=BARE, check=True, capture_output=True)
    tool.tessera("compile", DIGITS, "-o", tmp_path / "built.plan")
    assert plan.read_bytes() == (tmp_path / "built.plan").read_bytes()
    found = subprocess.run([installed, "classify", plan, *PICTURES, "--json"], env=BARE, check=True, capture_output=True, text=True)
    assert found.stdout == built


def test_a_system_with_nothing_but_what_is_needed(prefix, tmp_path):
    """A root folder with the tool, the loader and the libraries that it loads."""
    confined = ["unshare", "--map-root-user", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*confined, "true"], capture_output=True).returncode != 0:
        pytest.skip("this system lets nobody change the root folder")
    for library, path in needed(prefix / "bin/tessera").items():
        path = path or library
        if path.startswith("/"):
            (tmp_path / path[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(pathlib.Path(path).resolve(), tmp_path / path[1:])
    for file in [prefix / "bin/tessera", DIGITS, *PICTURES[:2]]:
        shutil.copy(file, tmp_path)
    (tmp_path / "proc").mkdir()
    names = [f"/{picture.name}" for picture in PICTURES[:2]]
    found = subprocess.run(
        [*confined, f"--root={tmp_path}", "/tessera", "classify", f"/{DIGITS.name}", *names, "--top", "1"],
        env={}, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert [line.split()[-1] for line in found.stdout.splitlines()] == [picture.name[0] for picture in PICTURES[:2]]


def test_a_c_program_is_built_by_pkg_config(prefix, tmp_path):
    environment = {**os.environ, "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "tessera-runtime"], env=environment, check=True, capture_output=True, text=True
    ).stdout.split()
    source = prefix / "share/doc/tessera/Examples/C/classify.c"
    program = tmp_path / "classify"
    subprocess.run(["cc", *c_library.STRICT, "-o", program, source, *flags, f"-Wl,-rpath,{prefix}/lib"], check=True)
    plan, image = tmp_path / "digits.plan", tmp_path / "image.f32"
    tool.tessera("compile", DIGITS, "-o", plan)
    image.write_bytes(bytes(28 * 28 * 4))
    found = subprocess.run([program, plan, image], env=BARE, capture_output=True, text=True)
    assert found.returncode == 0 and len(found.stdout.splitlines()) > 1, found.stderr


def test_libraries_may_lie_elsewhere(tmp_path):
    install("install", DESTDIR=tmp_path, PREFIX="/usr", LIBDIR="/usr/lib/multi", ZSHDIR="/usr/share/zsh/vendor-completions")
    assert {"usr/bin/tessera", "usr/lib/multi/libtessera.so.1", "usr/share/zsh/vendor-completions/_tessera"} <= files(tmp_path)
    text = (tmp_path / "usr/lib/multi/pkgconfig/tessera.pc").read_text()
    assert "prefix=/usr\nlibdir=/usr/lib/multi\n" in text and str(tmp_path) not in text
    install("uninstall", DESTDIR=tmp_path, PREFIX="/usr", LIBDIR="/usr/lib/multi")
    assert files(tmp_path) == set()


def test_uninstalling_leaves_what_others_have_put_there(tmp_path):
    prefix = tmp_path / "usr"
    for name in ["bin/other", "share/man/man1/other.1"]:
        (prefix / name).parent.mkdir(parents=True)
        (prefix / name).touch()
    install("install", PREFIX=prefix)
    install("install", PREFIX=prefix)
    install("uninstall", PREFIX=prefix)
    assert files(tmp_path) == {"usr/bin/other", "usr/share/man/man1/other.1"}
    assert not (prefix / "share/doc").exists() and not (prefix / "lib").exists()
    assert "nothing is installed there" in install("uninstall", expect=1, PREFIX=prefix)


def test_wrong_usage(tmp_path):
    assert "expected an absolute path, found 'here'" in install("install", expect=2, PREFIX="here")
    assert "usage: " in install("remove", expect=2, PREFIX=tmp_path)
