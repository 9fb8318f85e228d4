"""The files of a folder, with the path that a person knows them by; what no instrument wrote is passed over. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What an operating system leaves in folders, in lower case.
LEFT_BY_SYSTEMS = ("thumbs.db", "desktop.ini", "__macosx")
# Names that begin like this are hidden, or locks of an open workbook.
HIDDEN = (".", "~$")


@dataclass(frozen=True)
class Below:
    """A file below a folder.

    Attributes:
        path: where it is.
        name: from the chosen folder on, "March/GP-NCM-B1/scan.xy".
        passed_over: no instrument wrote it.
    """

    path: Path
    name: str
    passed_over: bool


def passed_over(name: str) -> bool:
    """Whether a file, told by its path, is hidden or was left by an operating system."""
    parts = name.split("/")
    return any(part.startswith(HIDDEN) or part.lower() in LEFT_BY_SYSTEMS for part in parts)


def below(path: Path) -> Iterator[Below]:
    """Every file of a folder and of those in it, in the order in which a person counts; a file is itself alone.

    Raises:
        OSError: a folder cannot be listed.
    """
    path = path.resolve()
    if not path.is_dir():
        yield Below(path, path.name, False)
        return

    def refuse(error: OSError) -> None:
        raise error

    found = [
        (Path(folder) / name, f"{path.name}/{(Path(folder) / name).relative_to(path).as_posix()}")
        for folder, _, names in os.walk(path, onerror=refuse)
        for name in names
    ]
    for file, name in sorted(found, key=lambda one: counted(one[1])):
        yield Below(file, name, passed_over(name.partition("/")[2]))


def counted(name: str) -> list[tuple[int, int, str]]:
    """A key by which scan 2 comes before scan 10."""
    parts = re.split(r"(\d+)", name.lower())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]
