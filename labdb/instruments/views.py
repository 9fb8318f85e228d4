"""Pages of instruments: the list, one instrument with its calibrations, and the forms of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from labdb.accounts.services import researches
from labdb.accounts.views import person
from labdb.history import Change, changes_in, changes_of
from labdb.instruments.forms import CalibrationForm, InstrumentForm
from labdb.instruments.listing import InstrumentListing
from labdb.instruments.models import Calibration, Instrument
from labdb.instruments.services import (
    CalibrationError,
    add_calibration,
    change_calibration,
    next_calibration,
    require_researcher,
    save_instrument,
)
from labdb.sections import sections

INVENTORY = ("Inventory", "/inventory/")


def instruments_crumb() -> tuple[str, str]:
    return "Instruments", reverse("instrument-list")


def instrument_list(request: HttpRequest) -> HttpResponseBase:
    listing = InstrumentListing(request)
    if listing.wants_csv:
        return listing.csv()
    context = {
        "listing": listing,
        "may_write": researches(person(request)),
        "crumbs": [INVENTORY, ("Instruments", "")],
    }
    return render(request, "labdb/instruments/instrument_list.html", context)


def instrument(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, form: CalibrationForm | None = None) -> HttpResponse:
    rows = Instrument.objects.with_state(timezone.localdate()).select_related("created_by")
    found = get_object_or_404(rows, pk=pk)
    return render(
        request,
        "labdb/instruments/instrument.html",
        {
            "instrument": found,
            "calibrations": found.calibrations.select_related("created_by"),
            "form": form or CalibrationForm(instance=next_calibration(found, timezone.localdate())),
            "sections": sections("instrument", request, found),
            "changes": _changes(found),
            "may_write": researches(person(request)),
            "crumbs": [INVENTORY, instruments_crumb(), (found.name, "")],
        },
    )


def _changes(found: Instrument) -> list[Change]:
    """The history of an instrument and of its calibrations, newest first."""
    noted = Calibration.history.model.objects.filter(instrument_id=found.pk)
    of_calibrations = changes_in(noted, leave_out=("instrument",), name="calibration of {row.performed_on}")
    return sorted([*changes_of(found), *of_calibrations], key=lambda change: change.at, reverse=True)


def new_instrument(request: HttpRequest) -> HttpResponse:
    return _instrument_form(request, InstrumentForm(request.POST or None), "New instrument")


def change_instrument(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Instrument, pk=pk)
    return _instrument_form(request, InstrumentForm(request.POST or None, instance=found), f"Change {found.name}")


def _instrument_form(request: HttpRequest, form: InstrumentForm, title: str) -> HttpResponse:
    user = person(request)
    require_researcher(user)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data.get("reason", "")
        if _saved(form, lambda made: save_instrument(made, user, why)):
            messages.success(request, f"{form.instance} is saved.")
            return redirect(form.instance)
    return _form_page(request, form, title, Instrument.objects.filter(pk=form.instance.pk).first())


def _form_page(request: HttpRequest, form: ModelForm, title: str, of: Instrument | None) -> HttpResponse:
    cancel = of.get_absolute_url() if of else reverse("instrument-list")
    crumbs = [INVENTORY, instruments_crumb(), *([(of.name, cancel)] if of else []), (title, "")]
    context = {"form": form, "title": title, "cancel": cancel, "crumbs": crumbs}
    return render(request, "labdb/instruments/form.html", context)


def _saved(form: ModelForm, save: Callable[[Any], object]) -> bool:
    """Call the service; what it refuses stands at its field."""
    try:
        save(form.instance)
    except CalibrationError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    except ValidationError as error:
        form.add_error(None, error)
    else:
        return True
    return False


@require_POST
def calibrate(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a calibration."""
    found = get_object_or_404(Instrument, pk=pk)
    user = person(request)
    require_researcher(user)
    form = CalibrationForm(request.POST, instance=Calibration(instrument=found))
    if form.is_valid() and _saved(form, lambda made: add_calibration(made, user)):
        messages.success(request, f"The calibration of {found} is noted.")
        return redirect(found)
    return _page(request, pk, form)


def correct_calibration(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    require_researcher(user)
    found = get_object_or_404(Calibration.objects.select_related("instrument"), pk=pk)
    title = f"Correct the calibration of {found.performed_on}"
    form = CalibrationForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["reason"]
        if _saved(form, lambda made: change_calibration(made, user, why)):
            messages.success(request, "The calibration is corrected.")
            return redirect(found.instrument)
    return _form_page(request, form, title, found.instrument)
