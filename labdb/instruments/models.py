"""The lab's instruments and their calibrations: shared by the whole lab, as its chemicals are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from labdb.ingest.installed import techniques
from labdb.instruments.calibration import Held

SOON = timedelta(days=30)
STATES = ("in-date", "due-soon", "late", "failed", "none-kept", "retired")


class InstrumentQuerySet(models.QuerySet):
    def with_state(self, day: date) -> Self:
        """Adds `calibrated_on` and `due_on` of the newest calibration that was passed, and `state`: how the instrument
        stands on a day, in the words of the chips (`STATES`)."""
        newest = Calibration.objects.filter(instrument=models.OuterRef("pk")).order_by("-performed_on", "-pk")
        passed = newest.exclude(outcome=Calibration.Outcome.FAILED)
        when, value = models.When, models.Value
        return self.annotate(
            last_outcome=models.Subquery(newest.values("outcome")[:1]),
            calibrated_on=models.Subquery(passed.values("performed_on")[:1]),
            due_on=models.Subquery(passed.values("due_on")[:1]),
        ).annotate(
            state=models.Case(
                when(retired=True, then=value("retired")),
                when(last_outcome=None, then=value("none-kept")),
                when(last_outcome=Calibration.Outcome.FAILED, then=value("failed")),
                when(due_on__lt=day, then=value("late")),
                when(due_on__lte=day + SOON, then=value("due-soon")),
                default=value("in-date"),
            )
        )

    def needing_calibration(self, day: date) -> Self:
        """In use, and late, failed, or late within a month."""
        return self.with_state(day).filter(state__in=("late", "failed", "due-soon"))


class Instrument(models.Model):
    """An instrument, furnace or cycler."""

    name = models.CharField(max_length=100, unique=True, help_text="As the lab calls it: D8 in room 12.")
    technique = models.CharField(max_length=40, blank=True, help_text="What it is mostly used for.")
    maker = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=100, blank=True)
    serial_number = models.CharField(max_length=100, blank=True)
    location = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    retired = models.BooleanField(default=False, help_text="Not offered any more; its measurements stay.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = InstrumentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("instrument", args=[self.pk])

    @property
    def technique_label(self) -> str:
        return {of.name: of.label for of in techniques()}.get(self.technique, self.technique)


class Calibration(models.Model):
    """One calibration or verification of an instrument."""

    class Outcome(models.TextChoices):
        PASSED = "passed", "passed"
        ADJUSTED = "adjusted", "passed after adjustment"
        FAILED = "failed", "failed"

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="calibrations")
    performed_on = models.DateField()
    due_on = models.DateField(null=True, blank=True, help_text="Until when it holds; empty where it does not run out.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PASSED)
    performed_by = models.CharField(max_length=100, blank=True)
    standard = models.CharField(max_length=200, blank=True, help_text="Against what: NIST SRM 640f, say.")
    certificate = models.CharField(max_length=200, blank=True, help_text="Number of its certificate.")
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["-performed_on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gt=F("performed_on")),
                name="calibration_is_due_after_it_was_done",
                violation_error_message="It must be due after the day on which it was done.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument}, {self.performed_on}"

    def clean(self) -> None:
        if self.performed_on and self.performed_on > timezone.localdate():
            raise ValidationError({"performed_on": f"{self.performed_on} is still to come; enter it when it was done."})
        if self.outcome == self.Outcome.FAILED and self.due_on:
            raise ValidationError({"due_on": "A calibration that failed holds for no day; leave its due date empty."})

    @property
    def held(self) -> Held:
        return Held(self.performed_on, self.due_on, self.outcome == self.Outcome.FAILED)
