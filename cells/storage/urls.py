from __future__ import annotations

from django.urls import path

from cells.storage import views

urlpatterns = [
    path("", views.plan_list, name="storage-plan-list"),
    path("new", views.new_plan, name="storage-plan-new"),
    path("<int:pk>/change", views.change_plan, name="storage-plan-change"),
    path("<int:pk>/end", views.end, name="storage-plan-end"),
    path("<int:pk>/remove", views.remove, name="storage-plan-remove"),
]
