"""Everything needs a log-in, but for the views that say otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url


class LoginRequired(LoginRequiredMiddleware):
    """Sends a page's own requests (htmx) to the log-in as a whole page, not into a corner of the one that is open."""

    def handle_no_permission(  # type: ignore[override]  # not every answer is a redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if request.headers.get("HX-Request") != "true":
            return super().handle_no_permission(request, view_func)
        response = HttpResponse(status=204)
        page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
        response["HX-Redirect"] = f"{resolve_url('login')}?next={page}"
        return response
