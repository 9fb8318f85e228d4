"""Saved views: list, save, remove."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from labdb.accounts.api import person
from labdb.accounts.models import Project
from labdb.api.fields import VisibleField
from labdb.api.filters import INTEGER, TEXT, exact
from labdb.api.viewsets import RowViewSet
from labdb.saved_views.models import SavedView
from labdb.saved_views.services import remove_view, save_view


class ViewRow(serializers.ModelSerializer):
    owner = serializers.CharField(source="owner.username", read_only=True)

    class Meta:
        model = SavedView
        fields: tuple[str, ...] = ("id", "page", "name", "query", "owner", "project", "created_at")
        read_only_fields = fields


class ViewWrite(serializers.Serializer):
    page = serializers.CharField(max_length=60, help_text="The list, by the name of its address: batch-list.")
    name = serializers.CharField(max_length=100)
    query = serializers.CharField(allow_blank=True, help_text="Filters, columns and order: product=GP-NCM&sort=-code.")
    project = VisibleField(
        queryset=Project.objects.all(), required=False, allow_null=True, help_text="Whose members see it too."
    )


@extend_schema_view(
    list=extend_schema(summary="Saved views of lists"),
    create=extend_schema(
        summary="Save a view",
        description="One of yours with the same name for the same list is replaced.",
        request=ViewWrite,
        responses={201: ViewRow},
    ),
    destroy=extend_schema(summary="Remove a view of yours"),
)
class SavedViewViewSet(RowViewSet):
    queryset = SavedView.objects.all()
    serializer_class = ViewRow
    filters = exact(INTEGER, "id", project="project_id") | exact(TEXT, "page", "name", owner="owner__username")

    def get_queryset(self) -> QuerySet[SavedView]:
        return SavedView.objects.visible_to(self.request.user)

    def create(self, request: Request) -> Response:
        asked = ViewWrite(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        try:
            view = save_view(person(request), **asked.validated_data)
        except ValueError as error:
            raise ValidationError({"page": str(error)}) from error
        return Response(ViewRow(view).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Request, pk: str) -> Response:
        remove_view(get_object_or_404(self.get_queryset().select_related("owner"), pk=pk), person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
