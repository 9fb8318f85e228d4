from __future__ import annotations

from django.urls import path

from synthesis.sample import views

urlpatterns = [
    path("samples/", views.sample_list, name="sample-list"),
    path("samples/<int:pk>/", views.sample, name="sample"),
    path("samples/<int:pk>/change", views.change_sample, name="sample-change"),
    path("samples/<int:pk>/remove", views.remove, name="sample-remove"),
    path("batches/<int:pk>/samples/new", views.new_samples, name="sample-new"),
    path("batches/<int:pk>/samples/preview", views.preview, name="sample-preview"),
]
