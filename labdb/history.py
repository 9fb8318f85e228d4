"""What was changed in a record: when, by whom, before and after, and why. Rows are those of django-simple-history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Field, ForeignKey, Model

from labdb.accounts.models import User

# Before and after of one field → the lines that say what changed in it.
Teller = Callable[[Any, Any], Iterable[tuple[str, str, str]]]
NOT_TOLD = ("id", "created_by", "created_at")


@dataclass(frozen=True)
class Change:
    """One change of a record.

    Attributes:
        what: "made", "changed" or "removed", with the record where it is not the page's own.
        lines: (field, before, after) as printed; none for a new record.
    """

    at: datetime
    who: str
    what: str
    why: str
    lines: tuple[tuple[str, str, str], ...]


def because(record: Model, user: User, reason: str = "") -> None:
    """Say who changes a record, and why, before it is saved or deleted; the history keeps both."""
    record._history_user = user  # type: ignore[attr-defined]  # read by the history
    record._change_reason = reason.strip()[:100]  # type: ignore[attr-defined]  # so is this


def changes_of(
    record: Model, tellers: Mapping[str, Teller] | None = None, leave_out: Iterable[str] = ()
) -> list[Change]:
    """The changes of one record, newest first."""
    return changes_in(record.history.all(), tellers, leave_out)  # type: ignore[attr-defined]  # every record here has it


def changes_in(
    rows: Any, tellers: Mapping[str, Teller] | None = None, leave_out: Iterable[str] = (), name: str = ""
) -> list[Change]:
    """The changes that history rows amount to, newest first.

    Args:
        rows: history rows of one model, of one or of several records.
        tellers: by field, where a change needs more than its two values.
        leave_out: fields that are not told.
        name: of a record that is part of the page's, "component {chemical}"; may name fields.
    """
    before: dict[Any, Any] = {}
    found: list[Change] = []
    silent = {*NOT_TOLD, *leave_out}
    for row in rows.select_related("history_user").order_by("history_date", "history_id"):
        old = before.get(row.id)
        before[row.id] = row
        lines = () if old is None or row.history_type == "-" else tuple(_lines(old, row, tellers or {}, silent))
        if old is not None and row.history_type == "~" and not lines:
            continue  # saved without a change
        verb = {"+": "made", "~": "changed", "-": "removed"}[row.history_type]
        found.append(
            Change(
                row.history_date,
                str(row.history_user) if row.history_user else "labdb",
                f"{name.format(row=row)} {verb}".strip(),
                row.history_change_reason or "",
                lines,
            )
        )
    return found[::-1]


def _lines(old: Any, new: Any, tellers: Mapping[str, Teller], silent: set[str]) -> Iterable[tuple[str, str, str]]:
    for field in new.tracked_fields:
        a, b = getattr(old, field.attname), getattr(new, field.attname)
        if field.name in silent or a == b:
            continue
        if field.name in tellers:
            yield from tellers[field.name](a, b)
        else:
            yield str(field.verbose_name), _printed(field, old, a), _printed(field, new, b)


def _printed(field: Field, row: Any, value: Any) -> str:
    if value in (None, ""):
        return "none"
    if isinstance(field, ForeignKey):
        return str(getattr(row, field.name))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
