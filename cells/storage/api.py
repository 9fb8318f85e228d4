"""Storage plans: list, plan, change, end, remove."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cells.assembly.models import Cell
from cells.storage.models import STATES, StorageCheck, StoragePlan
from cells.storage.services import StorageError, end_plan, remove_plan, save_plan
from labdb.accounts.api import person
from labdb.accounts.services import require_role
from labdb.api.errors import sentences
from labdb.api.fields import VisibleField
from labdb.api.filters import INTEGER, MOMENT, NUMBER, TEXT, choice, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet

SAID = ("started_at", "temperature_celsius", "voltage_volt", "state_of_charge", "note", "ended_at")


class StoragePlanRow(serializers.ModelSerializer):
    cell_code = serializers.CharField(source="cell.code", read_only=True)
    product = serializers.CharField(source="cell.product", read_only=True)
    state = serializers.ChoiceField(STATES, read_only=True, help_text="Now; due soon is two days.")
    next_due_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Of the first check that was not made; null: none is waited for."
    )
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = StoragePlan
        fields: tuple[str, ...] = (
            "id", "project", "cell", "cell_code", "product", *SAID, "state", "next_due_at", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class StorageCheckRow(serializers.ModelSerializer):
    done = serializers.BooleanField(read_only=True, help_text="A test of the cell holds what was measured after it.")

    class Meta:
        model = StorageCheck
        fields = ("day", "due_at", "done")
        read_only_fields = fields


class StoragePlanDetail(StoragePlanRow):
    checks = StorageCheckRow(many=True, read_only=True)

    class Meta(StoragePlanRow.Meta):
        fields = (*StoragePlanRow.Meta.fields, "checks")
        read_only_fields = fields


class StoragePlanWrite(serializers.ModelSerializer):
    cell = VisibleField(queryset=Cell.objects.select_related("project"))
    check_days = serializers.ListField(
        child=serializers.FloatField(), required=False, help_text="Days since it was put away, rising: [15, 42]."
    )
    reason = serializers.CharField(max_length=100, required=False, write_only=True, help_text="Why, for the history.")

    class Meta:
        model = StoragePlan
        fields = ("cell", *SAID, "check_days", "reason")
        # What cannot be is said by the service, in sentences.
        validators = ()

    def validate_cell(self, cell: Cell) -> Cell:
        if self.instance is not None and cell != self.instance.cell:
            raise serializers.ValidationError("A plan stays with its cell; plan the storage of the other one anew.")
        return cell


class End(serializers.Serializer):
    ended_at = serializers.DateTimeField(required=False, help_text="Now, where it is not said.")
    reason = serializers.CharField(max_length=100, required=False)


@extend_schema_view(
    list=extend_schema(summary="Storage plans, with when the next check is due"),
    retrieve=extend_schema(summary="One storage plan, with its checks"),
    create=extend_schema(
        summary="Plan the storage of a cell", request=StoragePlanWrite, responses={201: StoragePlanDetail},
        parameters=[IDEMPOTENCY_KEY],
    ),
    partial_update=extend_schema(
        summary="Change a storage plan",
        description="Tests whose numbers depend on what changed are analysed again.",
        request=StoragePlanWrite,
        responses=StoragePlanDetail,
    ),
    destroy=extend_schema(summary="Remove a storage plan that was entered by mistake"),
)  # fmt: skip
class StoragePlanViewSet(RowViewSet):
    queryset = StoragePlan.objects.all()
    serializer_class = StoragePlanRow
    detail_class = StoragePlanDetail
    filters = (
        exact(INTEGER, "id", project="project_id", cell="cell_id")
        | exact(TEXT, cell_code="cell__code", product="cell__product")
        | exact(choice(STATES), "state")
        | contains("note")
        | ranged(NUMBER, "temperature_celsius")
        | ranged(MOMENT, "started_at", "ended_at", "next_due_at", "created_at")
    )

    def get_queryset(self) -> QuerySet[StoragePlan]:
        return StoragePlan.objects.visible_to(self.request.user).with_state(timezone.now())

    def _one(self, pk: Any) -> StoragePlan:
        checks = Prefetch("checks", StorageCheck.objects.with_done())
        rows = self.get_queryset().select_related("project", "cell__project", "created_by").prefetch_related(checks)
        return get_object_or_404(rows, pk=pk)

    def _detail(self, pk: Any, code: int = status.HTTP_200_OK) -> Response:
        return Response(StoragePlanDetail(self._one(pk), context=self.get_serializer_context()).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._detail(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = StoragePlanWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        days, reason = said.pop("check_days", []), said.pop("reason", "")
        plan = StoragePlan(**said)
        with sentences(StorageError):
            save_plan(plan, days, person(request), reason)
        return self._detail(plan.pk, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        found = self._one(pk)
        require_role(person(request), found.project)
        asked = StoragePlanWrite(found, data=request.data, partial=True, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        days, reason = said.pop("check_days", found.check_days), said.pop("reason", "")
        for name, value in said.items():
            setattr(found, name, value)
        with sentences(StorageError):
            save_plan(found, days, person(request), reason)
        return self._detail(pk)

    def destroy(self, request: Request, pk: str) -> Response:
        remove_plan(self._one(pk), person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="The cell is stored no more", request=End, responses=StoragePlanDetail)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        asked = End(data=request.data)
        asked.is_valid(raise_exception=True)
        with sentences(StorageError):
            end_plan(self._one(pk), person(request), **asked.validated_data)
        return self._detail(pk)
