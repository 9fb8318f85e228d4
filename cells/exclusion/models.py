"""What a person leaves out of means and comparisons, and why. Such a row is never deleted; it can be withdrawn."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from cells.exclusion.ranges import words
from labdb.accounts.models import Project, ProjectQuerySet


class ExclusionQuerySet(ProjectQuerySet):
    def current(self) -> Self:
        """Those that nobody has withdrawn."""
        return self.filter(withdrawn_at=None)


class Exclusion(models.Model):
    """A cell, one of its tests, or a range of cycles of a test; what the runs found stays as it is."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="exclusions")
    cell = models.ForeignKey(Cell, models.CASCADE, related_name="exclusions")
    test = models.ForeignKey(
        CyclingTest,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="exclusions",
        help_text="Empty: the cell with all of its tests.",
    )
    first_cycle = models.IntegerField(null=True, blank=True, help_text="As the cycler counted; empty: the whole test.")
    last_cycle = models.IntegerField(null=True, blank=True)
    reason = models.TextField(max_length=500)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_reason = models.TextField(max_length=500, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ExclusionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="exclusion_has_a_reason"),
            models.CheckConstraint(
                condition=Q(first_cycle=None, last_cycle=None)
                | Q(test__isnull=False, first_cycle__gte=0, last_cycle__gte=F("first_cycle")),
                name="excluded_cycles_are_a_range_of_a_test",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="withdrawn_exclusion_says_who_and_why",
            ),
            models.UniqueConstraint(
                fields=["cell"], condition=Q(test=None, withdrawn_at=None), name="cell_excluded_once_at_a_time"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["test", "first_cycle"], name="exclusion_of_cycles")]

    def __str__(self) -> str:
        return f"{self.cell}: {self.what}"

    def get_absolute_url(self) -> str:
        return reverse("exclusion", args=[self.pk])

    @property
    def current(self) -> bool:
        return self.withdrawn_at is None

    @property
    def what(self) -> str:
        """What of the cell: "all of it", "cycles 5 to 9 of a12.csv"."""
        if self.test is None:
            return "all of it"
        if self.first_cycle is None or self.last_cycle is None:
            return f"test {self.test.name}"
        return f"{words(self.first_cycle, self.last_cycle)} of {self.test.name}"

    def covers(self, first: int | None, last: int | None) -> bool:
        """Whether it leaves out all of a range of its test already."""
        if self.first_cycle is None or self.last_cycle is None:
            return True
        return first is not None and last is not None and self.first_cycle <= first and last <= self.last_cycle
