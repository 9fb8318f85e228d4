from __future__ import annotations

from django.urls import path

from labdb.saved_views import views

urlpatterns = [
    path("save", views.save, name="view-save"),
    path("<int:pk>/remove", views.remove, name="view-remove"),
]
