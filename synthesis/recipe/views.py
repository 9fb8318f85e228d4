"""Pages that show recipes: the list, a recipe, a version with its weigh-out, two versions side by side."""

from __future__ import annotations

from typing import Any

import orjson
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from labdb.accounts.models import Project, Role
from labdb.accounts.views import person
from labdb.history import Change, changes_in, changes_of
from synthesis.batch.models import Batch
from synthesis.batch.story import components_of
from synthesis.chemical.formula import parse
from synthesis.heat_treatment import plots
from synthesis.recipe import process
from synthesis.recipe.arithmetic import lithium_to_metals
from synthesis.recipe.difference import Difference, Plan, differences
from synthesis.recipe.forms import WhyForm
from synthesis.recipe.listing import RecipeListing
from synthesis.recipe.models import Recipe, RecipeComponent, RecipeVersion
from synthesis.recipe.preview import ratio_lines
from synthesis.recipe.services import RecipeError, approve_version, withdraw_version
from synthesis.recipe.weighing import weigh_out_of

RECIPES = ("Recipes", "/recipes/")
SHOWN_BATCHES = 8


def recipe_list(request: HttpRequest) -> HttpResponseBase:
    listing = RecipeListing(request)
    if listing.wants_csv:
        return listing.csv()
    may_write = Project.objects.editable_by(request.user).exists()
    return render(request, "synthesis/recipe/recipe_list.html", {"listing": listing, "may_write": may_write})


def versions_of(rows: QuerySet[RecipeVersion] | None = None) -> QuerySet[RecipeVersion]:
    """With everything that a plan is made of."""
    base = RecipeVersion.objects.all() if rows is None else rows
    return base.select_related("recipe__project", "created_by", "approved_by").prefetch_related("components__chemical")


def find_recipe(request: HttpRequest, pk: int) -> Recipe:
    rows = Recipe.objects.visible_to(request.user).select_related("project", "control_of", "created_by")
    return get_object_or_404(rows, pk=pk)


def find_version(request: HttpRequest, pk: int, number: int) -> RecipeVersion:
    rows = versions_of(RecipeVersion.objects.visible_to(request.user)).select_related("recipe__control_of")
    return get_object_or_404(rows, recipe=pk, number=number)


def may_write(request: HttpRequest, recipe: Recipe) -> bool:
    return Project.objects.editable_by(request.user).filter(pk=recipe.project_id).exists()


def recipe(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_recipe(request, pk)
    rows = versions_of(RecipeVersion.objects.filter(recipe=found)).annotate(batch_count=Count("batches"))
    versions = list(rows.order_by("-number"))
    earlier: list[RecipeVersion | None] = [*versions[1:], None]
    shown = next((v for v in versions if v.state == RecipeVersion.State.APPROVED), versions[0] if versions else None)
    return render(
        request,
        "synthesis/recipe/recipe.html",
        {
            "recipe": found,
            "versions": [
                (version, before, differences(before.plan, version.plan) if before else [])
                for version, before in zip(versions, earlier, strict=True)
            ],
            "controlled": control_of(found, shown),
            "controls": found.controls.filter(project=found.project),
            "changes": changes_of(found),
            "may_write": may_write(request, found),
            "crumbs": [RECIPES, (found.code, "")],
        },
    )


def control_of(found: Recipe, version: RecipeVersion | None) -> tuple[RecipeVersion, list[Difference]] | None:
    """What a control is compared with, the newest version of the other recipe, and what it differs in."""
    if found.control_of_id is None or version is None:
        return None
    other = versions_of(RecipeVersion.objects.filter(recipe=found.control_of_id)).order_by("-number").first()
    return (other, differences(other.plan, version.plan)) if other else None


def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    return _version_page(request, find_version(request, pk, number), WhyForm())


def _version_page(request: HttpRequest, found: RecipeVersion, why: WhyForm) -> HttpResponse:
    user = person(request)
    lines = [(line.chemical, line.ratio) for line in found.lines]
    role = found.recipe.project.role_of(user)
    verifies = role is not None and role.rank >= Role.VERIFIER.rank
    writes = role is not None and role.rank >= Role.RESEARCHER.rank
    batches = Batch.objects.visible_to(user).filter(recipe_version=found)
    steps = found.steps
    others = RecipeVersion.objects.filter(recipe=found.recipe_id).exclude(pk=found.pk).order_by("-number")
    return render(
        request,
        "synthesis/recipe/version.html",
        {
            "version": found,
            "recipe": found.recipe,
            "ratios": ratio_lines(lines),
            "lithium_to_metals": _lithium(found),
            "product": parse(found.composition),
            "steps": [
                (n, step, process.words(step), isinstance(step, process.Heat)) for n, step in enumerate(steps, 1)
            ],
            "controlled": control_of(found.recipe, found),
            "weigh_out": weigh_out_of(found, request.GET),
            "batches": batches[:SHOWN_BATCHES],
            "batch_count": batches.count(),
            "others": others.only("number", "state", "recipe"),
            "changes": version_changes(found),
            "may_write": writes,
            "may_approve": verifies and found.state == RecipeVersion.State.DRAFT and found.created_by_id != user.pk,
            "may_withdraw": verifies and found.state == RecipeVersion.State.APPROVED,
            "waits": found.state == RecipeVersion.State.DRAFT and found.created_by_id == user.pk,
            "why": why,
            "crumbs": [RECIPES, (found.recipe.code, found.recipe.get_absolute_url()), (f"v{found.number}", "")],
        },
    )


def _lithium(found: RecipeVersion) -> float | None:
    components = components_of(found, {})
    return lithium_to_metals(components, [component.ratio for component in components]) if components else None


def _process_lines(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """A changed process in the lab's words."""
    one, two = (Plan("", "", {}, process.parse(value or [])) for value in (before, after))
    return [(found.what, found.before, found.after) for found in differences(one, two)]


def version_changes(found: RecipeVersion) -> list[Change]:
    """The changes of a version and of its components; the components that it was made with are no change."""
    own = changes_of(found, {"process": _process_lines}, leave_out=("approved_by", "approved_at"))
    parts = RecipeComponent.history.filter(version_id=found.pk).select_related("chemical")
    of_parts = changes_in(parts, leave_out=("position",), name="{row.chemical} (ratio {row.ratio:g})")
    made = own[-1].at if own else found.created_at
    later = [change for change in of_parts if (change.at - made).total_seconds() > 1]
    return sorted([*own, *later], key=lambda change: change.at, reverse=True)


def programme(request: HttpRequest, pk: int, number: int, step: int) -> HttpResponse:
    """The figure of one heat treatment of a version."""
    steps = find_version(request, pk, number).steps
    if not 1 <= step <= len(steps) or not isinstance(found := steps[step - 1], process.Heat):
        raise Http404("this step has no heat programme")
    return json_answer(plots.programme(found.stretches()))


def json_answer(value: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(value), content_type="application/json")


@require_POST
def approve(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = find_version(request, pk, number)
    try:
        approve_version(found, person(request))
    except RecipeError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{found} is approved: from now on only a new version changes it.")
    return redirect(found)


@require_POST
def withdraw(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = find_version(request, pk, number)
    why = WhyForm(request.POST)
    if not why.is_valid():
        return _version_page(request, found, why)
    try:
        withdraw_version(found, person(request), why.cleaned_data["reason"])
    except RecipeError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{found} is withdrawn: no new batch takes it.")
    return redirect(found)


def difference(request: HttpRequest) -> HttpResponse:
    """Two versions side by side, chosen by `?before=` and `?after=`; of a recipe, its newest."""
    visible = RecipeVersion.objects.visible_to(request.user)
    chosen: list[RecipeVersion | None] = []
    for name in ("before", "after"):
        wanted = request.GET.get(name, "")
        chosen.append(versions_of(visible).filter(pk=wanted).first() if wanted.isdecimal() else None)
    before, after = chosen
    choices = visible.select_related("recipe").order_by("recipe__code", "-number")
    return render(
        request,
        "synthesis/recipe/difference.html",
        {
            "choices": choices,
            "before": before,
            "after": after,
            "differences": differences(before.plan, after.plan) if before and after else [],
            "sides": [(side, [process.words(step) for step in side.steps]) for side in (before, after) if side],
            "crumbs": [RECIPES, ("Compare", "")],
        },
    )
