"""Completions: what the tool offers, and what bash, zsh and fish make of it."""

import re

import pytest

import shells
from tessera_cli import COMMANDS, run

# A line, and the line after a tab where only one word fits.
LINES = [
    ("tessera classi", "tessera classify "),
    ("tessera help conve", "tessera help convert "),
    ("tessera compile --memo", "tessera compile --memory-limit "),
    ("tessera evaluate --mode dense+", "tessera evaluate --mode dense+crop "),
    ("tessera evaluate --mode=si", "tessera evaluate --mode=single "),
    ("tessera inspect net", "tessera inspect network.onnx "),
    ("tessera run network.onnx --input x=im", "tessera run network.onnx --input x=image.npy "),
    ("tessera compile network.onnx --weights ran", "tessera compile network.onnx --weights random:"),
    ("tessera run network.onnx --output-dir fo", "tessera run network.onnx --output-dir folder/"),
    ("tessera compile --dense -- net", "tessera compile --dense -- network.onnx "),
    ("tessera manual tessera-insp", "tessera manual tessera-inspect "),
]


def offers(*words):
    """What stays of the last word, the words that fit and what is said of files."""
    prefix, *lines = run("complete", "--", *words).stdout.split("\n")[:-1]
    fields = [line.split("\t") for line in lines]
    return prefix, [field[1] for field in fields if field[0] == "word"], [field for field in fields if field[0] != "word"]


def option_lines(command):
    return re.findall(r"^  (?:-\w, )?--([\w-]+)(?: (\S+))?  ", run(command, "--help").stdout, re.MULTILINE)


def test_commands_are_offered():
    assert offers("") == ("", COMMANDS_IN_ORDER, [])
    assert offers("--") == ("", ["--help", "--version"], [])
    assert offers("help", "") == ("", COMMANDS_IN_ORDER, [])


COMMANDS_IN_ORDER = re.findall(r"^  (\w+)  ", run("--help").stdout, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_offered(command):
    assert command in COMMANDS_IN_ORDER
    assert offers(command, "-")[1] == [f"--{name}" for name, _ in option_lines(command)]


@pytest.mark.parametrize("command", COMMANDS)
def test_values_are_offered(command):
    """Choices that the help spells out, and files wherever its placeholders say so."""
    for name, placeholder in option_lines(command):
        if not placeholder:
            continue
        prefix, words, files = offers(command, f"--{name}", "")
        assert (f"--{name}=", words, files) == offers(command, f"--{name}=")
        choices = [word for word in placeholder.split("|") if word.islower() and "[" not in word]
        assert set(choices) <= set(words), name
        if re.match(r"FILE|OUT$|PLAN$|DIR$|DATA$|W$", placeholder):
            assert len(files) == 1 and files[0][0] == ("folders" if placeholder == "DIR" else "files"), name


def test_choices_are_those_that_are_read():
    for option in ["--algorithm", "--weights-precision", "--preset", "--color", "--orient"]:
        _, words, _ = offers("run", option, "")
        assert len(words) > 1
        listed = run("run", "m.onnx", option, "none of these", expect=2).stderr
        assert f"expected {', '.join(words)}, found" in listed


def test_options_are_offered_once_unless_they_may_be_repeated():
    words = offers("compile", "m.onnx", "--dense", "--shapes", "x:1", "-o=m.plan", "--")[1]
    assert "--shapes" in words and "--dense" not in words and "--output" not in words


def test_operands():
    assert offers("classify", "") == ("", [], [["files", "plan onnx onnxtxt prototxt"]])
    assert offers("classify", "--top", "3", "m.plan", "") == ("", [], [["files", "png jpg jpeg"]])
    assert offers("classify", "--", "m.plan", "a.png", "") == ("", [], [["files", "png jpg jpeg"]])
    assert offers("compile", "m.onnx", "") == ("", [], [])
    assert offers("nonsense", "") == offers("doctor", "") == ("", [], [])
    assert offers("completions", "") == ("", ["bash", "zsh", "fish"], [])


def test_an_unknown_shell():
    assert "SHELL: expected bash, zsh, fish, found 'csh'" in run("completions", "csh", expect=2).stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shells")
    for name in ["network.onnx", "network.txt", "image.npy", "image.txt", "folder.txt"]:
        (folder / name).touch()
    (folder / "folder").mkdir()
    return folder


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_completes(shell, folder):
    if not shells.is_there(shell):
        pytest.skip(f"{shell} is not installed")
    typist = shells.Typist(shell, folder)
    try:
        for line, expected in LINES:
            assert typist.complete(line).rstrip() == expected.rstrip(), line
    finally:
        typist.close()


def test_fish_completes(folder):
    if not shells.is_there("fish"):
        pytest.skip("fish is not installed")
    for line, expected in LINES:
        assert shells.fish(line, folder) == [expected.split()[-1]], line
    assert {"compile", "run"} <= set(shells.fish("tessera ", folder))
