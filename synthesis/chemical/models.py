"""Chemicals and their lots: shared by the whole lab."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from synthesis.chemical.formula import Formula, FormulaError, parse
from synthesis.chemical.material import Material

SOON = timedelta(days=30)
NEARLY_EMPTY = 0.1  # of what was received
NOTHING_G = 1e-6  # below it, a difference of floats


def validate_formula(text: str) -> None:
    try:
        parse(text)
    except FormulaError as error:
        raise ValidationError(str(error)) from error


class Chemical(models.Model):
    """A substance by its formula; what stands on the shelf is a `Lot`."""

    class Role(models.TextChoices):
        PRECURSOR = "precursor", "precursor"
        LITHIUM = "lithium", "lithium source"
        FLUX = "flux", "flux or additive"
        SOLVENT = "solvent", "solvent"
        OTHER = "other", "other"

    name = models.CharField(max_length=200, unique=True)
    formula = models.CharField(
        max_length=200, validators=[validate_formula], help_text="With its water: LiOH·H2O, Ni0.83Co0.11Mn0.06(OH)2."
    )
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OTHER)
    cas_number = models.CharField("CAS number", max_length=20, blank=True)
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("chemical", args=[self.pk])

    def clean(self) -> None:
        """A role is only what a formula can play."""
        try:
            substance = self.substance
        except FormulaError:
            return  # said at the formula itself
        if self.role == self.Role.PRECURSOR and not substance.metals:
            raise ValidationError({"role": f"{substance.text} holds no transition metal, so it is no precursor."})
        if self.role == self.Role.LITHIUM and "Li" not in substance.atoms:
            raise ValidationError({"role": f"{substance.text} holds no lithium, so it is no lithium source."})

    @property
    def substance(self) -> Formula:
        return parse(self.formula)

    @property
    def molar_mass_g_per_mol(self) -> float:
        return self.substance.molar_mass_g_per_mol


class LotQuerySet(models.QuerySet):
    def with_amount_left(self) -> Self:
        """Adds `left_g`: received, less what batches weighed, plus corrections."""
        weighed = (
            models.Subquery(
                self.model._meta.apps.get_model("synthesis", "Weighing")
                .objects.filter(lot=models.OuterRef("pk"))
                .order_by()
                .values("lot")
                .annotate(total=models.Sum("mass_g"))
                .values("total")
            ),
            0.0,
        )
        corrected = (
            models.Subquery(
                LotCorrection.objects.filter(lot=models.OuterRef("pk"))
                .order_by()
                .values("lot")
                .annotate(total=models.Sum("amount_g"))
                .values("total")
            ),
            0.0,
        )
        return self.annotate(
            left_g=models.F("amount_g")
            - Coalesce(*weighed, output_field=models.FloatField())
            + Coalesce(*corrected, output_field=models.FloatField())
        )

    def with_state(self, day: date) -> Self:
        """Adds `left_g`, `expiry` and `filling`: how the lot stands on a day, in the words of the chips."""
        case, when, value = models.Case, models.When, models.Value
        return self.with_amount_left().annotate(
            expiry=case(
                when(expires_on=None, then=value("no-expiry")),
                when(expires_on__lt=day, then=value("past-date")),
                when(expires_on__lte=day + SOON, then=value("expires-soon")),
                default=value("in-date"),
            ),
            filling=case(
                when(left_g__lte=NOTHING_G, then=value("empty")),
                when(left_g__lt=NEARLY_EMPTY * models.F("amount_g"), then=value("nearly-empty")),
                default=value(""),
            ),
        )

    def not_empty(self) -> Self:
        """Of lots with their state."""
        return self.filter(~models.Q(filling="empty"))

    def needing_care(self, day: date) -> Self:
        """Lots that are not empty, and expired, about to expire, or nearly empty: to be renewed or thrown away."""
        rows = self.with_state(day).not_empty()
        return rows.filter(models.Q(expiry__in=("past-date", "expires-soon")) | models.Q(filling="nearly-empty"))

    def usable(self, day: date) -> Self:
        """Lots that may be weighed without a reason: in date, and not empty."""
        return self.with_state(day).exclude(expiry="past-date").not_empty()


class Lot(models.Model):
    """A container with a certificate. What is left in it is computed, never typed."""

    chemical = models.ForeignKey(Chemical, models.PROTECT, related_name="lots")
    supplier = models.CharField(max_length=200, blank=True)
    number = models.CharField("lot number", max_length=100)
    assay_percent = models.FloatField(
        "assay",
        default=100.0,
        validators=[MinValueValidator(0.01), MaxValueValidator(100)],
        help_text="Mass share of the formula, hydrate water included, in the dry material.",
    )
    moisture_percent = models.FloatField(
        "moisture",
        default=0.0,
        validators=[MinValueValidator(0), MaxValueValidator(99)],
        help_text="Adsorbed water beyond the hydrate, in the material as weighed.",
    )
    amount_g = models.FloatField("amount received", validators=[MinValueValidator(1e-6)])
    received_on = models.DateField(default=timezone.localdate)
    opened_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    certificate_name = models.CharField(max_length=255, blank=True, editable=False)
    certificate_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LotQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["chemical__name", "-received_on", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["chemical", "supplier", "number"],
                name="lot_once",
                violation_error_message="This lot of this supplier is in the inventory already.",
            ),
            models.CheckConstraint(condition=models.Q(amount_g__gt=0), name="lot_amount_is_positive"),
            models.CheckConstraint(
                condition=models.Q(assay_percent__gt=0, assay_percent__lte=100), name="assay_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=models.Q(moisture_percent__gte=0, moisture_percent__lt=100), name="moisture_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chemical} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("lot", args=[self.pk])

    @property
    def material(self) -> Material:
        return Material(self.chemical.substance, self.assay_percent / 100, self.moisture_percent / 100)

    @property
    def certificate_key(self) -> str:
        """Where the store keeps the certificate; empty where there is none."""
        return f"raw/{self.certificate_sha256[:2]}/{self.certificate_sha256}" if self.certificate_sha256 else ""

    def clean(self) -> None:
        for name in ("opened_on", "expires_on"):
            day = getattr(self, name)
            if day is not None and self.received_on is not None and day < self.received_on:
                word = name.removesuffix("_on")
                raise ValidationError(
                    {
                        name: f"{day:%Y-%m-%d} is before it was received, {self.received_on:%Y-%m-%d};"
                        f" check which of the two is wrong ({word}, received)."
                    }
                )

    def expired_on(self, day: date) -> bool:
        return self.expires_on is not None and self.expires_on < day


class LotCorrection(models.Model):
    """A difference found by weighing the container, or what was spilt: signed, with its reason."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="corrections")
    amount_g = models.FloatField(help_text="Added to what is left; negative takes away.")
    reason = models.CharField(max_length=300)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.amount_g:+g} g: {self.reason}"
