"""What is punched from electrodes over REST: list, make, change, remove, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.core.exceptions import ValidationError as FieldErrors
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cells.electrode.api import REASON, refusal
from cells.electrode.arithmetic import ElectrodeError
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.services import (
    DISC_FIELDS,
    add_discs,
    change_discs,
    check_discs,
    check_fields,
    remove_disc,
    taken_codes,
)
from cells.electrode.sql import with_masses
from labdb.accounts.api import person
from labdb.accounts.services import require_role
from labdb.api.errors import Conflict
from labdb.api.fields import VisibleField
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, NUMBER, TEXT, Filter, choice, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet

MOST_IN_BULK = 1000
TAKEN = "This project has a disc of that code already."


class DiscRow(serializers.ModelSerializer):
    sheet_code = serializers.CharField(source="sheet.code", read_only=True)
    batch = serializers.IntegerField(source="sheet.batch_id", read_only=True, allow_null=True)
    coated_area_cm2 = serializers.FloatField(source="coated_area", read_only=True, allow_null=True)
    active_mass_mg = serializers.FloatField(source="active_mg", read_only=True, allow_null=True)
    weighed = serializers.BooleanField(
        read_only=True, help_text="The active mass is from its own weight, not from the loading of its sheet."
    )
    areal_loading_mg_per_cm2 = serializers.FloatField(source="loading", read_only=True, allow_null=True)
    positive_of = serializers.IntegerField(
        source="positive_of.pk", read_only=True, allow_null=True, help_text="A cell."
    )
    negative_of = serializers.IntegerField(
        source="negative_of.pk", read_only=True, allow_null=True, help_text="A cell."
    )
    simulated = serializers.BooleanField(source="sheet.simulated", read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = ElectrodeDisc
        fields: tuple[str, ...] = (
            "id", "project", "sheet", "sheet_code", "batch", *DISC_FIELDS, "coated_area_cm2", "active_mass_mg",
            "weighed", "areal_loading_mg_per_cm2", "positive_of", "negative_of", "simulated", "created_by",
            "created_at",
        )  # fmt: skip
        read_only_fields = fields


class DiscWrite(serializers.ModelSerializer):
    """What a person says of a disc; its sheet stays what it was."""

    sheet = VisibleField(queryset=ElectrodeSheet.objects.select_related("project", "batch"))
    reason = serializers.CharField(required=False, max_length=100, help_text="Of the change; the history keeps it.")

    class Meta:
        model = ElectrodeDisc
        fields = ("sheet", *DISC_FIELDS, "reason")
        validators = ()  # whether a code is free, the services ask once for all

    def validate_sheet(self, sheet: ElectrodeSheet) -> ElectrodeSheet:
        if self.instance is not None and sheet.pk != self.instance.sheet_id:
            raise serializers.ValidationError("A disc stays with its sheet; punch a new one of the other.")
        return sheet


class DiscOutcome(serializers.Serializer):
    row = serializers.IntegerField(help_text="From 0, in the order of the request.")
    id = serializers.IntegerField(allow_null=True, help_text="Of the new disc; null where the row was refused.")
    code = serializers.CharField(allow_null=True)
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes it out of the class
        help_text="Sentences by field; empty where the disc was noted."
    )


class DiscOutcomes(serializers.Serializer):
    made = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = DiscOutcome(many=True)


def _free(rows: QuerySet, values: list[bool]) -> QuerySet:
    free = rows.filter(positive_of__isnull=True, negative_of__isnull=True)
    return free if values[-1] else rows.exclude(pk__in=free.values("pk"))


@extend_schema_view(
    list=extend_schema(summary="Discs and pieces of electrodes"),
    retrieve=extend_schema(summary="One disc"),
    create=extend_schema(
        summary="Punch a disc", request=DiscWrite, responses={201: DiscRow}, parameters=[IDEMPOTENCY_KEY]
    ),
    update=extend_schema(
        summary="Change a disc",
        description="The cell built of it follows, and its tests are analysed again.",
        request=DiscWrite,
        responses=DiscRow,
    ),
    partial_update=extend_schema(
        summary="Change some of a disc",
        description="The cell built of it follows, and its tests are analysed again.",
        request=DiscWrite,
        responses=DiscRow,
    ),
    destroy=extend_schema(summary="Remove a disc that no cell is built of", parameters=[REASON]),
)
class DiscViewSet(RowViewSet):
    queryset = ElectrodeDisc.objects.all()
    serializer_class = DiscRow
    filters = (
        exact(INTEGER, "id", project="project_id", sheet="sheet_id", batch="sheet__batch_id")
        | exact(TEXT, "code", sheet_code="sheet__code", batch_code="sheet__batch__code")
        | exact(TEXT, created_by="created_by__username")
        | contains("code", "note")
        | exact(choice(ElectrodeSheet.Polarity.values), polarity="sheet__polarity")
        | exact(BOOLEAN, "weighed", simulated="sheet__simulated")
        | ranged(
            NUMBER,
            "mass_mg",
            "diameter_mm",
            coated_area_cm2="coated_area",
            active_mass_mg="active_mg",
            areal_loading_mg_per_cm2="loading",
        )
        | {
            "mass_mg__missing": Filter(BOOLEAN, "mass_mg__isnull"),
            "free": Filter(BOOLEAN, help="In no cell yet.", apply=_free),
        }
        | ranged(MOMENT, "created_at")
    )
    orderings = {"code": "code"}

    def get_queryset(self) -> QuerySet[ElectrodeDisc]:
        return with_masses(ElectrodeDisc.objects.visible_to(self.request.user))

    def _one(self, pk: str | int) -> ElectrodeDisc:
        related = ("project", "sheet__project", "sheet__batch", "created_by", "positive_of", "negative_of")
        return get_object_or_404(self.get_queryset().select_related(*related), pk=pk)

    def _told(self, pk: str | int, code: int = status.HTTP_200_OK) -> Response:
        [row] = self.rows_of(self.get_queryset().filter(pk=pk))
        return Response(row, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        self._one(pk)
        return self._told(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = DiscWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        asked.validated_data.pop("reason", None)
        made = ElectrodeDisc(**asked.validated_data)
        try:
            add_discs([made], person(request))
        except (ElectrodeError, FieldErrors) as error:
            raise ValidationError(refusal(error)) from error
        return self._told(made.pk, status.HTTP_201_CREATED)

    def update(self, request: Request, pk: str) -> Response:
        return self._change(request, pk, partial=False)

    def partial_update(self, request: Request, pk: str) -> Response:
        return self._change(request, pk, partial=True)

    def _change(self, request: Request, pk: str, *, partial: bool) -> Response:
        found = self._one(pk)
        require_role(person(request), found.project)
        asked = DiscWrite(found, data=request.data, partial=partial, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        reason = asked.validated_data.pop("reason", "")
        for name, value in asked.validated_data.items():
            setattr(found, name, value)
        try:
            change_discs([found], person(request), reason)
        except (ElectrodeError, FieldErrors) as error:
            raise ValidationError(refusal(error)) from error
        return self._told(found.pk)

    def destroy(self, request: Request, pk: str) -> Response:
        try:
            remove_disc(self._one(pk), person(request), request.query_params.get("reason", ""))
        except ElectrodeError as error:
            if error.field == "reason":
                raise ValidationError({"reason": str(error)}) from error
            raise Conflict(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Punch many discs",
        description="A list of discs, of one or several sheets. Good rows are noted and bad ones refused, each with"
        " its reasons: 201 where all were noted, 207 where some were, 400 where none was.",
        request=DiscWrite(many=True),
        responses={201: DiscOutcomes, 207: DiscOutcomes, 400: OpenApiTypes.OBJECT},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=False, methods=["post"])
    @idempotent
    def bulk(self, request: Request) -> Response:
        rows = request.data
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_IN_BULK:
            raise ValidationError(f"Send a list of 1 to {MOST_IN_BULK} discs.")
        discs, errors = self._checked(rows)
        add_discs(list(discs.values()), person(request))
        results = [
            {
                "row": n,
                "id": discs[n].pk if n in discs else None,
                "code": row.get("code") if isinstance(row, dict) else None,
                "errors": errors[n],
            }
            for n, row in enumerate(rows)
        ]
        made = len(discs)
        told = {"made": made, "refused": len(rows) - made, "results": results}
        return Response(told, status=201 if made == len(rows) else 207 if made else 400)

    def _checked(self, rows: Sequence[Any]) -> tuple[dict[int, ElectrodeDisc], list[dict[str, Any]]]:
        """The good rows, by their place, and what is wrong with the others."""
        context = self.get_serializer_context()
        asked = [DiscWrite(data=row, context=context) for row in rows]
        errors: list[dict[str, Any]] = [{} if one.is_valid() else dict(one.errors) for one in asked]
        discs: dict[int, ElectrodeDisc] = {}
        for n, one in enumerate(asked):
            if errors[n]:
                continue
            said = cast(dict[str, Any], one.validated_data)
            said.pop("reason", None)
            disc = ElectrodeDisc(project=said["sheet"].project, **said)
            try:
                check_fields(disc)
                check_discs([disc])
            except (ElectrodeError, FieldErrors) as error:
                errors[n] = refusal(error)
            else:
                discs[n] = disc
        taken = {id(disc) for disc in taken_codes(list(discs.values()))}
        for n in [n for n, disc in discs.items() if id(disc) in taken]:
            errors[n] = {"code": [TAKEN]}
            del discs[n]
        return discs, errors
