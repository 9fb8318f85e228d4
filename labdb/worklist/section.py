"""A section of the worklist, and a group of search hits: what each room contributes to the pages that cross rooms.

`settings.WORKLIST` and `settings.SEARCH` list the functions that make them, in the order in which they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

# No section lists more than this; what is beyond is counted, and `more` leads to it.
LONGEST = 8


@dataclass(frozen=True)
class Section:
    """Work of one kind that waits, runs or has been done.

    Attributes:
        key: for the page, "failed".
        title: as printed, "Failed analyses".
        rows: at most `LONGEST` of them, drawn by `template` one by one as `row`.
        count: how many there are in all; a section of none is not shown.
        template: draws the lines of one row, inside a `<li>`.
        more: where all of them are listed; empty where this is all.
        live: something in it moves by itself, so the page asks again soon.
    """

    key: str
    title: str
    rows: Sequence[Any]
    count: int
    template: str
    more: str = ""
    live: bool = False


@dataclass(frozen=True)
class Hit:
    """One thing that a search found."""

    label: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Hits:
    """What a search found in one room; `more` leads to the whole list, filtered."""

    title: str
    hits: Sequence[Hit]
    more: str = ""


def sections(request: HttpRequest) -> list[Section]:
    """The sections that have something to say to this person, in the order of the settings."""
    makers: list[Callable[[HttpRequest], Section]] = [import_string(path) for path in settings.WORKLIST]
    return [section for section in (make(request) for make in makers) if section.count]


def found(request: HttpRequest, text: str) -> list[Hits]:
    """What each room finds under a text, for this person."""
    finders: list[Callable[[HttpRequest, str], Hits]] = [import_string(path) for path in settings.SEARCH]
    return [group for group in (find(request, text) for find in finders) if group.hits]
