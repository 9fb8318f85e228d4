"""Analysis runs, their tables, and the results that they found."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

from django.db.models import Exists, F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labdb.accounts.api import person
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, NUMBER, TEXT, Filter, Kind, choice, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.tables import TABLE_RENDERERS, describe_table, table_response
from labdb.api.viewsets import RowViewSet
from labdb.files.download import stored_bytes
from labdb.ingest.installed import techniques
from labdb.ingest.services import request_run
from labdb.provenance.models import AnalysisRun, Measurement, MeasurementFile, Picture, Result, Table
from labdb.quantities import QUANTITIES, quantity


class TableRow(serializers.ModelSerializer):
    class Meta:
        model = Table
        fields: tuple[str, ...] = ("name", "rows", "columns", "size", "sha256")


class PictureRow(serializers.ModelSerializer):
    class Meta:
        model = Picture
        fields: tuple[str, ...] = ("name", "size", "sha256")


class FoundRow(serializers.ModelSerializer):
    class Meta:
        model = Result
        fields: tuple[str, ...] = ("id", "quantity", "value", "sd", "n", "upper_bound")


class RunInput(serializers.Serializer):
    file = serializers.IntegerField()
    name = serializers.CharField()
    sha256 = serializers.CharField()


class RunReader(serializers.Serializer):
    name = serializers.CharField()
    version = serializers.IntegerField()


class RunRow(serializers.ModelSerializer):
    project = serializers.IntegerField(source="measurement.project_id")
    test = serializers.IntegerField(source="measurement_id", help_text="The measurement that was analysed.")
    requested_by = serializers.CharField(source="requested_by.username")
    inputs = RunInput(many=True)
    readers = RunReader(many=True)
    parameters = serializers.DictField()
    warnings = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = AnalysisRun
        fields: tuple[str, ...] = (
            "id", "project", "test", "technique", "state", "progress", "doing", "attempts", "fault", "error",
            "warnings", "inputs", "readers", "parameters", "analysis_version", "software_version", "key",
            "requested_by", "queued_at", "started_at", "finished_at",
        )  # fmt: skip


class RunDetail(RunRow):
    current = serializers.SerializerMethodField(help_text="Whether it is the newest of its test that succeeded.")
    metadata = serializers.DictField(help_text="What the files say of themselves.")
    tables = TableRow(many=True)
    pictures = PictureRow(many=True)
    results = FoundRow(many=True)

    class Meta(RunRow.Meta):
        fields = (*RunRow.Meta.fields, "current", "metadata", "tables", "pictures", "results")

    def get_current(self, run: AnalysisRun) -> bool:
        return run.measurement.current_run_id == run.pk


def of_current_run(path: str) -> Any:
    """A filter's question: is the row's run the newest of its measurement that succeeded?"""

    def apply(rows: QuerySet, values: list[bool]) -> QuerySet:
        if len(set(values)) == 2:
            return rows
        current = Exists(Measurement.objects.filter(current_run=OuterRef(path)))
        return rows.filter(current if values[0] else ~current)

    return apply


@extend_schema_view(
    list=extend_schema(summary="Analysis runs, newest first"), retrieve=extend_schema(summary="One run")
)
class RunViewSet(RowViewSet):
    queryset = AnalysisRun.objects.all()
    serializer_class = RunRow
    detail_class = RunDetail
    filters = (
        exact(INTEGER, "id", project="measurement__project_id", test="measurement_id")
        | exact(choice(AnalysisRun.State.values), "state")
        | exact(choice(AnalysisRun.Fault.values), "fault")
        | exact(TEXT, "technique", "key", requested_by="requested_by__username")
        | ranged(MOMENT, "queued_at", "finished_at")
        | {"current": Filter(BOOLEAN, help="the newest of its test that succeeded", apply=of_current_run("pk"))}
    )

    def get_queryset(self) -> QuerySet[AnalysisRun]:
        return AnalysisRun.objects.visible_to(self.request.user)

    def _one(self) -> AnalysisRun:
        return cast(AnalysisRun, self.get_object())

    def retrieve(self, request: Request, pk: str) -> Response:
        rows = (
            self.get_queryset()
            .select_related("measurement", "requested_by")
            .prefetch_related("tables", "pictures", "results")
        )
        return Response(self.get_serializer(get_object_or_404(rows, pk=pk)).data)

    @describe_table
    @extend_schema(summary="A table of a run")
    @action(
        detail=True,
        url_path=r"tables/(?P<name>\w{1,40})",
        url_name="table",
        renderer_classes=TABLE_RENDERERS,
        pagination_class=None,
        filter_backends=[],
    )
    def table(self, request: Request, pk: str, name: str) -> HttpResponseBase:
        run = self._one()
        table = get_object_or_404(Table.objects.select_related("run"), run=run, name=name)
        return table_response(request, table, f"run-{run.pk}-{name}")

    @extend_schema(summary="A picture of a run", responses={(200, "image/png"): OpenApiTypes.BINARY})
    @action(
        detail=True,
        url_path=r"pictures/(?P<name>\w{1,40})",
        url_name="picture",
        pagination_class=None,
        filter_backends=[],
    )
    def picture(self, request: Request, pk: str, name: str) -> HttpResponseBase:
        found = get_object_or_404(Picture, run=self._one(), name=name)
        return stored_bytes(request._request, found.key, sha256=found.sha256, size=found.size, name=f"{name}.png")


Measured = TypeVar("Measured", bound=Model)


def with_latest_run(rows: QuerySet[Measured]) -> QuerySet[Measured]:
    """Measurements with the key and the state of their newest run: `latest_run_id`, `latest_state`."""
    latest = AnalysisRun.objects.filter(measurement=OuterRef("pk")).order_by("-pk")
    asked = {"latest_run_id": Subquery(latest.values("pk")[:1]), "latest_state": Subquery(latest.values("state")[:1])}
    return cast("QuerySet[Measured]", rows.annotate(**asked))


class AnalysedViewSet(RowViewSet):
    """Measurements of any kind: what can be analysed again."""

    @extend_schema(
        summary="Analyse again: adds a run", request=None, responses={202: RunRow}, parameters=[IDEMPOTENCY_KEY]
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def analyse(self, request: Request, pk: str) -> Response:
        run = request_run(cast(Measurement, self.get_object()), person(request))
        return Response(RunRow(run).data, status=status.HTTP_202_ACCEPTED)


@cache
def descriptions() -> Mapping[str, list[str]]:
    """By what results are described, over all techniques: name → ORM paths from the result."""
    found: dict[str, list[str]] = {}
    for technique in techniques():
        for name, paths in technique.described_by.items():
            known = found.setdefault(name, [])
            known += [path for path in (f"run__measurement__{path}" for path in paths) if path not in known]
    return found


def is_number(name: str) -> bool:
    """Ids and counts; everything else is text."""
    return all(path.endswith(("_id", "_count")) for path in descriptions()[name])


def description(name: str) -> Any:
    """The ORM expression of a description: the technique that has it says it."""
    paths = descriptions()[name]
    return F(paths[0]) if len(paths) == 1 else Coalesce(*paths)


def described(rows: QuerySet[Result]) -> QuerySet[Result]:
    """Results with what they were measured on, and whether that was simulated."""
    simulated = MeasurementFile.objects.filter(measurement=OuterRef("run__measurement"), raw_file__simulated=True)
    return rows.annotate(
        is_simulated=Exists(simulated), **{f"described_{name}": description(name) for name in descriptions()}
    )


class ResultRow(serializers.ModelSerializer):
    test = serializers.IntegerField(source="run.measurement_id")
    technique = serializers.CharField(source="run.technique")
    simulated = serializers.BooleanField(source="is_simulated")

    class Meta:
        model = Result
        fields: tuple[str, ...] = (
            "id",
            "project",
            "test",
            "technique",
            "run",
            "quantity",
            "value",
            "sd",
            "n",
            "upper_bound",
            "simulated",
        )

    def get_fields(self) -> dict[str, Any]:
        described = {
            name: (serializers.IntegerField if is_number(name) else serializers.CharField)(
                source=f"described_{name}", read_only=True, allow_null=True
            )
            for name in descriptions()
        }
        return {**super().get_fields(), **described}


def _quantity(name: str) -> str:
    try:
        return quantity(name).name
    except KeyError:
        raise ValueError(name) from None


QUANTITY = Kind(_quantity, "a quantity; GET /api/v1/quantities lists them", {"type": "string"})


def _described(name: str) -> Filter:
    return Filter(INTEGER if is_number(name) else TEXT, f"described_{name}")


@extend_schema_view(
    list=extend_schema(summary="Results", description="Of current runs, unless run or current says otherwise."),
    retrieve=extend_schema(summary="One result"),
)
class ResultViewSet(RowViewSet):
    queryset = Result.objects.all()
    serializer_class = ResultRow
    filters = (
        exact(INTEGER, "id", "run", project="project_id", test="run__measurement_id")
        | exact(QUANTITY, "quantity")
        | exact(TEXT, technique="run__technique")
        | ranged(NUMBER, "value")
        | exact(BOOLEAN, simulated="is_simulated")
        | {name: _described(name) for name in descriptions()}
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
    orderings = {"value": "value"}

    def get_queryset(self) -> QuerySet[Result]:
        return described(Result.objects.visible_to(self.request.user))

    def retrieve(self, request: Request, pk: str) -> Response:
        rows = self.get_queryset().select_related("run__measurement", "project")
        return Response(self.get_serializer(get_object_or_404(rows, pk=pk)).data)


class QuantityRow(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it out of the class
    unit = serializers.CharField()
    percent = serializers.BooleanField(help_text="A fraction, printed as %.")
    definition = serializers.CharField()


class QuantityView(APIView):
    @extend_schema(
        summary="Every quantity, its unit and definition",
        description="Any may be followed by _at_N (at ageing cycle N), _at_0.5C (of a discharge at 0.5 C) or"
        " _after_42_day (after 42 days of storage).",
        responses=QuantityRow(many=True),
        operation_id="quantities",
    )
    def get(self, request: Request) -> Response:
        return Response(QuantityRow(QUANTITIES.values(), many=True).data)
