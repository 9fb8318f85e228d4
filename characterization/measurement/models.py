"""Measurements of powders and electrodes: what was measured, by what, when, by whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from cells.assembly.models import Cell
from labdb.accounts.models import ProjectQuerySet
from labdb.ingest.installed import technique
from labdb.instruments.models import Instrument
from labdb.provenance.models import Measurement
from synthesis.batch.models import Batch
from synthesis.sample.models import Sample


class SampleMeasurementQuerySet(ProjectQuerySet):
    def of_batches(self, batches: object) -> SampleMeasurementQuerySet:
        """Of these batches: of their powders and samples, and of the cells that are made of them."""
        return self.filter(Q(batch__in=batches) | Q(cell__batch__in=batches))

    def with_subject(self) -> SampleMeasurementQuerySet:
        """With what was measured, for its words and links."""
        return self.select_related(
            "batch__recipe_version__recipe",
            "sample",
            "cell__batch__recipe_version__recipe",
            "instrument",
            "project",
            "current_run",
            "created_by",
        )


class SampleMeasurement(Measurement):
    """One measurement of a batch, of a sample of it, or of what was taken out of a cell."""

    batch = models.ForeignKey(
        Batch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sample_measurements",
        help_text="That of the sample, too.",
    )
    sample = models.ForeignKey(Sample, models.PROTECT, null=True, blank=True, related_name="measurements")
    cell = models.ForeignKey(
        Cell,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sample_measurements",
        help_text="From which an electrode or its powder was taken.",
    )
    cycle_count = models.PositiveIntegerField(
        "after cycle", null=True, blank=True, help_text="How many cycles the cell had made by then."
    )
    instrument = models.ForeignKey(Instrument, models.PROTECT, null=True, blank=True, related_name="measurements")
    operator = models.CharField(max_length=100, blank=True)
    measured_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    objects: ClassVar = SampleMeasurementQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(batch__isnull=False, cell__isnull=True) | Q(batch__isnull=True, cell__isnull=False),
                name="measured_on_a_batch_or_a_cell",
            ),
            models.CheckConstraint(
                condition=Q(sample__isnull=True) | Q(batch__isnull=False), name="a_sample_is_of_a_batch"
            ),
            models.CheckConstraint(
                condition=Q(cycle_count__isnull=True) | Q(cell__isnull=False), name="cycles_are_those_of_a_cell"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("sample-measurement", args=[self.pk])

    @property
    def of_batch(self) -> Batch | None:
        """The batch that it tells of in the end."""
        return self.cell.batch if self.cell else self.batch

    @property
    def subject(self) -> Batch | Sample | Cell | None:
        """What was measured, the nearest record."""
        return self.cell or self.sample or self.batch

    @property
    def product(self) -> str:
        batch = self.of_batch
        return (self.cell.product if self.cell else "") or (batch.product if batch else "")

    @property
    def subject_words(self) -> str:
        """What was measured, for a legend: "GP-NCM-B1, washed 2", "C-014 after 100 cycles"."""
        if self.cell:
            return (
                f"{self.cell.code} after {self.cycle_count} cycles" if self.cycle_count is not None else self.cell.code
            )
        if self.sample and self.batch:
            code = self.sample.code
            named = code if code.startswith(self.batch.code) else f"{self.batch.code} {code}"
            return f"{named}, {self.sample.where_from}"
        return self.batch.code if self.batch else ""

    @property
    def technique_label(self) -> str:
        try:
            return technique(self.technique).label
        except ValueError:  # of a plug-in that is not installed any more
            return self.technique

    @property
    def simulated(self) -> bool:
        return bool(self.cell.simulated if self.cell else self.batch and self.batch.simulated)

    @property
    def day(self) -> date | None:
        """When it was measured: as a person says, else as the file of the current run says."""
        if self.measured_on or self.current_run is None:
            return self.measured_on
        said = self.current_run.metadata.get("start_time_local") or self.current_run.metadata.get("start_time_utc")
        try:
            return datetime.fromisoformat(str(said)).date() if said else None
        except ValueError:
            return None
