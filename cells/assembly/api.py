"""Cells: list, make, change, many at once."""

from __future__ import annotations

from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cells.assembly.models import Cell, CellQuerySet
from cells.assembly.serializers import ELECTRODES, BulkCell, CellDetail, CellRow, CellWrite
from cells.assembly.services import add_cells, remove_cell, save_cell, taken_electrodes
from cells.cycling.models import CyclingTest
from cells.electrode.arithmetic import ElectrodeError
from cells.electrode.models import ElectrodeDisc
from cells.exclusion.left_out import cell_is_left_out
from labdb.accounts.api import person
from labdb.accounts.services import require_role
from labdb.api.errors import Conflict
from labdb.api.filters import BOOLEAN, INTEGER, MOMENT, NUMBER, TEXT, Family, Filter, choice, contains, exact, ranged
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet
from labdb.quantities import quantity
from synthesis.batch.models import Batch

MOST_IN_BULK = 1000
TAKEN = "This project has a cell of that code already."


class BulkOutcome(serializers.Serializer):
    row = serializers.IntegerField(help_text="From 0, in the order of the request.")
    id = serializers.IntegerField(allow_null=True, help_text="Of the new cell; null where the row was refused.")
    code = serializers.CharField(allow_null=True)
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes it out of the class
        help_text="Sentences by field; empty where the cell was made."
    )


class BulkOutcomes(serializers.Serializer):
    made = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BulkOutcome(many=True)


def _by_result(name: str) -> Filter:
    """`result.<quantity>`, with __gte or __lte: of the current run of one of the cell's tests."""
    wanted = name.removeprefix("result.")
    end = next((end for end in ("__gte", "__lte") if wanted.endswith(end)), "")
    about = wanted.removesuffix(end)
    try:
        quantity(about)
    except KeyError:
        raise ValidationError(
            {
                name: f"There is no quantity {about[:80]}; GET /api/v1/quantities lists them; _at_N or _at_0.5C may end"
                " it."
            }
        ) from None

    def apply(rows: QuerySet, values: list[float]) -> QuerySet:
        anyhow = Q()
        for value in values:
            anyhow |= Q(**{f"current_run__results__value{end}": value})
        tests = CyclingTest.objects.filter(anyhow, current_run__results__quantity=about)
        return rows.filter(pk__in=tests.values("cell"))

    return Filter(NUMBER, apply=apply)


BY_RESULT = Family(
    "result.",
    "result.<quantity>, result.<quantity>__gte, result.<quantity>__lte: by what its tests found, as in"
    " result.capacity_retention_at_300__gte=0.8",
    _by_result,
)


RANGED = (
    "active_mass_mg", "areal_loading_mg_per_cm2", "n_p_ratio", "nominal_specific_capacity_mah_per_g",
    "lower_voltage_volt", "upper_voltage_volt", "electrolyte_volume_microliter", "electrolyte_mass_g",
    "stack_pressure_megapascal", "cathode_pressure_megapascal", "test_temperature_celsius",
)  # fmt: skip


@extend_schema_view(
    list=extend_schema(summary="Cells"),
    retrieve=extend_schema(summary="One cell, its tests and their results"),
    create=extend_schema(
        summary="Make a cell", request=CellWrite, responses={201: CellDetail}, parameters=[IDEMPOTENCY_KEY]
    ),
    update=extend_schema(
        summary="Change a cell",
        description="Tests whose numbers depend on what changed are analysed again.",
        request=CellWrite,
        responses=CellDetail,
    ),
    partial_update=extend_schema(
        summary="Change some of a cell",
        description="Tests whose numbers depend on what changed are analysed again.",
        request=CellWrite,
        responses=CellDetail,
    ),
    destroy=extend_schema(summary="Remove a cell that has no tests"),
)
class CellViewSet(RowViewSet):
    queryset = Cell.objects.all()
    serializer_class = CellRow
    detail_class = CellDetail
    filters = (
        exact(INTEGER, "id", project="project_id")
        | exact(TEXT, "code", "product", batch_code="batch__code", created_by="created_by__username")
        | contains("code", "note")
        | exact(choice(Cell.Format.values), cell_format="format")
        | exact(choice(Cell.Reference.values), "reference_electrode")
        | exact(choice(Cell.Anode.values), "anode")
        | exact(
            TEXT,
            "built_by",
            "case",
            positive_electrode_code="positive_electrode__code",
            negative_electrode_code="negative_electrode__code",
        )
        | exact(INTEGER, electrode="positive_electrode__sheet_id", positive_electrode="positive_electrode_id")
        | contains("separator", "electrolyte")
        | ranged(NUMBER, *RANGED)
        | ranged(MOMENT, "built_on")
        | {"active_mass_mg__missing": Filter(BOOLEAN, "active_mass_mg__isnull")}
        | exact(BOOLEAN, "simulated", excluded="is_excluded")
        | ranged(MOMENT, "created_at")
    )
    filter_families = (BY_RESULT,)
    orderings = {"code": "code"}

    def get_queryset(self) -> CellQuerySet:
        rows = Cell.objects.visible_to(self.request.user)
        return rows.annotate(
            one_c_mah=F("active_mass_mg") / 1000 * F("nominal_specific_capacity_mah_per_g"),
            is_excluded=cell_is_left_out(),
        )

    def _one(self, pk: str | int) -> Cell:
        return get_object_or_404(
            self.get_queryset().with_electrodes().select_related("project", "created_by", "batch"), pk=pk
        )

    def _detail(self, pk: str | int, code: int = status.HTTP_200_OK) -> Response:
        return Response(CellDetail(self._one(pk), context=self.get_serializer_context()).data, status=code)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._detail(pk)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = CellWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        return self._detail(self._save(Cell(**asked.validated_data)).pk, status.HTTP_201_CREATED)

    def update(self, request: Request, pk: str) -> Response:
        return self._change(request, pk, partial=False)

    def partial_update(self, request: Request, pk: str) -> Response:
        return self._change(request, pk, partial=True)

    def _change(self, request: Request, pk: str, *, partial: bool) -> Response:
        cell = self._one(pk)
        require_role(person(request), cell.project)
        asked = CellWrite(cell, data=request.data, partial=partial, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        for name, value in asked.validated_data.items():
            setattr(cell, name, value)
        return self._detail(self._save(cell).pk)

    def _save(self, cell: Cell) -> Cell:
        try:
            with transaction.atomic():
                save_cell(cell, person(self.request))
        except ElectrodeError as error:
            raise ValidationError({"positive_electrode_code": str(error)}) from error
        except IntegrityError as error:  # another request took the code since it was found free
            raise ValidationError({"code": TAKEN}) from error
        return cell

    def destroy(self, request: Request, pk: str) -> Response:
        try:
            remove_cell(self._one(pk), person(request))
        except ValueError as error:
            raise Conflict(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Make many cells",
        description="A list of cells. Good rows are made and bad ones refused, each with its reasons: 201 where all"
        " were made, 207 where some were, 400 where none was.",
        request=CellWrite(many=True),
        responses={201: BulkOutcomes, 207: BulkOutcomes, 400: OpenApiTypes.OBJECT},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=False, methods=["post"])
    @idempotent
    def bulk(self, request: Request) -> Response:
        rows = request.data
        if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_IN_BULK:
            raise ValidationError(f"Send a list of 1 to {MOST_IN_BULK} cells.")
        context = {**self.get_serializer_context(), "known": self._known(rows)}
        asked = [BulkCell(data=row, context=context) for row in rows]
        errors: list[dict[str, Any]] = [{} if one.is_valid() else dict(one.errors) for one in asked]
        self._refuse_taken(asked, errors)
        self._refuse_electrodes(asked, errors)
        good = [(n, one) for n, one in enumerate(asked) if not errors[n]]
        cells = {n: Cell(**one.validated_data) for n, one in good}
        try:
            with transaction.atomic():
                add_cells(list(cells.values()), person(request))
        except IntegrityError as error:
            raise Conflict("One of the codes was taken while these cells were made; send the request again.") from error
        results = [
            {
                "row": n,
                "id": cells[n].pk if n in cells else None,
                "code": row.get("code") if isinstance(row, dict) else None,
                "errors": errors[n],
            }
            for n, row in enumerate(rows)
        ]
        made = len(cells)
        told = {"made": made, "refused": len(rows) - made, "results": results}
        return Response(told, status=201 if made == len(rows) else 207 if made else 400)

    def _known(self, rows: list[Any]) -> dict[str, dict[tuple[int, str], Any]]:
        """The batches and the electrodes that rows name, by project and code; two queries."""
        user = person(self.request)
        said = [row for row in rows if isinstance(row, dict)]
        batches = Batch.objects.visible_to(user).filter(code__in={str(row.get("batch_code", "")) for row in said})
        codes = {str(row.get(f"{name}_code", "")) for row in said for name in ELECTRODES} - {""}
        discs = ElectrodeDisc.objects.visible_to(user).filter(code__in=codes).select_related("sheet__batch", "project")
        return {
            "batch": {(batch.project_id, batch.code): batch for batch in batches},
            "electrode": {(disc.project_id, disc.code): disc for disc in discs} if codes else {},
        }

    @staticmethod
    def _refuse_electrodes(asked: list[BulkCell], errors: list[dict[str, Any]]) -> None:
        """Add an error to each row whose electrode another cell, or a row before it, has."""
        wanted = [
            (n, name, disc)
            for n, one in enumerate(asked)
            if not errors[n]
            for name in ELECTRODES
            if (disc := cast(dict[str, Any], one.validated_data).get(name))
        ]
        taken = taken_electrodes(disc.pk for _, _, disc in wanted)
        for n, name, disc in wanted:
            if disc.pk in taken:
                errors[n][f"{name}_code"] = [f"{disc} is in {taken[disc.pk]} already; choose another electrode."]
            taken.setdefault(disc.pk, f"row {n}")

    @staticmethod
    def _refuse_taken(asked: list[BulkCell], errors: list[dict[str, Any]]) -> None:
        """Add an error to each row whose code its project, or a row before it, has."""
        wanted = [
            (cast(dict[str, Any], one.validated_data) if not wrong else None)
            for one, wrong in zip(asked, errors, strict=True)
        ]
        codes = [data["code"] for data in wanted if data]
        taken = set(Cell.objects.filter(code__in=codes).values_list("project_id", "code"))
        for data, wrong in zip(wanted, errors, strict=True):
            if data is None:
                continue
            key = (data["project"].pk, data["code"])
            if key in taken:
                wrong["code"] = [TAKEN]
            taken.add(key)
