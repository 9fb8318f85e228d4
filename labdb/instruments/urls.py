from __future__ import annotations

from django.urls import path

from labdb.instruments import views

urlpatterns = [
    path("", views.instrument_list, name="instrument-list"),
    path("new", views.new_instrument, name="instrument-new"),
    path("<int:pk>/", views.instrument, name="instrument"),
    path("<int:pk>/change", views.change_instrument, name="instrument-change"),
    path("<int:pk>/calibrations", views.calibrate, name="instrument-calibrate"),
    path("calibrations/<int:pk>/change", views.correct_calibration, name="calibration-change"),
]
