"""Batches: list, make, change, copy, many at once; what was weighed, what they come from, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as FieldErrors
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from labdb.accounts.api import person
from labdb.accounts.models import Project
from labdb.accounts.services import require_role
from labdb.api.errors import Conflict
from labdb.api.fields import VisibleField
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, NUMBER, TEXT, Family, Filter, choice, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet
from labdb.quantities import quantity
from synthesis.batch.comparison import compare
from synthesis.batch.listing import awaiting_mass
from synthesis.batch.models import Batch, BatchLink, Weighing
from synthesis.batch.services import (
    BatchError,
    copy_batch,
    link,
    save_batch,
    start_batch,
    take_back_weighing,
    unlink,
    weigh,
)
from synthesis.batch.story import Line, figures_of, tell, weigh_lines, weighings_of
from synthesis.chemical.models import Lot
from synthesis.chemical.services import LotError
from synthesis.heat_treatment.models import FurnaceLog
from synthesis.recipe.api import DifferenceRow
from synthesis.recipe.arithmetic import Verdict
from synthesis.recipe.models import RecipeVersion

MOST_IN_BULK = 1000
REASON = OpenApiParameter("reason", str, description="Why; the history keeps it.", required=True)


class BatchRow(serializers.ModelSerializer):
    recipe = serializers.CharField(source="recipe_version.recipe.code", read_only=True, allow_null=True)
    recipe_number = serializers.IntegerField(
        source="recipe_version.number", read_only=True, allow_null=True, help_text="Which version of the recipe."
    )
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = Batch
        fields: tuple[str, ...] = (
            "id", "project", "code", "product", "recipe_version", "recipe", "recipe_number", "scale", "operator",
            "started_on", "furnace", "wanted_precursor_mass_g", "mass_after_sintering_g", "mass_after_washing_g",
            "note", "simulated", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class WeighingRow(serializers.ModelSerializer):
    batch_code = serializers.CharField(source="batch.code", read_only=True)
    chemical_name = serializers.CharField(source="chemical.name", read_only=True)
    lot_number = serializers.CharField(source="lot.number", read_only=True)
    weighed_by = serializers.CharField(source="weighed_by.username", read_only=True)

    class Meta:
        model = Weighing
        fields: tuple[str, ...] = (
            "id", "batch", "batch_code", "chemical", "chemical_name", "lot", "lot_number", "mass_g", "reason",
            "weighed_by", "weighed_at",
        )  # fmt: skip
        read_only_fields = fields


class LinkRow(serializers.ModelSerializer):
    child_code = serializers.CharField(source="child.code", read_only=True)
    parent_code = serializers.CharField(source="parent.code", read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    class Meta:
        model = BatchLink
        fields: tuple[str, ...] = (
            "id", "child", "child_code", "kind", "parent", "parent_code", "mass_g", "created_by", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class LineRow(serializers.Serializer):
    """A line of the weigh-out table."""

    chemical = serializers.IntegerField(source="chemical.pk")
    chemical_name = serializers.CharField(source="chemical.name")
    target_ratio = serializers.FloatField(source="ratio", allow_null=True)
    target_mass_g = serializers.FloatField(source="mass_g", allow_null=True)
    target_mole = serializers.FloatField(source="moles", allow_null=True)
    weighed_g = serializers.FloatField(allow_null=True)
    ratio = serializers.SerializerMethodField(help_text="Achieved, per mole of precursor.")
    deviation = serializers.SerializerMethodField(help_text="Achieved / target − 1.")
    verdict = serializers.SerializerMethodField()

    def get_ratio(self, line: Line) -> float | None:
        return line.achieved.value if line.achieved else None

    def get_deviation(self, line: Line) -> float | None:
        return line.achieved.deviation if line.achieved else None

    @extend_schema_field(serializers.ChoiceField([str(verdict) for verdict in Verdict], allow_null=True))
    def get_verdict(self, line: Line) -> str | None:
        return str(line.achieved.verdict) if line.achieved else None


class StoryRow(serializers.Serializer):
    """What the records of a batch amount to."""

    lines = LineRow(many=True)
    verdict = serializers.ChoiceField([str(verdict) for verdict in Verdict], allow_null=True)
    lithium_to_metals = serializers.FloatField(allow_null=True)
    flux_ratio = serializers.FloatField(allow_null=True)
    charged_g = serializers.FloatField(allow_null=True)
    theoretical_product_g = serializers.FloatField(allow_null=True)
    sintering_loss = serializers.FloatField(allow_null=True)
    washing_loss = serializers.FloatField(allow_null=True)
    product_yield = serializers.FloatField(allow_null=True)
    deviations = DifferenceRow(many=True, help_text="From the recipe, in the lab's words.")
    problems = serializers.ListField(child=serializers.CharField(), help_text="Records that contradict one another.")


def story_of(batch: Batch) -> dict[str, Any]:
    weighings = weighings_of(batch)
    story = tell(batch, weighings)
    figures = figures_of(story)
    planned = batch.planned_lots.select_related("chemical")
    return {
        **vars(figures),
        "lines": weigh_lines(batch, story, weighings, planned),
        "verdict": figures.ratio_verdict,
        "charged_g": story.balance.charged_g if story.balance else None,
        "theoretical_product_g": story.balance.theoretical_product_g if story.balance else None,
        "deviations": story.deviations,
        "problems": story.problems,
    }


class BatchDetail(BatchRow):
    process = serializers.ListField(child=serializers.DictField(), help_text="Its steps as done, in order.")
    planned_lots: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    weighings = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField(help_text="What it was made from, or is the control of.")
    furnace_logs: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    story = serializers.SerializerMethodField()

    class Meta(BatchRow.Meta):
        fields = (*BatchRow.Meta.fields, "process", "planned_lots", "weighings", "links", "furnace_logs", "story")
        read_only_fields = fields

    @extend_schema_field(WeighingRow(many=True))
    def get_weighings(self, batch: Batch) -> Any:
        return WeighingViewSet.rows_of(batch.weighings.order_by("pk"))

    @extend_schema_field(LinkRow(many=True))
    def get_links(self, batch: Batch) -> Any:
        return LinkViewSet.rows_of(batch.links_up.order_by("pk"))

    @extend_schema_field(StoryRow)
    def get_story(self, batch: Batch) -> Any:
        return StoryRow(story_of(batch)).data


class BatchWrite(serializers.ModelSerializer):
    """What a person says of a batch; its project stays what it was."""

    project = VisibleField(queryset=Project.objects.all())
    recipe_version = VisibleField(queryset=RecipeVersion.objects.all(), required=False, allow_null=True)
    planned_lots = serializers.PrimaryKeyRelatedField(
        queryset=Lot.objects.all(), many=True, required=False, help_text="To be weighed from, one a chemical."
    )
    process = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Its steps; those of the recipe where left out."
    )
    reason = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="Why it is changed; the history keeps it."
    )

    class Meta:
        model = Batch
        fields = (
            "project", "code", "product", "recipe_version", "scale", "operator", "started_on", "furnace", "process",
            "wanted_precursor_mass_g", "planned_lots", "mass_after_sintering_g", "mass_after_washing_g", "note",
            "reason",
        )  # fmt: skip

    def validate_project(self, project: Project) -> Project:
        if self.instance is not None and project != self.instance.project:
            raise serializers.ValidationError("A batch stays in its project.")
        return project


class BatchCopy(serializers.Serializer):
    code = serializers.CharField(max_length=100)


class BatchOutcome(serializers.Serializer):
    row = serializers.IntegerField(help_text="From 0, in the order of the request.")
    id = serializers.IntegerField(allow_null=True, help_text="Of the new batch; null where the row was refused.")
    code = serializers.CharField(allow_null=True)
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes it out of the class
        help_text="Sentences by field; empty where the batch was made."
    )


class BatchBulkOutcomes(serializers.Serializer):
    made = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BatchOutcome(many=True)


class PairRow(serializers.Serializer):
    quantity = serializers.CharField()
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    relative = serializers.FloatField(allow_null=True, help_text="after / before − 1")


class BatchDifference(serializers.Serializer):
    before = serializers.IntegerField(source="before.pk")
    after = serializers.IntegerField(source="after.pk")
    differences = DifferenceRow(many=True)
    numbers = PairRow(many=True, source="pairs")


def by_furnace(name: str) -> Filter:
    """`furnace.<quantity>`, with __gte or __lte: of the current run of one of the batch's furnace logs."""
    wanted = name.removeprefix("furnace.")
    end = next((end for end in ("__gte", "__lte") if wanted.endswith(end)), "")
    about = wanted.removesuffix(end)
    try:
        quantity(about)
    except KeyError:
        raise ValidationError(
            {name: f"There is no quantity {about[:80]}; GET /api/v1/quantities lists them."}
        ) from None

    def apply(rows: QuerySet, values: list[float]) -> QuerySet:
        anyhow = Q()
        for value in values:
            anyhow |= Q(**{f"current_run__results__value{end}": value})
        logs = FurnaceLog.objects.filter(anyhow, current_run__results__quantity=about)
        return rows.filter(pk__in=logs.values("batch"))

    return Filter(NUMBER, apply=apply)


BY_FURNACE = Family(
    "furnace.",
    "furnace.<quantity>, furnace.<quantity>__gte, furnace.<quantity>__lte: by what its furnace logs found, as in"
    " furnace.peak_temperature_celsius__gte=755",
    by_furnace,
)


def _awaiting(rows: QuerySet, values: list[bool]) -> QuerySet:
    if len(set(values)) == 2:
        return rows
    waiting = awaiting_mass(Batch.objects.all()).values("pk")
    return rows.filter(pk__in=waiting) if values[0] else rows.exclude(pk__in=waiting)


def refused(error: Exception) -> ValidationError:
    """What a service refuses, as the answer says it."""
    if isinstance(error, FieldErrors):
        return ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
    return ValidationError({getattr(error, "field", "") or "non_field_errors": str(error)})


REFUSED = (BatchError, LotError, FieldErrors)


@extend_schema_view(
    list=extend_schema(summary="Batches"),
    retrieve=extend_schema(summary="One batch and its story"),
    create=extend_schema(
        summary="Start a batch",
        description="Process and product are those of the recipe where left out.",
        request=BatchWrite,
        responses={201: BatchDetail},
        parameters=[IDEMPOTENCY_KEY],
    ),
    partial_update=extend_schema(
        summary="Change some of a batch",
        description="Furnace logs are measured again where their programme changed.",
        request=BatchWrite,
        responses=BatchDetail,
    ),
)
class BatchViewSet(RowViewSet):
    queryset = Batch.objects.all()
    serializer_class = BatchRow
    detail_class = BatchDetail
    filters = (
        exact(INTEGER, "id", project="project_id", recipe_version="recipe_version_id", lot="weighings__lot_id")
        | exact(TEXT, "code", "product", "operator", "furnace", recipe="recipe_version__recipe__code")
        | contains("code", "note")
        | exact(choice(Batch.Scale.values), "scale")
        | ranged(NUMBER, "wanted_precursor_mass_g", "mass_after_sintering_g", "mass_after_washing_g")
        | {"awaiting_mass": Filter(BOOLEAN, help="was in the furnace and has no mass after sintering", apply=_awaiting)}
        | exact(BOOLEAN, "simulated")
        | ranged(MOMENT, "started_on", "created_at")
    )
    filter_families = (BY_FURNACE,)
    orderings = {"code": "code"}

    def get_queryset(self) -> QuerySet[Batch]:
        return Batch.objects.visible_to(self.request.user)

    def _one(self, pk: str | int) -> Batch:
        rows = self.get_queryset().select_related("project", "recipe_version__recipe", "created_by")
        return get_object_or_404(rows, pk=pk)

    def _detail(self, pk: str | int, code: int = status.HTTP_200_OK) -> Response:
        return Response(BatchDetail(self._one(pk), context=self.get_serializer_context()).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._detail(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = BatchWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        try:
            made = _start(asked.validated_data, person(request))
        except REFUSED as error:
            raise refused(error) from error
        return self._detail(made.pk, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        batch = self._one(pk)
        require_role(person(request), batch.project)
        asked = BatchWrite(batch, data=request.data, partial=True, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        reason, lots = said.pop("reason", ""), said.pop("planned_lots", None)
        for name, value in said.items():
            setattr(batch, name, value)
        try:
            with transaction.atomic():
                save_batch(batch, person(request), reason, lots=lots)
        except REFUSED as error:
            raise refused(error) from error
        return self._detail(pk)

    @extend_schema(
        summary="A batch that is planned as this one was done",
        request=BatchCopy,
        responses={201: BatchDetail},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def copy(self, request: Request, pk: str) -> Response:
        asked = BatchCopy(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            made = copy_batch(self._one(pk), person(request), asked.validated_data["code"])
        except REFUSED as error:
            raise refused(error) from error
        return self._detail(made.pk, status.HTTP_201_CREATED)

    @extend_schema(summary="Achieved ratios, mass balance, deviations", responses=StoryRow)
    @action(detail=True, pagination_class=None, filter_backends=[])
    def story(self, request: Request, pk: str) -> Response:
        return Response(StoryRow(story_of(self._one(pk))).data)

    @extend_schema(
        summary="Two batches side by side",
        responses=BatchDifference,
        parameters=[OpenApiParameter("before", int, required=True), OpenApiParameter("after", int, required=True)],
    )
    @action(detail=False, pagination_class=None, filter_backends=[])
    def difference(self, request: Request) -> Response:
        keys = [request.query_params.get(name, "") for name in ("before", "after")]
        for name, key in zip(("before", "after"), keys, strict=True):
            if not key.isdecimal() or len(key) > 18:
                raise ValidationError({name: "Give the id of a batch."})
        return Response(BatchDifference(compare(self._one(keys[0]), self._one(keys[1]))).data)

    @extend_schema(
        summary="Start many batches",
        description="A list of batches. Good rows are made and bad ones refused, each with its reasons: 201 where all"
        " were made, 207 where some were, 400 where none was.",
        request=BatchWrite(many=True),
        responses={201: BatchBulkOutcomes, 207: BatchBulkOutcomes, 400: OpenApiTypes.OBJECT},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=False, methods=["post"])
    @idempotent
    def bulk(self, request: Request) -> Response:
        rows = request.data
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_IN_BULK:
            raise ValidationError(f"Send a list of 1 to {MOST_IN_BULK} batches.")
        context = self.get_serializer_context()
        results = [self._bulk_row(number, row, context) for number, row in enumerate(rows)]
        made = sum(result["id"] is not None for result in results)
        told = {"made": made, "refused": len(rows) - made, "results": results}
        return Response(told, status=201 if made == len(rows) else 207 if made else 400)

    def _bulk_row(self, number: int, row: Any, context: Any) -> dict[str, Any]:
        code = row.get("code") if isinstance(row, dict) else None
        asked = BatchWrite(data=row, context=context)
        errors: Any = {}
        made = None
        if not asked.is_valid():
            errors = dict(asked.errors)
        else:
            try:
                with transaction.atomic():
                    made = _start(asked.validated_data, person(self.request))
            except REFUSED as error:
                errors = refused(error).detail
        return {"row": number, "id": made.pk if made else None, "code": code, "errors": errors}


def _start(said: Mapping[str, Any], user: Any) -> Batch:
    """A new batch from checked data."""
    fields = {name: value for name, value in said.items() if name not in ("reason", "planned_lots")}
    try:
        with transaction.atomic():
            return start_batch(
                user,
                fields.pop("project"),
                fields.pop("code"),
                fields.pop("recipe_version", None),
                lots=said.get("planned_lots", ()),
                **fields,
            )
    except IntegrityError as error:  # another request took the code since it was found free
        raise FieldErrors({"code": ["This project has a batch of that code already."]}) from error


class WeighingWrite(serializers.Serializer):
    batch = VisibleField(queryset=Batch.objects.all())
    lot = serializers.PrimaryKeyRelatedField(queryset=Lot.objects.all())
    mass_g = serializers.FloatField()
    reason = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="Needed for a lot that is expired, does not hold it, or is not in the recipe.",
    )
    weighed_at = serializers.DateTimeField(required=False, help_text="Now, where left out.")


@extend_schema_view(
    list=extend_schema(summary="What was weighed into batches"),
    retrieve=extend_schema(summary="One weighing"),
    create=extend_schema(
        summary="Weigh from a lot into a batch",
        request=WeighingWrite,
        responses={201: WeighingRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
    destroy=extend_schema(
        summary="Take a weighing back", description="The history keeps it with the reason.", parameters=[REASON]
    ),
)
class WeighingViewSet(RowViewSet):
    queryset = Weighing.objects.all()
    serializer_class = WeighingRow
    filters = (
        exact(INTEGER, "id", project="batch__project_id", batch="batch_id", lot="lot_id", chemical="chemical_id")
        | exact(TEXT, batch_code="batch__code", product="batch__product")
        | ranged(NUMBER, "mass_g")
        | ranged(MOMENT, "weighed_at")
    )

    def get_queryset(self) -> QuerySet[Weighing]:
        return Weighing.objects.visible_to(self.request.user)

    def _one(self, pk: str | int) -> Weighing:
        rows = self.get_queryset().select_related("batch__project", "chemical", "lot__chemical", "weighed_by")
        return get_object_or_404(rows, pk=pk)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(WeighingRow(self._one(pk)).data)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = WeighingWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            made = weigh(
                said["batch"],
                said["lot"],
                said["mass_g"],
                person(request),
                said.get("reason", ""),
                said.get("weighed_at"),
            )
        except LotError as error:
            raise refused(error) from error
        return Response(WeighingRow(self._one(made.pk)).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, pk: str) -> Response:
        try:
            take_back_weighing(self._one(pk), person(request), request.query_params.get("reason", ""))
        except BatchError as error:
            raise ValidationError({"reason": str(error)}) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class LinkWrite(serializers.Serializer):
    child = VisibleField(queryset=Batch.objects.all())
    kind = serializers.ChoiceField(BatchLink.Kind.choices, help_text="The child is a … of the parent.")
    parent = VisibleField(  # type: ignore[assignment]  # DRF takes it out of the class
        queryset=Batch.objects.all()
    )
    mass_g = serializers.FloatField(required=False, allow_null=True, help_text="Taken of the parent.")


@extend_schema_view(
    list=extend_schema(summary="What batches were made from, or are the control of"),
    create=extend_schema(
        summary="Link two batches", request=LinkWrite, responses={201: LinkRow}, parameters=[IDEMPOTENCY_KEY]
    ),
    destroy=extend_schema(
        summary="Take a link back", description="The history keeps it with the reason.", parameters=[REASON]
    ),
)
class LinkViewSet(RowViewSet):
    queryset = BatchLink.objects.all()
    serializer_class = LinkRow
    filters = exact(INTEGER, "id", project="child__project_id", child="child_id", parent="parent_id") | exact(
        choice(BatchLink.Kind.values), "kind"
    )

    def get_queryset(self) -> QuerySet[BatchLink]:
        return BatchLink.objects.visible_to(self.request.user)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = LinkWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            made = link(said["child"], said["parent"], said["kind"], person(request), said.get("mass_g"))
        except BatchError as error:
            raise Conflict(str(error)) from error
        return Response(LinkRow(made).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, pk: str) -> Response:
        made = get_object_or_404(self.get_queryset().select_related("child__project", "parent"), pk=pk)
        try:
            unlink(made, person(request), request.query_params.get("reason", ""))
        except BatchError as error:
            raise ValidationError({"reason": str(error)}) from error
        return Response(status=status.HTTP_204_NO_CONTENT)
