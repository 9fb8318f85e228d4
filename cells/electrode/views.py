"""Pages of electrodes: the list, one sheet with its discs, one disc."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cells.electrode.arithmetic import ElectrodeError
from cells.electrode.forms import DiscForm
from cells.electrode.listing import SheetListing
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.numbers import DiscNumbers, SheetNumbers
from cells.electrode.services import change_discs, remove_disc, remove_sheet
from cells.electrode.telling import tell_drying, tell_formulation
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.history import changes_of
from labdb.quantities import Quantity, quantity
from labdb.replicates import Replicates
from labdb.sections import sections

Line = tuple[Quantity, float | None]

SHEET_NUMBERS = (
    "active_fraction",
    "areal_loading_mg_per_cm2",
    "areal_capacity_mah_per_cm2",
    "coating_density_g_per_cm3",
    "coating_porosity",
    "foil_areal_mass_mg_per_cm2",
)
DISC_NUMBERS = (
    "active_mass_mg",
    "areal_loading_mg_per_cm2",
    "areal_capacity_mah_per_cm2",
    "electrode_capacity_mah",
    "coated_area_cm2",
    "foil_mass_mg",
    "coating_mass_mg",
    "coating_areal_mass_mg_per_cm2",
    "coating_density_g_per_cm3",
    "coating_porosity",
)
# What is told of the discs of a sheet together.
REPLICATED = ("areal_loading_mg_per_cm2", "active_mass_mg", "areal_capacity_mah_per_cm2", "coating_density_g_per_cm3")


def lines_of(numbers: SheetNumbers | DiscNumbers, names: tuple[str, ...]) -> list[Line]:
    return [(quantity(name), getattr(numbers, name)) for name in names]


def electrode_list(request: HttpRequest) -> HttpResponseBase:
    listing = SheetListing(request)
    if listing.wants_csv:
        return listing.csv()
    may_write = Project.objects.editable_by(request.user).exists()
    return render(request, "cells/electrode/electrode_list.html", {"listing": listing, "may_write": may_write})


def crumbs_of(sheet: ElectrodeSheet, *further: tuple[str, str]) -> list[tuple[str, str]]:
    """Batch → electrode → what is further down; the last one is the page itself."""
    crumbs = [("Electrodes", reverse("electrode-list"))]
    if sheet.batch:
        crumbs.append((sheet.batch.code, sheet.batch.get_absolute_url()))
    return [*crumbs, (sheet.code, sheet.get_absolute_url() if further else ""), *further]


def electrode(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ElectrodeSheet.objects.visible_to(request.user).select_related("project", "batch", "created_by")
    sheet = get_object_or_404(rows, pk=pk)
    discs = discs_of(sheet)
    numbers = [disc.numbers for disc in discs]
    return render(
        request,
        "cells/electrode/electrode.html",
        {
            "sheet": sheet,
            "numbers": lines_of(sheet.numbers, SHEET_NUMBERS),
            "doubts": sheet.numbers.doubts,
            "discs": list(zip(discs, numbers, strict=True)),
            "together": together(numbers),
            "weighed": sum(found.weighed for found in numbers),
            "sections": sections("electrode", request, sheet),
            "changes": changes_of(sheet, TELLERS, leave_out=("active_fraction",)),
            "may_write": may_write(request, sheet.project_id),
            "crumbs": crumbs_of(sheet),
        },
    )


TELLERS = {"formulation": tell_formulation, "drying": tell_drying}


def discs_of(sheet: ElectrodeSheet) -> list[ElectrodeDisc]:
    """With their cells, in one query."""
    discs = list(ElectrodeDisc.objects.filter(sheet=sheet).select_related("positive_of", "negative_of"))
    for disc in discs:
        disc.sheet = sheet
    return discs


def together(numbers: list[DiscNumbers]) -> list[tuple[Quantity, str]]:
    """Mean ± SD (n) over the discs that were weighed."""
    told = []
    for name in REPLICATED:
        values = [value for found in numbers if found.weighed and (value := getattr(found, name)) is not None]
        if replicates := Replicates.of(values):
            told.append((quantity(name), replicates.text(quantity(name))))
    return told


def may_write(request: HttpRequest, project: int) -> bool:
    return Project.objects.editable_by(request.user).filter(pk=project).exists()


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ElectrodeSheet.objects.visible_to(request.user).select_related("project"), pk=pk)
    try:
        remove_sheet(found, person(request), request.POST.get("reason", ""))
    except ElectrodeError as error:
        messages.error(request, str(error))
        return redirect("electrode", pk)
    messages.success(request, f"{found} is removed.")
    return redirect("electrode-list")


def disc(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_discs(request), pk=pk)
    numbers = found.numbers
    return render(
        request,
        "cells/electrode/disc.html",
        {
            "disc": found,
            "numbers": numbers,
            "lines": lines_of(numbers, DISC_NUMBERS),
            "missing": found.missing_for_mass,
            "changes": changes_of(found, leave_out=("project", "sheet")),
            "may_write": may_write(request, found.project_id),
            "crumbs": crumbs_of(found.sheet, (found.code, "")),
        },
    )


def _discs(request: HttpRequest) -> Any:
    return ElectrodeDisc.objects.visible_to(request.user).select_related(
        "project", "sheet__batch", "sheet__project", "created_by", "positive_of", "negative_of"
    )


def change_disc(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    found = get_object_or_404(_discs(request), pk=pk)
    require_role(user, found.project)
    form = DiscForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            followed = change_discs([form.instance], user, form.cleaned_data["reason"])
        except ElectrodeError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{found} is saved. {followed.sentence}".strip())
            return redirect(found)
    was = get_object_or_404(_discs(request), pk=pk)
    crumbs = crumbs_of(was.sheet, (was.code, was.get_absolute_url()), ("Change", ""))
    return render(request, "cells/electrode/disc_form.html", {"form": form, "disc": was, "crumbs": crumbs})


@require_POST
def remove_one_disc(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_discs(request), pk=pk)
    try:
        remove_disc(found, person(request), request.POST.get("reason", ""))
    except ElectrodeError as error:
        messages.error(request, str(error))
        return redirect("electrode-disc", pk)
    messages.success(request, f"{found} is removed.")
    return redirect(found.sheet)
