"""The parts of the API that belong to no room; `labdb/urls.py` adds the rooms' viewsets."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.views import APIView

from labdb.accounts.api import MeView
from labdb.provenance.api import QuantityView


class Router(DefaultRouter):
    """Addresses with or without a slash at their end."""

    include_format_suffixes = False

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"


class NoSuchAddress(APIView):
    """Whatever else is asked below /api/, so that a script is answered in JSON."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotFound("There is nothing at this address; GET /api/v1/ lists what there is.")

    post = put = patch = delete = get


plain: list[URLPattern] = [
    re_path(r"^me/?$", MeView.as_view(), name="me"),
    re_path(r"^quantities/?$", QuantityView.as_view(), name="quantities"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    # No script or style of the page is inline, so our content security policy holds.
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api:schema", template_name="labdb/api/schema.html", title="labdb API"
        ),
        name="docs",
    ),
]
rest: list[URLPattern] = [re_path(r"^.*$", NoSuchAddress.as_view())]
