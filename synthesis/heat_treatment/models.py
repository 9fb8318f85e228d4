"""Logged furnace traces of a batch."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from labdb.provenance.models import Measurement
from synthesis.batch.models import Batch


class FurnaceLog(Measurement):
    """A thermocouple log of one heat treatment of a batch."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="furnace_logs")
    heat_treatment = models.PositiveIntegerField(
        default=1, help_text="Which of the batch's heat treatments: 1 sintering, 2 re-annealing, …"
    )

    class Meta:
        ordering: ClassVar = ["heat_treatment", "pk"]

    def get_absolute_url(self) -> str:
        return reverse("furnace-log", args=[self.pk])
