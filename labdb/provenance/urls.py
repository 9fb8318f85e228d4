from __future__ import annotations

from django.urls import path

from labdb.provenance import views

urlpatterns = [
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/progress", views.progress, name="run-progress"),
    path("runs/<int:pk>/again", views.run_again, name="run-again"),
    path("runs/<int:pk>/tables/<slug:name>.parquet", views.table, name="run-table"),
    path("runs/<int:pk>/pictures/<slug:name>.png", views.picture, name="run-picture"),
    path("measurements/<int:pk>/", views.measurement, name="measurement"),
]
