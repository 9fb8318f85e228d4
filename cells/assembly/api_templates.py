"""Templates of cells: list, make, change, remove."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from cells.assembly.models import Cell, CellTemplate
from cells.assembly.serializers import TemplateRow, TemplateWrite
from cells.assembly.templates import remove_template, save_template
from labdb.accounts.api import person
from labdb.accounts.services import require_role
from labdb.api.filters import INTEGER, TEXT, choice, contains, exact
from labdb.api.idempotency import IDEMPOTENCY_KEY, idempotent
from labdb.api.viewsets import RowViewSet


@extend_schema_view(
    list=extend_schema(summary="Templates of cells"),
    retrieve=extend_schema(summary="One template", responses=TemplateRow),
    create=extend_schema(
        summary="Make a template", request=TemplateWrite, responses={201: TemplateRow}, parameters=[IDEMPOTENCY_KEY]
    ),
    partial_update=extend_schema(
        summary="Change some of a template",
        description="Cells that began with it stay as they are.",
        request=TemplateWrite,
        responses=TemplateRow,
    ),
    destroy=extend_schema(summary="Remove a template", description="Cells that began with it stay as they are."),
)
class CellTemplateViewSet(RowViewSet):
    queryset = CellTemplate.objects.all()
    serializer_class = TemplateRow
    filters = (
        exact(INTEGER, "id", project="project_id")
        | exact(TEXT, "name")
        | contains("name", "note", "electrolyte")
        | exact(choice(Cell.Format.values), cell_format="format")
    )
    orderings = {"name": "name"}

    def get_queryset(self) -> QuerySet[CellTemplate]:
        return CellTemplate.objects.visible_to(self.request.user)

    def _one(self, pk: str | int) -> CellTemplate:
        return get_object_or_404(self.get_queryset().select_related("project", "created_by"), pk=pk)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(TemplateRow(self._one(pk)).data)

    @idempotent
    def create(self, request: Request) -> Response:
        asked = TemplateWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        made = CellTemplate(**asked.validated_data)
        save_template(made, person(request))
        return Response(TemplateRow(self._one(made.pk)).data, status=status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        found = self._one(pk)
        require_role(person(request), found.project)
        asked = TemplateWrite(found, data=request.data, partial=True, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        for name, value in asked.validated_data.items():
            setattr(found, name, value)
        save_template(found, person(request))
        return Response(TemplateRow(found).data)

    def destroy(self, request: Request, pk: str) -> Response:
        remove_template(self._one(pk), person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
