"""Debian packages of `make deb`: what they hold, what lintian says, and that they install, run and go again."""

import os
import pathlib
import re
import subprocess

import pytest

import tool

FOLDER = tool.ROOT / ".build/deb"
NAMES = ["libtessera-dev", "libtessera-runtime1", "libtessera1", "tessera"]
PICTURES = sorted((tool.ROOT / "Graphs/digits").glob("*.png"))


def printed(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


@pytest.fixture(scope="session")
def packages():
    found = {path.name.partition("_")[0]: path for path in FOLDER.glob("*.deb")}
    assert sorted(found) == NAMES, "build them: make deb"
    return found


@pytest.fixture(scope="session")
def root(packages, tmp_path_factory):
    """A system with nothing but the packages, as dpkg unpacks and configures them."""
    root = tmp_path_factory.mktemp("root")
    (root / "var/lib/dpkg/updates").mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    dpkg(root, "--install", *packages.values())
    return root


def dpkg(root, *arguments):
    return printed("dpkg", f"--root={root}", "--force-depends", "--force-not-root", "--force-script-chrootless", *arguments,
                   env={**os.environ, "PATH": f"/usr/sbin:/sbin:{os.environ['PATH']}"})


def test_lintian_finds_no_error(packages):
    process = subprocess.run(["lintian", "--allow-root", *packages.values()], capture_output=True, text=True)
    # The licence of ICU has an old address of the Free Software Foundation.
    tags = {line.split()[2] for line in process.stdout.splitlines()}
    assert process.returncode == 0 and tags <= {"old-fsf-address-in-copyright-file"}, process.stdout


def test_what_they_say(packages):
    version = tool.tessera("--version").stdout.split()[1]
    for name, path in packages.items():
        assert printed("dpkg-deb", "--field", path, "Version").strip() == version
        depends = printed("dpkg-deb", "--field", path, "Depends")
        assert "swift" not in depends and ("libc6 (>= 2.34)" in depends) == (name != "libtessera-dev")
    for library in ["libpng16-16", "libprotobuf-c1", "libturbojpeg0", "libxxhash0", "zlib1g"]:
        for name in ["tessera", "libtessera1"]:
            assert library in printed("dpkg-deb", "--field", packages[name], "Depends")
    for library in ["libtessera1", "libtessera-runtime1"]:
        assert f"{library} (= {version})" in printed("dpkg-deb", "--field", packages["libtessera-dev"], "Depends")


def test_changelog_and_copyright(root):
    for name in NAMES:
        text = (root / f"usr/share/doc/{name}/copyright").read_text()
        assert all(part in text for part in ["No licence is granted yet.", "Runtime Library Exception", "UNICODE LICENSE V3"])
    printed_entry = printed("gzip", "--decompress", "--stdout", root / "usr/share/doc/tessera/changelog.gz")
    assert re.match(r"tessera \([\d.]+\) unstable; urgency=medium\n\n  \* ", printed_entry)
    assert "](" not in printed_entry and "`" not in printed_entry


def test_the_installed_tool_has_the_bits_of_the_built_one(root, tmp_path):
    installed = root / "usr/bin/tessera"
    plans = tmp_path / "installed.plan", tmp_path / "built.plan"
    printed(installed, "compile", tool.ROOT / "Graphs/digits.onnx", "-o", plans[0], env={})
    tool.tessera("compile", tool.ROOT / "Graphs/digits.onnx", "-o", plans[1])
    assert plans[0].read_bytes() == plans[1].read_bytes()
    found = printed(installed, "classify", plans[0], *PICTURES, "--json", env={})
    assert found == tool.tessera("classify", plans[1], *PICTURES, "--json").stdout
    assert (root / "usr/share/man/man1/tessera-compile.1.gz").exists()


def test_a_c_program_is_built_with_the_installed_library(root, tmp_path):
    (library,) = root.glob("usr/lib/*/libtessera-runtime.so.1")
    text = (library.parent / "pkgconfig/tessera-runtime.pc").read_text()
    assert f"libdir=/{library.parent.relative_to(root)}\n" in text
    flags = printed("pkg-config", "--cflags", "--libs", "tessera-runtime", env={
        **os.environ, "PKG_CONFIG_PATH": str(library.parent / "pkgconfig"), "PKG_CONFIG_SYSROOT_DIR": str(root),
        "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1", "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1"}).split()
    program = tmp_path / "classify"
    printed("cc", "-o", program, tool.ROOT / "Examples/C/classify.c", *flags)
    assert "libtessera-runtime.so.1" in printed("readelf", "--dynamic", program)


def test_removing_them_leaves_no_file(root):
    dpkg(root, "--purge", *NAMES)
    left = {path.relative_to(root) for path in root.rglob("*") if not path.is_dir()}
    assert [path for path in left if pathlib.PurePath("var") not in path.parents and path.parts[:2] != ("etc", "ld.so.cache")] == []
