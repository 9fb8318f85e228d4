from __future__ import annotations

from django.urls import path

from dashboards.history import views

urlpatterns = [
    path("runs/<int:run>/at/<int:cycle>", views.cycle, name="cycle-history"),
    path("runs/<int:run>/ageing/at/<int:cycle>", views.ageing_cycle, name="ageing-cycle-history"),
    path("runs/<int:pk>", views.run, name="run-history"),
    path("results/<int:pk>", views.result, name="result-history"),
]
