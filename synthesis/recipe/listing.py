"""The list of recipes: each with what its newest version says."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest

from labdb.accounts.current import in_view
from labdb.listing import Column, ListFilter, Listing
from synthesis.recipe.models import Recipe, RecipeVersion

CONTROLS = [("yes", "only controls"), ("no", "no controls")]


class RecipeFilter(ListFilter):
    searched = ("code", "description", "versions__composition")

    state = django_filters.ChoiceFilter(
        "latest_state", label="State", empty_label="Any state", choices=RecipeVersion.State.choices
    )
    control = django_filters.ChoiceFilter(
        label="Controls",
        empty_label="Recipes and controls",
        method="controls",
        choices=CONTROLS,
    )

    class Meta:
        model = Recipe
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.form.fields["q"].widget.attrs["placeholder"] = "Code, composition, description"

    def worded(self, rows: QuerySet[Recipe], name: str, value: str) -> QuerySet[Recipe]:
        return super().worded(rows, name, value).distinct()

    def controls(self, rows: QuerySet[Recipe], name: str, value: str) -> QuerySet[Recipe]:
        return rows.filter(control_of__isnull=value == "no")


class RecipeListing(Listing):
    columns = (
        Column("code", "Recipe", about="text"),
        Column("state", "State", path="latest_state", value="latest.state", about="status", missing="No version yet"),
        Column("version", "Version", path="latest_number", value="latest.number", ranged=False),
        Column(
            "composition", "Target composition", path="latest_composition", value="latest.composition", about="text",
        ),
        Column("ratios", "Mole ratios", value="latest.ratios", about="text", sortable=False),
        Column(
            "peak_temperature_celsius", "Peak, programmed", value="latest.variables.peak_temperature_celsius",
            sortable=False, ranged=False, missing="No heat treatment",
        ),
        Column("hold_hour", "Hold / h", value="latest.variables.hold_hour", sortable=False, ranged=False),
        Column("wash_count", "Washes", value="latest.variables.wash_count", sortable=False, ranged=False, shown=False),
        Column(
            "control_of", "Control of", path="control_of__code", value="control_of.code", about="text",
            missing="No control",
        ),
        Column("batches", "Batches", path="batch_count", value="batch_count"),
        Column("project", "Project", path="project__name", value="project.name", about="text"),
        Column("created_at", "Made", about="date", ranged=False, shown=False),
    )  # fmt: skip
    filter_class = RecipeFilter
    default_sort = "code"
    words = "recipe,recipes"
    file_name = "recipes"

    def __init__(self, request: HttpRequest) -> None:
        newest = RecipeVersion.objects.filter(recipe=OuterRef("pk")).order_by("-number")
        versions = RecipeVersion.objects.prefetch_related("components__chemical")
        rows = (
            in_view(request, Recipe.objects.all())
            .select_related("project", "control_of")
            .prefetch_related(Prefetch("versions", versions))
            .annotate(
                latest_state=Subquery(newest.values("state")[:1]),
                latest_number=Subquery(newest.values("number")[:1]),
                latest_composition=Subquery(newest.values("composition")[:1]),
                batch_count=Count("versions__batches", distinct=True),
            )
        )
        super().__init__(request, rows)
