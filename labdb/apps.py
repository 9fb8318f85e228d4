"""The ground floor as a Django app."""

from django.apps import AppConfig


class LabdbConfig(AppConfig):
    name = "labdb"

    def ready(self) -> None:
        from labdb import celery  # noqa: F401  Celery must know its settings before a task is sent
