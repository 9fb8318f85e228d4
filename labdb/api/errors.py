"""Errors as `{"type", "errors": [{"code", "detail", "attr"}]}`, with the sentences that the services wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as RefusedByModel
from django.http import Http404
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions, status
from rest_framework.serializers import as_serializer_error

from labdb.files.uploads import TooLargeError

NOT_FOUND = "There is no such record, or it is in a project that you are not a member of."
SIGN_IN = "Sign in, or send a token of yours: Authorization: Bearer labdb_…"


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class LengthRequired(exceptions.APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_code = "length_required"
    default_detail = (
        "The request says no Content-Length (Transfer-Encoding: chunked), so its body cannot be read;"
        " send the file from disk, so that its size is known."
    )


class Conflict(exceptions.APIException):
    """What is asked is well formed, and cannot be done as things stand."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


@contextmanager
def sentences(*kinds: type[ValueError], attr: str = "") -> Iterator[None]:
    """What a service refuses by a ValueError of its own, as a 400 at the field that the error names.

    Args:
        attr: the field where the error names none.
    """
    try:
        yield
    except kinds as error:
        field = getattr(error, "field", "") or attr
        raise exceptions.ValidationError({field: [str(error)]} if field else [str(error)]) from error


class Handler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, PermissionDenied):
            return exceptions.PermissionDenied(str(exc) or None)
        if isinstance(exc, Http404):
            return exceptions.NotFound(_why_not_found(exc))
        if isinstance(exc, exceptions.NotAuthenticated):
            told = exceptions.NotAuthenticated(SIGN_IN)
            told.auth_header = getattr(exc, "auth_header", None)  # type: ignore[attr-defined]  # DRF's own convention
            return told
        if isinstance(exc, TooLargeError):
            return TooLarge(str(exc))
        if isinstance(exc, RefusedByModel):
            return exceptions.ValidationError(as_serializer_error(exc))
        return exc


def _why_not_found(exc: Http404) -> str:
    """A view's own sentence; Django's own would tell the name of a model."""
    said = str(exc.args[0]) if exc.args else ""
    if not said or "matches the given query" in said:
        return NOT_FOUND
    return f"{said[0].upper()}{said[1:]}."
