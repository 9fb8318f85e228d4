"""The list of cells: filtered by what they are and by what was measured on them, sorted, with chosen columns."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from cells.assembly.models import Cell, CellQuerySet
from cells.exclusion.left_out import cell_is_left_out
from labdb.accounts.current import in_view
from labdb.provenance.models import Result
from labdb.quantities import Quantity, quantity

# Results that can be columns and ranges, in the order of the list; a new one needs its name here.
RESULTS = (
    "first_discharge_capacity_mah_per_g",
    "first_coulombic_efficiency",
    "first_ageing_discharge_capacity_mah_per_g",
    "capacity_retention_at_100",
    "capacity_retention_at_300",
    "capacity_retention_at_500",
    "cycle_life_80_percent",
    "mean_coulombic_efficiency",
    "recovered_capacity_share",
    "ageing_cycles",
    "cycles",
)
BUILT = (
    "active_mass_mg",
    "areal_loading_mg_per_cm2",
    "n_p_ratio",
    "nominal_specific_capacity_mah_per_g",
    "electrolyte_volume_microliter",
    "electrolyte_mass_g",
    "stack_pressure_megapascal",
    "test_temperature_celsius",
    "lower_voltage_volt",
    "upper_voltage_volt",
)
COLUMNS = (*BUILT, *RESULTS)
# Columns that are no numbers: what they are called.
TEXTS = {"anode": "Anode", "electrolyte": "Electrolyte", "case": "Case", "built_on": "Built on", "built_by": "Built by"}
SHOWN = (
    "active_mass_mg",
    "first_discharge_capacity_mah_per_g",
    "first_coulombic_efficiency",
    "capacity_retention_at_100",
    "cycle_life_80_percent",
    "cycles",
)
SORTABLE = {
    "code": "code",
    "product": "product",
    "batch": "batch__code",
    "format": "format",
    "project": "project__name",
    **{name: name for name in TEXTS},
    "made": "created_at",
}


def with_results(cells: CellQuerySet, names: tuple[str, ...]) -> QuerySet[Cell]:
    """Adds one attribute a result: that of the cell's newest test whose current run found it."""
    found = Result.objects.filter(
        run__measurement__cyclingtest__cell=OuterRef("pk"), run__measurement__current_run=F("run")
    ).order_by("-run")
    return cells.annotate(**{name: Subquery(found.filter(quantity=name).values("value")[:1]) for name in names})


class CellFilter(django_filters.FilterSet):
    """The filters above the list. A range is `min_…` and `max_…` in the printed unit of its quantity."""

    q = django_filters.CharFilter(
        label="Text",
        method="worded",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Code, product, batch, note"}),
    )
    product = django_filters.ChoiceFilter(label="Product", empty_label="Any product")
    batch = django_filters.ChoiceFilter("batch__code", label="Batch", empty_label="Any batch")
    format = django_filters.ChoiceFilter(label="Format", empty_label="Any format", choices=Cell.Format.choices)
    anode = django_filters.ChoiceFilter(label="Anode", empty_label="Any anode", choices=Cell.Anode.choices)
    built_from = django_filters.DateFilter(
        "built_on", "gte", label="Built from", widget=forms.DateInput(attrs={"type": "date"})
    )
    built_to = django_filters.DateFilter(
        "built_on", "lte", label="Built to", widget=forms.DateInput(attrs={"type": "date"})
    )
    without_mass = django_filters.BooleanFilter(
        "active_mass_mg", "isnull", label="Without active mass", widget=forms.CheckboxInput
    )

    class Meta:
        model = Cell
        fields: ClassVar[list[str]] = []

    def __init__(self, data: Any, cells: QuerySet[Cell], everything: QuerySet[Cell]) -> None:
        """
        Args:
            everything: the cells that the products and batches to choose from are of.
        """
        super().__init__(data, cells)
        for name, column in (("product", "product"), ("batch", "batch__code")):
            values = (
                everything.exclude(**{column: ""})
                .exclude(**{column: None})
                .order_by(column)
                .values_list(column, flat=True)
                .distinct()
            )
            self.filters[name].extra["choices"] = [(value, value) for value in values]
        for name in COLUMNS:
            for end, lookup in (("min", "gte"), ("max", "lte")):
                about = quantity(name)
                self.filters[f"{end}_{name}"] = RangeEnd(
                    name,
                    lookup,
                    label=f"{about.label}, {'at least' if end == 'min' else 'at most'}",
                    percent=about.percent,
                    widget=forms.NumberInput(attrs={"step": "any", "placeholder": end}),
                )
                self.filters[f"{end}_{name}"].parent = self
                self.filters[f"{end}_{name}"].model = Cell

    def worded(self, rows: QuerySet[Cell], name: str, value: str) -> QuerySet[Cell]:
        for word in value.split():
            rows = rows.filter(
                Q(code__icontains=word)
                | Q(product__icontains=word)
                | Q(batch__code__icontains=word)
                | Q(note__icontains=word)
            )
        return rows

    def filter_queryset(self, queryset: QuerySet[Cell]) -> QuerySet[Cell]:
        # An unticked box says nothing, rather than "with".
        if not self.form.cleaned_data.get("without_mass"):
            self.form.cleaned_data["without_mass"] = None
        return super().filter_queryset(queryset)

    @property
    def ranges(self) -> list[tuple[Quantity, forms.BoundField, forms.BoundField]]:
        """Each quantity with the two fields of its range."""
        return [(quantity(name), self.form[f"min_{name}"], self.form[f"max_{name}"]) for name in COLUMNS]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """What is filtered by, in words, with the name of the parameter that says so."""
        chips = []
        for name, value in self.form.cleaned_data.items() if self.form.is_valid() else ():
            if value in (None, "", False):
                continue
            end, _, column = name.partition("_")
            if end in ("min", "max"):
                about = quantity(column)
                unit = "%" if about.percent else about.unit
                chips.append((name, f"{about.label} {'≥' if end == 'min' else '≤'} {value:g} {unit}".rstrip()))
            elif name == "without_mass":
                chips.append((name, "without active mass"))
            elif name == "format":
                chips.append((name, str(Cell.Format(value).label)))
            elif name == "anode":
                chips.append((name, f"anode: {Cell.Anode(value).label}"))
            else:
                chips.append((name, f"“{value}”" if name == "q" else f"{self.filters[name].label.lower()} {value}"))
        return chips


class RangeEnd(django_filters.NumberFilter):
    """One end of a range, in the printed unit."""

    def __init__(self, *args: Any, percent: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.percent = percent

    def filter(self, rows: QuerySet[Cell], value: Any) -> QuerySet[Cell]:
        if value is None:
            return rows
        number = float(value) / 100 if self.percent else float(value)
        return rows.filter(**{f"{self.field_name}__{self.lookup_expr}": number})


class Listing:
    """The list as a request asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        query = request.GET
        asked = [name for name in query.getlist("columns") if name in COLUMNS]
        self.columns = tuple(name for name in COLUMNS if name in asked) or SHOWN
        self.texts = tuple(name for name in TEXTS if name in query.getlist("columns"))
        self.sort = query.get("sort", "code")
        key = self.sort.removeprefix("-")
        if key not in SORTABLE and key not in COLUMNS:
            self.sort = key = "code"
        bounded = {name.partition("_")[2] for name in query if name.startswith(("min_", "max_")) and query[name]}
        needed = tuple(name for name in RESULTS if name in self.columns or name in bounded or name == key)
        everything = in_view(request, Cell.objects.all())
        self.filter = CellFilter(
            query,
            with_results(everything.select_related("project", "batch").annotate(excluded=cell_is_left_out()), needed),
            everything,
        )
        order = F(SORTABLE.get(key, key))
        falling = self.sort.startswith("-")
        self.rows = self.filter.qs.order_by(
            order.desc(nulls_last=True) if falling else order.asc(nulls_last=True), "code", "pk"
        )
        self.filtered = bool(self.filter.chips)

    @property
    def quantities(self) -> list[Quantity]:
        return [quantity(name) for name in self.columns]

    @property
    def choices(self) -> list[tuple[Quantity, bool]]:
        """Every column there is, and whether it is shown."""
        return [(quantity(name), name in self.columns) for name in COLUMNS]

    @property
    def text_choices(self) -> list[tuple[str, str, bool]]:
        """Every column of texts: name, words, whether it is shown."""
        return [(name, words, name in self.texts) for name, words in TEXTS.items()]

    @property
    def text_heads(self) -> list[tuple[str, str]]:
        return [(name, TEXTS[name]) for name in self.texts]

    def words(self, cell: Cell) -> list[str]:
        """The texts of a cell as printed, in the order of the heads; empty where nothing is said."""
        return [_printed(cell, name) for name in self.texts]

    def values(self, cell: Cell) -> list[tuple[Quantity, float | None]]:
        return [(quantity(name), getattr(cell, name)) for name in self.columns]


def _printed(cell: Cell, name: str) -> str:
    if name == "anode":
        return str(cell.get_anode_display())
    value = getattr(cell, name)
    return "" if value is None else str(value)
