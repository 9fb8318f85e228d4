"""The list of batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from labdb.accounts.current import in_view
from labdb.listing import Column, ListFilter, Listing
from synthesis.batch.models import Batch, Weighing
from synthesis.batch.story import figures_of, tell
from synthesis.heat_treatment.models import FurnaceLog
from synthesis.recipe.arithmetic import Verdict
from synthesis.recipe.models import Recipe, RecipeComponent

# What the newest log of the first heat treatment found.
MEASURED = ("peak_temperature_celsius", "overshoot_celsius", "soak_time_hour", "heating_rate_celsius_per_min")
WITHOUT_MASS_AFTER = timedelta(days=2)


def with_measured(rows: QuerySet[Batch], *names: str) -> QuerySet[Batch]:
    """Batches with results of the current run of the newest log of their first heat treatment."""
    logs = FurnaceLog.objects.filter(batch=OuterRef("pk"), heat_treatment=1).order_by("-pk")
    found = {
        name: Subquery(logs.filter(current_run__results__quantity=name).values("current_run__results__value")[:1])
        for name in names
    }
    return rows.annotate(**found)


def with_story(rows: QuerySet[Batch]) -> QuerySet[Batch]:
    """Batches with everything that `tell` asks for, in a constant number of queries."""
    return rows.select_related("recipe_version").prefetch_related(
        Prefetch("recipe_version__components", RecipeComponent.objects.select_related("chemical")),
        Prefetch("weighings", Weighing.objects.select_related("lot__chemical", "chemical")),
    )


def awaiting_mass(rows: QuerySet[Batch]) -> QuerySet[Batch]:
    """Batches that have been in the furnace, by their date or a log, and were not weighed after it."""
    day = timezone.localdate() - WITHOUT_MASS_AFTER
    weighed = Exists(Weighing.objects.filter(batch=OuterRef("pk")))
    logged = Exists(FurnaceLog.objects.filter(batch=OuterRef("pk"), current_run__isnull=False))
    return rows.filter(Q(weighed, started_on__lte=day) | Q(logged), mass_after_sintering_g=None)


class Told(Column):
    """What follows from what was weighed: computed for the rows that are shown, so it neither sorts nor filters."""

    def of(self, row: Any) -> Any:
        if not hasattr(row, "figures"):
            row.figures = figures_of(tell(row))
        found = getattr(row.figures, self.name)
        return str(found) if isinstance(found, Verdict) else found


class BatchFilter(ListFilter):
    searched = ("code", "product", "operator", "furnace", "note", "recipe_version__recipe__code")

    product = django_filters.ChoiceFilter(label="Product", empty_label="Any product")
    recipe = django_filters.ChoiceFilter("recipe_version__recipe_id", label="Recipe", empty_label="Any recipe")
    scale = django_filters.ChoiceFilter(label="Scale", empty_label="Any scale", choices=Batch.Scale.choices)
    operator = django_filters.ChoiceFilter(label="Operator", empty_label="Any operator")
    awaiting_mass = django_filters.BooleanFilter(
        label="Without mass after sintering", method="only_awaiting", widget=forms.CheckboxInput
    )

    class Meta:
        model = Batch
        fields: ClassVar[list[str]] = []

    def __init__(self, data: Any, rows: QuerySet[Batch], columns: Sequence[Column]) -> None:
        super().__init__(data, rows, columns)
        self.form.fields["q"].widget.attrs["placeholder"] = "Code, product, operator, note"
        for name in ("product", "operator"):
            known = Batch.objects.filter(project__in=self.projects()).exclude(**{name: ""})
            words = known.order_by(name).values_list(name, flat=True).distinct()
            self.form.fields[name].choices = [("", f"Any {name}"), *((word, word) for word in words)]
        recipes = Recipe.objects.filter(project__in=self.projects()).values_list("pk", "code")
        self.form.fields["recipe"].choices = [("", "Any recipe"), *((str(pk), code) for pk, code in recipes)]

    def projects(self) -> QuerySet:
        """Of all that could be listed."""
        return self.queryset.order_by().values("project").distinct()

    def only_awaiting(self, rows: QuerySet[Batch], name: str, value: bool) -> QuerySet[Batch]:
        return awaiting_mass(rows) if value else rows


class BatchListing(Listing):
    columns = (
        Column("code", "Batch", about="text"),
        Column("product", "Product", about="text"),
        Column("recipe", "Recipe", path="recipe_version__recipe__code", value="recipe_version", about="text",
               missing="Not recorded"),
        Column("scale", "Scale", value="get_scale_display", about="text"),
        Column("started_on", "Started", about="date"),
        Column("operator", "Operator", about="text", shown=False),
        Column("furnace", "Furnace", about="text", shown=False),
        Told("ratio_verdict", "Ratios", about="status", sortable=False, missing="Not weighed, or no recipe"),
        Told("lithium_to_metals", sortable=False, ranged=False, missing="Not weighed"),
        Told("flux_ratio", sortable=False, ranged=False, missing="No flux weighed"),
        Column("peak_temperature_celsius", missing="No furnace log"),
        Column("overshoot_celsius", shown=False, missing="No furnace log with a programme"),
        Column("soak_time_hour", shown=False, missing="No furnace log with a programme"),
        Column("heating_rate_celsius_per_min", shown=False, missing="No furnace log with a programme"),
        Column("programmed_peak_celsius", value="variables.peak_temperature_celsius", sortable=False, ranged=False,
               shown=False, missing="No heat programme"),
        Column("programmed_hold_hour", value="variables.hold_hour", sortable=False, ranged=False, shown=False,
               missing="No heat programme"),
        Column("wash_count", value="variables.wash_count", sortable=False, ranged=False, shown=False),
        Column("wanted_precursor_mass_g", shown=False, missing="Not planned"),
        Column("mass_after_sintering_g", missing="Not weighed"),
        Column("mass_after_washing_g", shown=False, missing="Not weighed"),
        Told("product_yield", sortable=False, ranged=False, missing="A mass is missing"),
        Column("project", "Project", path="project__name", value="project.name", about="text", shown=False),
    )  # fmt: skip
    filter_class = BatchFilter
    default_sort = "-started_on"
    words = "batch,batches"
    file_name = "batches"

    def __init__(self, request: HttpRequest) -> None:
        query = request.GET
        asked = {*query.getlist("columns"), query.get("sort", "").removeprefix("-")}
        if not asked & {column.name for column in self.columns[1:]} - {query.get("sort", "").removeprefix("-")}:
            asked |= {column.name for column in self.columns if column.shown}
        asked |= {key[4:] for key, text in query.items() if text and key.startswith(("min_", "max_"))}
        rows = in_view(request, Batch.objects.all()).select_related("project", "recipe_version__recipe")
        # Looked up for every row that is sorted, so only what is shown, sorted or filtered by.
        super().__init__(request, with_measured(rows, *(name for name in MEASURED if name in asked)))
        if any(isinstance(column, Told) for column in self.shown):
            self.rows = with_story(self.rows)
