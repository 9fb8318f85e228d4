"""Electrodes over REST: list, make, change, remove. What is punched from them is in `disc_api.py`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as FieldErrors
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cells.electrode.arithmetic import ElectrodeError
from cells.electrode.formulation import ROLES
from cells.electrode.models import ElectrodeSheet
from cells.electrode.services import (
    remove_sheet,
    save_sheet,
)
from cells.electrode.sql import with_loading
from labdb.accounts.api import person
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.api.errors import Conflict
from labdb.api.fields import VisibleField
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, NUMBER, TEXT, choice, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet
from synthesis.batch.models import Batch

SAID = (
    "code", "polarity", "active_material", "formulation", "solvent", "solids_fraction", "coating_method",
    "foil_material", "foil_detail", "foil_thickness_micrometer", "foil_areal_mass_mg_per_cm2", "drying",
    "coated_sides", "coating_areal_mass_mg_per_cm2", "coating_thickness_micrometer", "calendered_density_g_per_cm3",
    "calender_line_force_n_per_mm", "specific_capacity_mah_per_g", "specific_capacity_c_rate", "made_on", "operator",
    "note",
)  # fmt: skip
REASON = OpenApiParameter("reason", str, required=True, description="Why it is wrong; the history keeps it.")


class FormulationLine(serializers.Serializer):
    """How a line of a formulation looks; `cells/electrode/formulation.py` checks it."""

    role = serializers.ChoiceField(choices=list(ROLES))
    name = serializers.CharField(required=False)
    mass_fraction = serializers.FloatField(help_text="Of the dry coating; all lines add up to 1 within 0.005.")
    density_g_per_cm3 = serializers.FloatField(required=False)


class DryingLine(serializers.Serializer):
    temperature_celsius = serializers.FloatField()
    duration_hour = serializers.FloatField(required=False)
    vacuum = serializers.BooleanField(required=False)
    note = serializers.CharField(required=False)


@extend_schema_field(FormulationLine(many=True))
class FormulationField(serializers.JSONField):
    """A formulation as JSON."""


@extend_schema_field(DryingLine(many=True))
class DryingField(serializers.JSONField):
    """The stages of a drying as JSON."""


class SheetRow(serializers.ModelSerializer):
    batch_code = serializers.CharField(source="batch.code", read_only=True, allow_null=True)
    formulation = FormulationField(read_only=True)
    drying = DryingField(read_only=True)
    areal_loading_mg_per_cm2 = serializers.FloatField(source="loading", read_only=True, allow_null=True)
    areal_capacity_mah_per_cm2 = serializers.FloatField(source="areal_capacity", read_only=True, allow_null=True)
    coating_density_g_per_cm3 = serializers.FloatField(source="density", read_only=True, allow_null=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = ElectrodeSheet
        fields: tuple[str, ...] = (
            "id", "project", "batch", "batch_code", *SAID, "active_fraction", "areal_loading_mg_per_cm2",
            "areal_capacity_mah_per_cm2", "coating_density_g_per_cm3", "simulated", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class SheetDetail(SheetRow):
    coating_porosity = serializers.FloatField(source="numbers.coating_porosity", read_only=True, allow_null=True)
    doubts = serializers.ListField(child=serializers.CharField(), source="numbers.doubts", read_only=True)
    discs = serializers.SerializerMethodField()

    class Meta(SheetRow.Meta):
        fields = (*SheetRow.Meta.fields, "coating_porosity", "doubts", "discs")
        read_only_fields = fields

    def get_discs(self, sheet: ElectrodeSheet) -> list[int]:
        return list(sheet.discs.order_by("pk").values_list("pk", flat=True))


class SheetWrite(serializers.ModelSerializer):
    """What a person says of a sheet; its project stays what it was."""

    project = VisibleField(queryset=Project.objects.all())
    batch = VisibleField(queryset=Batch.objects.select_related("project"), required=False, allow_null=True)
    formulation = FormulationField(required=False)
    drying = DryingField(required=False)
    reason = serializers.CharField(required=False, max_length=100, help_text="Of the change; the history keeps it.")

    class Meta:
        model = ElectrodeSheet
        fields = ("project", "batch", *SAID, "reason")

    def validate_project(self, project: Project) -> Project:
        if self.instance is not None and project != self.instance.project:
            raise serializers.ValidationError("An electrode stays in its project; make it anew in the other one.")
        return project


def refusal(error: ElectrodeError | FieldErrors) -> dict[str, Any]:
    """Sentences by field."""
    if isinstance(error, ElectrodeError):
        return {error.field or "non_field_errors": [str(error)]}
    if hasattr(error, "error_dict"):
        return {("non_field_errors" if name == "__all__" else name): said for name, said in error.message_dict.items()}
    return {"non_field_errors": error.messages}


@extend_schema_view(
    list=extend_schema(summary="Electrodes: coated or pressed sheets"),
    retrieve=extend_schema(summary="One electrode with its discs"),
    create=extend_schema(
        summary="Describe an electrode", request=SheetWrite, responses={201: SheetDetail}, parameters=[IDEMPOTENCY_KEY]
    ),
    update=extend_schema(
        summary="Change an electrode",
        description="Cells built of it follow, and tests whose numbers depend on their masses are analysed again.",
        request=SheetWrite,
        responses=SheetDetail,
    ),
    partial_update=extend_schema(
        summary="Change some of an electrode",
        description="Cells built of it follow, and tests whose numbers depend on their masses are analysed again.",
        request=SheetWrite,
        responses=SheetDetail,
    ),
    destroy=extend_schema(summary="Remove an electrode that nothing was punched from", parameters=[REASON]),
)
class SheetViewSet(RowViewSet):
    queryset = ElectrodeSheet.objects.all()
    serializer_class = SheetRow
    detail_class = SheetDetail
    filters = (
        exact(INTEGER, "id", "coated_sides", project="project_id", batch="batch_id")
        | exact(TEXT, "code", "active_material", "operator", batch_code="batch__code", product="batch__product")
        | exact(TEXT, created_by="created_by__username")
        | contains("code", "active_material", "note")
        | exact(choice(ElectrodeSheet.Polarity.values), "polarity")
        | exact(choice(ElectrodeSheet.Foil.values), "foil_material")
        | exact(BOOLEAN, "simulated")
        | ranged(
            NUMBER,
            "active_fraction",
            "coating_areal_mass_mg_per_cm2",
            "coating_thickness_micrometer",
            areal_loading_mg_per_cm2="loading",
            areal_capacity_mah_per_cm2="areal_capacity",
            coating_density_g_per_cm3="density",
        )
        | ranged(MOMENT, "made_on", "created_at")
    )
    orderings = {"code": "code"}

    def get_queryset(self) -> QuerySet[ElectrodeSheet]:
        return with_loading(ElectrodeSheet.objects.visible_to(self.request.user))

    def _one(self, pk: str | int) -> ElectrodeSheet:
        return get_object_or_404(self.get_queryset().select_related("project", "batch", "created_by"), pk=pk)

    def _told(self, pk: str | int, code: int = status.HTTP_200_OK) -> Response:
        return Response(SheetDetail(self._one(pk), context=self.get_serializer_context()).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._told(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = SheetWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        asked.validated_data.pop("reason", None)
        made = self._save(ElectrodeSheet(**asked.validated_data))
        return self._told(made.pk, status.HTTP_201_CREATED)

    def update(self, request: Request, pk: str) -> Response:
        return self._change(request, pk, partial=False)

    def partial_update(self, request: Request, pk: str) -> Response:
        return self._change(request, pk, partial=True)

    def _change(self, request: Request, pk: str, *, partial: bool) -> Response:
        found = self._one(pk)
        require_role(person(request), found.project)
        asked = SheetWrite(found, data=request.data, partial=partial, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        reason = asked.validated_data.pop("reason", "")
        for name, value in asked.validated_data.items():
            setattr(found, name, value)
        return self._told(self._save(found, reason).pk)

    def _save(self, sheet: ElectrodeSheet, reason: str = "") -> ElectrodeSheet:
        try:
            save_sheet(sheet, person(self.request), reason)
        except (ElectrodeError, FieldErrors) as error:
            raise ValidationError(refusal(error)) from error
        return sheet

    def destroy(self, request: Request, pk: str) -> Response:
        try:
            remove_sheet(self._one(pk), person(request), request.query_params.get("reason", ""))
        except ElectrodeError as error:
            if error.field == "reason":
                raise ValidationError({"reason": str(error)}) from error
            raise Conflict(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)
