from __future__ import annotations

from django.urls import path, re_path

from synthesis.bulk import views

urlpatterns = [
    path("import", views.upload, name="batch-import"),
    re_path(r"^import/template\.(?P<kind>csv|xlsx)$", views.template, name="batch-template"),
    path("import/<int:pk>/", views.dry_run_page, name="batch-list-dry-run"),
    path("import/<int:pk>/save", views.save, name="batch-list-save"),
]
