from __future__ import annotations

from django.urls import path

from synthesis.heat_treatment import views

urlpatterns = [
    path("batches/<int:pk>/heats/<int:number>", views.heat, name="batch-heat"),
    path("batches/<int:pk>/heats/<int:number>/figure.json", views.heat_figure, name="batch-heat-figure"),
    path("batches/<int:pk>/heats/<int:number>/upload", views.upload, name="batch-heat-upload"),
    path("batches/<int:pk>/heats/<int:number>/runs/<int:run>", views.waiting, name="batch-heat-waiting"),
    path("furnace-logs/<int:pk>/", views.furnace_log, name="furnace-log"),
    path("furnace-logs/<int:pk>/figure.json", views.log_figure, name="furnace-log-figure"),
    path("furnace-logs/<int:pk>/status", views.status, name="furnace-log-status"),
    path("furnace-logs/<int:pk>/change", views.change, name="furnace-log-change"),
]
