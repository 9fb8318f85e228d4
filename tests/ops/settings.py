"""The settings for labdb as processes of its own, with one technique whose files say what happens to their worker."""

from __future__ import annotations

from labdb.settings import *  # noqa: F403
from labdb.settings import STORAGES

TECHNIQUES = ["tests.ops.technique.ORDERS"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
