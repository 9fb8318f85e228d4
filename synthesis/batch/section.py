"""What other rooms show on the page of a batch: samples, cells and their curves, gates.

`settings.BATCH_SECTIONS` lists the functions that make the sections, in the order of the page; rooms above synthesis
contribute theirs there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from synthesis.batch.models import Batch


@dataclass(frozen=True)
class BatchSection:
    """A part of the page.

    Attributes:
        key: for the page, "cells".
        title: as printed.
        template: draws what is below the heading.
        context: for the template, as `room`, beside `batch` and `may_write`.
        count: beside the heading; None for none.
        actions: (words, address) beside the heading.
    """

    key: str
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None
    actions: tuple[tuple[str, str], ...] = ()


def sections(request: HttpRequest, batch: Batch) -> list[BatchSection]:
    """What the rooms have to say about a batch; a room that has nothing to say returns None."""
    makers: list[Callable[[HttpRequest, Batch], BatchSection | None]] = [
        import_string(path) for path in settings.BATCH_SECTIONS
    ]
    return [section for make in makers if (section := make(request, batch)) is not None]
