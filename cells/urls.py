"""Addresses of the cells' floor."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("cells/", include("cells.assembly.urls")),
    path("electrodes/", include("cells.electrode.urls")),
    path("cycling/", include("cells.cycling.urls")),
    path("exclusions/", include("cells.exclusion.urls")),
    path("storage-plans/", include("cells.storage.urls")),
]
