"""Pages that write electrodes: the form of a sheet with its live numbers, punching discs, weighing them in a grid."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import ValidationError as FieldError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cells.electrode import formulation
from cells.electrode.arithmetic import ElectrodeError
from cells.electrode.forms import (
    BLANK_COMPONENTS,
    BLANK_DRYINGS,
    USUAL,
    Components,
    Dryings,
    PunchForm,
    SheetForm,
    rows_of,
    said_lines,
    sheet_said,
    typed_number,
)
from cells.electrode.formulation import FormulationError
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.numbers import numbers_of_sheet
from cells.electrode.services import add_discs, change_discs, punched, save_sheet
from cells.electrode.views import SHEET_NUMBERS, crumbs_of, discs_of, lines_of, together
from labdb.accounts.current import current_project, in_view
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from synthesis.batch.models import Batch

GRID = ("mass_mg", "foil_mass_mg", "thickness_micrometer")
COPIED = (
    "project", "polarity", "active_material", "solvent", "solids_fraction", "coating_method", "coated_sides",
    "foil_material", "foil_detail", "foil_thickness_micrometer", "foil_areal_mass_mg_per_cm2",
    "calendered_density_g_per_cm3", "calender_line_force_n_per_mm", "specific_capacity_mah_per_g",
    "specific_capacity_c_rate",
)  # fmt: skip


def new_electrode(request: HttpRequest) -> HttpResponse:
    """An empty form, one of a batch (`?batch=`), or one that starts as a copy (`?like=`)."""
    start: dict[str, Any] = {"coated_sides": 1}
    if project := current_project(request):
        start["project"] = project
    model = _asked(request, "like", ElectrodeSheet.objects)
    if model is not None:
        start |= {name: getattr(model, name) for name in COPIED}
    batch = _asked(request, "batch", Batch.objects) or (model.batch if model else None)
    if batch is not None:
        start |= {"project": batch.project_id, "batch_code": batch.code}
    formulated = model.formulation if model else USUAL
    crumbs = [("Electrodes", reverse("electrode-list")), ("New electrode", "")]
    return _sheet_page(request, ElectrodeSheet(), start, formulated, model.drying if model else (), crumbs)


def _asked(request: HttpRequest, name: str, rows: Any) -> Any:
    key = request.GET.get(name, "")
    return rows.visible_to(request.user).filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None


def change_electrode(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ElectrodeSheet.objects.visible_to(request.user).select_related("project", "batch")
    found = get_object_or_404(rows, pk=pk)
    require_role(person(request), found.project)
    crumbs = crumbs_of(found, ("Change", ""))
    return _sheet_page(request, found, {}, found.formulation, found.drying, crumbs)


def _sheet_page(
    request: HttpRequest,
    sheet: ElectrodeSheet,
    start: dict[str, Any],
    formulated: Any,
    dried: Any,
    crumbs: list[tuple[str, str]],
) -> HttpResponse:
    user = person(request)
    data = request.POST or None
    code = sheet.code
    cells = sheet.discs.filter(positive_of__isnull=False).count() if sheet.pk else 0
    form = SheetForm(data, user=user, instance=sheet, initial=start)
    components = Components(data, prefix="component", initial=rows_of(formulated, BLANK_COMPONENTS))
    dryings = Dryings(data, prefix="drying", initial=rows_of(dried, BLANK_DRYINGS))
    # All three are asked, so that all that is wrong is said at once.
    if data is not None and all([form.is_valid(), components.is_valid(), dryings.is_valid()]):
        good = [_lines(components, formulation.parse), _lines(dryings, formulation.parse_drying)]
        if None not in good:
            form.instance.formulation, form.instance.drying = good
            try:
                followed = save_sheet(form.instance, user, form.cleaned_data.get("reason", ""))
            except ElectrodeError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, f"{form.instance} is saved. {followed.sentence}".strip())
                return redirect(form.instance)
    shown = sheet_said(form, _known(components) if data else _parsed(formulated))
    if data is None and sheet.pk:
        shown = sheet.said
    numbers = numbers_of_sheet(shown)
    return render(
        request,
        "cells/electrode/electrode_form.html",
        {
            "form": form,
            "title": f"Change {code}" if code and sheet.pk else "New electrode",
            "components": components,
            "dryings": dryings,
            "numbers": lines_of(numbers, SHEET_NUMBERS),
            "doubts": numbers.doubts,
            "crumbs": crumbs,
            "cells": cells,
            "cancel": sheet.get_absolute_url() if sheet.pk else reverse("electrode-list"),
            "batches": in_view(request, Batch.objects.all()).order_by("code").values_list("code", flat=True),
        },
    )


def _lines(formset: Any, parse: Any) -> list[dict[str, Any]] | None:
    """The rows of a valid formset as they are stored; None where one is refused, which then stands at it."""
    lines = said_lines(formset)
    try:
        return formulation.dump(parse(lines))
    except FormulationError as error:
        filled = [form for form in formset.forms if form.line]
        if error.number:
            row = filled[error.number - 1]
            row.add_error(error.field if error.field in row.fields else None, error.sentence)
        else:
            formset.non_form_errors().append(str(error))
        return None


def _parsed(lines: Any) -> tuple[formulation.Component, ...]:
    try:
        return formulation.parse(lines)
    except FormulationError:
        return ()


def _known(components: Any) -> tuple[formulation.Component, ...]:
    """The formulation as typed so far; nothing as long as it does not add up."""
    return _parsed(said_lines(components))


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The numbers of a sheet while one types; nothing is saved."""
    form = SheetForm(request.POST, user=person(request))
    form.is_valid()
    components = Components(request.POST, prefix="component")
    lines = said_lines(components)
    said = sheet_said(form, _parsed(lines))
    why = ""
    try:
        formulation.parse(lines)
    except FormulationError as error:
        why = str(error)
    numbers = numbers_of_sheet(said)
    doubts = [sentence for sentence in (why, *numbers.doubts) if sentence]
    return render(
        request, "cells/electrode/_numbers.html", {"numbers": lines_of(numbers, SHEET_NUMBERS), "doubts": doubts}
    )


def _sheet_to_write(request: HttpRequest, pk: int) -> ElectrodeSheet:
    rows = ElectrodeSheet.objects.visible_to(request.user).select_related("project", "batch")
    sheet = get_object_or_404(rows, pk=pk)
    require_role(person(request), sheet.project)
    return sheet


def punch(request: HttpRequest, pk: int) -> HttpResponse:
    """One disc or a series; their masses as a column."""
    sheet = _sheet_to_write(request, pk)
    form = PunchForm(request.POST or None, initial=_last_size(sheet))
    if request.method == "POST" and form.is_valid():
        try:
            made = _punched(sheet, form)
            add_discs(made, person(request))
        except (ElectrodeError, ValidationError) as error:
            form.blame(error)
        else:
            first, last = made[0], made[-1]
            codes = first.code if first is last else f"{first.code} … {last.code}"
            messages.success(request, f"{codes} of {sheet} {'is' if first is last else 'are'} noted.")
            return redirect(f"{sheet.get_absolute_url()}#discs")
    crumbs = crumbs_of(sheet, ("Punch discs", ""))
    context = {"form": form, "sheet": sheet, "crumbs": crumbs}
    return render(request, "cells/electrode/punch.html", context)


def _last_size(sheet: ElectrodeSheet) -> dict[str, Any]:
    """As the last one was punched."""
    last = ElectrodeDisc.objects.filter(sheet=sheet).order_by("-pk").first()
    return {"diameter_mm": last.diameter_mm, "area_cm2": last.area_cm2, "pieces": last.pieces} if last else {}


def _punched(sheet: ElectrodeSheet, form: PunchForm) -> list[ElectrodeDisc]:
    weights = form.weights
    said = form.cleaned_data
    discs = punched(sheet, len(weights), prefix=said["codes"], first=said["first"], **form.said)
    for disc, mass in zip(discs, weights, strict=True):
        disc.mass_mg = mass
    return discs


@require_POST
def punch_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What would be punched, while one types."""
    sheet = get_object_or_404(ElectrodeSheet.objects.visible_to(request.user).select_related("project"), pk=pk)
    form = PunchForm(request.POST)
    if not form.is_valid():
        why = next(iter(form.errors.values()))[0]
        return render(request, "cells/electrode/_punched.html", {"discs": [], "why": why})
    try:
        discs = _punched(sheet, form)
        numbers = [disc.numbers for disc in discs]
    except ElectrodeError as error:
        return render(request, "cells/electrode/_punched.html", {"discs": [], "why": str(error)})
    context = {"discs": list(zip(discs, numbers, strict=True)), "together": together(numbers)}
    return render(request, "cells/electrode/_punched.html", context)


def weigh(request: HttpRequest, pk: int) -> HttpResponse:
    """Masses and thicknesses of all discs of a sheet in one grid, saved together."""
    sheet = _sheet_to_write(request, pk)
    discs = discs_of(sheet)
    typed = Typed(discs, request.POST if request.method == "POST" else None)
    reason = request.POST.get("reason", "").strip()
    if request.method == "POST" and not typed.errors:
        try:
            followed = change_discs(discs, person(request), reason)
        except (ElectrodeError, ValidationError) as error:
            typed.refused = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        else:
            messages.success(request, f"The discs of {sheet} are saved. {followed.sentence}".strip())
            return redirect(f"{sheet.get_absolute_url()}#discs")
    return render(
        request,
        "cells/electrode/weigh.html",
        {"sheet": sheet, "typed": typed, "reason": reason, "crumbs": crumbs_of(sheet, ("Weigh", ""))},
    )


@require_POST
def weigh_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Active mass and loading of each row of the grid, while one types."""
    rows = ElectrodeSheet.objects.visible_to(request.user).select_related("batch")
    typed = Typed(discs_of(get_object_or_404(rows, pk=pk)), request.POST)
    return render(request, "cells/electrode/_weighed.html", {"typed": typed})


class Typed:
    """The grid as typed: the discs have what could be read of it, in memory.

    Attributes:
        rows: (disc, its fields as (name, text, error), its numbers).
        errors: sentences, by the name of the field in the form.
        seen: texts that the person was shown first, by the name of the field in the form.
        refused: why all of it was refused.
    """

    def __init__(self, discs: list[ElectrodeDisc], data: Any) -> None:
        self.refused = ""
        self.errors: dict[str, str] = {}
        self.seen: dict[str, str] = {}
        texts: dict[str, str] = {}
        for disc in discs:
            for name in GRID:
                field = f"{name}-{disc.pk}"
                value = getattr(disc, name)
                texts[field] = "" if value is None else f"{value:.12g}"
                self.seen[field] = texts[field]
                # What is as the person was shown it stays as it is by now: somebody else may have weighed meanwhile.
                if data is not None and field in data and data[field] != data.get(f"seen-{field}"):
                    self.seen[field] = data.get(f"seen-{field}", texts[field])
                    texts[field] = data[field]
                    self._read(disc, name, field, data[field])
        numbers = [disc.numbers for disc in discs]
        self.rows = [
            (
                disc,
                [
                    (name, f"{name}-{disc.pk}", texts[f"{name}-{disc.pk}"], self.errors.get(f"{name}-{disc.pk}", ""))
                    for name in GRID
                ],
                found,
            )
            for disc, found in zip(discs, numbers, strict=True)
        ]
        self.together = together(numbers)
        self.doubts = [
            f"{disc}: {sentence}" for disc, found in zip(discs, numbers, strict=True) for sentence in found.doubts
        ]

    def _read(self, disc: ElectrodeDisc, name: str, field: str, text: str) -> None:
        try:
            value = typed_number(text, disc.code)
            if value is not None and not (value > 0 or (name == "foil_mass_mg" and value == 0)):
                raise FieldError(f"{disc.code}: it must be over 0.")
        except FieldError as error:
            self.errors[field] = str(error.message)
        else:
            setattr(disc, name, value)
