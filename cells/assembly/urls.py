from __future__ import annotations

from django.urls import path, re_path

from cells.assembly import form_views, template_views, views
from cells.assembly.many import views as many

urlpatterns = [
    path("", views.cell_list, name="cell-list"),
    path("new", form_views.new_cell, name="cell-new"),
    path("preview", form_views.preview, name="cell-preview"),
    path("series", many.series, name="cell-series"),
    path("made", many.made, name="cell-made"),
    path("import", many.upload, name="cell-import"),
    re_path(r"^import/template\.(?P<kind>csv|xlsx)$", many.template, name="cell-list-template"),
    path("import/<int:pk>/", many.dry_run_page, name="cell-list-dry-run"),
    path("import/<int:pk>/save", many.save, name="cell-list-save"),
    path("templates/", template_views.templates, name="cell-templates"),
    path("templates/new", template_views.new_template, name="cell-template-new"),
    path("templates/<int:pk>/", template_views.change_template, name="cell-template-change"),
    path("templates/<int:pk>/remove", template_views.remove, name="cell-template-remove"),
    path("<int:pk>/", views.cell, name="cell"),
    path("<int:pk>/change", form_views.change_cell, name="cell-change"),
    path("<int:pk>/preview", form_views.preview, name="cell-preview"),
]
