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
# What a step does, in a window of few steps: its word, and its colour.
STEP_LOOKS = {
    "CC_CHG": ("charge", "#7fb7d8"),
    "CCCV_CHG": ("charge", "#7fb7d8"),
    "CV_CHG": ("CV hold", "#6b5b95"),
    "CC_DCHG": ("discharge", "#eab08a"),
    "CCCV_DCHG": ("discharge", "#eab08a"),
    "CV_DCHG": ("CV hold", "#6b5b95"),
    "REST": ("rest", "#b0b0b0"),
    "PULSE": ("profile", "#d55e00"),
}
OTHER_STEP = ("other", "#777777")
MOST_STEPS = 150  # in a window; more of them would be too narrow to be seen
STRIP = {"visible": False, "fixedrange": True, "range": [-0.5, 0.5]}  # the y axis of a strip
SECOND_PER_HOUR = 3600.0


def bands(blocks: pl.DataFrame, yaxis: str, window: tuple[float, float] | None = None) -> list[Trace]:
    """A trace for each kind of block, against hours; a band wide enough has its kind as a word in it.

    Args:
        blocks: a `BLOCKS` table.
        yaxis: "y3", the axis on which the strip is drawn.
        window: seconds that are shown; a band is cut to them, so that its word stays in sight.
    """
    if window:
        blocks = blocks.filter(col("end_time_second") > window[0], col("start_time_second") < window[1])
    traces: list[Trace] = []
    for kind, colour in COLOUR_OF.items():
        own = blocks.filter(col("kind").cast(pl.String) == kind)
        if own.is_empty():
            continue
        traces.append(_band(kind, colour, own, [told(block) for block in own.iter_rows(named=True)], yaxis, window))
    return traces


def step_bands(steps: pl.DataFrame, window: tuple[float, float], yaxis: str) -> list[Trace]:
    """The steps in a window, charge, CV hold, discharge and rest; nothing where they are too many to be seen.

    Args:
        steps: a `STEPS` table.
        window: seconds.
        yaxis: on which the strip is drawn.
    """
    ends = col("start_time_second") + col("duration_second")
    inside = steps.with_columns(end_time_second=ends).filter(
        col("end_time_second") > window[0], col("start_time_second") < window[1]
    )
    if inside.height > MOST_STEPS:
        return []
    looks = [STEP_LOOKS.get(kind, OTHER_STEP) for kind in inside["step_type"].cast(pl.String)]
    words = pl.Series("word", [word for word, _ in looks], dtype=pl.String)
    traces = []
    for word, colour in dict.fromkeys(looks):
        own = inside.filter(words == word)
        traces.append(
            _band(word, colour, own, [step_told(word, step) for step in own.iter_rows(named=True)], yaxis, window)
        )
    return [trace | {"showlegend": False} for trace in traces]


def _band(
    name: str, colour: str, stretches: pl.DataFrame, words: list[str], yaxis: str, window: tuple[float, float] | None
) -> Trace:
    begin, end = stretches["start_time_second"], stretches["end_time_second"]
    if window:
        begin, end = begin.clip(*window), end.clip(*window)
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "yaxis": yaxis,
        "y": [0] * stretches.height,
        "base": typed((begin / SECOND_PER_HOUR).to_numpy(), "float64"),
        "x": typed(((end - begin) / SECOND_PER_HOUR).to_numpy(), "float64"),
        "width": 1.0,
        "text": [name] * stretches.height,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "customdata": words,
        "marker": {"color": colour, "line": {"width": 0}},
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def step_told(word: str, step: dict[str, object]) -> str:
    """A step in words: "step 12, CV hold, cycle 4<br>0.25 h, 0.1 C"."""
    duration, c_rate = step["duration_second"], step["c_rate"]
    parts = [f"{duration / SECOND_PER_HOUR:.4g} h"] if isinstance(duration, float) else []
    if isinstance(c_rate, float) and c_rate:
        parts.append(f"{c_rate:.3g} {quantity('c_rate').unit}")
    return f"step {step['step_count']}, {word}, cycle {step['cycle_count']}<br>{', '.join(parts)}"


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
