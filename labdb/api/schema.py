"""How the OpenAPI document describes errors and tokens."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_standardized_errors.openapi import AutoSchema
from rest_framework import serializers


class Problem(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField(help_text="A sentence for a person: what, where, what to do.")
    attr = serializers.CharField(allow_null=True, help_text="The field or parameter that is meant.")


class Problems(serializers.Serializer):
    type = serializers.ChoiceField(("validation_error", "client_error", "server_error"))
    errors = Problem(many=True)  # type: ignore[assignment]  # DRF takes it out of the class


class Schema(AutoSchema):
    """One shape of error for every address, instead of one component for every field of each."""

    def _should_add_error_response(self, responses: dict[str, Any], status_code: str) -> bool:
        if status_code == "413":
            return self.path.rstrip("/").endswith("/files") and self.method == "POST"
        return super()._should_add_error_response(responses, status_code)


class BearerTokenScheme(OpenApiAuthenticationExtension):
    target_class = "labdb.api.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token of yours: labdb_…"}
