from __future__ import annotations

from django.urls import path, re_path

from cells.cycling import views

urlpatterns = [
    path("", views.test_list, name="cycling-test-list"),
    path("<int:pk>/", views.cycling_test, name="cycling-test"),
    path("<int:pk>/status", views.status, name="cycling-test-status"),
    path("<int:pk>/analyse", views.analyse, name="cycling-test-analyse"),
    path("<int:pk>/kinds", views.set_kinds, name="cycling-test-kinds"),
    path("<int:pk>/step-kinds", views.set_step_kinds, name="cycling-test-step-kinds"),
    path("<int:pk>/nominal-capacity", views.set_nominal_capacity, name="cycling-test-nominal-capacity"),
    path("<int:pk>/files", views.add_file, name="cycling-test-add-file"),
    path("<int:pk>/files/<int:file>/split", views.split, name="cycling-test-split"),
    path("<int:pk>/cycles.csv", views.cycles_csv, name="cycling-test-cycles"),
    re_path(r"^(?P<pk>\d+)/numbers/(?P<name>profiles|dq-dv)\.csv$", views.numbers_csv, name="cycling-test-numbers"),
    path("<int:pk>/drawings/<slug:name>.json", views.draw, name="cycling-test-drawing"),
    re_path(
        r"^(?P<pk>\d+)/figures/(?P<name>cycles|profiles|dq-dv|time)\.json$", views.figure, name="cycling-test-figure"
    ),
]
