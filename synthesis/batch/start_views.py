"""Starting a batch by a recipe, and changing the process as it was done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from labdb.accounts.current import current_project, in_view
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from synthesis.batch.forms import BareForm, StartForm
from synthesis.batch.masses import unit_of
from synthesis.batch.models import Batch
from synthesis.batch.planning import GIVEN, Planned, plan
from synthesis.batch.services import BatchError, save_batch, start_batch
from synthesis.batch.views import BATCHES, editable_batch
from synthesis.recipe.editor import Draft, steps_from
from synthesis.recipe.editor_views import process_context
from synthesis.recipe.models import RecipeVersion, RecipeVersionQuerySet


def usable_versions(request: HttpRequest) -> RecipeVersionQuerySet:
    """Of recipes that the person may make a batch by, the newest first."""
    rows = RecipeVersion.objects.editable_by(request.user).exclude(state=RecipeVersion.State.WITHDRAWN)
    return (
        rows.select_related("recipe__project")
        .prefetch_related("components__chemical")
        .order_by("recipe__code", "-number")
    )


def new_batch(request: HttpRequest) -> HttpResponse:
    """By the recipe version named by `?recipe=`; without one, it is chosen first."""
    asked = request.POST if request.method == "POST" else request.GET
    key = asked.get("recipe", "")
    versions = usable_versions(request)
    version = versions.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if version is None:
        return _choose_recipe(request, BareForm(user=person(request), initial={"project": current_project(request)}))
    require_role(person(request), version.recipe.project)
    batch = Batch(project=version.recipe.project, recipe_version=version)
    start = {
        "product": version.recipe.code,
        "code": next_code(version),
        "operator": person(request).get_full_name() or person(request).username,
        "started_on": timezone.localdate(),
    }
    data = request.POST if request.method == "POST" else None
    form = StartForm(data, instance=batch, initial=start)
    planned = plan(version, asked, unit_of(asked.get("scale", "lab")))
    if data is not None and form.is_valid() and not planned.errors:
        made = _start(request, form, version, planned)
        if made is not None:
            messages.success(request, f"{made} is planned. Weigh it in below.")
            return redirect(made)
    return render(request, "synthesis/batch/new.html", _context(request, asked, form, version, planned))


def bare_batch(request: HttpRequest) -> HttpResponse:
    """A batch without a recipe, so that its cells and samples can hang on it."""
    form = BareForm(request.POST or None, user=person(request))
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("product", "scale", "started_on", "note")}
        made = start_batch(
            person(request), form.cleaned_data["project"], form.cleaned_data["code"], recipe_version=None, **said
        )
        messages.success(request, f"{made} is there. How it was made is not recorded.")
        return redirect(made)
    return _choose_recipe(request, form)


def _choose_recipe(request: HttpRequest, bare: BareForm) -> HttpResponse:
    return render(
        request,
        "synthesis/batch/choose_recipe.html",
        {
            "versions": in_view(request, usable_versions(request)),
            "projects": Project.objects.editable_by(request.user),
            "bare": bare,
            "crumbs": [BATCHES, ("New batch", "")],
        },
    )


def _start(request: HttpRequest, form: StartForm, version: RecipeVersion, planned: Planned) -> Batch | None:
    said = {name: form.cleaned_data[name] for name in StartForm.Meta.fields if name != "code"}
    try:
        return start_batch(
            person(request),
            version.recipe.project,
            form.cleaned_data["code"],
            version,
            lots=planned.lots,
            wanted_precursor_mass_g=planned.precursor_mass_g,
            **said,
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
    except BatchError as error:
        form.add_error(None, str(error))
    return None


def _context(
    request: HttpRequest, asked: Any, form: StartForm, version: RecipeVersion, planned: Planned
) -> dict[str, Any]:
    shown = planned
    if not planned.lines and not planned.errors:
        # The lots that would be taken, before anybody said how much.
        shown = plan(version, {**{k: asked[k] for k in asked if k.startswith("lot-")}, "precursor": "100 g"}, "g")
    return {
        "form": form,
        "version": version,
        "planned": planned,
        "table": shown,
        "example": shown is not planned,
        "said": {name: asked.get(name, "") for name in GIVEN},
        "unit": unit_of(asked.get("scale", "lab")),
        "apart": request.headers.get("HX-Request") == "true",
        "crumbs": [BATCHES, ("New batch", "")],
    }


def weigh_out(request: HttpRequest) -> HttpResponse:
    """The table alone, while one types."""
    key = request.GET.get("recipe", "")
    keys = int(key) if key.isdecimal() and len(key) < 19 else 0
    version = get_object_or_404(usable_versions(request), pk=keys)
    planned = plan(version, request.GET, unit_of(request.GET.get("scale", "lab")))
    context = _context(request, request.GET, StartForm(), version, planned)
    return render(request, "synthesis/batch/_weigh_out.html", context)


def next_code(version: RecipeVersion) -> str:
    """The code after the newest batch of the recipe, where that ends with a number: GP-NCM-07 → GP-NCM-08."""
    codes = Batch.objects.filter(project=version.recipe.project, recipe_version__recipe=version.recipe)
    last = codes.order_by("-pk").values_list("code", flat=True).first() or f"{version.recipe.code}-00"
    head = last.rstrip("0123456789")
    digits = last[len(head) :]
    if not digits:
        return f"{last}-2"
    number, taken = (
        int(digits),
        set(Batch.objects.filter(project=version.recipe.project, code__startswith=head).values_list("code", flat=True)),
    )
    while True:
        number += 1
        code = f"{head}{number:0{len(digits)}d}"
        if code not in taken:
            return code


def change_process(request: HttpRequest, pk: int) -> HttpResponse:
    """The process as it was done, in the editor of the recipes."""
    found = editable_batch(request, pk)
    why = request.POST.get("reason", "").strip()
    if request.method != "POST":
        return _process_page(request, found, Draft([], steps_from(found.process)), "")
    draft = Draft.typed(request.POST)
    if order := request.POST.get("do"):
        draft.do(order)
        if request.headers.get("HX-Request"):
            context = {"draft": draft, **process_context(draft)}
            return render(request, "synthesis/batch/_process_editor.html", context)
        return _process_page(request, found, draft, why)
    steps = draft.process(strict=True)
    if steps is None:
        return _process_page(request, found, draft, why)
    found.process = steps
    try:
        save_batch(found, person(request), why)
    except (BatchError, ValidationError) as error:
        draft.errors += error.messages if isinstance(error, ValidationError) else [str(error)]
        return _process_page(request, found, draft, why)
    messages.success(request, "The process is saved. What differs from the recipe is listed as its deviations.")
    return redirect(f"{found.get_absolute_url()}#process")


def _process_page(request: HttpRequest, found: Batch, draft: Draft, why: str) -> HttpResponse:
    return render(
        request,
        "synthesis/batch/process.html",
        {
            "batch": found,
            "draft": draft,
            "reason": why,
            **process_context(draft),
            "crumbs": [BATCHES, (found.code, found.get_absolute_url()), ("Process", "")],
        },
    )
