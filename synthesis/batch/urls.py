from __future__ import annotations

from django.urls import path

from synthesis.batch import start_views, views

urlpatterns = [
    path("", views.batch_list, name="batch-list"),
    path("new", start_views.new_batch, name="batch-new"),
    path("new/bare", start_views.bare_batch, name="batch-new-bare"),
    path("weigh-out", start_views.weigh_out, name="batch-weigh-out"),
    path("compare", views.compare_two, name="batch-compare"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/change", views.change, name="batch-change"),
    path("<int:pk>/process", start_views.change_process, name="batch-process"),
    path("<int:pk>/masses", views.masses, name="batch-masses"),
    path("<int:pk>/copy", views.copy, name="batch-copy"),
    path("<int:pk>/weigh", views.weigh_in, name="batch-weigh"),
    path("<int:pk>/weigh/check", views.weigh_check, name="batch-weigh-check"),
    path("<int:pk>/weighings/<int:weighing>/take-back", views.take_back, name="batch-take-back"),
]
