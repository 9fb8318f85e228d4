"""Where every address leads."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from labdb.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
