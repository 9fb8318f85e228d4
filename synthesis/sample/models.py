"""Samples: portions of a batch at a stage of its making, each with a label that can be scanned."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from labdb.accounts.models import ProjectQuerySet
from synthesis.batch.models import Batch


class SampleQuerySet(ProjectQuerySet):
    project_path = "batch__project"


class Sample(models.Model):
    """A portion of a batch."""

    class Stage(models.TextChoices):
        MIXED = "mixed", "mixed"
        AS_SINTERED = "as_sintered", "as-sintered"
        WASHED = "washed", "washed"
        REANNEALED = "reannealed", "re-annealed"
        FINAL = "final", "final"
        SUB_LOT = "sub_lot", "sub-lot"
        RETAINED = "retained", "retained"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="samples")
    code = models.CharField(max_length=100)
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.FINAL)
    stage_number = models.PositiveIntegerField(default=1, help_text="2 for “after wash 2”, or for the second sub-lot.")
    saggar = models.CharField(max_length=40, blank=True, help_text="Of a pilot batch.")
    furnace_zone = models.CharField(max_length=40, blank=True)
    amount_g = models.FloatField("amount", null=True, blank=True, validators=[MinValueValidator(1e-9)])
    location = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SampleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["batch", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "code"],
                name="sample_code_once_a_batch",
                violation_error_message="This batch has a sample of that code already.",
            ),
            models.CheckConstraint(condition=models.Q(amount_g__gt=0), name="sample_amount_is_positive"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("sample", args=[self.pk])

    @property
    def where_from(self) -> str:
        """Stage and place in words: "sub-lot 3, saggar 3, zone 2"."""
        stage = Sample.Stage(self.stage).label
        parts = [f"{stage} {self.stage_number}" if self.stage_number > 1 or self.stage == "sub_lot" else stage]
        if self.saggar:
            parts.append(f"saggar {self.saggar}")
        if self.furnace_zone:
            parts.append(f"zone {self.furnace_zone}")
        return ", ".join(parts)

    @property
    def simulated(self) -> bool:
        return self.batch.simulated
