"""The list of electrodes: the sheets, with their loading and how many discs were punched."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import Case, CharField, Count, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from cells.assembly.models import Cell
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.sql import with_loading
from labdb.accounts.current import in_view
from labdb.listing import Column, ListFilter, Listing

Polarity = ElectrodeSheet.Polarity


class SheetFilter(ListFilter):
    searched = ("code", "batch__code", "batch__product", "active_material", "operator", "note")

    polarity = django_filters.ChoiceFilter(label="Polarity", empty_label="Any polarity", choices=Polarity.choices)
    batch = django_filters.CharFilter("batch__code", label="Batch")

    class Meta:
        model = ElectrodeSheet
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # handed through
        self.form.fields["q"].widget.attrs["placeholder"] = "Code, batch, material"
        self.form.fields["batch"].widget.attrs["placeholder"] = "Batch"


class SheetListing(Listing):
    columns = (
        Column("code", "Electrode", about="text"),
        Column("material", "Active material", path="named", about="text"),
        Column("batch", "Batch", path="batch__code", value="batch.code", about="text", missing="Of no batch"),
        Column("polarity", "Polarity", value="get_polarity_display", about="text"),
        Column("ratio", "Solids by mass", about="text", sortable=False),
        Column("active_fraction", shown=False),
        Column("foil_material", "Foil", value="get_foil_material_display", about="text", shown=False),
        Column("foil_thickness_micrometer", shown=False),
        Column("coating_areal_mass_mg_per_cm2", shown=False),
        Column(
            "areal_loading_mg_per_cm2", path="loading", value="loading", missing="Needs formulation and coating mass"
        ),
        Column("areal_capacity_mah_per_cm2", path="areal_capacity", value="areal_capacity"),
        Column("coating_thickness_micrometer", shown=False),
        Column(
            "coating_density_g_per_cm3",
            path="density",
            value="density",
            missing="Needs mass and thickness",
            shown=False,
        ),
        Column("disc_count", "Discs"),
        Column("cell_count", "Cells"),
        Column("made_on", "Made", about="date"),
        Column("operator", "Made by", about="text", shown=False),
        Column("project", "Project", path="project__name", about="text", shown=False),
        Column("note", "Note", about="text", sortable=False, shown=False),
    )
    filter_class = SheetFilter
    default_sort = "-made_on"
    words = "electrode,electrodes"
    file_name = "electrodes"

    def __init__(self, request: HttpRequest) -> None:
        rows = in_view(request, ElectrodeSheet.objects.all()).select_related("batch", "project")
        super().__init__(request, listed(rows))


def listed(rows: QuerySet[ElectrodeSheet]) -> QuerySet[ElectrodeSheet]:
    """Sheets with the columns that the list sorts and filters by."""
    discs = ElectrodeDisc.objects.filter(sheet=OuterRef("pk")).order_by().values("sheet")
    built = (
        Cell.objects.filter(**{f"{side}__sheet": OuterRef("pk")})
        for side in ("positive_electrode", "negative_electrode")
    )
    as_positive, as_negative = (
        Coalesce(Subquery(cells.order_by().values(f"{side}__sheet").annotate(n=Count("pk")).values("n")), 0)
        for cells, side in zip(built, ("positive_electrode", "negative_electrode"), strict=True)
    )
    return with_loading(rows).annotate(
        named=Case(
            When(batch__isnull=True, then=F("active_material")),
            When(batch__product="", then=F("batch__code")),
            default=F("batch__product"),
            output_field=CharField(),
        ),
        disc_count=Coalesce(Subquery(discs.annotate(n=Count("pk")).values("n")), 0),
        cell_count=as_positive + as_negative,
    )
