from __future__ import annotations

from django.urls import path, re_path

from dashboards.comparison import views

urlpatterns = [
    path("", views.comparison, name="comparison"),
    re_path(r"^figures/(?P<name>[\w-]{1,60})\.json$", views.figure, name="comparison-figure"),
    re_path(r"^numbers/(?P<name>[\w-]{1,60})\.csv$", views.numbers_csv, name="comparison-numbers"),
    re_path(r"^cycles\.(?P<form>parquet|json|csv)$", views.data, name="comparison-data"),
    path("group", views.group, name="comparison-group"),
]
