"""What a file is hung on, found from what a request names: `cell=12`, `test=3`, `new_cell=C-014`; or found out.

The techniques say which names there are, and `settings.SUBJECT_FINDER` guesses from the names of files, so the ground
floor knows neither cells nor samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from labdb.accounts.models import Project, User
from labdb.ingest.installed import techniques
from labdb.ingest.registry import Match

# The name under which a request asks labdb to find out what was measured, and how it asks.
ASKED, AUTO = "subject", "auto"


@dataclass(frozen=True)
class FindOut:
    """In the place of a subject: labdb is to find it out, file by file."""


FIND_OUT = FindOut()


@dataclass(frozen=True)
class Arrival:
    """A recognised file, kept or only looked at, as it is to be found out what it is of.

    Attributes:
        folder: in which it lay, "GP-NCM-B1/XRD".
        size: in bytes.
        opened: the bytes as a file on this machine, for as long as they are looked at.
    """

    project: Project
    name: str
    folder: str
    size: int
    match: Match
    opened: Callable[[], AbstractContextManager[Path]]

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name}" if self.folder else self.name


@dataclass(frozen=True)
class FoundOut:
    """What labdb found out.

    Attributes:
        subject: to hang the file on; None where a person is to say it.
        sentence: behind "recognised as Bruker RAW, ": what it is hung on, or what was understood and is to be said.
    """

    subject: Any
    sentence: str


def find_out(arrival: Arrival) -> FoundOut:
    """What a file is of, as its name, its folder and its content say."""
    finder: Callable[[Arrival], FoundOut] = import_string(settings.SUBJECT_FINDER)
    return finder(arrival)


# The user and the text that was given → the subject and its project, None where it may be of any project.
Finder = Callable[[User, str], tuple[Any, Project | None]]


def subject_names() -> list[str]:
    """Every name by which a request may say what was measured."""
    return sorted({name for technique in techniques() for name in technique.subjects})


def find_subject(user: User, given: Mapping[str, str]) -> tuple[Any, Project | None]:
    """The subject that a request names, and its project; twice None where it names none.

    Raises:
        ValueError: it names two, or one that the user cannot see.
    """
    named = {name: given[name].strip() for name in (ASKED, *subject_names()) if given.get(name, "").strip()}
    if not named:
        return None, None
    if len(named) > 1:
        raise ValueError(f"{' and '.join(named)} are given; a file is of one of them.")
    ((name, text),) = named.items()
    if name == ASKED:
        if text != AUTO:
            raise ValueError(f"{ASKED}={text} is not known; {ASKED}={AUTO} lets labdb find out what was measured.")
        return FIND_OUT, None
    found = next(technique.subjects[name] for technique in techniques() if name in technique.subjects)
    finder: Finder = import_string(found)
    return finder(user, text)
