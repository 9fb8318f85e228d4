"""Addresses of the top floor."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("compare/", include("dashboards.comparison.urls")),
    path("provenance/", include("dashboards.history.urls")),
]
