from __future__ import annotations

from django.urls import path

from labdb.worklist import views

urlpatterns = [
    path("", views.home, name="home"),
    path("worklist", views.worklist, name="worklist"),
    path("search", views.search, name="search"),
]
