from __future__ import annotations

from django.urls import path

from characterization.measurement import comparison_views, entry_views, views

urlpatterns = [
    path("", views.measurement_list, name="measurement-list"),
    path("new", entry_views.new, name="measurement-new"),
    path("compare", comparison_views.compare_page, name="measurement-compare"),
    path("compare.csv", comparison_views.compare_csv, name="measurement-compare-csv"),
    path("compare/figures/<slug:name>.json", comparison_views.compare_figure, name="measurement-compare-figure"),
    path("type-in/<slug:technique_name>", entry_views.type_in, name="measurement-type-in"),
    path("<int:pk>/page", views.measurement, name="sample-measurement"),
    path("<int:pk>/status", views.status, name="sample-measurement-status"),
    path("<int:pk>/parameters", views.choose, name="sample-measurement-choose"),
    path("<int:pk>/about", views.tell, name="sample-measurement-tell"),
    path("<int:pk>/correct", entry_views.correct, name="sample-measurement-correct"),
    path("<int:pk>/evidence", views.evidence, name="sample-measurement-evidence"),
    path("<int:pk>/also", views.also, name="sample-measurement-also"),
    path("<int:pk>/figures/<slug:name>.json", views.figure, name="sample-measurement-figure"),
]
