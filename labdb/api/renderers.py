"""How answers are written: JSON by orjson; CSV, Parquet and Arrow by views that stream them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.exceptions import NotAcceptable, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


def to_json(value: Any) -> bytes:
    """NaN becomes null, times are UTC."""
    return orjson.dumps(value, default=_plain, option=OPTIONS)


def _plain(value: Any) -> Any:
    if isinstance(value, ReturnDict | dict):
        return dict(value)
    if isinstance(value, ReturnList | list):
        return list(value)
    if isinstance(value, Promise | str):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class Json(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else to_json(data)


class _Streamed(Json):
    """Names a format for negotiation: the view streams it, so that only errors are rendered here, as JSON."""


class Csv(_Streamed):
    media_type = "text/csv"
    format = "csv"


class Parquet(_Streamed):
    media_type = "application/vnd.apache.parquet"
    format = "parquet"


class Arrow(_Streamed):
    media_type = "application/vnd.apache.arrow.file"
    format = "arrow"


class Negotiation(DefaultContentNegotiation):
    """`?format=` first, then the Accept header; an unknown format is told the known ones."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        offered = list(renderers)
        wanted = request.query_params.get("format")
        if wanted is None and request.META.get("HTTP_ACCEPT", "*/*") == "*/*":
            return offered[0], offered[0].media_type
        if wanted is None:
            try:
                return super().select_renderer(request, offered, format_suffix)
            except NotAcceptable:
                return offered[0], offered[0].media_type
        for renderer in offered:
            if renderer.format == wanted:
                return renderer, renderer.media_type
        known = ", ".join(renderer.format for renderer in offered)
        raise ValidationError({"format": f"There is no format {wanted} here; it is one of: {known}."})
