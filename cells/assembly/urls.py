from __future__ import annotations

from django.urls import path

from cells.assembly import views

urlpatterns = [
    path("", views.cell_list, name="cell-list"),
    path("new", views.new_cell, name="cell-new"),
    path("<int:pk>/", views.cell, name="cell"),
    path("<int:pk>/change", views.change_cell, name="cell-change"),
]
