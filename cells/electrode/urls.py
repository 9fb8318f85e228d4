from __future__ import annotations

from django.urls import path

from cells.electrode import editor_views, views

urlpatterns = [
    path("", views.electrode_list, name="electrode-list"),
    path("new", editor_views.new_electrode, name="electrode-new"),
    path("preview", editor_views.preview, name="electrode-preview"),
    path("<int:pk>/", views.electrode, name="electrode"),
    path("<int:pk>/change", editor_views.change_electrode, name="electrode-change"),
    path("<int:pk>/remove", views.remove, name="electrode-remove"),
    path("<int:pk>/discs/new", editor_views.punch, name="disc-new"),
    path("<int:pk>/discs/preview", editor_views.punch_preview, name="disc-preview"),
    path("<int:pk>/discs/weigh", editor_views.weigh, name="disc-weigh"),
    path("<int:pk>/discs/weigh/preview", editor_views.weigh_preview, name="disc-weigh-preview"),
    path("discs/<int:pk>/", views.disc, name="electrode-disc"),
    path("discs/<int:pk>/change", views.change_disc, name="disc-change"),
    path("discs/<int:pk>/remove", views.remove_one_disc, name="disc-remove"),
]
