"""Batches as made: what was weighed, heated, washed, and what they come from."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from labdb.accounts.models import Project, ProjectQuerySet
from synthesis.chemical.models import Chemical, Lot
from synthesis.recipe import process as processes
from synthesis.recipe.models import RecipeVersion, validate_process
from synthesis.recipe.process import Heat, Step, Variables


class Batch(models.Model):
    """One batch. `process` is what was done; it starts as a copy of the recipe's, and the difference is listed."""

    class Scale(models.TextChoices):
        LAB = "lab", "lab"
        PILOT = "pilot", "pilot"

    project = models.ForeignKey(Project, models.PROTECT, related_name="batches")
    code = models.CharField(max_length=100)
    product = models.CharField(max_length=100, blank=True, help_text="GP-NCM, say; the recipe's code where it has one.")
    recipe_version = models.ForeignKey(
        RecipeVersion, models.PROTECT, null=True, blank=True, related_name="batches", help_text="Empty: not recorded."
    )
    scale = models.CharField(max_length=10, choices=Scale.choices, default=Scale.LAB)
    operator = models.CharField(max_length=100, blank=True)
    started_on = models.DateField(null=True, blank=True)
    furnace = models.CharField(max_length=100, blank=True)
    process = models.JSONField(default=list, blank=True, validators=[validate_process], help_text="As done.")
    wanted_precursor_mass_g = models.FloatField(
        "precursor to weigh", null=True, blank=True, validators=[MinValueValidator(1e-6)]
    )
    planned_lots = models.ManyToManyField(
        Lot, blank=True, related_name="+", help_text="To be weighed from, one a chemical."
    )
    mass_after_sintering_g = models.FloatField(
        "mass after sintering", null=True, blank=True, validators=[MinValueValidator(1e-6)]
    )
    mass_after_washing_g = models.FloatField(
        "mass after washing", null=True, blank=True, validators=[MinValueValidator(1e-6)]
    )
    note = models.TextField(blank=True)
    simulated = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="batches")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProjectQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["-started_on", "-pk"]
        verbose_name_plural = "batches"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "code"],
                name="batch_code_once_a_project",
                violation_error_message="This project has a batch of that code already.",
            ),
            models.CheckConstraint(
                condition=models.Q(mass_after_sintering_g__gt=0), name="mass_after_sintering_is_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(mass_after_washing_g__gt=0), name="mass_after_washing_is_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(wanted_precursor_mass_g__gt=0), name="precursor_mass_is_positive"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "product"]),
            models.Index(fields=["project", "-started_on", "-id"]),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("batch", args=[self.pk])

    @property
    def steps(self) -> list[Step]:
        return processes.parse(self.process)

    @property
    def heats(self) -> list[Heat]:
        """The heat treatments in their order; furnace logs count them from 1."""
        return [step for step in self.steps if isinstance(step, Heat)]

    @property
    def variables(self) -> Variables:
        return processes.variables(self.steps)


class WeighingQuerySet(ProjectQuerySet):
    project_path = "batch__project"


class Weighing(models.Model):
    """What was weighed of a lot into a batch."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="weighings")
    chemical = models.ForeignKey(Chemical, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="weighings")
    mass_g = models.FloatField("mass", validators=[MinValueValidator(1e-9)])
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why a lot was used that is expired, or beyond its amount."
    )
    weighed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    weighed_at = models.DateTimeField(default=timezone.now)

    objects = WeighingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(mass_g__gt=0), name="weighed_mass_is_positive")
        ]

    def __str__(self) -> str:
        return f"{self.mass_g:g} g of {self.lot}"


class BatchLinkQuerySet(ProjectQuerySet):
    project_path = "child__project"


class BatchLink(models.Model):
    """What a batch was made from, or is compared with."""

    class Kind(models.TextChoices):
        """Read as: the child is a … of the parent."""

        BLEND = "blend", "blend of"
        SPLIT = "split", "split of"
        SCALE_UP = "scale_up", "scale-up of"
        CONTROL = "control", "control of"
        REWORK = "rework", "re-work of"

    parent = models.ForeignKey(Batch, models.PROTECT, related_name="links_down")
    child = models.ForeignKey(Batch, models.CASCADE, related_name="links_up")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    mass_g = models.FloatField("mass taken", null=True, blank=True, validators=[MinValueValidator(1e-9)])
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BatchLinkQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parent", "child", "kind"], name="batch_link_once"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("child")), name="batch_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.child} {self.get_kind_display()} {self.parent}"
