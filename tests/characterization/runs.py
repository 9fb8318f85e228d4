"""Runs as figures see them, made of an analysis; figures as plotly sees them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import orjson
import plotly.graph_objects as go

from labdb.figures import Figure
from labdb.ingest.presentation import Shown
from labdb.ingest.technique import Analysis

DTYPES = {"f4": "<f4", "f8": "<f8", "i4": "<i4", "u2": "<u2"}


def shown(analysis: Analysis, label: str = "GP-NCM-01", **more: Any) -> Shown:
    """A run that stored what an analysis found."""
    return Shown(label, analysis.tables.get, {scalar.quantity: scalar for scalar in analysis.scalars}, **more)


def accepted(figure: Figure) -> Figure:
    """The figure, which plotly was able to take, which travels as JSON, and which says what it shows."""
    orjson.dumps(figure)
    go.Figure(data=figure["data"], layout=figure["layout"])
    assert figure["summary"]
    return figure


def numbers(values: Any) -> list[float]:
    """The numbers of a typed array, or of a list."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), DTYPES[values["dtype"]]).tolist()
    return list(values)


def named(figure: Figure, name: str) -> dict[str, Any]:
    """The first trace of a name."""
    return next(trace for trace in figure["data"] if trace.get("name") == name)
