"""What other rooms show on the page of a record: on a batch its samples, cells and measurements, and so on.

`settings.SECTIONS` lists, by the kind of record, the functions that make the sections, in the order of the page; rooms
above the record's contribute theirs there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class RecordSection:
    """A part of the page.

    Attributes:
        key: for the page, "cells".
        title: as printed.
        template: draws what is below the heading.
        context: for the template, as `room`, beside the record and `may_write`.
        count: beside the heading; None for none.
        actions: (words, address) beside the heading.
    """

    key: str
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None
    actions: tuple[tuple[str, str], ...] = ()


def sections(kind: str, request: HttpRequest, record: Any) -> list[RecordSection]:
    """What the rooms have to say about a record; a room that has nothing to say returns None.

    Args:
        kind: of the record, a key of `settings.SECTIONS`: "batch", "sample", "cell", "instrument".
    """
    makers: list[Callable[[HttpRequest, Any], RecordSection | None]] = [
        import_string(path) for path in settings.SECTIONS.get(kind, ())
    ]
    return [section for make in makers if (section := make(request, record)) is not None]
