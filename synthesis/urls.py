"""Addresses of the synthesis floor."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("inventory/", include("synthesis.chemical.urls")),
    path("recipes/", include("synthesis.recipe.urls")),
]
