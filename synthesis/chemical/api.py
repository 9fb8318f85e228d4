"""Chemicals and lots: shared by the whole lab, written by researchers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labdb.accounts.api import person
from labdb.api.errors import sentences
from labdb.api.filters import INTEGER, MOMENT, NUMBER, TEXT, choice, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet
from labdb.files import store
from labdb.files.api import uploaded_files
from labdb.files.download import stored_bytes
from synthesis.chemical.models import Chemical, Lot, LotCorrection
from synthesis.chemical.services import LotError, correct_lot, require_researcher, save_chemical, save_lot

WHY = "Why, for the history."


class ChemicalRow(serializers.ModelSerializer):
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = Chemical
        fields: tuple[str, ...] = ("id", "name", "formula", "role", "cas_number", "note", "created_by", "created_at")
        read_only_fields = fields


class ChemicalDetail(ChemicalRow):
    molar_mass_g_per_mol = serializers.FloatField(read_only=True)
    metals = serializers.DictField(
        child=serializers.FloatField(), source="substance.metal_fractions", help_text="Transition metal → share of all."
    )

    class Meta(ChemicalRow.Meta):
        fields = (*ChemicalRow.Meta.fields, "molar_mass_g_per_mol", "metals")
        read_only_fields = fields


class ChemicalWrite(serializers.ModelSerializer):
    reason = serializers.CharField(max_length=100, required=False, write_only=True, help_text=WHY)

    class Meta:
        model = Chemical
        fields = ("name", "formula", "role", "cas_number", "note", "reason")


class LotRow(serializers.ModelSerializer):
    chemical_name = serializers.CharField(source="chemical.name", read_only=True)
    formula = serializers.CharField(source="chemical.formula", read_only=True)
    left_g = serializers.FloatField(read_only=True, help_text="Received − weighed into batches + corrections.")
    expiry = serializers.ChoiceField(
        ("no-expiry", "in-date", "expires-soon", "past-date"), read_only=True, help_text="Today; soon is 30 days."
    )
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = Lot
        fields: tuple[str, ...] = (
            "id", "chemical", "chemical_name", "formula", "supplier", "number", "assay_percent", "moisture_percent",
            "amount_g", "left_g", "expiry", "received_on", "opened_on", "expires_on", "certificate_name",
            "certificate_sha256", "note", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class Correction(serializers.ModelSerializer):
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = LotCorrection
        fields = ("amount_g", "reason", "created_by", "created_at")
        read_only_fields = ("created_at",)


class LotDetail(LotRow):
    corrections = Correction(many=True)

    class Meta(LotRow.Meta):
        fields = (*LotRow.Meta.fields, "corrections")
        read_only_fields = fields


class LotWrite(serializers.ModelSerializer):
    reason = serializers.CharField(max_length=100, required=False, write_only=True, help_text=WHY)

    class Meta:
        model = Lot
        fields = (
            "chemical", "supplier", "number", "assay_percent", "moisture_percent", "amount_g", "received_on",
            "opened_on", "expires_on", "note", "reason",
        )  # fmt: skip


class Certificate(serializers.Serializer):
    file = serializers.FileField()


@extend_schema_view(
    list=extend_schema(summary="Chemicals"),
    retrieve=extend_schema(summary="One chemical, with its molar mass"),
    create=extend_schema(
        summary="Add a chemical (researchers)", request=ChemicalWrite, responses={201: ChemicalDetail},
        parameters=[IDEMPOTENCY_KEY],
    ),
    partial_update=extend_schema(
        summary="Change a chemical (researchers)", request=ChemicalWrite, responses=ChemicalDetail
    ),
)  # fmt: skip
class ChemicalViewSet(RowViewSet):
    queryset = Chemical.objects.all()
    serializer_class = ChemicalRow
    detail_class = ChemicalDetail
    filters = (
        exact(INTEGER, "id")
        | exact(TEXT, "name", "formula", "cas_number")
        | contains("name", "formula")
        | exact(choice(Chemical.Role.values), "role")
        | ranged(MOMENT, "created_at")
    )
    orderings = {"name": "name"}

    def _detail(self, pk: Any, code: int = status.HTTP_200_OK) -> Response:
        found = get_object_or_404(Chemical.objects.select_related("created_by"), pk=pk)
        return Response(ChemicalDetail(found, context=self.get_serializer_context()).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._detail(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        require_researcher(person(request))
        asked = ChemicalWrite(data=request.data)
        asked.is_valid(raise_exception=True)
        asked.validated_data.pop("reason", "")
        made = save_chemical(Chemical(**asked.validated_data), person(request))
        return self._detail(made.pk, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        require_researcher(person(request))
        found = get_object_or_404(Chemical, pk=pk)
        asked = ChemicalWrite(found, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        reason = asked.validated_data.pop("reason", "")
        for name, value in asked.validated_data.items():
            setattr(found, name, value)
        with sentences(LotError):
            save_chemical(found, person(request), reason)
        return self._detail(pk)


@extend_schema_view(
    list=extend_schema(summary="Lots, with what is left of each"),
    retrieve=extend_schema(summary="One lot, with its corrections"),
    create=extend_schema(
        summary="Add a lot (researchers)", request=LotWrite, responses={201: LotDetail}, parameters=[IDEMPOTENCY_KEY]
    ),
    partial_update=extend_schema(
        summary="Change a lot (researchers)",
        description="Assay and moisture of a lot that was weighed change only with a reason.",
        request=LotWrite,
        responses=LotDetail,
    ),
)
class LotViewSet(RowViewSet):
    queryset = Lot.objects.all()
    serializer_class = LotRow
    detail_class = LotDetail
    filters = (
        exact(INTEGER, "id", chemical="chemical_id")
        | exact(TEXT, "number", "supplier", formula="chemical__formula", chemical_name="chemical__name")
        | contains("number", "supplier")
        | exact(choice(Chemical.Role.values), role="chemical__role")
        | exact(choice(("no-expiry", "in-date", "expires-soon", "past-date")), "expiry")
        | ranged(NUMBER, "amount_g", "left_g", "assay_percent", "moisture_percent")
        | ranged(MOMENT, "received_on", "expires_on", "created_at")
    )
    orderings = {"number": "number"}

    def get_queryset(self) -> QuerySet[Lot]:
        return Lot.objects.with_state(timezone.localdate())

    def _detail(self, pk: Any, code: int = status.HTTP_200_OK) -> Response:
        rows = self.get_queryset().select_related("chemical", "created_by")
        found = get_object_or_404(rows.prefetch_related("corrections__created_by"), pk=pk)
        return Response(LotDetail(found, context=self.get_serializer_context()).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._detail(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        require_researcher(person(request))
        asked = LotWrite(data=request.data)
        asked.is_valid(raise_exception=True)
        asked.validated_data.pop("reason", "")
        made = save_lot(Lot(**asked.validated_data), person(request))
        return self._detail(made.pk, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        require_researcher(person(request))
        found = get_object_or_404(Lot, pk=pk)
        asked = LotWrite(found, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        reason = asked.validated_data.pop("reason", "")
        for name, value in asked.validated_data.items():
            setattr(found, name, value)
        with sentences(LotError):
            save_lot(found, person(request), reason=reason)
        return self._detail(pk)

    @extend_schema(
        summary="Correct what is left (researchers)",
        description="A difference found by weighing the container, or what was spilt: added to what is left.",
        request=Correction,
        responses={201: LotDetail},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def corrections(self, request: Request, pk: str) -> Response:
        require_researcher(person(request))
        found = get_object_or_404(Lot, pk=pk)
        asked = Correction(data=request.data)
        asked.is_valid(raise_exception=True)
        with sentences(LotError):
            correct_lot(found, person(request), asked.validated_data["amount_g"], asked.validated_data["reason"])
        return self._detail(pk, status.HTTP_201_CREATED)

    @extend_schema(
        summary="The certificate, as uploaded", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    @action(detail=True, methods=["get"])
    def certificate(self, request: Request, pk: str) -> HttpResponseBase:
        found = get_object_or_404(Lot, pk=pk)
        if not found.certificate_key:
            raise Http404("this lot has no certificate")
        with store.local_path(found.certificate_key) as path:
            size = path.stat().st_size
        return stored_bytes(
            request._request,
            found.certificate_key,
            sha256=found.certificate_sha256,
            size=size,
            name=found.certificate_name,
        )

    @extend_schema(
        summary="Upload the certificate (researchers)",
        request={"multipart/form-data": Certificate},
        responses=LotDetail,
    )
    @certificate.mapping.put
    def put_certificate(self, request: Request, pk: str) -> Response:
        require_researcher(person(request))
        found = get_object_or_404(Lot, pk=pk)
        file = uploaded_files(request)[0]
        path = Path(file.temporary_file_path())
        save_lot(found, person(request), certificate=path, certificate_name=str(file.name))
        return self._detail(pk)

    def get_parsers(self) -> list[Any]:
        # A certificate is the one thing here that is no JSON.
        if getattr(self, "action", None) == "put_certificate" or getattr(self.request, "method", "") == "PUT":
            return [MultiPartParser()]
        return super().get_parsers()
