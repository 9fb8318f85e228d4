"""Exclusions: list, leave out, withdraw. There is no deleting and no rewriting."""

from __future__ import annotations

from django.db.models import BooleanField, Case, QuerySet, When
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from cells.exclusion.models import Exclusion
from cells.exclusion.services import LONGEST_REASON, ExclusionError, leave_out, withdraw
from labdb.accounts.api import person
from labdb.api.errors import sentences
from labdb.api.fields import VisibleField
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, TEXT, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet


class ExclusionRow(serializers.ModelSerializer):
    cell_code = serializers.CharField(source="cell.code", read_only=True)
    current = serializers.BooleanField(source="counts_not", read_only=True, help_text="False once it was withdrawn.")
    created_by = serializers.CharField(source="created_by.username", read_only=True)
    withdrawn_by = serializers.CharField(source="withdrawn_by.username", read_only=True, allow_null=True)

    class Meta:
        model = Exclusion
        fields: tuple[str, ...] = (
            "id", "project", "cell", "cell_code", "test", "first_cycle", "last_cycle", "reason", "current",
            "created_by", "created_at", "withdrawn_reason", "withdrawn_by", "withdrawn_at",
        )  # fmt: skip
        read_only_fields = fields


class ExclusionWrite(serializers.Serializer):
    """What is left out: a cell, a test, or cycles of a test."""

    cell = VisibleField(queryset=Cell.objects.select_related("project"), required=False)
    test = VisibleField(queryset=CyclingTest.objects.select_related("cell__project"), required=False, allow_null=True)
    first_cycle = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    last_cycle = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    reason = serializers.CharField(max_length=LONGEST_REASON)

    def validate(self, attrs: dict) -> dict:
        if attrs.get("test") is not None:
            attrs.setdefault("cell", attrs["test"].cell)
        if "cell" not in attrs:
            raise serializers.ValidationError({"cell": "Say which cell, or which test."})
        return attrs


class Withdrawal(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_REASON)


@extend_schema_view(
    list=extend_schema(summary="Exclusions from means and comparisons, newest first"),
    retrieve=extend_schema(summary="One exclusion"),
    create=extend_schema(
        summary="Leave a cell, a test, or cycles of a test out of means and comparisons",
        description="What the runs found stays as it is.",
        request=ExclusionWrite,
        responses={201: ExclusionRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class ExclusionViewSet(RowViewSet):
    queryset = Exclusion.objects.all()
    serializer_class = ExclusionRow
    filters = (
        exact(INTEGER, "id", project="project_id", cell="cell_id", test="test_id")
        | exact(TEXT, cell_code="cell__code", product="cell__product", created_by="created_by__username")
        | contains("reason")
        | exact(BOOLEAN, current="counts_not")
        | ranged(MOMENT, "created_at", "withdrawn_at")
    )

    def get_queryset(self) -> QuerySet[Exclusion]:
        current = Case(When(withdrawn_at=None, then=True), default=False, output_field=BooleanField())
        return Exclusion.objects.visible_to(self.request.user).annotate(counts_not=current)

    def _one(self, pk: str | int) -> Exclusion:
        related = ("project", "cell", "test", "created_by", "withdrawn_by")
        return get_object_or_404(self.get_queryset().select_related(*related), pk=pk)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(ExclusionRow(self._one(pk)).data)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = ExclusionWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        with sentences(ExclusionError):
            made = leave_out(said.pop("cell"), person(request), said.pop("reason"), **said)
        return Response(ExclusionRow(self._one(made.pk)).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Let it count again", request=Withdrawal, responses=ExclusionRow)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        asked = Withdrawal(data=request.data)
        asked.is_valid(raise_exception=True)
        with sentences(ExclusionError):
            withdraw(self._one(pk), person(request), asked.validated_data["reason"])
        return Response(ExclusionRow(self._one(pk)).data)
