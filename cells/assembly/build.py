"""How a cell is built, whatever it is made of: what a cell and a template of cells have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q

from cells.assembly import formats
from cells.assembly.layers import LayerError, SolidLayer, parse
from cells.cycling.scale import scales

OVER_0 = MinValueValidator(1e-6)
ONE_AMOUNT = "Give the electrolyte by volume or by mass, not both."
UPSIDE_DOWN = "The upper voltage must be over the lower one."
# Against Li/Li⁺; that of Li–In is of the two-phase region, as the solid-state cells of the field report it.
USUAL_POTENTIAL_VOLT = {"Li/Li+": 0.0, "Li-In": 0.6}


def validate_layers(value: Any) -> None:
    try:
        parse(value)
    except LayerError as error:
        raise ValidationError(str(error)) from error


def _number(words: str, help_text: str = "") -> models.FloatField:
    return models.FloatField(words, null=True, blank=True, validators=[OVER_0], help_text=help_text)


class Build(models.Model):
    """The build sheet. What nobody said is empty; what a format does not have is refused."""

    class Format(models.TextChoices):
        COIN_HALF = formats.COIN_HALF, "coin half cell"
        COIN_FULL = formats.COIN_FULL, "coin full cell"
        POUCH_FULL = formats.POUCH_FULL, "pouch full cell"
        SOLID_STATE = formats.SOLID_STATE, "solid-state mould cell"
        OTHER = formats.OTHER, "other"

    class Reference(models.TextChoices):
        LITHIUM = "Li/Li+", "Li/Li⁺"
        LITHIUM_INDIUM = "Li-In", "Li–In"
        NONE = "none", "none (full cell)"

    class Anode(models.TextChoices):
        LITHIUM = "lithium", "lithium metal"
        LITHIUM_INDIUM = "lithium_indium", "lithium–indium alloy"
        GRAPHITE = "graphite", "graphite"
        SILICON = "silicon", "silicon, or silicon and graphite"
        TITANATE = "titanate", "lithium titanate"
        OTHER = "other", "other"

    format = models.CharField(max_length=20, choices=Format.choices, default=Format.COIN_HALF)
    nominal_specific_capacity_mah_per_g = models.FloatField(
        "1 C", null=True, blank=True, validators=[OVER_0], help_text="The specific current that is called 1 C."
    )
    reference_electrode = models.CharField(max_length=10, choices=Reference.choices, default=Reference.LITHIUM)
    reference_potential_volt = models.FloatField(
        "potential of the reference",
        null=True,
        blank=True,
        validators=[MinValueValidator(-5), MaxValueValidator(5)],
        help_text="Against Li/Li⁺; empty: 0 V of Li/Li⁺, 0.6 V of Li–In.",
    )
    lower_voltage_volt = models.FloatField("lower voltage", null=True, blank=True)
    upper_voltage_volt = models.FloatField("upper voltage", null=True, blank=True)
    anode = models.CharField(max_length=20, choices=Anode.choices, blank=True)
    anode_detail = models.CharField(max_length=200, blank=True, help_text="Purity, supplier: “99.9 %, China Energy”.")
    anode_thickness_micrometer = _number("anode thickness")
    anode_diameter_mm = _number("anode diameter")
    separator = models.CharField(max_length=100, blank=True, help_text="“PE (Celgard)”, say.")
    separator_thickness_micrometer = _number("separator thickness")
    electrolyte = models.CharField(
        max_length=200, blank=True, help_text="“1.2 M LiPF6 in EC:EMC 30:70 + 2 wt% VC”, say."
    )
    electrolyte_volume_microliter = _number("electrolyte, by volume")
    electrolyte_mass_g = _number("electrolyte, by mass")
    solid_layers = models.JSONField("solid electrolyte", default=list, blank=True, validators=[validate_layers])
    cathode_pressure_megapascal = _number("cathode pressed at", "When it was pressed onto the separator.")
    stack_pressure_megapascal = _number("stack pressure", "On the cell while it is cycled.")
    test_temperature_celsius = models.FloatField(
        "test temperature", null=True, blank=True, validators=[MinValueValidator(-273.15), MaxValueValidator(1000)]
    )
    case = models.CharField(max_length=60, blank=True, help_text="“CR2025”, “PEEK die ø 10 mm”.")
    pouch_layers = models.PositiveSmallIntegerField(
        "layers", null=True, blank=True, validators=[MinValueValidator(1)], help_text="Cathodes in the pouch."
    )
    glovebox = models.CharField(max_length=100, blank=True, help_text="Which one, and its gas.")

    class Meta:
        abstract = True

    @property
    def layers(self) -> tuple[SolidLayer, ...]:
        return parse(self.solid_layers)

    @property
    def potential_against_lithium_volt(self) -> float | None:
        """Of the reference; what is added to a voltage to have it against Li/Li⁺. None in a full cell."""
        if self.reference_potential_volt is not None:
            return None if self.reference_electrode == self.Reference.NONE else self.reference_potential_volt
        return USUAL_POTENTIAL_VOLT.get(self.reference_electrode)

    @property
    def voltage_scales(self) -> list[tuple[str, str]]:
        """What figures of its voltages can be shown against."""
        return scales(self.potential_against_lithium_volt, self.get_reference_electrode_display())

    def clean(self) -> None:
        super().clean()
        given = {name for name in formats.FIELDS if getattr(self, name, None) not in (None, "", [])}
        wrong = formats.refusals(self.format, given)
        if self.electrolyte_volume_microliter is not None and self.electrolyte_mass_g is not None:
            wrong.setdefault("electrolyte_mass_g", ONE_AMOUNT)
        if (
            self.lower_voltage_volt is not None
            and self.upper_voltage_volt is not None
            and self.lower_voltage_volt >= self.upper_voltage_volt
        ):
            wrong["upper_voltage_volt"] = UPSIDE_DOWN
        if self.reference_electrode == self.Reference.NONE and self.reference_potential_volt is not None:
            wrong["reference_potential_volt"] = "A cell without a reference has no potential of one; leave it empty."
        if wrong:
            raise ValidationError(wrong)


BUILD_FIELDS = tuple(field.name for field in Build._meta.local_fields)
POSITIVE_FIELDS = (
    "nominal_specific_capacity_mah_per_g", "anode_thickness_micrometer", "anode_diameter_mm",
    "separator_thickness_micrometer", "electrolyte_volume_microliter", "electrolyte_mass_g",
    "cathode_pressure_megapascal", "stack_pressure_megapascal",
)  # fmt: skip


def constraints(of: str) -> Sequence[CheckConstraint]:
    """The rows that cannot be, for a model that has a build."""
    return [
        *(CheckConstraint(condition=Q(**{f"{name}__gt": 0}), name=f"{of}_{name}_over_0") for name in POSITIVE_FIELDS),
        CheckConstraint(
            condition=Q(electrolyte_volume_microliter__isnull=True) | Q(electrolyte_mass_g__isnull=True),
            name=f"{of}_electrolyte_by_volume_or_mass",
            violation_error_message=ONE_AMOUNT,
        ),
        CheckConstraint(
            condition=Q(lower_voltage_volt__isnull=True)
            | Q(upper_voltage_volt__isnull=True)
            | Q(upper_voltage_volt__gt=models.F("lower_voltage_volt")),
            name=f"{of}_upper_voltage_over_lower",
            violation_error_message=UPSIDE_DOWN,
        ),
    ]
