"""Measurements of samples, batches and cells: list, say more, choose parameters, type values in, figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from characterization.measurement.calibration import doubts_of
from characterization.measurement.comparison import BY, COUNT, Selection, compare
from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import (
    attach_evidence,
    change_measurement,
    correct_entry,
    enter,
    measure_also,
    move_measurement,
    presentation,
)
from characterization.measurement.stored import shown
from labdb.accounts.api import person
from labdb.accounts.services import require_role
from labdb.api.errors import Conflict
from labdb.api.filters import INTEGER, MOMENT, TEXT, Filter, choice, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.tables import TABLE_RENDERERS, describe_table, table_response
from labdb.files.api import IngestedRow, RawFileRow, SubjectFields, uploaded_files
from labdb.ingest.installed import techniques
from labdb.ingest.services import current_parameters
from labdb.ingest.subjects import find_subject
from labdb.instruments.models import Instrument
from labdb.provenance.api import AnalysedViewSet, FoundRow, RunRow, with_latest_run
from labdb.provenance.models import AnalysisRun, Table


class MeasurementRow(serializers.ModelSerializer):
    batch = serializers.IntegerField(source="of_batch_id", allow_null=True, read_only=True)
    batch_code = serializers.CharField(source="of_batch_code", allow_null=True, read_only=True)
    product = serializers.CharField(source="of_product", allow_null=True, read_only=True)
    sample_code = serializers.CharField(source="sample.code", allow_null=True, read_only=True, default=None)
    stage = serializers.CharField(source="sample.stage", allow_null=True, read_only=True, default=None)
    cell_code = serializers.CharField(source="cell.code", allow_null=True, read_only=True, default=None)
    state = serializers.ChoiceField(AnalysisRun.State.choices, source="latest_state", allow_null=True, read_only=True)
    latest_run = serializers.IntegerField(source="latest_run_id", allow_null=True, read_only=True)
    parameters = serializers.DictField(help_text="Choices of a person that override file and analysis.")
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = SampleMeasurement
        fields: tuple[str, ...] = (
            "id", "project", "technique", "name", "batch", "batch_code", "product", "sample", "sample_code", "stage",
            "cell", "cell_code", "cycle_count", "instrument", "operator", "measured_on", "note", "state", "latest_run",
            "current_run", "parameters", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class MeasurementDetail(MeasurementRow):
    calibration_doubt = serializers.SerializerMethodField(
        help_text="Why it cannot lean on the calibration of its instrument; empty where it can."
    )
    files = RawFileRow(source="raw_files", many=True)
    evidence = serializers.SerializerMethodField(help_text="Files that show where typed values come from.")
    results = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField(help_text="Names for …/figures/NAME.")
    current_parameters = serializers.SerializerMethodField(help_text="What an analysis would depend on now.")

    class Meta(MeasurementRow.Meta):
        fields = (
            *MeasurementRow.Meta.fields,
            "calibration_doubt",
            "files",
            "evidence",
            "results",
            "figures",
            "current_parameters",
        )
        read_only_fields = fields

    def get_calibration_doubt(self, measurement: SampleMeasurement) -> str:
        return doubts_of([measurement]).get(measurement.pk, "")

    @extend_schema_field(RawFileRow(many=True))
    def get_evidence(self, measurement: SampleMeasurement) -> Any:
        parts = measurement.measurement_files.filter(evidence=True).select_related("raw_file__uploaded_by")
        return RawFileRow([part.raw_file for part in parts], many=True).data

    @extend_schema_field(FoundRow(many=True))
    def get_results(self, measurement: SampleMeasurement) -> Any:
        """Of the current run."""
        return FoundRow(measurement.current_run.results.all() if measurement.current_run else [], many=True).data

    def get_figures(self, measurement: SampleMeasurement) -> list[str]:
        return [drawing.name for drawing in presentation(measurement.technique).drawings]

    def get_current_parameters(self, measurement: SampleMeasurement) -> dict[str, Any]:
        return current_parameters(measurement)


class MeasurementChange(serializers.Serializer):
    name = serializers.CharField(max_length=255, required=False)
    instrument = serializers.PrimaryKeyRelatedField(queryset=Instrument.objects.all(), required=False, allow_null=True)
    operator = serializers.CharField(max_length=100, required=False, allow_blank=True)
    measured_on = serializers.DateField(required=False, allow_null=True)
    cycle_count = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    note = serializers.CharField(required=False, allow_blank=True)
    parameters = serializers.DictField(required=False, help_text="All choices of a person, in place of those before.")
    reason = serializers.CharField(required=False, max_length=100, help_text="Kept in the history.")


class EntryWrite(SubjectFields):
    technique = serializers.CharField()
    rows = serializers.ListField(child=serializers.DictField(), help_text="By the columns of GET /api/v1/techniques.")
    name = serializers.CharField(required=False, max_length=255)
    instrument = serializers.PrimaryKeyRelatedField(queryset=Instrument.objects.all(), required=False)
    operator = serializers.CharField(required=False, max_length=100)
    measured_on = serializers.DateField(required=False)


class EntryCorrection(serializers.Serializer):
    rows = serializers.ListField(child=serializers.DictField())
    reason = serializers.CharField(max_length=100)


class Evidence(serializers.Serializer):
    file = serializers.ListField(child=serializers.FileField(), help_text="One or several.")


class AlsoOn(SubjectFields):
    parameters = serializers.DictField(required=False, help_text="Which part of the file it is: sample_label, say.")


class MovedTo(SubjectFields):
    reason = serializers.CharField(max_length=100)


def _of_batch(rows: QuerySet, values: list[Any], field: str = "") -> QuerySet:
    end = f"__{field}" if field else ""
    return rows.filter(Q(**{f"batch{end}__in": values}) | Q(**{f"cell__batch{end}__in": values}))


FIGURE = (200, "application/json")


@extend_schema_view(
    list=extend_schema(summary="Measurements of samples, newest first"),
    retrieve=extend_schema(summary="One measurement, its files and results"),
    partial_update=extend_schema(
        summary="Say who measured it when, or choose parameters",
        description="What the numbers depend on asks for a new run; the runs before stay.",
        request=MeasurementChange,
        responses=MeasurementDetail,
    ),
)
class MeasurementViewSet(AnalysedViewSet):
    queryset = SampleMeasurement.objects.all()
    serializer_class = MeasurementRow
    detail_class = MeasurementDetail
    filters = (
        exact(INTEGER, "id", "cycle_count", project="project_id", sample="sample_id", cell="cell_id",
              instrument="instrument_id")
        | {
            "batch": Filter(INTEGER, help="of this batch, also of a cell made of it", apply=_of_batch),
            "batch_code": Filter(TEXT, help="likewise", apply=lambda rows, texts: _of_batch(rows, texts, "code")),
            "product": Filter(TEXT, "of_product"),
        }
        | exact(TEXT, "name", "technique", "operator", stage="sample__stage", sample_code="sample__code",
                cell_code="cell__code")
        | contains("name", "note")
        | exact(choice(AnalysisRun.State.values), state="latest_state")
        | ranged(MOMENT, "created_at", "measured_on")
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[SampleMeasurement]:
        return with_latest_run(SampleMeasurement.objects.visible_to(self.request.user)).annotate(
            of_batch_id=Coalesce("batch_id", "cell__batch_id"),
            of_batch_code=Coalesce("batch__code", "cell__batch__code"),
            of_product=Coalesce("batch__product", "cell__product"),
        )

    def _one(self) -> SampleMeasurement:
        return get_object_or_404(self.get_queryset().with_subject(), pk=self.kwargs["pk"])  # type: ignore[attr-defined]  # ours has it

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.get_serializer(self._one()).data)

    def partial_update(self, request: Request, pk: str) -> Response:
        asked = MeasurementChange(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            change_measurement(self._one(), person(request), **asked.validated_data)
        except ValueError as error:
            raise ValidationError({"parameters": str(error)}) from error
        return self.retrieve(request, pk)

    @extend_schema(
        summary="Type values in",
        description="Kept as a file that labdb writes, analysed as an instrument's file would be.",
        request=EntryWrite,
        responses={201: IngestedRow},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=False, methods=["post"])
    @idempotent
    def entries(self, request: Request) -> Response:
        asked = EntryWrite(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            subject, _ = find_subject(person(request), said)
            done = enter(said["technique"], subject, said["rows"], person(request), name=said.get("name", ""))
            about = {name: said[name] for name in ("instrument", "operator", "measured_on") if name in said}
            if done.run is not None and about:
                made = SampleMeasurement.objects.get(pk=done.run.measurement_id)
                change_measurement(made, person(request), **about)
        except ValueError as error:
            raise ValidationError({"rows": str(error)}) from error
        return Response(IngestedRow(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Correct typed values", request=EntryCorrection, responses={202: RunRow})
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        asked = EntryCorrection(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            run = correct_entry(self._one(), person(request), **asked.validated_data)
        except ValueError as error:
            raise ValidationError({"rows": str(error)}) from error
        return Response(RunRow(run).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        summary="Keep a file with it that shows where typed values come from",
        description="Multipart, under file. No analysis reads it.",
        request={"multipart/form-data": Evidence},
        responses={201: RawFileRow(many=True)},
    )
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def evidence(self, request: Request, pk: str) -> Response:
        found, user = self._one(), person(request)
        require_role(user, found.project)
        kept = [
            attach_evidence(
                found, Path(file.temporary_file_path()), file.name or "", user, sha256=file.sha256, move=True
            )
            for file in uploaded_files(request)
        ]
        return Response(RawFileRow(kept, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Hang its file on another sample as well", request=AlsoOn, responses={202: RunRow},
        parameters=[IDEMPOTENCY_KEY],
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    @idempotent
    def also(self, request: Request, pk: str) -> Response:
        asked = AlsoOn(data=request.data)
        asked.is_valid(raise_exception=True)
        raw_file = self._one().raw_files.first()
        if raw_file is None:
            raise Conflict("this measurement has no file.")
        try:
            subject, _ = find_subject(person(request), asked.validated_data)
            run = measure_also(raw_file, subject, person(request), asked.validated_data.get("parameters"))
        except ValueError as error:
            raise ValidationError({"subject": str(error)}) from error
        return Response(RunRow(run).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(summary="Hang it on something else", request=MovedTo, responses=MeasurementDetail)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        asked = MovedTo(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            subject, _ = find_subject(person(request), asked.validated_data)
            move_measurement(self._one(), person(request), subject, asked.validated_data["reason"])
        except ValueError as error:
            raise ValidationError({"subject": str(error)}) from error
        return self.retrieve(request, pk)

    @extend_schema(summary="A figure, as Plotly JSON", responses={FIGURE: OpenApiTypes.OBJECT})
    @action(detail=True, url_path=r"figures/(?P<name>[\w-]{1,60})", pagination_class=None, filter_backends=[])
    def figures(self, request: Request, pk: str, name: str) -> Response:
        found = self._one()
        if found.current_run is None:
            raise Conflict(f"{found} has no figures yet; it is still being analysed, or its analysis failed.")
        try:
            drawing = presentation(found.technique).drawing(name)
        except ValueError as error:
            raise NotFound(str(error)) from error
        return Response(drawing.draw(shown([(found, found.current_run)])))

    @describe_table
    @extend_schema(summary="A table of the current run")
    @action(
        detail=True,
        url_path=r"tables/(?P<name>\w{1,40})",
        renderer_classes=TABLE_RENDERERS,
        pagination_class=None,
        filter_backends=[],
    )
    def tables(self, request: Request, pk: str, name: str) -> HttpResponseBase:
        found = self._one()
        if found.current_run_id is None:
            raise Conflict(f"{found} has no tables yet; it is still being analysed, or its analysis failed.")
        table = get_object_or_404(Table, run=found.current_run_id, name=name)
        return table_response(request, table, f"measurement-{found.pk}-{name}")


class ColumnRow(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it out of the class
    unit = serializers.CharField()
    kind = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]  # likewise
    help = serializers.CharField()


class ChoiceRow(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it out of the class
    unit = serializers.CharField()
    kind = serializers.CharField()
    help = serializers.CharField()
    choices = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class TechniqueRow(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it out of the class
    version = serializers.IntegerField(help_text="Of the analysis.")
    readers = serializers.ListField(child=serializers.CharField())
    table = serializers.CharField(help_text="Name of the table that its readers make.")
    parameters = ChoiceRow(many=True)
    entry = ColumnRow(many=True, help_text="What may be typed in; empty where only files make sense.")
    figures = serializers.ListField(child=serializers.CharField())
    results = serializers.ListField(child=serializers.CharField(), help_text="What is compared across batches.")


class TechniquesView(APIView):
    @extend_schema(summary="The techniques of this installation", responses=TechniqueRow(many=True))
    def get(self, request: Request) -> Response:
        return Response(TechniqueRow([_told(of) for of in techniques()], many=True).data)


def _told(of: Any) -> dict[str, Any]:
    how = presentation(of.name) if of.presentation else None
    return {
        "name": of.name,
        "label": of.label,
        "version": of.version,
        "readers": [reader.label for reader in of.readers],
        "table": of.table_name,
        "parameters": how.choices if how else [],
        "entry": how.entry.columns if how and how.entry else [],
        "figures": [drawing.name for drawing in how.drawings] if how else [],
        "results": list(how.compared) if how else [],
    }


class ComparedRow(serializers.Serializer):
    quantity = serializers.CharField()
    group = serializers.CharField()
    of = serializers.CharField()
    measurement = serializers.IntegerField()
    run = serializers.IntegerField()
    value = serializers.FloatField()
    sd = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(allow_null=True)
    upper_bound = serializers.BooleanField(help_text="Too little to be measured: at most this much.")
    simulated = serializers.BooleanField()


COMPARED_BY = [
    OpenApiParameter("technique", str, required=True),
    OpenApiParameter("id", int, many=True, description="Measurements; all that fit the rest where none is named."),
    OpenApiParameter("product", str, many=True),
    OpenApiParameter("batch", str, many=True, description="Codes."),
    OpenApiParameter("stage", str, description="Of the sample."),
    OpenApiParameter("beside", int, many=True, description="Drawn with them: reference structures below patterns."),
    OpenApiParameter("by", str, enum=list(BY), description="What a group is."),
    OpenApiParameter("count", str, enum=list(COUNT), description="What a point of a figure is, and n counts."),
]


class ComparedView(APIView):
    """One technique across batches."""

    @extend_schema(
        summary="Results of one technique across batches",
        parameters=COMPARED_BY,
        responses=ComparedRow(many=True),
        operation_id="measurements_compared",
    )
    def get(self, request: Request) -> Response:
        found = _compared(request)
        rows = [
            {
                "quantity": about.name,
                "group": row.group,
                "of": row.measurement.subject_words,
                "measurement": row.measurement.pk,
                "run": row.measurement.current_run_id,
                "value": result.value,
                "sd": result.sd,
                "n": result.n,
                "upper_bound": result.upper_bound,
                "simulated": row.measurement.simulated,
            }
            for row in found.rows
            for about, result in row.values
            if result is not None
        ]
        return Response(ComparedRow(rows, many=True).data)


class ComparedFigureView(APIView):
    @extend_schema(
        summary="A figure of one technique across batches, as Plotly JSON",
        parameters=COMPARED_BY,
        responses={FIGURE: OpenApiTypes.OBJECT},
        operation_id="measurements_compared_figure",
    )
    def get(self, request: Request, name: str) -> Response:
        try:
            return Response(_compared(request).figure(name))
        except ValueError as error:
            raise NotFound(str(error)) from error


def _compared(request: Request) -> Any:
    try:
        return compare(person(request), Selection.of(request.query_params))
    except ValueError as error:
        raise ValidationError({"technique": str(error)}) from error
