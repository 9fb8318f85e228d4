from __future__ import annotations

from django.urls import path

from labdb.labels import views

urlpatterns = [
    path("labels/", views.sheet, name="label-sheet"),
    path("labels/<slug:kind>/add", views.add, name="label-add"),
    path("labels/<slug:kind>/<int:pk>/", views.label, name="label"),
    # Printed in QR codes: never to change.
    path("s/<slug:kind>/<slug:code>", views.scanned, name="scanned"),
]
