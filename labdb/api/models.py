"""What was answered to a request that may come twice."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class AnsweredRequest(models.Model):
    """The answer to a request with an `Idempotency-Key`: the same request again gets it again, and does nothing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64, help_text="Over method, address and body.")
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="key_once_a_user")]

    def __str__(self) -> str:
        return f"{self.key} of {self.user}"
