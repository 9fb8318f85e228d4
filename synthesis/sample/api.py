"""Samples: list, take, change, remove, many at once."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError as FieldErrors
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from labdb.accounts.api import person
from labdb.accounts.services import require_role
from labdb.api.errors import Conflict
from labdb.api.fields import VisibleField
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, NUMBER, TEXT, choice, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet
from synthesis.batch.models import Batch
from synthesis.sample.models import Sample
from synthesis.sample.services import SampleError, add_samples, remove_sample, save_sample, taken_codes

MOST_IN_BULK = 1000
TAKEN = "This batch has a sample of that code already."
SAID = ("code", "stage", "stage_number", "saggar", "furnace_zone", "amount_g", "location", "note")


class SampleRow(serializers.ModelSerializer):
    project = serializers.IntegerField(source="batch.project_id", read_only=True)
    batch_code = serializers.CharField(source="batch.code", read_only=True)
    product = serializers.CharField(source="batch.product", read_only=True)
    simulated = serializers.BooleanField(source="batch.simulated", read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = Sample
        fields: tuple[str, ...] = (
            "id", "project", "batch", "batch_code", "product", *SAID, "simulated", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class SampleWrite(serializers.ModelSerializer):
    """What a person says of a sample; its batch stays what it was."""

    batch = VisibleField(queryset=Batch.objects.select_related("project"))

    class Meta:
        model = Sample
        fields = ("batch", *SAID)
        validators = ()  # whether a code is free, the services ask once for all

    def validate_batch(self, batch: Batch) -> Batch:
        if self.instance is not None and batch.pk != self.instance.batch_id:
            raise serializers.ValidationError("A sample stays with its batch; take a new one of the other.")
        return batch


class SampleOutcome(serializers.Serializer):
    row = serializers.IntegerField(help_text="From 0, in the order of the request.")
    id = serializers.IntegerField(allow_null=True, help_text="Of the new sample; null where the row was refused.")
    code = serializers.CharField(allow_null=True)
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes it out of the class
        help_text="Sentences by field; empty where the sample was noted."
    )


class SampleOutcomes(serializers.Serializer):
    made = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = SampleOutcome(many=True)


@extend_schema_view(
    list=extend_schema(summary="Samples"),
    retrieve=extend_schema(summary="One sample"),
    create=extend_schema(
        summary="Take a sample of a batch",
        request=SampleWrite,
        responses={201: SampleRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
    update=extend_schema(summary="Change a sample", request=SampleWrite, responses=SampleRow),
    partial_update=extend_schema(summary="Change some of a sample", request=SampleWrite, responses=SampleRow),
    destroy=extend_schema(
        summary="Remove a sample",
        parameters=[
            OpenApiParameter("reason", str, required=True, description="Why it is wrong; the history keeps it.")
        ],
    ),
)
class SampleViewSet(RowViewSet):
    queryset = Sample.objects.all()
    serializer_class = SampleRow
    filters = (
        exact(INTEGER, "id", "stage_number", batch="batch_id", project="batch__project_id")
        | exact(
            TEXT,
            "code",
            "saggar",
            "furnace_zone",
            "location",
            batch_code="batch__code",
            product="batch__product",
            created_by="created_by__username",
        )
        | contains("code", "location", "note")
        | exact(choice(Sample.Stage.values), "stage")
        | exact(BOOLEAN, simulated="batch__simulated")
        | ranged(NUMBER, "amount_g")
        | ranged(MOMENT, "created_at")
    )

    def get_queryset(self) -> QuerySet[Sample]:
        return Sample.objects.visible_to(self.request.user)

    def _one(self, pk: str | int) -> Sample:
        return get_object_or_404(self.get_queryset().select_related("batch__project", "created_by"), pk=pk)

    def _told(self, pk: str | int, code: int = status.HTTP_200_OK) -> Response:
        return Response(SampleRow(self._one(pk)).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._told(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = SampleWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        made = Sample(**asked.validated_data)
        try:
            add_samples([made], person(request))
        except SampleError as error:
            raise ValidationError({"code": TAKEN}) from error
        return self._told(made.pk, status.HTTP_201_CREATED)

    def update(self, request: Request, pk: str) -> Response:
        return self._change(request, pk, partial=False)

    def partial_update(self, request: Request, pk: str) -> Response:
        return self._change(request, pk, partial=True)

    def _change(self, request: Request, pk: str, *, partial: bool) -> Response:
        found = self._one(pk)
        require_role(person(request), found.batch.project)
        asked = SampleWrite(found, data=request.data, partial=partial, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        for name, value in asked.validated_data.items():
            setattr(found, name, value)
        try:
            save_sample(found, person(request))
        except FieldErrors as error:
            raise ValidationError({"code": error.messages}) from error
        return self._told(found.pk)

    def destroy(self, request: Request, pk: str) -> Response:
        try:
            remove_sample(self._one(pk), person(request), request.query_params.get("reason", ""))
        except SampleError as error:
            if error.field == "reason" and not request.query_params.get("reason", "").strip():
                raise ValidationError({"reason": str(error)}) from error
            raise Conflict(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Take many samples",
        description="A list of samples, of one or several batches. Good rows are noted and bad ones refused, each with"
        " its reasons: 201 where all were noted, 207 where some were, 400 where none was.",
        request=SampleWrite(many=True),
        responses={201: SampleOutcomes, 207: SampleOutcomes, 400: OpenApiTypes.OBJECT},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=False, methods=["post"])
    @idempotent
    def bulk(self, request: Request) -> Response:
        rows = request.data
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_IN_BULK:
            raise ValidationError(f"Send a list of 1 to {MOST_IN_BULK} samples.")
        context = self.get_serializer_context()
        asked = [SampleWrite(data=row, context=context) for row in rows]
        errors: list[dict[str, Any]] = [{} if one.is_valid() else dict(one.errors) for one in asked]
        samples = {
            n: Sample(**cast(dict[str, Any], one.validated_data)) for n, one in enumerate(asked) if not errors[n]
        }
        taken = {id(sample) for sample in taken_codes(list(samples.values()))}
        for n in [n for n, sample in samples.items() if id(sample) in taken]:
            errors[n]["code"] = [TAKEN]
            del samples[n]
        add_samples(list(samples.values()), person(request))
        results = [
            {
                "row": n,
                "id": samples[n].pk if n in samples else None,
                "code": row.get("code") if isinstance(row, dict) else None,
                "errors": errors[n],
            }
            for n, row in enumerate(rows)
        ]
        made = len(samples)
        told = {"made": made, "refused": len(rows) - made, "results": results}
        return Response(told, status=201 if made == len(rows) else 207 if made else 400)
