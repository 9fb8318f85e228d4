"""Cells as built: the minimum that gives a cycling curve its meaning."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cells.electrode.models import ElectrodeDisc
from labdb.accounts.models import Project, ProjectQuerySet
from synthesis.batch.models import Batch


class CellQuerySet(ProjectQuerySet):
    def without_mass(self) -> CellQuerySet:
        return self.filter(active_mass_mg=None)


class Cell(models.Model):
    """One built cell."""

    class Format(models.TextChoices):
        COIN_HALF = "coin_half", "coin half cell"
        COIN_FULL = "coin_full", "coin full cell"
        POUCH_FULL = "pouch_full", "pouch full cell"
        SOLID_STATE = "solid_state", "solid-state mould cell"
        OTHER = "other", "other"

    class Reference(models.TextChoices):
        LITHIUM = "Li/Li+", "Li/Li⁺"
        LITHIUM_INDIUM = "Li-In", "Li–In"
        NONE = "none", "none (full cell)"

    class MassSource(models.TextChoices):
        """Where the active mass is from; what is from an electrode follows it."""

        ENTERED = "entered", "as entered"
        WEIGHED = "weighed", "from the weight of the electrode"
        LOADING = "loading", "from the loading of the electrode's sheet"

    project = models.ForeignKey(Project, models.PROTECT, related_name="cells")
    code = models.CharField(max_length=100)
    format = models.CharField(max_length=20, choices=Format.choices, default=Format.COIN_HALF)
    product = models.CharField(max_length=100, blank=True, help_text="What the material is called: GP-NCM, say.")
    batch = models.ForeignKey(
        Batch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cells",
        help_text="The batch that the cathode is made of.",
    )
    active_mass_mg = models.FloatField(
        "active mass",
        null=True,
        blank=True,
        validators=[MinValueValidator(1e-6)],
        help_text="Cathode active material only: (electrode − foil) × active fraction.",
    )
    active_mass_source = models.CharField(
        max_length=10, choices=MassSource.choices, default=MassSource.ENTERED, editable=False
    )
    positive_electrode = models.OneToOneField(
        ElectrodeDisc, models.PROTECT, null=True, blank=True, related_name="positive_of"
    )
    negative_electrode = models.OneToOneField(
        ElectrodeDisc, models.PROTECT, null=True, blank=True, related_name="negative_of"
    )
    nominal_specific_capacity_mah_per_g = models.FloatField(
        "1 C",
        null=True,
        blank=True,
        validators=[MinValueValidator(1e-6)],
        help_text="The specific current that is called 1 C.",
    )
    reference_electrode = models.CharField(max_length=10, choices=Reference.choices, default=Reference.LITHIUM)
    note = models.TextField(blank=True)
    simulated = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="cells")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CellQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["code", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "code"],
                name="cell_code_once_a_project",
                violation_error_message="This project has a cell of that code already.",
            ),
            models.CheckConstraint(condition=models.Q(active_mass_mg__gt=0), name="active_mass_is_positive"),
            models.CheckConstraint(
                condition=models.Q(nominal_specific_capacity_mah_per_g__gt=0), name="one_c_is_positive"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "product"]),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("cell", args=[self.pk])

    @property
    def batch_code(self) -> str:
        """The code of its batch; empty where none is said."""
        return self.batch.code if self.batch else ""

    @property
    def nominal_capacity_mah(self) -> float | None:
        """What one hour at 1 C delivers; unknown without mass or 1 C."""
        if self.active_mass_mg is None or self.nominal_specific_capacity_mah_per_g is None:
            return None
        return self.active_mass_mg / 1000 * self.nominal_specific_capacity_mah_per_g
