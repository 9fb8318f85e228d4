"""Addresses of the characterization floor."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("measurements/", include("characterization.measurement.urls"))]
