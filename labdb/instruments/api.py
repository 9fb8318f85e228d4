"""Instruments and their calibrations: shared by the whole lab, written by researchers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labdb.accounts.api import person
from labdb.api.errors import sentences
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, TEXT, choice, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet
from labdb.instruments.models import STATES, Calibration, Instrument
from labdb.instruments.services import (
    CalibrationError,
    add_calibration,
    change_calibration,
    require_researcher,
    save_instrument,
)

SAID = ("name", "technique", "maker", "model", "serial_number", "location", "note", "retired")
CALIBRATED = ("instrument", "performed_on", "due_on", "outcome", "performed_by", "standard", "certificate", "note")


class InstrumentRow(serializers.ModelSerializer):
    state = serializers.ChoiceField(STATES, read_only=True, help_text="Of its calibration, today; soon is 30 days.")
    calibrated_on = serializers.DateField(read_only=True, help_text="The newest calibration that was passed.")
    due_on = serializers.DateField(read_only=True, help_text="Until when that one holds; null: it does not run out.")
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = Instrument
        fields: tuple[str, ...] = ("id", *SAID, "state", "calibrated_on", "due_on", "created_by", "created_at")
        read_only_fields = fields


class CalibrationRow(serializers.ModelSerializer):
    instrument_name = serializers.CharField(source="instrument.name", read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = Calibration
        fields: tuple[str, ...] = (
            "id",
            *CALIBRATED[:1],
            "instrument_name",
            *CALIBRATED[1:],
            "created_by",
            "created_at",
        )
        read_only_fields = fields


class InstrumentDetail(InstrumentRow):
    calibrations = CalibrationRow(many=True, read_only=True, help_text="Newest first.")

    class Meta(InstrumentRow.Meta):
        fields = (*InstrumentRow.Meta.fields, "calibrations")
        read_only_fields = fields


class InstrumentWrite(serializers.ModelSerializer):
    reason = serializers.CharField(max_length=100, required=False, write_only=True, help_text="Why, for the history.")

    class Meta:
        model = Instrument
        fields = (*SAID, "reason")


class CalibrationWrite(serializers.ModelSerializer):
    reason = serializers.CharField(
        max_length=100, required=False, write_only=True, help_text="Why a calibration is corrected; asked for then."
    )

    class Meta:
        model = Calibration
        fields = (*CALIBRATED, "reason")


@extend_schema_view(
    list=extend_schema(summary="Instruments, with how their calibration stands"),
    retrieve=extend_schema(summary="One instrument, with its calibrations"),
    create=extend_schema(
        summary="Add an instrument (researchers)", request=InstrumentWrite, responses={201: InstrumentDetail},
        parameters=[IDEMPOTENCY_KEY],
    ),
    partial_update=extend_schema(
        summary="Change an instrument (researchers)", request=InstrumentWrite, responses=InstrumentDetail
    ),
)  # fmt: skip
class InstrumentViewSet(RowViewSet):
    queryset = Instrument.objects.all()
    serializer_class = InstrumentRow
    detail_class = InstrumentDetail
    filters = (
        exact(INTEGER, "id")
        | exact(TEXT, "name", "technique", "maker", "model", "serial_number", "location")
        | contains("name", "location", "note")
        | exact(choice(STATES), "state")
        | exact(BOOLEAN, "retired")
        | ranged(MOMENT, "calibrated_on", "due_on", "created_at")
    )
    orderings = {"name": "name"}

    def get_queryset(self) -> QuerySet[Instrument]:
        return Instrument.objects.with_state(timezone.localdate())

    def _detail(self, pk: Any, code: int = status.HTTP_200_OK) -> Response:
        rows = self.get_queryset().select_related("created_by").prefetch_related("calibrations__created_by")
        found = get_object_or_404(rows, pk=pk)
        return Response(InstrumentDetail(found, context=self.get_serializer_context()).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._detail(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        require_researcher(person(request))
        asked = InstrumentWrite(data=request.data)
        asked.is_valid(raise_exception=True)
        asked.validated_data.pop("reason", "")
        made = save_instrument(Instrument(**asked.validated_data), person(request))
        return self._detail(made.pk, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        require_researcher(person(request))
        found = get_object_or_404(Instrument, pk=pk)
        asked = InstrumentWrite(found, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        reason = asked.validated_data.pop("reason", "")
        for name, value in asked.validated_data.items():
            setattr(found, name, value)
        save_instrument(found, person(request), reason)
        return self._detail(pk)


@extend_schema_view(
    list=extend_schema(summary="Calibrations of instruments"),
    retrieve=extend_schema(summary="One calibration"),
    create=extend_schema(
        summary="Note a calibration (researchers)", request=CalibrationWrite, responses={201: CalibrationRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
    partial_update=extend_schema(
        summary="Correct a calibration (researchers)",
        description="What was entered wrongly, with the reason; the history keeps what was there.",
        request=CalibrationWrite,
        responses=CalibrationRow,
    ),
)  # fmt: skip
class CalibrationViewSet(RowViewSet):
    queryset = Calibration.objects.all()
    serializer_class = CalibrationRow
    filters = (
        exact(INTEGER, "id", instrument="instrument_id")
        | exact(TEXT, "certificate", "standard", "performed_by", instrument_name="instrument__name")
        | exact(choice(Calibration.Outcome.values), "outcome")
        | contains("standard", "certificate", "note")
        | ranged(MOMENT, "performed_on", "due_on", "created_at")
    )
    orderings = {"performed_on": "performed_on"}

    def _detail(self, pk: Any, code: int = status.HTTP_200_OK) -> Response:
        found = get_object_or_404(Calibration.objects.select_related("instrument", "created_by"), pk=pk)
        return Response(CalibrationRow(found, context=self.get_serializer_context()).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._detail(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        require_researcher(person(request))
        asked = CalibrationWrite(data=request.data)
        asked.is_valid(raise_exception=True)
        asked.validated_data.pop("reason", "")
        made = add_calibration(Calibration(**asked.validated_data), person(request))
        return self._detail(made.pk, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        require_researcher(person(request))
        found = get_object_or_404(Calibration.objects.select_related("instrument"), pk=pk)
        asked = CalibrationWrite(found, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        reason = asked.validated_data.pop("reason", "")
        for name, value in asked.validated_data.items():
            setattr(found, name, value)
        with sentences(CalibrationError):
            change_calibration(found, person(request), reason)
        return self._detail(pk)
