"""Recipes in versions; an approved version never changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from labdb.accounts.models import Project, ProjectQuerySet
from synthesis.chemical.formula import parse as parse_formula
from synthesis.chemical.models import Chemical, validate_formula
from synthesis.recipe import process
from synthesis.recipe.arithmetic import Bands
from synthesis.recipe.difference import Plan
from synthesis.recipe.process import Step, Variables


def validate_process(value: Any) -> None:
    try:
        process.parse(value)
    except process.ProcessError as error:
        raise ValidationError(str(error)) from error


class Recipe(models.Model):
    """What a product is made by; its versions say how."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="recipes")
    code = models.CharField(max_length=100, help_text="GP-NCM, say.")
    description = models.TextField(blank=True)
    control_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="controls", help_text="The same but for one thing."
    )
    simulated = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProjectQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "code"],
                name="recipe_code_once_a_project",
                violation_error_message="This project has a recipe of that code already.",
            )
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("recipe", args=[self.pk])

    @property
    def latest(self) -> RecipeVersion | None:
        """The newest version; no query where the versions are prefetched."""
        if "versions" in getattr(self, "_prefetched_objects_cache", {}):
            return max(self.versions.all(), key=lambda version: version.number, default=None)
        return self.versions.order_by("-number").first()


class RecipeVersionQuerySet(ProjectQuerySet):
    project_path = "recipe__project"


class RecipeVersion(models.Model):
    """One version: target, ratios (its `components`), process, bands."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        APPROVED = "approved", "approved"
        WITHDRAWN = "withdrawn", "withdrawn"

    recipe = models.ForeignKey(Recipe, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    composition = models.CharField(
        "target composition", max_length=200, validators=[validate_formula], help_text="LiNi0.83Co0.11Mn0.06O2, say."
    )
    process = models.JSONField(default=list, validators=[validate_process], help_text="The steps in order.")
    warn_deviation = models.FloatField(
        default=0.005, validators=[MinValueValidator(1e-6)], help_text="Relative deviation of a ratio that warns."
    )
    fail_deviation = models.FloatField(
        default=0.02, validators=[MinValueValidator(1e-6)], help_text="Relative deviation of a ratio that fails."
    )
    expected_yield = models.FloatField(default=0.95, help_text="Product over theoretical mass, 0 … 1.")
    note = models.TextField(blank=True, help_text="What is new in this version.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = RecipeVersionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["recipe__code", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipe", "number"], name="version_number_once_a_recipe"),
            models.CheckConstraint(
                condition=models.Q(warn_deviation__gt=0, fail_deviation__gte=models.F("warn_deviation")),
                name="recipe_bands_in_order",
                violation_error_message="The warn band must be over 0 and not wider than the fail band.",
            ),
            models.CheckConstraint(
                condition=models.Q(expected_yield__gt=0, expected_yield__lte=1),
                name="expected_yield_is_a_fraction",
                violation_error_message="The expected yield must be over 0 and at most 100 %.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipe} v{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("recipe-version", args=[self.recipe_id, self.number])

    @property
    def frozen(self) -> bool:
        return self.state != self.State.DRAFT

    @property
    def bands(self) -> Bands:
        return Bands(self.warn_deviation, self.fail_deviation)

    @property
    def steps(self) -> list[Step]:
        return process.parse(self.process)

    @property
    def lines(self) -> list[RecipeComponent]:
        """The components in order; no query where they are prefetched."""
        if "components" in getattr(self, "_prefetched_objects_cache", {}):
            return list(self.components.all())
        return list(self.components.select_related("chemical"))

    @property
    def plan(self) -> Plan:
        """For comparison with another version, or with a batch."""
        return plan_of(self.composition, [(line.chemical, line.ratio) for line in self.lines], self.steps)

    @property
    def ratios(self) -> str:
        """As one writes it: "1 : 1.05 : 0.1"."""
        return " : ".join(f"{line.ratio:g}" for line in self.lines)

    @property
    def variables(self) -> Variables:
        return process.variables(self.steps)


def plan_of(composition: str, lines: Sequence[tuple[Chemical, float]], steps: Sequence[Step]) -> Plan:
    """What is compared, from chemicals and their ratios; the precursor is known by its role."""
    precursor = next((c.substance.text for c, _ in lines if c.role == Chemical.Role.PRECURSOR), "")
    ratios = {c.substance.text: ratio for c, ratio in lines if c.role != Chemical.Role.PRECURSOR}
    return Plan(parse_formula(composition).text if composition else "", precursor, ratios, steps)


class RecipeComponent(models.Model):
    """A line of a version: a chemical and its moles per mole of precursor."""

    version = models.ForeignKey(RecipeVersion, models.CASCADE, related_name="components")
    position = models.PositiveIntegerField(default=0)
    chemical = models.ForeignKey(Chemical, models.PROTECT, related_name="recipe_components")
    ratio = models.FloatField("moles per mole of precursor", validators=[MinValueValidator(1e-9)])

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "chemical"], name="chemical_once_a_version"),
            models.CheckConstraint(condition=models.Q(ratio__gt=0), name="ratio_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.chemical}: {self.ratio:g}"
