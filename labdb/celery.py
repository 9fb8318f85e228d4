"""The Celery application; its tasks are thin callers of services."""

from __future__ import annotations

import os

from celery import Celery

from labdb import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labdb.settings")

broker.use()
app = Celery("labdb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["labdb.ingest"])
