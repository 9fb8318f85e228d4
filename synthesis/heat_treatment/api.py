"""Furnace logs: of which heat treatment of which batch, what they found, and their records."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from labdb.accounts.api import person
from labdb.api.errors import Conflict
from labdb.api.filters import INTEGER, MOMENT, TEXT, choice, contains, exact, ranged
from labdb.api.tables import TABLE_RENDERERS, describe_table, table_response
from labdb.files.api import RawFileRow
from labdb.provenance.api import AnalysedViewSet, FoundRow, with_latest_run
from labdb.provenance.models import AnalysisRun, Table
from synthesis.heat_treatment.models import FurnaceLog
from synthesis.heat_treatment.services import change_log


class LogRow(serializers.ModelSerializer):
    batch_code = serializers.CharField(source="batch.code", read_only=True)
    product = serializers.CharField(source="batch.product", read_only=True)
    state = serializers.ChoiceField(AnalysisRun.State.choices, source="latest_state", allow_null=True, read_only=True)
    latest_run = serializers.IntegerField(source="latest_run_id", allow_null=True, read_only=True)
    parameters = serializers.DictField(help_text="Choices of a person that override the defaults: channel.")
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = FurnaceLog
        fields: tuple[str, ...] = (
            "id", "project", "name", "batch", "batch_code", "product", "heat_treatment", "state", "latest_run",
            "current_run", "parameters", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class LogDetail(LogRow):
    files = RawFileRow(source="raw_files", many=True)
    results = serializers.SerializerMethodField()

    class Meta(LogRow.Meta):
        fields = (*LogRow.Meta.fields, "files", "results")
        read_only_fields = fields

    @extend_schema_field(FoundRow(many=True))
    def get_results(self, log: FurnaceLog) -> Any:
        """Of the current run."""
        return FoundRow(log.current_run.results.all() if log.current_run else [], many=True).data


class LogChange(serializers.Serializer):
    name = serializers.CharField(max_length=255, required=False)
    heat_treatment = serializers.IntegerField(required=False, help_text="From 1; 1 is the first of the process.")
    parameters = serializers.DictField(required=False, help_text='The thermocouple that is measured: {"channel": 2}.')


@extend_schema_view(
    list=extend_schema(summary="Furnace logs, newest first"),
    retrieve=extend_schema(summary="One furnace log, its file and results"),
    partial_update=extend_schema(
        summary="Rename a log, or say which thermocouple or heat treatment it is",
        description="What the numbers depend on asks for a new run; the runs before stay.",
        request=LogChange,
        responses=LogDetail,
    ),
)
class FurnaceLogViewSet(AnalysedViewSet):
    queryset = FurnaceLog.objects.all()
    serializer_class = LogRow
    detail_class = LogDetail
    filters = (
        exact(INTEGER, "id", "heat_treatment", project="project_id", batch="batch_id")
        | exact(TEXT, "name", batch_code="batch__code", product="batch__product")
        | contains("name")
        | exact(choice(AnalysisRun.State.values), state="latest_state")
        | ranged(MOMENT, "created_at")
    )

    def get_queryset(self) -> QuerySet[FurnaceLog]:
        return with_latest_run(FurnaceLog.objects.visible_to(self.request.user))

    def _one(self) -> FurnaceLog:
        rows = self.get_queryset().select_related("project", "batch", "created_by", "current_run")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.get_serializer(self._one()).data)

    def partial_update(self, request: Request, pk: str) -> Response:
        asked = LogChange(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            change_log(self._one(), person(request), **asked.validated_data)
        except ValueError as error:
            raise ValidationError({"parameters": str(error)}) from error
        return self.retrieve(request, pk)

    @describe_table
    @extend_schema(summary="The log's records, of the current run")
    @action(detail=True, renderer_classes=TABLE_RENDERERS, pagination_class=None, filter_backends=[])
    def time_series(self, request: Request, pk: str) -> HttpResponseBase:
        log = self._one()
        if log.current_run_id is None:
            latest = log.latest_run
            why = latest.error if latest is not None and latest.finished else "it is still being analysed."
            raise Conflict(f"{log} has no records yet: {why}")
        table = get_object_or_404(Table, run=log.current_run_id, name="time_series")
        return table_response(request, table, f"furnace-log-{log.pk}")
