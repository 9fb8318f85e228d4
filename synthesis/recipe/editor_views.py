"""Pages that write recipes: the form of a version, its live preview, and the facts of a recipe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from labdb.accounts.current import current_project
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.accounts.views import person
from labdb.figures import figure
from synthesis.chemical.models import Chemical
from synthesis.heat_treatment import plots
from synthesis.heat_treatment.programme import Kind, ProgrammeError, lay_out
from synthesis.recipe import preview
from synthesis.recipe.editor import SEGMENT_FIELDS, STEP_FIELDS, Draft
from synthesis.recipe.forms import RecipeForm, VersionForm
from synthesis.recipe.models import Recipe, RecipeVersion
from synthesis.recipe.process import ProcessError, segments_of
from synthesis.recipe.services import RecipeError, change_recipe, draft_recipe, save_version
from synthesis.recipe.views import RECIPES, find_recipe, find_version, json_answer, versions_of


@dataclass
class Editor:
    """The form as one request has it: of a new recipe, a new version, or a draft."""

    request: HttpRequest
    version: RecipeVersion
    draft: Draft
    title: str
    cancel: str
    crumbs: list[tuple[str, str]]
    recipe_form: RecipeForm | None = None
    form: VersionForm = field(init=False)

    def answer(self) -> HttpResponse:
        """Show the form, change its rows, or save it."""
        request = self.request
        data = request.POST if request.method == "POST" else None
        if data is None:
            self.form = VersionForm(instance=self.version)
            return self._page()
        self.draft = Draft.typed(data)
        if order := data.get("do"):
            self.draft.do(order)
            return self._changed(data)
        self.form = VersionForm(data, instance=self.version)
        if self._save():
            messages.success(request, f"{self.version} is saved as a draft. Somebody else approves it.")
            return redirect(self.version)
        return self._page()

    def _changed(self, data: Any) -> HttpResponse:
        """The rows after a button; without the script the whole page, with all that was typed."""
        self.form = VersionForm(initial=data.dict(), instance=self.version)
        if self.recipe_form is not None:
            self.recipe_form = RecipeForm(user=person(self.request), initial=data.dict())
        if self.request.headers.get("HX-Request"):
            return render(self.request, "synthesis/recipe/_editor.html", self._context())
        return self._page()

    def _save(self) -> bool:
        """All of it, or nothing; what is refused stands at its field."""
        chemicals = chemicals_by_key()
        good = self.form.is_valid() and (self.recipe_form is None or self.recipe_form.is_valid())
        composition = self.request.POST.get("composition", "").strip()
        sentence = preview.check(self.draft, composition, chemicals, strict=True)
        if sentence and "composition" not in self.form.errors:
            self.form.add_error("composition", sentence)
        if not good or sentence or self.draft.wrong:
            return False
        lines = self.draft.lines(chemicals, strict=True) or []
        self.version.process = self.draft.process(strict=True) or []
        try:
            if self.recipe_form is not None:
                draft_recipe(self.recipe_form.instance, self.version, lines, person(self.request))
            else:
                save_version(self.version, lines, person(self.request))
        except (RecipeError, ValidationError) as error:
            self._refuse(error, lines)
            return False
        return True

    def _refuse(self, error: RecipeError | ValidationError, lines: Sequence[tuple[Chemical, float]]) -> None:
        if isinstance(error, ValidationError):
            self.draft.errors += error.messages
        elif error.field == "control_of" and self.recipe_form is not None:
            self.recipe_form.add_error("control_of", str(error))
        else:
            preview.refuse(self.draft, error, lines)

    def _page(self) -> HttpResponse:
        return render(self.request, "synthesis/recipe/version_form.html", self._context())

    def _context(self) -> dict[str, Any]:
        chemicals = chemicals_by_key()
        composition = str(self.form["composition"].value() or "").strip()
        lines = self.draft.good_lines(chemicals)
        masses = {line.chemical.pk: line for line in preview.ratio_lines(lines)}
        rows = []
        for row in self.draft.components:
            chemical = chemicals.get(row.values.get("chemical", ""))
            rows.append((row, chemical, masses.get(chemical.pk) if chemical else None))
        return {
            "form": self.form,
            "recipe_form": self.recipe_form,
            "draft": self.draft,
            "rows": rows,
            **process_context(self.draft),
            "lithium_to_metals": preview.lithium_to_metals_of(lines),
            "roles": chemicals_by_role(),
            "action": self.request.get_full_path(),
            "composition": composition,
            "title": self.title,
            "cancel": self.cancel,
            "crumbs": self.crumbs,
        }


def process_context(draft: Draft) -> dict[str, Any]:
    """What the form of a process needs beside its draft, for a recipe or for a batch."""
    return {
        "steps": [
            (step, preview.words_of(step), preview.segments_json(step) if step.kind == "heat" else "")
            for step in draft.steps
        ],
        "kinds": list(STEP_FIELDS),
        "segment_kinds": list(Kind),
        "segment_fields": SEGMENT_FIELDS,
        "suggestions": {
            about.list_id: about.known
            for about in [*SEGMENT_FIELDS, *(f for fields in STEP_FIELDS.values() for f in fields)]
            if about.known
        },
    }


def chemicals_by_key() -> dict[str, Chemical]:
    return {str(chemical.pk): chemical for chemical in Chemical.objects.all()}


def chemicals_by_role() -> list[tuple[str, list[Chemical]]]:
    chemicals = list(Chemical.objects.order_by("name"))
    roles = [(label, [c for c in chemicals if c.role == role]) for role, label in Chemical.Role.choices]
    return [(label, of_role) for label, of_role in roles if of_role]


def new_recipe(request: HttpRequest) -> HttpResponse:
    """From scratch, or as a copy of the version named by `?like=`; `&control=1` makes it the control of that."""
    user = person(request)
    start: dict[str, Any] = {"project": current_project(request)}
    version, draft = RecipeVersion(), Draft.from_scratch()
    like = request.GET.get("like", "")
    if like.isdecimal() and (model := versions_of(RecipeVersion.objects.visible_to(user)).filter(pk=like).first()):
        version, draft = copied(model), Draft.of_version(model)
        start["project"] = model.recipe.project
        if request.GET.get("control"):
            start["control_of"] = model.recipe
    form = RecipeForm(request.POST or None, user=user, instance=Recipe(), initial={k: v for k, v in start.items() if v})
    may_write = Project.objects.editable_by(user).exists()
    if not may_write:
        return render(request, "synthesis/recipe/no_project.html", {"crumbs": [RECIPES, ("New recipe", "")]})
    crumbs = [RECIPES, ("New recipe", "")]
    return Editor(request, version, draft, "New recipe", reverse("recipe-list"), crumbs, recipe_form=form).answer()


def copied(model: RecipeVersion) -> RecipeVersion:
    """An unsaved version that says what another says."""
    return RecipeVersion(
        composition=model.composition,
        process=model.process,
        warn_deviation=model.warn_deviation,
        fail_deviation=model.fail_deviation,
        expected_yield=model.expected_yield,
    )


def new_version(request: HttpRequest, pk: int) -> HttpResponse:
    """The next version, starting as a copy of the newest, or of the number in `?like=`."""
    recipe = find_recipe(request, pk)
    require_role(person(request), recipe.project)
    rows = versions_of(RecipeVersion.objects.filter(recipe=recipe)).order_by("-number")
    like = request.GET.get("like", "")
    model = (rows.filter(number=like).first() if like.isdecimal() else None) or rows.first()
    version = copied(model) if model else RecipeVersion()
    version.recipe = recipe
    draft = Draft.of_version(model) if model else Draft.from_scratch()
    title = f"New version of {recipe.code}"
    crumbs = [RECIPES, (recipe.code, recipe.get_absolute_url()), ("New version", "")]
    return Editor(request, version, draft, title, recipe.get_absolute_url(), crumbs).answer()


def change_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = find_version(request, pk, number)
    require_role(person(request), found.recipe.project)
    if found.frozen:
        messages.warning(
            request, f"{found} is {found.get_state_display()} and never changes; make a new version of it."
        )
        return redirect(found)
    crumbs = [
        RECIPES,
        (found.recipe.code, found.recipe.get_absolute_url()),
        (f"v{found.number}", found.get_absolute_url()),
        ("Change", ""),
    ]
    return Editor(request, found, Draft.of_version(found), f"Change {found}", found.get_absolute_url(), crumbs).answer()


@require_POST
def live(request: HttpRequest) -> HttpResponse:
    """What the form amounts to while one types: masses, words, sentences at their fields. Nothing is stored."""
    draft = Draft.typed(request.POST)
    return json_answer(preview.told(draft, request.POST.get("composition", "").strip()[:200], chemicals_by_key()))


def live_programme(request: HttpRequest) -> HttpResponse:
    """The figure of the segments in the address; where they make no programme, the sentence that says why."""
    try:
        items = json.loads(request.GET.get("segments", "[]")[:10_000])
        stretches = lay_out(segments_of([item for item in items if isinstance(item, dict)]))
    except (ProcessError, ProgrammeError) as error:
        sentence = error.sentence if isinstance(error, ProcessError) else str(error)
        return json_answer(figure([], {}, "", empty=sentence))
    except (json.JSONDecodeError, TypeError):
        return json_answer(figure([], {}, "", empty="These are no segments."))
    return json_answer(plots.programme(stretches))


def change_recipe_page(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_recipe(request, pk)
    user = person(request)
    require_role(user, found.project)
    form = RecipeForm(request.POST or None, user=user, instance=Recipe.objects.get(pk=found.pk))
    if request.method == "POST" and form.is_valid():
        try:
            change_recipe(form.instance, user)
        except RecipeError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"{form.instance} is saved.")
            return redirect(form.instance)
    crumbs = [RECIPES, (found.code, found.get_absolute_url()), ("Change", "")]
    context = {"form": form, "title": f"Change {found.code}", "crumbs": crumbs, "cancel": found.get_absolute_url()}
    return render(request, "synthesis/recipe/recipe_form.html", context)
