"""Addresses of the synthesis floor."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("inventory/", include("synthesis.chemical.urls")),
    path("recipes/", include("synthesis.recipe.urls")),
    path("batches/", include("synthesis.batch.urls")),
    path("", include("synthesis.heat_treatment.urls")),
    path("batches/", include("synthesis.bulk.urls")),
    path("batches/", include("synthesis.lineage.urls")),
    path("", include("synthesis.sample.urls")),
]
