"""Storage as planned: a charged cell is put away, and is to be checked after so many days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cells.assembly.models import Cell
from cells.storage.planned import COLDEST_CELSIUS, HOTTEST_CELSIUS
from labdb.accounts.models import Project, ProjectQuerySet
from labdb.provenance.models import MeasurementFile, Result

SOON = timedelta(days=2)
# A check counts as made when the cell's tests hold a storage of nine tenths of its days, from a file that came since.
ENOUGH = 0.9
STATES = ("late", "due-soon", "waiting", "checked", "ended")


class StorageCheckQuerySet(ProjectQuerySet):
    project_path = "plan__project"

    def with_done(self) -> Self:
        """Adds `done`: whether the cell's tests hold what was measured after it."""
        stored = Result.objects.filter(
            quantity="storage_day",
            run__measurement__cyclingtest__cell=OuterRef("plan__cell"),
            run=F("run__measurement__current_run"),
            value__gte=OuterRef("enough_day"),
        )
        came = MeasurementFile.objects.filter(
            measurement__cyclingtest__cell=OuterRef("plan__cell"), raw_file__uploaded_at__gte=OuterRef("counts_from")
        )
        rows = self.annotate(enough_day=F("day") * Value(ENOUGH))
        return rows.annotate(done=Case(When(Exists(stored) & Exists(came), then=True), default=False))

    def awaited(self, now: datetime) -> Self:
        """Of cells that are still stored: due, or due within two days, and not made."""
        due = self.filter(plan__ended_at=None, due_at__lte=now + SOON)
        return due.with_done().exclude(done=True)


class StoragePlanQuerySet(ProjectQuerySet):
    def with_state(self, now: datetime) -> Self:
        """Adds `next_due_at`, of the first check that was not made, and `state`, one of `STATES`."""
        own = StorageCheck.objects.filter(plan=OuterRef("pk"))
        waiting = own.with_done().filter(done=False).order_by("day")  # type: ignore[misc]  # with_done annotates it
        return self.annotate(
            next_due_at=Case(When(ended_at=None, then=Subquery(waiting.values("due_at")[:1])))
        ).annotate(
            state=Case(
                When(ended_at__isnull=False, then=Value("ended")),
                When(next_due_at=None, then=Value("checked")),
                When(next_due_at__lt=now, then=Value("late")),
                When(next_due_at__lte=now + SOON, then=Value("due-soon")),
                default=Value("waiting"),
                output_field=models.CharField(),
            )
        )


class StoragePlan(models.Model):
    """A cell that is stored, at which temperature and in which state; its checks are `StorageCheck` rows."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="storage_plans")
    cell = models.ForeignKey(Cell, models.CASCADE, related_name="storage_plans")
    started_at = models.DateTimeField("stored since", default=timezone.now)
    temperature_celsius = models.FloatField("temperature", help_text="Of the chamber; what a silent file is told.")
    voltage_volt = models.FloatField("charged to", null=True, blank=True, help_text="Before it was put away.")
    state_of_charge = models.FloatField(
        null=True, blank=True, help_text="Before it was put away, where no voltage says it; a fraction."
    )
    note = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Empty while it is stored.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = StoragePlanQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["-started_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cell"], condition=Q(ended_at=None), name="cell_stored_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(temperature_celsius__gte=COLDEST_CELSIUS, temperature_celsius__lte=HOTTEST_CELSIUS),
                name="storage_temperature_of_a_chamber",
                violation_error_message=f"A chamber is from {COLDEST_CELSIUS:g} to {HOTTEST_CELSIUS:g} °C.",
            ),
            models.CheckConstraint(
                condition=Q(state_of_charge=None) | Q(state_of_charge__gte=0, state_of_charge__lte=1),
                name="state_of_charge_is_a_fraction",
            ),
            models.CheckConstraint(
                condition=Q(voltage_volt=None) | Q(state_of_charge=None), name="state_is_a_voltage_or_a_charge"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="storage_ends_after_it_began",
                violation_error_message="It cannot end before it began.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell} at {self.temperature_celsius:g} °C"

    def get_absolute_url(self) -> str:
        return f"{reverse('cell', args=[self.cell_id])}#storage"

    @property
    def simulated(self) -> bool:
        return self.cell.simulated

    @property
    def check_days(self) -> list[float]:
        """Days since it was put away, rising."""
        return sorted(check.day for check in self.checks.all())

    @property
    def days_text(self) -> str:
        return ", ".join(f"{day:g}" for day in self.check_days)

    @property
    def charged_text(self) -> str:
        """The state it was put away in, as printed; empty where nobody said it."""
        if self.voltage_volt is not None:
            return f"{self.voltage_volt:g} V"
        return "" if self.state_of_charge is None else f"{self.state_of_charge:.0%} SoC".replace("%", "\u00a0%")


class StorageCheck(models.Model):
    """One day at which a stored cell is to be checked."""

    plan = models.ForeignKey(StoragePlan, models.CASCADE, related_name="checks")
    day = models.FloatField(help_text="Days since it was put away.")
    due_at = models.DateTimeField(db_index=True)
    counts_from = models.DateTimeField(help_text="Files that came before it do not hold this check.")

    objects = StorageCheckQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "day"], name="storage_checked_once_a_day"),
            models.CheckConstraint(condition=Q(day__gt=0), name="storage_check_is_after_its_beginning"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, after {self.day:g} days"
