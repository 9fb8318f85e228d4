"""Pages of batches: the list, one batch from recipe to yield, two side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.sections import sections
from synthesis.batch.changes import changes
from synthesis.batch.comparison import compare
from synthesis.batch.forms import BatchForm, CopyForm, MassesForm, ReasonForm, WeighForm
from synthesis.batch.listing import BatchListing
from synthesis.batch.masses import unit_of
from synthesis.batch.models import Batch, BatchLink, Weighing
from synthesis.batch.services import (
    BatchError,
    copy_batch,
    objections,
    save_batch,
    take_back_weighing,
    weigh,
)
from synthesis.batch.story import Story, figures_of, tell, weigh_lines, weighings_of
from synthesis.chemical.models import Chemical, Lot
from synthesis.chemical.services import LotError, left_in
from synthesis.heat_treatment.views import heats_of
from synthesis.recipe import process
from synthesis.recipe.process import Heat

BATCHES = ("Batches", "/batches/")


def batch_list(request: HttpRequest) -> HttpResponseBase:
    listing = BatchListing(request)
    if listing.wants_csv:
        return listing.csv()
    may_write = Project.objects.editable_by(request.user).exists()
    return render(request, "synthesis/batch/batch_list.html", {"listing": listing, "may_write": may_write})


def find_batch(request: HttpRequest, pk: int) -> Batch:
    rows = Batch.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("project", "recipe_version__recipe", "created_by"), pk=pk)


def editable_batch(request: HttpRequest, pk: int) -> Batch:
    """
    Raises:
        PermissionDenied: the person may see the batch, not change it.
    """
    found = find_batch(request, pk)
    require_role(person(request), found.project)
    return found


@never_cache
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    return batch_page(request, find_batch(request, pk))


def batch_page(request: HttpRequest, found: Batch, **forms: Form) -> HttpResponse:
    """The whole story; `forms` are those that came back with errors."""
    weighings = weighings_of(found)
    story = tell(found, weighings)
    may_write = Project.objects.editable_by(request.user).filter(pk=found.project_id).exists()
    lines = weigh_lines(found, story, weighings, found.planned_lots.select_related("chemical"))
    history = changes(found)
    if may_write:
        forms.setdefault("weigh_form", WeighForm(batch=found, initial=_next_to_weigh(lines), auto_id="weigh-%s"))
        forms.setdefault("masses_form", MassesForm(batch=found, auto_id="masses-%s"))
        forms.setdefault("copy_form", CopyForm(auto_id="copy-%s"))
    return render(
        request,
        "synthesis/batch/batch.html",
        {
            "batch": found,
            "unit": unit_of(found.scale),
            "story": story,
            "figures": figures_of(story),
            "lines": lines,
            "states": _states(found, story),
            "heats": heats_of(found),
            "steps": _steps(found, {line.what for line in story.deviations}),
            "links": BatchLink.objects.filter(child=found).select_related("parent"),
            "made_of_it": BatchLink.objects.filter(parent=found).select_related("child"),
            "sections": sections("batch", request, found),
            "changes": history,
            "may_write": may_write,
            "crumbs": [BATCHES, (found.code, "")],
            **forms,
        },
    )


def _next_to_weigh(lines: Any) -> dict[str, Any]:
    """The lot that is planned for what comes next; its mass is read from the balance, not from here."""
    waiting = next((line for line in lines if line.still_g is not None and line.lot is not None), None)
    return {"lot": waiting.lot.pk} if waiting else {}


def _states(found: Batch, story: Story) -> list[tuple[str, str]]:
    """Chips beside the code: (status, word)."""
    missing = {line.chemical_id for line in found.recipe_version.components.all()} if found.recipe_version else set()
    missing -= {w.chemical.pk for w in story.weighed}
    if not story.weighed:
        stage = "planned"
    elif missing and found.mass_after_sintering_g is None:
        stage = "being weighed"
    elif found.mass_after_sintering_g is None:
        stage = "weighed"
    elif found.mass_after_washing_g is None and any(isinstance(step, process.Wash) for step in found.steps):
        stage = "sintered"
    else:
        stage = "made"
    states = [(stage, "")]
    if story.verdict is not None:
        states.append(
            (
                str(story.verdict),
                {"ok": "ratios ok", "warn": "ratios warn", "fail": "ratios out of band"}[story.verdict],
            )
        )
    if found.simulated:
        states.append(("simulated", ""))
    return states


def _steps(found: Batch, deviating: set[str]) -> list[tuple[str, bool, int]]:
    """The process as done: words, whether it is a heat treatment, and its number among these."""
    number, told = 0, []
    for step in found.steps:
        number += isinstance(step, Heat)
        told.append((process.words(step), isinstance(step, Heat), number))
    return told


def change(request: HttpRequest, pk: int) -> HttpResponse:
    found = editable_batch(request, pk)
    form = BatchForm(request.POST or None, instance=Batch.objects.select_related("project").get(pk=pk))
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["reason"]
        if _saved(form, lambda: save_batch(form.instance, person(request), why)):
            messages.success(request, f"{form.instance} is saved.")
            return redirect(form.instance)
    crumbs = [BATCHES, (found.code, found.get_absolute_url()), ("Change", "")]
    context = {"form": form, "batch": found, "title": f"Change {found.code}", "crumbs": crumbs}
    return render(request, "synthesis/batch/change.html", context)


def _saved(form: Form | ModelForm, save: Any) -> bool:
    """Call the service; what it refuses stands at its field."""
    try:
        save()
    except ValidationError as error:
        known = {name: texts for name, texts in error.message_dict.items() if name in form.fields}
        for name, texts in known.items():
            form.add_error(name, texts)
        for name, texts in error.message_dict.items():
            if name not in known:
                form.add_error(None, texts)
        return False
    except (BatchError, LotError) as error:
        form.add_error(None, str(error))
        return False
    return True


@require_POST
def masses(request: HttpRequest, pk: int) -> HttpResponse:
    found = editable_batch(request, pk)
    form = MassesForm(request.POST, batch=found, auto_id="masses-%s")
    if form.is_valid():
        for name in ("mass_after_sintering_g", "mass_after_washing_g"):
            setattr(found, name, form.cleaned_data[name])
        if _saved(form, lambda: save_batch(found, person(request), form.cleaned_data["reason"])):
            messages.success(request, "The masses are saved.")
            return redirect(f"{found.get_absolute_url()}#masses")
    return batch_page(request, find_batch(request, pk), masses_form=form)


@require_POST
def weigh_in(request: HttpRequest, pk: int) -> HttpResponse:
    """What was weighed of a lot; where a reason is needed the form comes back and asks for it."""
    found = editable_batch(request, pk)
    form = WeighForm(request.POST, batch=found, auto_id="weigh-%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = weigh(found, said["lot"], said["mass_g"], person(request), said["reason"])
        except LotError as error:
            form.add_error("reason" if not said["reason"] else None, str(error))
        else:
            messages.success(request, f"{made} weighed; {left_in(made.lot):.6g} g of it are left.")
            return redirect(f"{found.get_absolute_url()}#weighed")
    return batch_page(request, found, weigh_form=form)


def weigh_check(request: HttpRequest, pk: int) -> HttpResponse:
    """While one types: what is left of the lot, what the ratio would be, and whether a reason is needed."""
    found = find_batch(request, pk)
    form = WeighForm(request.GET, batch=found)
    form.is_valid()
    lot: Lot | None = form.cleaned_data.get("lot")
    mass: float | None = form.cleaned_data.get("mass_g")
    context: dict[str, Any] = {"lot": lot, "mass_g": mass, "batch": found, "unit": unit_of(found.scale)}
    if lot is not None:
        context["needs"] = objections(found, lot, mass or 0.0, timezone.localdate())
        context["left_g"] = left_in(lot) - (mass or 0.0)
        context |= _would_be(found, lot, mass)
    if request.GET.get("mass_g") and "mass_g" in form.errors:
        context["wrong"] = form.errors["mass_g"]
    return render(request, "synthesis/batch/_weigh_check.html", context)


def _would_be(found: Batch, lot: Lot, mass_g: float | None) -> dict[str, Any]:
    """The line of a lot's chemical: what is still to be weighed, and the ratio with this mass."""
    weighings = weighings_of(found)
    if mass_g is not None:
        weighings = [*weighings, Weighing(batch=found, chemical=lot.chemical, lot=lot, mass_g=mass_g)]
    story = tell(found, weighings)
    planned = [*found.planned_lots.exclude(chemical=lot.chemical_id).select_related("chemical"), lot]
    line = next((one for one in weigh_lines(found, story, weighings, planned) if one.chemical == lot.chemical), None)
    is_precursor = lot.chemical.role == Chemical.Role.PRECURSOR
    return {"line": line, "ratios": story.ratios if is_precursor and mass_g is not None else []}


@require_POST
def take_back(request: HttpRequest, pk: int, weighing: int) -> HttpResponse:
    found = editable_batch(request, pk)
    wrong = get_object_or_404(found.weighings.select_related("lot__chemical", "batch__project"), pk=weighing)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Taking a weighing back needs its reason.")
        return redirect(f"{found.get_absolute_url()}#weighed")
    take_back_weighing(wrong, person(request), form.cleaned_data["reason"])
    messages.success(request, f"{wrong.mass_g:g} g of {wrong.lot} are taken back; the history keeps the weighing.")
    return redirect(f"{found.get_absolute_url()}#weighed")


@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    found = editable_batch(request, pk)
    form = CopyForm(request.POST, auto_id="copy-%s")
    made: list[Batch] = []
    if form.is_valid() and _saved(
        form, lambda: made.append(copy_batch(found, person(request), form.cleaned_data["code"]))
    ):
        messages.success(request, f"{made[0]} is planned as {found} was done; nothing is weighed yet.")
        return redirect(made[0])
    return batch_page(request, found, copy_form=form)


def compare_two(request: HttpRequest) -> HttpResponse:
    """Two batches side by side: the first two of `?id=`, in the order of the ticks or as `?before=&after=` say."""
    query = request.GET
    wanted = [query["before"], query["after"]] if "before" in query and "after" in query else query.getlist("id")[:2]
    keys = [key for key in wanted if key.isdecimal() and len(key) < 19]
    rows = Batch.objects.visible_to(request.user).select_related("project", "recipe_version__recipe")
    found = {str(row.pk): row for row in rows.filter(pk__in=keys)}
    chosen = [found[key] for key in keys if key in found]
    context: dict[str, Any] = {"crumbs": [BATCHES, ("Two side by side", "")]}
    if len(chosen) == 2:
        context["comparison"] = compare(*chosen)
        context["swapped"] = f"{reverse('batch-compare')}?before={chosen[1].pk}&after={chosen[0].pk}"
    return render(request, "synthesis/batch/compare.html", context)
