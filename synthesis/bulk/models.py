"""Lists of batches as saved: which file, which row, which batch."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from labdb.accounts.models import ProjectQuerySet
from labdb.files.models import RawFile
from synthesis.batch.models import Batch


class BatchListQuerySet(ProjectQuerySet):
    project_path = "raw_file__project"


class BatchList(models.Model):
    """One saving of a list; what the rows amounted to is kept as the dry run's digest."""

    raw_file = models.ForeignKey(RawFile, models.PROTECT, related_name="batch_lists")
    digest = models.CharField(max_length=64, help_text="Of the dry run that was confirmed.")
    rows_left_out = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BatchListQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.raw_file}, {self.created_at:%Y-%m-%d}"


class BatchListRow(models.Model):
    """The row that a batch was made from."""

    batch_list = models.ForeignKey(BatchList, models.CASCADE, related_name="rows")
    batch = models.OneToOneField(Batch, models.CASCADE, related_name="list_row")
    line = models.PositiveIntegerField(help_text="In the file, the header being line 1.")

    class Meta:
        ordering: ClassVar = ["batch_list", "line"]

    def __str__(self) -> str:
        return f"{self.batch_list}, line {self.line}"
