from __future__ import annotations

from django.urls import path

from labdb.files import views

urlpatterns = [
    path("", views.file_list, name="file-list"),
    path("upload", views.upload, name="upload"),
    path("inbox", views.inbox, name="inbox"),
    path("inbox/new", views.inbox_file_ticked, name="inbox-file-ticked"),
    path("<int:pk>/", views.raw_file, name="raw-file"),
    path("<int:pk>/choose", views.inbox_choose, name="inbox-choose"),
    path("<int:pk>/download", views.download, name="raw-file-download"),
]
