"""Cells as built, and the templates that new ones begin with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cells.assembly.balance import Balance, Side, balance, lithium_foil
from cells.assembly.build import BUILD_FIELDS, Build, constraints
from cells.assembly.plausible import implausible_mass
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from labdb.accounts.models import Project, ProjectQuerySet
from synthesis.batch.models import Batch


class CellQuerySet(ProjectQuerySet):
    def without_mass(self) -> CellQuerySet:
        return self.filter(active_mass_mg=None)

    def with_electrodes(self) -> CellQuerySet:
        """With both electrodes and their sheets, for what follows from them."""
        return self.select_related("positive_electrode__sheet__batch", "negative_electrode__sheet__batch")


def _electrode(polarity: str) -> models.OneToOneField:
    return models.OneToOneField(
        ElectrodeDisc,
        models.PROTECT,
        null=True,
        blank=True,
        related_name=f"{polarity}_of",
        error_messages={"unique": "This electrode is in another cell already; choose another one."},
        verbose_name=f"{polarity} electrode",
    )


class Cell(Build):
    """One built cell.

    Active mass, loading and N/P follow the electrodes (`cells/assembly/masses.py`) and are kept here so that lists can
    filter by them.
    """

    class MassSource(models.TextChoices):
        """Where the active mass is from; what is from an electrode follows it."""

        ENTERED = "entered", "as entered"
        WEIGHED = "weighed", "from the weight of the electrode"
        LOADING = "loading", "from the loading of the electrode's sheet"

    project = models.ForeignKey(Project, models.PROTECT, related_name="cells")
    code = models.CharField(max_length=100)
    product = models.CharField(max_length=100, blank=True, help_text="What the material is called: GP-NCM, say.")
    batch = models.ForeignKey(
        Batch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cells",
        help_text="The batch that the cathode is made of.",
    )
    positive_electrode = _electrode("positive")
    negative_electrode = _electrode("negative")
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
    areal_loading_mg_per_cm2 = models.FloatField("areal loading", null=True, editable=False)
    n_p_ratio = models.FloatField("N/P", null=True, editable=False)
    built_on = models.DateField(null=True, blank=True)
    built_by = models.CharField(max_length=100, blank=True)
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
            *constraints("cell"),
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

    @property
    def balance(self) -> Balance:
        """N/P from both electrodes as they are now."""
        return balance(self._negative_side(), _side(self.positive_electrode, "positive"))

    def _negative_side(self) -> Side:
        if self.negative_electrode is None and self.anode == self.Anode.LITHIUM:
            return lithium_foil(self.anode_thickness_micrometer, self.anode_diameter_mm)
        if self.negative_electrode is None and self.anode == self.Anode.LITHIUM_INDIUM:
            return Side(missing="The capacity of an alloy is not known from its size.")
        return _side(self.negative_electrode, "negative")

    def clean(self) -> None:
        try:
            super().clean()
            wrong: dict[str, Any] = {}
        except ValidationError as error:
            wrong = dict(error.message_dict)
        half = self.format in (self.Format.COIN_HALF, self.Format.OTHER)
        for name, disc in (("positive", self.positive_electrode), ("negative", self.negative_electrode)):
            if disc is None:
                continue
            if disc.project_id != self.project_id:
                wrong[f"{name}_electrode"] = f"{disc} is of another project; choose an electrode of {self.project}."
            elif disc.sheet.polarity != name and not half:
                polarity = ElectrodeSheet.Polarity(disc.sheet.polarity).label
                wrong[f"{name}_electrode"] = f"{disc} is of the {polarity} electrode {disc.sheet}; choose a {name} one."
        if self.positive_electrode_id is not None and self.positive_electrode_id == self.negative_electrode_id:
            wrong["negative_electrode"] = f"{self.positive_electrode} is the positive electrode already."
        if self.active_mass_source == self.MassSource.ENTERED and (
            sentence := implausible_mass(self.format, self.active_mass_mg)
        ):
            wrong["active_mass_mg"] = sentence
        if wrong:
            raise ValidationError(wrong)


def _side(disc: ElectrodeDisc | None, polarity: str) -> Side:
    if disc is None:
        return Side(missing=f"Say which {polarity} electrode it has.")
    found = disc.numbers
    missing = ""
    if found.areal_capacity_mah_per_cm2 is None:
        missing = disc.missing_for_mass or f"Give the specific capacity of the electrode {disc.sheet}."
    return Side(found.areal_capacity_mah_per_cm2, found.coated_area_cm2, disc.sheet.specific_capacity_c_rate, missing)


class CellTemplate(Build):
    """A build that is made again and again: new cells begin with it."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="cell_templates")
    name = models.CharField(max_length=100)
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProjectQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "name"],
                name="cell_template_name_once_a_project",
                violation_error_message="This project has a template of that name already.",
            ),
            *constraints("cell_template"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cell-template-change", args=[self.pk])

    @property
    def build(self) -> dict[str, Any]:
        """What a new cell takes over, by field."""
        return {name: getattr(self, name) for name in BUILD_FIELDS}
