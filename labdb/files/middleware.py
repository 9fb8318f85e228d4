"""An upload that says beforehand that it is over the limit is refused before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from labdb.files.uploads import size_limit_sentence

# What a form may add around its files.
MARGIN = 1024**2


class RefuseTooLarge:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) <= settings.MAX_UPLOAD_BYTES + MARGIN:
            return self.get_response(request)
        sentence = size_limit_sentence("The upload")
        if request.path.startswith("/api/"):
            error = {"code": "too_large", "detail": sentence, "attr": None}
            return JsonResponse({"type": "client_error", "errors": [error]}, status=413)
        return render(request, "413.html", {"sentence": sentence}, status=413)
