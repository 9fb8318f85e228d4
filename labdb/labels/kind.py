"""What can have a label: each room describes its records, and `settings.LABELS` lists the descriptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from labdb.accounts.models import User


@dataclass(frozen=True)
class LabelText:
    """What is printed beside the code: the record's own code, large, and lines below it."""

    code: str
    lines: Sequence[str]


@dataclass(frozen=True)
class LabelKind:
    """A kind of record that can have a label.

    Attributes:
        name: in the address on the label, "sample".
        many: "samples".
        rows: the records that a person may see, with what `text` needs fetched.
        text: what is printed.
        code_field: by which a person finds a record to print.
    """

    name: str
    many: str
    rows: Callable[[User], QuerySet[Any]]
    text: Callable[[Any], LabelText]
    code_field: str = "code"


@cache
def kinds() -> dict[str, LabelKind]:
    """By name, in the order of the settings."""
    found: list[LabelKind] = [import_string(path) for path in settings.LABELS]
    return {kind.name: kind for kind in found}


def records_of(kind: LabelKind, user: User, keys: Sequence[int]) -> list[Model]:
    """The records of these keys that the person may see, in the order of the keys."""
    rows = {row.pk: row for row in kind.rows(user).filter(pk__in=keys)}
    return [rows[key] for key in dict.fromkeys(keys) if key in rows]
