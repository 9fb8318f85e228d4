"""Where every address leads."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from labdb.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("labdb.worklist.urls")),
    path("", include("labdb.accounts.urls")),
    path("files/", include("labdb.files.urls")),
    path("", include("labdb.provenance.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
