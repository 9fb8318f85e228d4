"""`Idempotency-Key`: a script that lost the answer asks again, and nothing is done twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from labdb.accounts.api import person
from labdb.api.models import AnsweredRequest
from labdb.api.renderers import to_json

KEPT = timedelta(days=1)
LONGEST = 200

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Any text of your own, new for each request; the same request with the same key is done once.",
)


class KeyUsedOtherwise(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_used_otherwise"
    default_detail = "This Idempotency-Key came with another request before; take a new one for each request."


def idempotent(action: Callable[..., Response]) -> Callable[..., Response]:
    """For an action that makes something. The key and what was made are committed together, or neither is."""

    @wraps(action)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return action(view, request, *args, **kwargs)
        if len(key) > LONGEST:
            raise ValidationError({"Idempotency-Key": f"At most {LONGEST} characters."})
        asked = hashlib.sha256(to_json([request.method, request.path, request.data])).hexdigest()
        user = person(request)
        with transaction.atomic():
            AnsweredRequest.objects.filter(user=user, at__lt=timezone.now() - KEPT).delete()
            # A second request of the same key waits here until the first is committed.
            kept, new = AnsweredRequest.objects.get_or_create(user=user, key=key, defaults={"request_sha256": asked})
            if not new:
                if kept.request_sha256 != asked:
                    raise KeyUsedOtherwise
                return Response(kept.answer, status=kept.status, headers={"Idempotent-Replayed": "true"})
            response = action(view, request, *args, **kwargs)
            kept.status, kept.answer = response.status_code, orjson.loads(to_json(response.data))
            kept.save()
            return response

    return once
