"""Filters of lists: `?name=value`, `?name__gte=1&name__lte=2`; a name given twice means any of the values.

Plain data instead of django-filter's `FilterSet`: that builds a form of every declared filter for each request,
which alone costs more than a page of a hundred rows does (benchmarks/rest_page.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

# Names that any list understands and that are no filters.
RESERVED = ("cursor", "limit", "ordering", "format")


@dataclass(frozen=True)
class Kind:
    """What a filter's value is: how it is read, what it is called when it cannot be, and its OpenAPI schema."""

    parse: Callable[[str], Any]
    called: str
    schema: Mapping[str, Any]


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _id(text: str) -> int:
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise ValueError(text)
    return value


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None:
        day = parse_date(text)
        if day is None:
            raise ValueError(text)
        moment = datetime.combine(day, time())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(text: str) -> str:
    if "\x00" in text:
        raise ValueError(text)
    return text


NUMBER = Kind(_finite, "a number", {"type": "number"})
INTEGER = Kind(_id, "a whole number", {"type": "integer"})
TEXT = Kind(_text, "a text", {"type": "string"})
BOOLEAN = Kind(_boolean, "true or false", {"type": "boolean"})
MOMENT = Kind(_moment, "a date or a time (2026-11-22, or 2026-11-22T09:00:00Z)", {"type": "string"})


def choice(values: Iterable[str]) -> Kind:
    allowed = [value for value in values if value]

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return Kind(parse, f"one of {', '.join(allowed)}", {"type": "string", "enum": allowed})


@dataclass(frozen=True)
class Filter:
    """One filter.

    Attributes:
        kind: of its values.
        path: ORM lookup that the value is compared with; several values are compared by `__in`.
        apply: instead of a path, for questions that take more than a comparison.
        default: applied where the request says nothing about it …
        unless: … nor about these.
    """

    kind: Kind
    path: str = ""
    help: str = ""
    apply: Callable[[QuerySet, list[Any]], QuerySet] | None = None
    default: str | None = None
    unless: tuple[str, ...] = ()

    def narrow(self, rows: QuerySet, name: str, texts: list[str]) -> QuerySet:
        values = []
        for text in texts:
            try:
                values.append(self.kind.parse(text))
            except (ValueError, KeyError, OverflowError):
                raise ValidationError({name: f"{text[:80]!r} is not {self.kind.called}."}) from None
        if self.apply:
            return self.apply(rows, values)
        if len(values) == 1:
            return rows.filter(**{self.path: values[0]})
        if self.path.rpartition("__")[2] in ("gte", "lte", "icontains"):
            raise ValidationError({name: "Give it once."})
        return rows.filter(**{f"{self.path}__in": values})


Filters = Mapping[str, Filter]


def exact(kind: Kind, *names: str, **paths: str) -> dict[str, Filter]:
    """Filters by equality: by their own name, or `name=path`."""
    return {name: Filter(kind, path) for name, path in ({name: name for name in names} | paths).items()}


def ranged(kind: Kind, *names: str, **paths: str) -> dict[str, Filter]:
    """Filters by equality, at least (`__gte`) and at most (`__lte`)."""
    return {
        f"{name}{end}": Filter(kind, f"{path}{end}", {"__gte": "at least", "__lte": "at most"}.get(end, ""))
        for name, path in ({name: name for name in names} | paths).items()
        for end in ("", "__gte", "__lte")
    }


def contains(*names: str) -> dict[str, Filter]:
    return {f"{name}__contains": Filter(TEXT, f"{name}__icontains", "has this part, in any case") for name in names}


@dataclass(frozen=True)
class Family:
    """Filters whose names begin alike and go on as the caller needs: `result.<quantity>__gte`."""

    prefix: str
    help: str
    find: Callable[[str], Filter] = field(repr=False)


class QueryFilters(BaseFilterBackend):
    """Applies a view's `filters` to its list; refuses a name that it does not know."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: APIView) -> QuerySet:
        if getattr(view, "action", "list") != "list":
            return queryset
        filters: Filters = getattr(view, "filters", {})
        families: tuple[Family, ...] = getattr(view, "filter_families", ())
        given = request.query_params
        for name in given:
            if name in RESERVED:
                continue
            found = filters.get(name) or next(
                (family.find(name) for family in families if name.startswith(family.prefix)), None
            )
            if found is None:
                known = ", ".join([*filters, *(f"{family.prefix}…" for family in families), *RESERVED])
                raise ValidationError({name: f"There is no filter {name} here; known are: {known}."})
            queryset = found.narrow(queryset, name, given.getlist(name))
        for name, known_filter in filters.items():
            if known_filter.default is not None and not any(other in given for other in (name, *known_filter.unless)):
                queryset = known_filter.narrow(queryset, name, [known_filter.default])
        return queryset

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        filters: Filters = getattr(view, "filters", {})
        families: tuple[Family, ...] = getattr(view, "filter_families", ())
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": known.help,
                "schema": {**known.kind.schema, **({"default": known.default} if known.default else {})},
            }
            for name, known in filters.items()
        ] + [
            {
                "name": f"{family.prefix}*",
                "in": "query",
                "required": False,
                "description": family.help,
                "schema": {"type": "string"},
            }
            for family in families
        ]
