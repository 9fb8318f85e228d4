"""Cycling tests, their curves, and the cycles that their runs found."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from cells.cycling import views
from cells.cycling.drawings import DRAWINGS
from cells.cycling.models import CycleRow, CyclingTest
from cells.cycling.services import change_test, set_step_kinds, split_off
from cells.cycling.table import BLOCK_KINDS, CYCLE_KINDS
from cells.exclusion.left_out import cycle_is_left_out
from labdb.accounts.api import person
from labdb.api.errors import Conflict
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, NUMBER, TEXT, Filter, choice, contains, exact, ranged
from labdb.api.parsers import JsonBody
from labdb.api.renderers import Json
from labdb.api.tables import TABLE_RENDERERS, describe_table, table_response
from labdb.api.viewsets import RowViewSet
from labdb.files.api import IngestedRow, IngestedRows, RawFileRow, receive, uploaded_files
from labdb.provenance.api import AnalysedViewSet, FoundRow, of_current_run, with_latest_run
from labdb.provenance.models import AnalysisRun, Table

FIGURES = ("cycles", "profiles", "dq-dv", "time")


class TestRow(serializers.ModelSerializer):
    __test__ = False  # for pytest: a row of tests, not a test

    cell_code = serializers.CharField(source="cell.code", read_only=True)
    product = serializers.CharField(source="cell.product", read_only=True)
    batch_code = serializers.CharField(source="cell.batch.code", read_only=True, allow_null=True)
    state = serializers.ChoiceField(AnalysisRun.State.choices, source="latest_state", allow_null=True, read_only=True)
    latest_run = serializers.IntegerField(source="latest_run_id", allow_null=True, read_only=True)
    parameters = serializers.DictField(help_text="Choices of a person that override the defaults.")
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = CyclingTest
        fields: tuple[str, ...] = (
            "id", "project", "name", "cell", "cell_code", "product", "batch_code", "technique", "state", "latest_run",
            "current_run", "parameters", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class FileOfTest(serializers.Serializer):
    file = serializers.IntegerField(help_text="Its id, as in `files` of the test.")


class TestDetail(TestRow):
    files = RawFileRow(source="raw_files", many=True)
    results = serializers.SerializerMethodField()

    class Meta(TestRow.Meta):
        fields = (*TestRow.Meta.fields, "files", "results")
        read_only_fields = fields

    @extend_schema_field(FoundRow(many=True))
    def get_results(self, test: CyclingTest) -> Any:
        """Of the current run."""
        return FoundRow(test.current_run.results.all() if test.current_run else [], many=True).data


class TestChange(serializers.Serializer):
    __test__ = False

    name = serializers.CharField(max_length=255, required=False)
    parameters = serializers.DictField(
        required=False, help_text="In place of those before; GET …/runs/{id} shows the names."
    )


class KindsChange(serializers.Serializer):
    first_step = serializers.IntegerField(min_value=1)
    last_step = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(BLOCK_KINDS, allow_blank=True, help_text="Empty: as labdb finds it.")


class TestFiles(serializers.Serializer):
    __test__ = False

    file = serializers.ListField(child=serializers.FileField(), help_text="One or several, in their order.")


def _without_protocol(rows: QuerySet[CyclingTest], values: list[bool]) -> QuerySet[CyclingTest]:
    untold = CyclingTest.objects.without_protocol().values("pk")
    return rows.filter(pk__in=untold) if values[-1] else rows.exclude(pk__in=untold)


@extend_schema_view(
    list=extend_schema(summary="Tests, newest first"),
    retrieve=extend_schema(summary="One test, its files and results"),
    partial_update=extend_schema(
        summary="Rename a test, or set parameters of its analysis",
        description="Other parameters ask for a new run; the runs before stay.",
        request=TestChange,
        responses=TestDetail,
    ),
)
class TestViewSet(AnalysedViewSet):
    __test__ = False

    queryset = CyclingTest.objects.all()
    serializer_class = TestRow
    detail_class = TestDetail
    filters = (
        exact(INTEGER, "id", project="project_id", cell="cell_id")
        | exact(TEXT, "name", cell_code="cell__code", product="cell__product", batch_code="cell__batch__code")
        | contains("name")
        | exact(choice(AnalysisRun.State.values), state="latest_state")
        | {
            "without_protocol": Filter(
                BOOLEAN, help="labdb could not tell what they were for, or 1 C is not known", apply=_without_protocol
            )
        }
        | ranged(MOMENT, "created_at")
    )

    def get_queryset(self) -> QuerySet[CyclingTest]:
        return with_latest_run(CyclingTest.objects.visible_to(self.request.user))

    def _one(self) -> CyclingTest:
        rows = self.get_queryset().select_related("project", "cell", "created_by", "current_run")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.get_serializer(self._one()).data)

    def partial_update(self, request: Request, pk: str) -> Response:
        asked = TestChange(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            change_test(self._one(), person(request), **asked.validated_data)
        except ValueError as error:
            raise ValidationError({"parameters": str(error)}) from error
        return self.retrieve(request, pk)

    @extend_schema(
        summary="Files with which the test goes on",
        request={"multipart/form-data": TestFiles},
        responses={201: IngestedRows, 200: IngestedRows},
    )
    @action(detail=True, methods=["post"], parser_classes=(MultiPartParser, FormParser, JsonBody))
    def files(self, request: Request, pk: str) -> Response:
        test = self._one()
        done = receive(uploaded_files(request), test.project, person(request), test)
        code = status.HTTP_201_CREATED if any(one.new for one in done) else status.HTTP_200_OK
        return Response({"results": IngestedRow(done, many=True).data}, status=code)

    @extend_schema(summary="Make a file of the test a test of its own", request=FileOfTest, responses={201: TestDetail})
    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: str) -> Response:
        asked = FileOfTest(data=request.data)
        asked.is_valid(raise_exception=True)
        test = self._one()
        raw_file = get_object_or_404(test.raw_files, pk=asked.validated_data["file"])
        try:
            own = split_off(test, raw_file, person(request))
        except ValueError as error:
            raise ValidationError({"file": str(error)}) from error
        found = self.get_serializer(get_object_or_404(self.get_queryset(), pk=own.pk))
        return Response(found.data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="A figure of what a part of the analysis found",
        description="In plotly's own JSON, of the current run, or of ?run=.",
        parameters=[
            OpenApiParameter("name", str, OpenApiParameter.PATH, enum=[one.name for one in DRAWINGS]),
            OpenApiParameter("run", int, description="Cites a run; the current one where it is left out."),
            OpenApiParameter("numbers", str, description="Whole numbers that the figure asks for, with commas."),
        ],
        responses=OpenApiResponse(OpenApiTypes.OBJECT, "data and layout"),
    )
    @action(
        detail=True,
        url_path=r"drawings/(?P<name>[\w-]{1,60})",
        renderer_classes=(Json,),
        pagination_class=None,
        filter_backends=[],
    )
    def drawings(self, request: Request, pk: str, name: str) -> HttpResponseBase:
        test = self._one()
        if test.current_run_id is None:
            raise Conflict(_why_no_curve(test))
        return views.draw(request._request, int(pk), name)

    @describe_table
    @extend_schema(
        summary="The test's records, as measured",
        description="Battery Data Format columns, of the current run; the Parquet file is a valid .bdf.parquet.",
    )
    @action(detail=True, renderer_classes=TABLE_RENDERERS, pagination_class=None, filter_backends=[])
    def time_series(self, request: Request, pk: str) -> HttpResponseBase:
        test = self._one()
        if test.current_run_id is None:
            raise Conflict(_why_no_curve(test))
        table = get_object_or_404(Table, run=test.current_run_id, name="time_series")
        return table_response(request, table, f"test-{test.pk}-time_series")

    @describe_table
    @extend_schema(
        summary="The test's protocol",
        description="One row a block, in time order, of the current run: kind, steps, cycles, C-rates, and how many"
        " ageing cycles were over when it began.",
    )
    @action(detail=True, renderer_classes=TABLE_RENDERERS, pagination_class=None, filter_backends=[])
    def protocol(self, request: Request, pk: str) -> HttpResponseBase:
        test = self._one()
        if test.current_run_id is None:
            raise Conflict(_why_no_curve(test))
        table = get_object_or_404(Table, run=test.current_run_id, name="protocol")
        return table_response(request, table, f"test-{test.pk}-protocol")

    @extend_schema(
        summary="Say what a range of steps was for",
        description="Asks for a new run, whose parameters record it; the runs before stay.",
        request=KindsChange,
        responses=TestDetail,
    )
    @action(detail=True, methods=["post"])
    def kinds(self, request: Request, pk: str) -> Response:
        asked = KindsChange(data=request.data)
        asked.is_valid(raise_exception=True)
        first, last = asked.validated_data["first_step"], asked.validated_data["last_step"]
        try:
            set_step_kinds(self._one(), person(request), first, last, asked.validated_data["kind"])
        except ValueError as error:
            raise ValidationError({"first_step": str(error)}) from error
        return self.retrieve(request, pk)

    @extend_schema(
        summary="A figure of the test",
        description="In plotly's own JSON, with numbers as base64 typed arrays; of the current run, or of ?run=.",
        parameters=[
            OpenApiParameter("name", str, OpenApiParameter.PATH, enum=FIGURES),
            OpenApiParameter("run", int, description="Cites a run; the current one where it is left out."),
            OpenApiParameter("y", str, description="For cycles: the quantity."),
            OpenApiParameter("cycles", str, description="For profiles and dq-dv: numbers with commas between."),
            OpenApiParameter("from", float, description="For time: the first second …"),
            OpenApiParameter("to", float, description="… and the last."),
        ],
        responses=OpenApiResponse(OpenApiTypes.OBJECT, "data and layout"),
    )
    @action(
        detail=True,
        url_path=f"figures/(?P<name>{'|'.join(FIGURES)})",
        renderer_classes=(Json,),
        pagination_class=None,
        filter_backends=[],
    )
    def figure(self, request: Request, pk: str, name: str) -> HttpResponseBase:
        return views.figure(request._request, int(pk), name)


def _why_no_curve(test: CyclingTest) -> str:
    latest = test.latest_run
    if latest is None or not latest.finished:
        return f"{test} is still being analysed; ask again when GET /api/v1/tests/{test.pk} says succeeded."
    return f"{test} could not be analysed: {latest.error}"


class CycleRowRow(serializers.ModelSerializer):
    test = serializers.IntegerField(source="run.measurement_id", read_only=True)
    excluded = serializers.BooleanField(
        source="is_excluded", read_only=True, help_text="Left out of means, by itself, with its test or its cell."
    )

    class Meta:
        model = CycleRow
        fields: tuple[str, ...] = (
            "id",
            "test",
            "run",
            *(field.name for field in CycleRow._meta.fields if field.name not in ("id", "project", "run")),
            "excluded",
        )


_NUMBERS = [
    field.name
    for field in CycleRow._meta.fields
    if isinstance(field, models.FloatField) or field.name in ("cycle_count", "ageing_index")
]


@extend_schema_view(
    list=extend_schema(
        summary="Cycles",
        description="Rows of the per-cycle table, of current runs unless run or current says otherwise.",
    )
)
class CycleViewSet(RowViewSet):
    queryset = CycleRow.objects.all()
    serializer_class = CycleRowRow
    ordering = "id"
    filters = (
        exact(
            INTEGER,
            "id",
            "run",
            project="project_id",
            test="run__measurement_id",
            cell="run__measurement__cyclingtest__cell_id",
        )
        | exact(
            TEXT,
            cell_code="run__measurement__cyclingtest__cell__code",
            product="run__measurement__cyclingtest__cell__product",
            batch_code="run__measurement__cyclingtest__cell__batch__code",
        )
        | exact(choice(CYCLE_KINDS), "kind")
        | exact(BOOLEAN, "complete", excluded="is_excluded")
        | ranged(NUMBER, *_NUMBERS)
        | {
            "current": Filter(
                BOOLEAN,
                help="of the newest run of its test that succeeded",
                apply=of_current_run("run_id"),
                default="true",
                unless=("run",),
            )
        }
    )

    def get_queryset(self) -> QuerySet[CycleRow]:
        return CycleRow.objects.visible_to(self.request.user).annotate(is_excluded=cycle_is_left_out())
