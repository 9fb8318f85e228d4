from __future__ import annotations

from django.urls import path

from cells.exclusion import views

urlpatterns = [
    path("", views.exclusion_list, name="exclusion-list"),
    path("new", views.new, name="exclusion-new"),
    path("<int:pk>/", views.exclusion, name="exclusion"),
    path("<int:pk>/withdraw", views.withdraw, name="exclusion-withdraw"),
]
