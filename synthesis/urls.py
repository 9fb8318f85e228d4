"""Addresses of the synthesis floor."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("inventory/", include("synthesis.chemical.urls")),
    path("recipes/", include("synthesis.recipe.urls")),
    path("batches/", include("synthesis.batch.urls")),
    path("", include("synthesis.heat_treatment.urls")),
]
