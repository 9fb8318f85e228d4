"""Serializer fields that many rooms share."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Model, QuerySet
from rest_framework import serializers

from labdb.accounts.models import ProjectQuerySet

# Digits; a longer number is the key of no record, and databases do not take it.
LONGEST_KEY = 18


class VisibleField(serializers.PrimaryKeyRelatedField):
    """A record that the caller may see; any other does not exist for them. Asked once in a request for each id."""

    default_error_messages = {"does_not_exist": "There is no {pk_value} here that you may see."}

    def get_queryset(self) -> QuerySet:
        rows = cast(ProjectQuerySet, super().get_queryset())
        return rows.visible_to(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Model:
        found: dict[tuple[str, str], Model] = cast(dict[str, Any], self.context).setdefault("found", {})
        if isinstance(data, float) or len(str(data)) > LONGEST_KEY:
            self.fail("does_not_exist", pk_value=str(data)[:40])
        key = (self.field_name or "", repr(data))
        if key not in found:
            found[key] = super().to_internal_value(data)
        return found[key]
