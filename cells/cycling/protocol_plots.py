"""The protocol of a test as bands on its time axis. Pure."""

from __future__ import annotations

import polars as pl
from polars import col

from labdb.figures import Trace, typed
from labdb.quantities import quantity

# Of figures.COLOURS, and greys for what moves nothing or cannot be told.
COLOUR_OF = {
    "formation": "#e69f00",
    "ageing": "#0072b2",
    "check-up": "#009e73",
    "rate": "#cc79a7",
    "HPPC": "#d55e00",
    "storage": "#56b4e9",
    "CV hold": "#6b5b95",
    "rest": "#b0b0b0",
    "other": "#777777",
}
SECOND_PER_HOUR = 3600.0


def bands(blocks: pl.DataFrame, yaxis: str) -> list[Trace]:
    """A trace for each kind of block, against hours; a band wide enough has its kind as a word in it.

    Args:
        blocks: a `BLOCKS` table.
        yaxis: "y3", the axis on which the strip is drawn.
    """
    traces: list[Trace] = []
    for kind, colour in COLOUR_OF.items():
        own = blocks.filter(col("kind").cast(pl.String) == kind)
        hours = (own["end_time_second"] - own["start_time_second"]) / SECOND_PER_HOUR
        if own.is_empty():
            continue
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": kind,
                "yaxis": yaxis,
                "y": [0] * own.height,
                "base": typed(own["start_time_second"].to_numpy() / SECOND_PER_HOUR, "float64"),
                "x": typed(hours.to_numpy(), "float64"),
                "width": 1.0,
                "text": [kind] * own.height,
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "customdata": [told(block) for block in own.iter_rows(named=True)],
                "marker": {"color": colour, "line": {"width": 0}},
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    return traces


def told(block: dict[str, object]) -> str:
    """A block in words: "rate, cycles 6 to 10 (5), discharge 2 C, charge 0.2 C, 12.3 h"."""
    first, last, count = block["first_cycle"], block["last_cycle"], block["cycles"]
    parts = [f"{block['kind']}, said by a person" if block["said"] else str(block["kind"])]
    parts.append(f"cycle {first}" if first == last else f"cycles {first} to {last}")
    if count:
        parts[-1] += f" ({count})"
    for name, words in (("discharge_c_rate", "discharge"), ("charge_c_rate", "charge")):
        rate = block[name]
        if isinstance(rate, float):
            parts.append(f"{words} {rate:.3g} {quantity('c_rate').unit}")
    start, end = block["start_time_second"], block["end_time_second"]
    if isinstance(start, float) and isinstance(end, float):
        parts.append(f"{(end - start) / SECOND_PER_HOUR:.4g} h")
    return "<br>".join([", ".join(parts[:2]), ", ".join(parts[2:])]) if len(parts) > 2 else ", ".join(parts)
