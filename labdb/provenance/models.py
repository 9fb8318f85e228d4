"""What was made from what: measurements, their analysis runs, and what the runs found.

A run is also the job that computes it (docs/adr/0001): it is committed with the request, and its lease says which
worker has it. Once finished it never changes; running again adds a run.
"""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar, Self

import orjson
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from labdb.accounts.models import Project, ProjectQuerySet
from labdb.files.models import RawFile
from labdb.quantities import Quantity, quantity


def canonical_json(value: Any) -> bytes:
    """One spelling for one value: sorted keys, no spaces, no NaN."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


class Measurement(models.Model):
    """Something measured once with one technique; a technique's own model adds what it was measured on."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="measurements")
    technique = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    parameters = models.JSONField(default=dict, blank=True, help_text="Choices of a person that override the defaults.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="measurements")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    current_run = models.ForeignKey(
        "AnalysisRun", models.SET_NULL, null=True, blank=True, related_name="+", help_text="The newest that succeeded."
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("measurement", args=[self.pk])

    @property
    def raw_files(self) -> models.QuerySet[RawFile]:
        """In the order in which the instrument wrote them; corrected ones and evidence are left out."""
        parts = self.measurement_files.filter(superseded=False, evidence=False)
        return RawFile.objects.filter(measurement_files__in=parts).order_by("measurement_files__position")

    @property
    def latest_run(self) -> AnalysisRun | None:
        return self.runs.order_by("-pk").first()


class MeasurementFile(models.Model):
    """A file's place in a measurement: a test that was restarted has several."""

    measurement = models.ForeignKey(Measurement, models.CASCADE, related_name="measurement_files")
    raw_file = models.ForeignKey(RawFile, models.PROTECT, related_name="measurement_files")
    position = models.PositiveIntegerField(default=0)
    superseded = models.BooleanField(
        default=False, help_text="Another file of the measurement has come in its place; the runs before cite this one."
    )

    reason = models.CharField(max_length=100, blank=True, help_text="Why it came in the place of those before.")
    evidence = models.BooleanField(
        default=False, help_text="It shows where typed values come from, and is not read by an analysis."
    )

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measurement", "raw_file"], name="file_once_a_measurement"),
        ]

    def __str__(self) -> str:
        return f"{self.raw_file} in {self.measurement}"


class AnalysisRunQuerySet(ProjectQuerySet):
    project_path = "measurement__project"

    def unfinished(self) -> Self:
        return self.filter(state__in=(AnalysisRun.State.QUEUED, AnalysisRun.State.RUNNING))


class AnalysisRun(models.Model):
    """One analysis of one measurement's files, and the job that computes it."""

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        RUNNING = "running", "running"
        SUCCEEDED = "succeeded", "done"
        FAILED = "failed", "failed"

    class Fault(models.TextChoices):
        NONE = "", "–"
        FILE = "file", "the file's"
        LABDB = "labdb", "labdb's"

    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="runs")
    technique = models.CharField(max_length=40)
    inputs = models.JSONField(help_text="[{file, name, sha256}, …] in order.")
    parameters = models.JSONField(help_text="Everything beside the files that the numbers depend on.")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="runs")
    queued_at = models.DateTimeField(default=timezone.now, editable=False)

    # The job.
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(default=timezone.now, help_text="When a worker was last called for it.")
    progress = models.FloatField(default=0.0, help_text="0 … 1")
    doing = models.CharField(max_length=200, blank=True)

    # What came of it; written once.
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    readers = models.JSONField(default=list, help_text="[{name, version}, …], one an input.")
    analysis_version = models.PositiveIntegerField(null=True)
    software_version = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=64, blank=True, help_text="SHA-256 over inputs, readers, analysis, parameters.")
    metadata = models.JSONField(default=dict, help_text="What the files say of themselves.")
    warnings = models.JSONField(default=list)
    fault = models.CharField(max_length=10, choices=Fault.choices, default=Fault.NONE, blank=True)
    error = models.TextField(blank=True, help_text="The sentence that the owner reads.")
    traceback = models.TextField(blank=True)

    objects = AnalysisRunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["state", "lease_until"]),
            models.Index(fields=["measurement", "state"]),
            models.Index(fields=["key"]),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("run", args=[self.pk])

    @property
    def finished(self) -> bool:
        return self.state in (self.State.SUCCEEDED, self.State.FAILED)

    @property
    def took(self) -> float | None:
        """Seconds from the start of the last attempt to the end."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def percent(self) -> int:
        return round(100 * self.progress)

    def key_of(self, readers: list[dict[str, Any]], analysis_version: int) -> str:
        """What the numbers depend on, as one hash: the same key gives the same numbers."""
        made_from = {
            "inputs": [item["sha256"] for item in self.inputs],
            "readers": readers,
            "technique": self.technique,
            "analysis_version": analysis_version,
            "parameters": self.parameters,
        }
        return hashlib.sha256(canonical_json(made_from)).hexdigest()


class Result(models.Model):
    """One number that a run found."""

    run = models.ForeignKey(AnalysisRun, models.CASCADE, related_name="results")
    project = models.ForeignKey(Project, models.PROTECT, related_name="results")
    quantity = models.CharField(max_length=80)
    value = models.FloatField()
    sd = models.FloatField(null=True, blank=True)
    n = models.PositiveIntegerField(null=True, blank=True)
    upper_bound = models.BooleanField(default=False, help_text="Too little to be measured: at most this much.")

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "quantity"], name="quantity_once_a_run")]
        indexes: ClassVar = [
            models.Index(fields=["quantity", "value"]),
            models.Index(fields=["project", "quantity"]),
        ]

    def __str__(self) -> str:
        return f"{self.about.label} {self.text}"

    @property
    def about(self) -> Quantity:
        """What it is; a name that labdb no longer knows stands for itself."""
        try:
            return quantity(self.quantity)
        except KeyError:
            return Quantity(self.quantity, self.quantity, "", "", 6)

    @property
    def text(self) -> str:
        """As printed, without the unit; with its SD where it has one, "< 0.50" where it is an upper bound."""
        text = self.about.text_with_sd(self.value, self.sd)
        return f"< {text}" if self.upper_bound else text


class Table(models.Model):
    """A Parquet artefact of a run, kept in the store under its hash."""

    run = models.ForeignKey(AnalysisRun, models.CASCADE, related_name="tables")
    name = models.CharField(max_length=40, help_text="time_series, steps, cycles, …")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    rows = models.PositiveBigIntegerField()
    columns = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "name"], name="table_once_a_run")]

    def __str__(self) -> str:
        return f"{self.name} of {self.run}"

    @property
    def key(self) -> str:
        return f"tables/{self.sha256[:2]}/{self.sha256}.parquet"


class Picture(models.Model):
    """A picture that a run drew, as PNG, kept in the store under its hash."""

    run = models.ForeignKey(AnalysisRun, models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=40, help_text="view, pores, …")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "name"], name="picture_once_a_run")]

    def __str__(self) -> str:
        return f"{self.name} of {self.run}"

    @property
    def key(self) -> str:
        return f"pictures/{self.sha256[:2]}/{self.sha256}.png"
