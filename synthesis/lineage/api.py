"""The lineage of a batch as data, and the links between batches."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labdb.accounts.api import person
from synthesis.batch.models import Batch
from synthesis.lineage.genealogy import genealogy


class LineageNode(serializers.Serializer):
    key = serializers.CharField(help_text="Kind and id: batch:12.")
    kind = serializers.CharField()
    id = serializers.IntegerField(allow_null=True, help_text="Null where a node stands for several records.")
    code = serializers.CharField()
    detail = serializers.CharField()
    url = serializers.CharField(help_text="Of its page.")


class LineageEdge(serializers.Serializer):
    source = serializers.CharField(  # type: ignore[assignment]  # DRF takes it out of the class
        help_text="Key of what was used; of the product where it is a comparison."
    )
    target = serializers.CharField(help_text="Key of what was made of it; of the control where it is a comparison.")
    label = serializers.CharField(  # type: ignore[assignment]  # DRF takes it out of the class
        help_text="How, and how much: blend, 50 g."
    )
    comparison = serializers.BooleanField()


class Lineage(serializers.Serializer):
    batch = serializers.CharField(help_text="Key of the batch that was asked for.")
    cut = serializers.BooleanField(help_text="More batches belong to it than are listed.")
    nodes = LineageNode(many=True)
    edges = LineageEdge(many=True)


def _key(key: Any) -> str:
    return ":".join(map(str, key))


def _id(key: Any) -> int | None:
    """Of the one record that a node stands for; measurements are counted by technique."""
    return key[1] if len(key) == 2 else None


class LineageView(APIView):
    @extend_schema(
        summary="What a batch came from, and what came of it", operation_id="batches_lineage", responses=Lineage
    )
    def get(self, request: Request, pk: str) -> Response:
        user = person(request)
        batch = get_object_or_404(Batch.objects.visible_to(user), pk=pk)
        found = genealogy(batch, user)
        return Response(
            {
                "batch": _key(found.root),
                "cut": found.cut,
                "nodes": [
                    {
                        "key": _key(node.key),
                        "kind": node.kind,
                        "id": _id(node.key),
                        "code": node.label,
                        "detail": node.detail,
                        "url": node.url,
                    }
                    for node in found.nodes
                ],
                "edges": [
                    {
                        "source": _key(edge.source),
                        "target": _key(edge.target),
                        "label": edge.label,
                        "comparison": edge.comparison,
                    }
                    for edge in found.edges
                ],
            }
        )
