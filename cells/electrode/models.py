"""Electrodes: the sheet that was coated or pressed, and what was punched from it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cells.electrode import formulation as formulations
from cells.electrode.arithmetic import disc_area_cm2
from cells.electrode.formulation import Component, Drying
from cells.electrode.numbers import (
    DiscNumbers,
    DiscSaid,
    SheetNumbers,
    SheetSaid,
    missing_for_mass,
    numbers_of_disc,
    numbers_of_sheet,
)
from labdb.accounts.models import Project, ProjectQuerySet
from synthesis.batch.models import Batch

POSITIVE = [MinValueValidator(1e-9)]


def validate_formulation(value: Any) -> None:
    try:
        formulations.parse(value)
    except formulations.FormulationError as error:
        raise ValidationError(str(error)) from error


def validate_drying(value: Any) -> None:
    try:
        formulations.parse_drying(value)
    except formulations.FormulationError as error:
        raise ValidationError(str(error)) from error


def over_0(of: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(**{f"{name}__gt": 0}), name=f"{of}_{name}_over_0")


class ElectrodeSheet(models.Model):
    """A coated foil, or a pressed composite: one formulation, one coating, one thickness."""

    class Polarity(models.TextChoices):
        POSITIVE = "positive", "positive"
        NEGATIVE = "negative", "negative"

    class Foil(models.TextChoices):
        """A foil of a metal that is named here is weighed by its thickness where nobody weighed it."""

        ALUMINIUM = "aluminium", "aluminium"
        COPPER = "copper", "copper"
        NICKEL = "nickel", "nickel"
        STEEL = "steel", "stainless steel"
        OTHER = "other", "other"
        NONE = "none", "none (pressed, or free-standing)"

    project = models.ForeignKey(Project, models.PROTECT, related_name="electrode_sheets")
    code = models.CharField(max_length=100)
    polarity = models.CharField(max_length=10, choices=Polarity.choices, default=Polarity.POSITIVE)
    batch = models.ForeignKey(
        Batch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="electrode_sheets",
        help_text="That the active material is of.",
    )
    active_material = models.CharField(
        max_length=100, blank=True, help_text="Where it is of no batch: “graphite MCMB (BTR)”, say."
    )
    formulation = models.JSONField(
        default=list, blank=True, validators=[validate_formulation], help_text="Solids by mass; their roles."
    )
    active_fraction = models.FloatField(null=True, blank=True, editable=False, help_text="Of the formulation.")
    solvent = models.CharField(max_length=60, blank=True)
    solids_fraction = models.FloatField(
        "solids in the slurry", null=True, blank=True, validators=[*POSITIVE, MaxValueValidator(1)]
    )
    coating_method = models.CharField(max_length=100, blank=True, help_text="“doctor blade, 200 µm”, say.")
    foil_material = models.CharField("foil", max_length=20, choices=Foil.choices, blank=True)
    foil_detail = models.CharField(max_length=100, blank=True, help_text="Purity, supplier, carbon coat.")
    foil_thickness_micrometer = models.FloatField("foil thickness", null=True, blank=True, validators=POSITIVE)
    foil_areal_mass_mg_per_cm2 = models.FloatField(
        "foil mass per area", null=True, blank=True, validators=POSITIVE, help_text="Empty: by its thickness."
    )
    drying = models.JSONField(default=list, blank=True, validators=[validate_drying], help_text="Stages in order.")
    coated_sides = models.PositiveSmallIntegerField(choices=[(1, "one side"), (2, "both sides")], default=1)
    coating_areal_mass_mg_per_cm2 = models.FloatField(
        "coating mass per area",
        null=True,
        blank=True,
        validators=POSITIVE,
        help_text="The whole dry coating of one side.",
    )
    coating_thickness_micrometer = models.FloatField(
        "coating thickness", null=True, blank=True, validators=POSITIVE, help_text="One side, without the foil."
    )
    calendered_density_g_per_cm3 = models.FloatField("calendered to", null=True, blank=True, validators=POSITIVE)
    calender_line_force_n_per_mm = models.FloatField("line force", null=True, blank=True, validators=POSITIVE)
    specific_capacity_mah_per_g = models.FloatField(
        "specific capacity",
        null=True,
        blank=True,
        validators=POSITIVE,
        help_text="Of the active material, for N/P.",
    )
    specific_capacity_c_rate = models.FloatField(
        "at a rate of", null=True, blank=True, validators=POSITIVE, help_text="C/10 is 0.1."
    )
    made_on = models.DateField(null=True, blank=True)
    operator = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    simulated = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProjectQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["code", "pk"]
        verbose_name = "electrode"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "code"],
                name="electrode_code_once_a_project",
                violation_error_message="This project has an electrode of that code already.",
            ),
            models.CheckConstraint(condition=models.Q(coated_sides__in=(1, 2)), name="electrode_has_one_or_two_sides"),
            models.CheckConstraint(
                condition=models.Q(active_fraction__gt=0, active_fraction__lte=1.005),
                name="active_fraction_is_a_fraction",
            ),
            over_0("electrode", "foil_thickness_micrometer"),
            over_0("electrode", "foil_areal_mass_mg_per_cm2"),
            over_0("electrode", "coating_areal_mass_mg_per_cm2"),
            over_0("electrode", "coating_thickness_micrometer"),
            over_0("electrode", "specific_capacity_mah_per_g"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("electrode", args=[self.pk])

    @property
    def material(self) -> str:
        """What the active material is called: the product of its batch, else what was said."""
        return (self.batch.product or self.batch.code) if self.batch else self.active_material

    @property
    def components(self) -> tuple[Component, ...]:
        return formulations.parse(self.formulation)

    @property
    def drying_steps(self) -> tuple[Drying, ...]:
        return formulations.parse_drying(self.drying)

    @property
    def ratio(self) -> str:
        """As one writes it: "90 : 5 : 5"; empty where it is not known."""
        return formulations.ratio_text(self.components)

    @property
    def said(self) -> SheetSaid:
        return SheetSaid(
            components=self.components,
            foil_material=self.foil_material,
            foil_thickness_micrometer=self.foil_thickness_micrometer,
            foil_areal_mass_mg_per_cm2=self.foil_areal_mass_mg_per_cm2,
            coated_sides=self.coated_sides,
            coating_areal_mass_mg_per_cm2=self.coating_areal_mass_mg_per_cm2,
            coating_thickness_micrometer=self.coating_thickness_micrometer,
            specific_capacity_mah_per_g=self.specific_capacity_mah_per_g,
        )

    @property
    def numbers(self) -> SheetNumbers:
        return numbers_of_sheet(self.said)


class ElectrodeDisc(models.Model):
    """What one cell takes of a sheet: a punched disc, a cut rectangle, or a stack of equal pieces."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="electrode_discs")
    sheet = models.ForeignKey(ElectrodeSheet, models.PROTECT, related_name="discs")
    code = models.CharField(max_length=100)
    diameter_mm = models.FloatField("diameter", null=True, blank=True, validators=POSITIVE)
    area_cm2 = models.FloatField(
        "area", null=True, blank=True, validators=POSITIVE, help_text="Where it is no disc: one side of one piece."
    )
    pieces = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1)], help_text="Equal ones in a stack; masses are of all together."
    )
    mass_mg = models.FloatField("mass", null=True, blank=True, validators=POSITIVE, help_text="With its foil.")
    foil_mass_mg = models.FloatField(
        "foil mass",
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Empty: by the sheet's foil and the area.",
    )
    thickness_micrometer = models.FloatField(
        "thickness", null=True, blank=True, validators=POSITIVE, help_text="With its foil."
    )
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProjectQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["code", "pk"]
        verbose_name = "electrode disc"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "code"],
                name="disc_code_once_a_project",
                violation_error_message="This project has a disc of that code already.",
            ),
            models.CheckConstraint(
                condition=models.Q(diameter_mm__isnull=False, area_cm2__isnull=True)
                | models.Q(diameter_mm__isnull=True, area_cm2__isnull=False),
                name="disc_has_a_diameter_or_an_area",
                violation_error_message="Give the diameter of a disc, or the area of another shape.",
            ),
            models.CheckConstraint(condition=models.Q(pieces__gte=1), name="disc_has_a_piece"),
            models.CheckConstraint(
                condition=models.Q(mass_mg__isnull=True)
                | models.Q(foil_mass_mg__isnull=True)
                | models.Q(mass_mg__gt=models.F("foil_mass_mg")),
                name="disc_weighs_more_than_its_foil",
                violation_error_message="The electrode must weigh more than its foil.",
            ),
            models.CheckConstraint(condition=models.Q(foil_mass_mg__gte=0), name="disc_foil_mass_at_least_0"),
            over_0("disc", "diameter_mm"),
            over_0("disc", "area_cm2"),
            over_0("disc", "mass_mg"),
            over_0("disc", "thickness_micrometer"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("electrode-disc", args=[self.pk])

    @property
    def simulated(self) -> bool:
        return self.sheet.simulated

    @property
    def cell(self) -> Any:
        """The cell that is built of it; None where there is none yet."""
        return getattr(self, "positive_of", None) or getattr(self, "negative_of", None)

    @property
    def piece_area_cm2(self) -> float | None:
        """Of one side of one piece."""
        return disc_area_cm2(self.diameter_mm) if self.diameter_mm else self.area_cm2

    @property
    def size(self) -> str:
        """In words: "ø 10 mm", "3 × 19.25 cm²"."""
        one = f"ø {self.diameter_mm:g} mm" if self.diameter_mm else f"{self.area_cm2:g} cm²" if self.area_cm2 else ""
        return f"{self.pieces} × {one}" if self.pieces > 1 else one

    @property
    def said(self) -> DiscSaid:
        return DiscSaid(self.piece_area_cm2, self.pieces, self.mass_mg, self.foil_mass_mg, self.thickness_micrometer)

    @property
    def numbers(self) -> DiscNumbers:
        return numbers_of_disc(self.said, self.sheet.said)

    @property
    def active_mass_mg(self) -> float | None:
        return self.numbers.active_mass_mg

    @property
    def missing_for_mass(self) -> str:
        """What to enter for an active mass; empty where there is one."""
        return missing_for_mass(self.said, self.sheet.said)
