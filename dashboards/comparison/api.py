"""The figures of a comparison over the API: the same selection, drawn by the same functions as the page's."""

from __future__ import annotations

from typing import get_args

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from cells.cycling.curve import DRAWN, Along
from cells.cycling.scale import AGAINST_LITHIUM
from dashboards.comparison import views
from dashboards.comparison.drawn import OF_SEVERAL
from dashboards.comparison.selection import BY, OVER, SHOW
from dashboards.comparison.views import OF_CYCLES

FIGURES = (*OF_CYCLES, *(drawing.name for drawing in OF_SEVERAL))
CHOICES = {
    "by": tuple(BY),
    "show": tuple(SHOW),
    "over": tuple(OVER),
    "along": get_args(Along),
    "against": (AGAINST_LITHIUM,),
    "y": tuple(DRAWN),
}
NUMBERS = tuple(f"numbers-{drawing.name}" for drawing in OF_SEVERAL if drawing.typed)
OTHERS = ("cells", "tests", "cycles", "control", "group", "format", *NUMBERS)


class FigureView(APIView):
    @extend_schema(
        summary="A figure of several cells",
        description="In plotly's own JSON, numbers as base64 typed arrays. What is excluded is grey, and in no mean."
        " The numbers themselves: /api/v1/cycles, /api/v1/results, and the tables of the runs.",
        operation_id="figures",
        parameters=[
            OpenApiParameter("name", str, OpenApiParameter.PATH, enum=FIGURES),
            OpenApiParameter("cells", str, description="Ids with commas between; each cell's longest test is drawn."),
            OpenApiParameter("tests", str, description="Ids with commas between: these instead of the longest."),
            OpenApiParameter("cycles", str, description="For profiles and dq-dv: numbers with commas between."),
            OpenApiParameter("control", str, many=True, description="Products that are drawn dashed."),
            OpenApiParameter("group", str, many=True, description="With by=own: 12:dry room puts cell 12 there."),
            *(OpenApiParameter(name, str, description="Whole numbers with commas between.") for name in NUMBERS),
            *(OpenApiParameter(name, str, enum=values) for name, values in CHOICES.items()),
        ],
        responses=OpenApiResponse(OpenApiTypes.OBJECT, "data and layout"),
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        given = request.query_params
        for parameter in given:
            if parameter not in (*CHOICES, *OTHERS):
                known = ", ".join((*CHOICES, *OTHERS))
                raise ValidationError({parameter: f"There is no parameter {parameter} here; known are: {known}."})
            allowed = CHOICES.get(parameter)
            if allowed and given[parameter] not in allowed:
                raise ValidationError({parameter: f"{given[parameter]!r} is not one of {', '.join(allowed)}."})
        for parameter in ("cells", "tests", "cycles", *NUMBERS):
            wrong = [text for text in given.get(parameter, "").split(",") if text and not text.strip().isdecimal()]
            if wrong:
                raise ValidationError({parameter: f"{wrong[0]!r} is not a whole number."})
        if not given.get("cells") and not given.get("tests"):
            raise ValidationError({"cells": "Say which: ids with commas between; GET /api/v1/cells lists yours."})
        return views.figure(request._request, name)
