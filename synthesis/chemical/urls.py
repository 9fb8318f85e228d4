from __future__ import annotations

from django.urls import path

from synthesis.chemical import views

urlpatterns = [
    path("", views.lot_list, name="lot-list"),
    path("lots/new", views.new_lot, name="lot-new"),
    path("lots/<int:pk>/", views.lot, name="lot"),
    path("lots/<int:pk>/change", views.change_lot, name="lot-change"),
    path("lots/<int:pk>/correct", views.correct, name="lot-correct"),
    path("lots/<int:pk>/certificate", views.certificate, name="lot-certificate"),
    path("chemicals/", views.chemical_list, name="chemical-list"),
    path("chemicals/new", views.new_chemical, name="chemical-new"),
    path("chemicals/<int:pk>/", views.chemical, name="chemical"),
    path("chemicals/<int:pk>/change", views.change_chemical, name="chemical-change"),
    path("formula", views.formula, name="formula"),
]
