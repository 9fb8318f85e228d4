"""A list page: filtered by choices and ranges, sorted, with chosen columns, and as CSV.

A room describes its columns and its filters; everything else is here and in `includes/listing.html`. The address holds
the whole state: `?q=`, one parameter a choice, `min_<column>` and `max_<column>` (in the printed unit), `columns`,
`sort`, `page`, `as=csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, cast

import django_filters
from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from labdb.quantities import Quantity, quantity
from labdb.tables.comma_separated import Echo, safe_cell

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Attributes:
        name: in the address and in the CSV; the attribute of a row where no `path` is given.
        label: as printed; that of the quantity of the same name where empty.
        path: ORM path to sort and filter by; the name where empty.
        value: attribute path of a row, "chemical.name"; the name where empty.
        about: "number", "date", "text", or "status" (drawn as a chip).
        sortable, ranged, shown: whether it sorts, can be filtered by a range, and is there unasked.
        missing: why a row may have none.
    """

    name: str
    label: str = ""
    path: str = ""
    value: str = ""
    about: str = "number"
    sortable: bool = True
    ranged: bool = True
    shown: bool = True
    missing: str = "Not said"

    @property
    def quantity(self) -> Quantity | None:
        try:
            return quantity(self.name)
        except KeyError:
            return None

    @property
    def title(self) -> str:
        about = self.quantity
        return self.label or (about.label if about else self.name)

    @property
    def unit(self) -> str:
        about = self.quantity
        return ("%" if about.percent else about.unit) if about else ""

    @property
    def number(self) -> bool:
        return self.about == "number"

    @property
    def lookup(self) -> str:
        return self.path or self.name

    def of(self, row: Any) -> Any:
        """The value of a row, as stored; None where there is none."""
        found = row
        for part in (self.value or self.name).split("."):
            found = getattr(found, part, None)
            found = found() if callable(found) and not isinstance(found, Model) else found
        return None if found == "" else found

    def text(self, value: Any) -> str:
        """The value as printed."""
        if value is None:
            return ""
        if isinstance(value, datetime | date):
            return f"{value:%Y-%m-%d}"
        about = self.quantity
        if about and isinstance(value, int | float):
            return about.text(value)
        return f"{value:.6g}" if isinstance(value, float) else str(value)


class RangeEnd(django_filters.NumberFilter):
    """One end of a range, in the printed unit."""

    def __init__(self, *args: Any, percent: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.percent = percent

    def filter(self, rows: QuerySet, value: Any) -> QuerySet:
        if value is None:
            return rows
        number = float(value) / 100 if self.percent else float(value)
        return rows.filter(**{f"{self.field_name}__{self.lookup_expr}": number})


class ListFilter(django_filters.FilterSet):
    """The filters above a list: a text, what a subclass declares, and a range for each ranged column."""

    q = django_filters.CharFilter(
        label="Text", method="worded", widget=forms.TextInput(attrs={"type": "search", "placeholder": "Text"})
    )
    # Paths that every word of the text is looked for in.
    searched: ClassVar[Sequence[str]] = ()

    def __init__(self, data: Any, rows: QuerySet, columns: Sequence[Column]) -> None:
        super().__init__(data, rows)
        self.columns = [column for column in columns if column.ranged and column.about in ("number", "date")]
        for column in self.columns:
            for end, lookup in (("min", "gte"), ("max", "lte")):
                self.filters[f"{end}_{column.name}"] = self._end(column, end, lookup, rows.model)

    def _end(self, column: Column, end: str, lookup: str, model: type[Model]) -> django_filters.Filter:
        label = f"{column.title}, {'from' if end == 'min' else 'to'}"
        made: django_filters.Filter
        if column.about == "date":
            widget = forms.DateInput(attrs={"type": "date"})
            made = django_filters.DateFilter(column.lookup, lookup, label=label, widget=widget)
        else:
            about = column.quantity
            made = RangeEnd(
                column.lookup,
                lookup,
                label=label,
                percent=bool(about and about.percent),
                widget=forms.NumberInput(attrs={"step": "any", "placeholder": end}),
            )
        made.parent, made.model = self, model
        return made

    def worded(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split():
            anywhere = Q()
            for path in self.searched:
                anywhere |= Q(**{f"{path}__icontains": word})
            rows = rows.filter(anywhere)
        return rows

    @property
    def choices(self) -> list[forms.BoundField]:
        """The fields beside the text and the ranges."""
        return [self.form[name] for name in self.filters if name != "q" and not name.startswith(("min_", "max_"))]

    @property
    def ranges(self) -> list[tuple[Column, forms.BoundField, forms.BoundField]]:
        return [(column, self.form[f"min_{column.name}"], self.form[f"max_{column.name}"]) for column in self.columns]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """What is filtered by: the parameter, and the words."""
        if not self.form.is_valid():
            return []
        named = {column.name: column for column in self.columns}
        said = self.form.cleaned_data.items()
        return [(name, self._words(name, value, named)) for name, value in said if value not in (None, "", False)]

    def _words(self, name: str, value: Any, columns: dict[str, Column]) -> str:
        if name == "q":
            return f"“{value}”"
        end, _, of = name.partition("_")
        if end in ("min", "max") and of in columns:
            shown = value if isinstance(value, date) else f"{value:g}"
            return f"{columns[of].title} {'≥' if end == 'min' else '≤'} {shown} {columns[of].unit}".rstrip()
        field = self.form.fields[name]
        if isinstance(field, forms.ChoiceField):
            flat = dict(cast("list[tuple[str, str]]", field.choices))
            return f"{field.label}: {flat.get(value, value)}"
        return str(field.label) if value is True else f"{field.label}: {value}"


class Listing:
    """A list as a request asks for it.

    Attributes:
        columns: all there are; the first is the row's name, and links to its page.
        filter_class: the filters.
        default_sort: where the address says nothing, or nonsense.
        words: "lot,lots".
        file_name: of the CSV.
    """

    columns: ClassVar[tuple[Column, ...]]
    filter_class: ClassVar[type[ListFilter]]
    default_sort: ClassVar[str]
    words: ClassVar[str]
    file_name: ClassVar[str]

    def __init__(self, request: HttpRequest, rows: QuerySet) -> None:
        query = request.GET
        self.request = request
        first, *others = self.columns
        asked = [column for column in others if column.name in query.getlist("columns")]
        self.shown = [first, *(asked or [column for column in others if column.shown])]
        self.filter = self.filter_class(query, rows, self.columns)
        sortable = {column.name: column for column in self.columns if column.sortable}
        wanted = query.get("sort", self.default_sort)
        self.sort = wanted if wanted.removeprefix("-") in sortable else self.default_sort
        order = F(sortable[self.sort.removeprefix("-")].lookup)
        falling = self.sort.startswith("-")
        self.rows = self.filter.qs.order_by(
            order.desc(nulls_last=True) if falling else order.asc(nulls_last=True), "-pk" if falling else "pk"
        )
        self.filtered = bool(self.filter.chips)

    @property
    def optional(self) -> list[tuple[Column, bool]]:
        """The columns that one may choose, and whether each is shown."""
        return [(column, column in self.shown) for column in self.columns[1:]]

    @property
    def page(self) -> Page:
        if not hasattr(self, "_page"):
            self._page = Paginator(self.rows, ROWS_A_PAGE).get_page(self.request.GET.get("page"))
        return self._page

    @property
    def lines(self) -> list[tuple[Any, list[tuple[Column, Any, str]]]]:
        """Each row of the page with its columns, values and texts."""
        return [(row, [(c, value := c.of(row), c.text(value)) for c in self.shown]) for row in self.page]

    @property
    def wants_csv(self) -> bool:
        return self.request.GET.get("as") == "csv"

    def csv(self) -> StreamingHttpResponse:
        """Every row with the shown columns, in stored units."""

        def lines() -> Iterator[list[Any]]:
            yield [column.name for column in self.shown]
            for row in self.rows.iterator(chunk_size=2000):
                yield [safe_cell(column.of(row)) for column in self.shown]

        writer = csv.writer(Echo())
        response = StreamingHttpResponse(
            (writer.writerow(line) for line in lines()), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{self.file_name}.csv"'
        return response
