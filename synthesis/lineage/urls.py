from __future__ import annotations

from django.urls import path

from synthesis.lineage import views

urlpatterns = [
    path("<int:pk>/lineage/", views.lineage, name="batch-lineage"),
    path("<int:pk>/lineage/<int:link_pk>/remove", views.remove_link, name="batch-unlink"),
]
