"""Where plans come from: arguments, and folders of models and versions."""

import os
import re
from collections.abc import Sequence

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION = re.compile(r"[1-9][0-9]{0,17}")


class SourceError(Exception):
    """What is wrong with the arguments, in a sentence."""


def all_of(arguments: Sequence[str], folder: str | None) -> list[tuple[str, str, str]]:
    """The names, versions and paths of the plans that the arguments and the folder name."""
    found = [named(argument) for argument in arguments] + (stored(folder) if folder else [])
    seen = set()
    for name, version, path in found:
        if (name, version) in seen:
            raise SourceError(f"{path}: there are two plans for version {version} of '{name}'")
        seen.add((name, version))
    return found


def named(argument: str) -> tuple[str, str, str]:
    """The name, version and path of `NAME=PLAN`, or of `PLAN`, whose name is the file's without its extension."""
    name, separator, path = argument.partition("=")
    if not separator or "/" in name:
        name, path = os.path.splitext(os.path.basename(argument))[0], argument
    return _checked(name, argument), "1", path


def stored(folder: str) -> list[tuple[str, str, str]]:
    """The names, versions and paths of a folder of NAME/VERSION/….plan."""
    found = []
    for name in _folders(folder):
        versions = _folders(os.path.join(folder, name))
        if not versions:
            raise SourceError(f"{os.path.join(folder, name)}: expected folders of versions, such as 1, found none")
        for version in versions:
            inside = os.path.join(folder, name, version)
            if not _VERSION.fullmatch(version):
                raise SourceError(f"{inside}: expected a whole number as a version, found '{version}'")
            plans = sorted(entry for entry in os.listdir(inside) if entry.endswith(".plan"))
            if len(plans) != 1:
                raise SourceError(f"{inside}: expected one file .plan, found {len(plans)}")
            found.append((_checked(name, folder), version, os.path.join(inside, plans[0])))
    if not found:
        raise SourceError(f"{folder}: expected folders NAME/VERSION/….plan, found none")
    return found


def _folders(folder: str) -> list[str]:
    try:
        entries = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith("."))
    except OSError as problem:
        raise SourceError(f"{folder}: cannot read the folder: {problem.strerror}") from problem
    return entries


def _checked(name: str, where: str) -> str:
    if not _NAME.fullmatch(name):
        raise SourceError(f"{where}: expected a name of letters, digits, '.', '_' and '-', found '{name}'")
    return name
