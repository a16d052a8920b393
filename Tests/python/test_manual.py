"""`tessera manual`: pages that man and mandoc read without a word, with every option of every command."""

import re
import shutil
import subprocess

import pytest

import tool
from tessera_cli import COMMANDS, run

PAGES = ["tessera", *(f"tessera-{command}" for command in COMMANDS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("manual")
    for page in PAGES:
        (folder / f"{page}.1").write_text(run("manual", page).stdout)
    return folder


def formatted(path):
    """The page as somebody reads it, and what groff complains about."""
    process = subprocess.run(
        ["man", "--warnings=w", "-E", "UTF-8", "-l", path], capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "200", "MAN_KEEP_FORMATTING": ""})
    assert process.returncode == 0, process.stderr
    return re.sub(r".\x08|\x1b\[[0-9;]*m", "", process.stdout), process.stderr


def plain(text):
    """Without what a formatter changes: breaks, hyphens at the ends of lines, the form of quotes and dots."""
    text = re.sub(r"‐\n\s*", "", text).replace("…", "...")
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("page", PAGES)
def test_groff_has_no_warning(folder, page):
    text, complaints = formatted(folder / f"{page}.1")
    assert complaints == ""
    assert f"{page} - " in text and "EXIT STATUS" in text and re.search(r"^ +130 +interrupted", text, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_mandoc_has_no_warning(folder, page):
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is not installed")
    process = subprocess.run(["mandoc", "-T", "lint", folder / f"{page}.1"], capture_output=True, text=True)
    # Pages have the version in the place of a date.
    assert [line for line in process.stdout.splitlines() if "missing date" not in line] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_all_that_the_help_says_is_there(folder, command):
    text = plain(formatted(folder / f"tessera-{command}.1")[0])
    help_text = run(command, "--help").stdout
    assert plain(re.search(r"^usage: (.*)$", help_text, re.MULTILINE).group(1)) in text
    entries = re.findall(r"^  (\S.*?)  +(.+)$", help_text, re.MULTILINE)
    assert entries[-1][0] == "-h, --help"
    for synopsis, meaning in entries:
        assert plain(f" {synopsis} {meaning}.") in text, synopsis
    notes = help_text.partition("-h, --help")[2].partition("\n")[2]
    assert plain(notes).strip() in text


def test_the_main_page_lists_the_commands(folder):
    text = plain(formatted(folder / "tessera.1")[0])
    for command, summary in re.findall(r"^  (\w+)  +(.+)$", run("--help").stdout, re.MULTILINE):
        assert f" {command} {plain(summary)}." in text and f"tessera-{command}(1)" in text
    for variable in re.findall(r"\b(TESSERA_[A-Z_]+)\b", (tool.ROOT / "Docs/command-line.md").read_text()):
        assert f" {variable} " in text


def test_a_page_that_is_not_there():
    assert "did you mean 'tessera-compile'?" in run("manual", "tessera-comple", expect=2).stderr
    assert "there is no page '3'; the pages are tessera, tessera-compile" in run("manual", "3", expect=2).stderr
