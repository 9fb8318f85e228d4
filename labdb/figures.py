"""Figures as plain dicts in plotly's own words, so that no figure library runs on the server. Pure.

Numbers travel as base64 typed arrays, `{"dtype": "f4", "bdata": …}`: a quarter of the bytes of decimal text, and no
work for the browser. Colours of ground, text and grid are left to the browser, which knows the theme; axis texts come
from `labdb.quantities`, so no axis can claim another unit.

A trace says where the history of its points is told: `meta.history` is an address, to which the browser appends the
point's x where it ends with "at/" or "at="; or with `meta.histories`, each point's address stands in `customdata`.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from textwrap import wrap
from typing import Any
from urllib.parse import quote

import numpy as np

from labdb.quantities import quantity

# Okabe and Ito's colour-blind-safe cycle in the order of the stylesheet, without black and yellow, which vanish on one
# of the two grounds. Source: M. Okabe and K. Ito, Color Universal Design (2008).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

# What a person left out of means is drawn in grey on either ground.
EXCLUDED = "#8c8c8c"

PANEL_TITLE = 18  # characters a line of the title of a panel

# Plotly's names of numpy's types.
DTYPES = {"float32": "f4", "float64": "f8", "int32": "i4", "uint16": "u2"}

Figure = dict[str, Any]
Trace = dict[str, Any]


def typed(values: Any, dtype: str = "float32") -> dict[str, str]:
    """An array as plotly reads it from base64; two columns and more bring their shape.

    Not a number is a gap.
    """
    array = np.ascontiguousarray(values, dtype=dtype)
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    encoded = {"dtype": DTYPES[dtype], "bdata": base64.b64encode(array.tobytes()).decode()}
    if array.ndim > 1:
        encoded["shape"] = ", ".join(map(str, array.shape))
    return encoded


def whole_numbers(values: np.ndarray) -> dict[str, Any]:
    """The x of points at whole numbers: first and step where they follow each other, else every one."""
    if values.size and np.all(np.diff(values) == 1):
        return {"x0": int(values[0]), "dx": 1}
    small = values.size == 0 or (values.min() >= 0 and values.max() < 2**16)
    return {"x": typed(values, "uint16" if small else "int32")}


def shown(values: np.ndarray, name: str) -> np.ndarray:
    """Stored values in the printed unit of their quantity: fractions as %."""
    return values * 100 if quantity(name).percent else values


def axis(name: str, **more: Any) -> dict[str, Any]:
    """A plotly axis that is titled by its quantity and unit."""
    return {"title": {"text": quantity(name).axis}, **more}


def panel_axis(name: str, **more: Any) -> dict[str, Any]:
    """An axis of one of several panels above each other, whose title is broken so that it does not reach the next."""
    lines = wrap(quantity(name).axis.replace(" / ", " /\u00a0"), PANEL_TITLE)
    return {"title": {"text": "<br>".join(lines).replace("/\u00a0", "/ "), "font": {"size": 11}}, **more}


def hover(name: str) -> str:
    """How a y value is printed under the pointer: with the digits that its quantity is worth."""
    about = quantity(name)
    unit = "%" if about.percent else about.unit
    return f"%{{y:.{about.digits}~r}} {unit}".rstrip()


def colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def faded(hex_colour: str, opacity: float) -> str:
    red, green, blue = (int(hex_colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def in_address(text: str) -> str:
    return quote(text, safe="")


def figure(traces: Sequence[Trace], layout: dict[str, Any], summary: str, *, empty: str = "") -> Figure:
    """A figure with what it shows in a sentence, for who cannot see it.

    Args:
        empty: what to say in its place where there is nothing to draw.
    """
    return {
        "data": list(traces),
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hovermode": "closest",
            "showlegend": True,
            **layout,
        },
        "summary": summary if traces else empty,
        "empty": not traces,
    }
