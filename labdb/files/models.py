"""The instrument's bytes: kept once, by their SHA-256, never changed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from labdb.accounts.models import Project, ProjectQuerySet


class RawFileQuerySet(ProjectQuerySet):
    def in_inbox(self) -> RawFileQuerySet:
        return self.filter(state=RawFile.State.INBOX)


class RawFile(models.Model):
    """One uploaded file of one project. The bytes lie in the store under their hash; see `labdb.files.store`."""

    class State(models.TextChoices):
        INBOX = "inbox", "in the inbox"
        FILED = "filed", "filed"

    class Reason(models.TextChoices):
        """Why a file waits in the inbox."""

        NONE = "", "–"
        UNKNOWN = "unknown", "no reader recognises it"
        AMBIGUOUS = "ambiguous", "two readers recognise it"
        SUBJECT = "subject", "what it was measured on is not said"
        REFUSED = "refused", "it does not fit where it was put"

    project = models.ForeignKey(Project, models.PROTECT, related_name="raw_files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255, help_text="As uploaded.")
    folder = models.CharField(
        max_length=500, blank=True, help_text="In which it lay when it was uploaded, below the folder that was chosen."
    )
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="raw_files")
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)
    simulated = models.BooleanField(default=False)
    technique = models.CharField(max_length=40, blank=True, help_text="Empty while nobody knows.")
    reader = models.CharField(max_length=60, blank=True, help_text="The reader that recognised it, or was chosen.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.INBOX)
    inbox_reason = models.CharField(max_length=10, choices=Reason.choices, default=Reason.NONE, blank=True)
    inbox_note = models.TextField(blank=True, help_text="The sentence that its owner reads.")

    objects = RawFileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-uploaded_at", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "sha256"], name="bytes_once_a_project")]
        indexes: ClassVar = [models.Index(fields=["project", "state"]), models.Index(fields=["sha256"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("raw-file", args=[self.pk])

    @property
    def key(self) -> str:
        """Where the store keeps the bytes."""
        return f"raw/{self.sha256[:2]}/{self.sha256}"
