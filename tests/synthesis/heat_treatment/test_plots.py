"""Programmes and logs as figures, on the reference study's sintering."""

from __future__ import annotations

import base64

import numpy as np
import plotly.graph_objects as go
import polars as pl
import pytest

from synthesis.heat_treatment.plots import programme, programme_and_trace, start_hour
from synthesis.heat_treatment.programme import Kind, Segment, lay_out

SINTERING = lay_out(
    [
        Segment(Kind.RAMP, 760, 5, atmosphere="O2"),
        Segment(Kind.HOLD, hold_hour=12),
        Segment(Kind.COOL, 300, 2),
        Segment(Kind.NATURAL),
    ]
)


def numbers(encoded) -> np.ndarray:
    return np.frombuffer(base64.b64decode(encoded["bdata"]), "<f4")


def log(late_hour: float = 1.0) -> pl.DataFrame:
    """Room temperature until the furnace starts, then 5 °C/min, logged every minute."""
    minute = np.arange(0, 180)
    celsius = 25 + 5 * np.clip(minute - late_hour * 60, 0, 147)
    return pl.DataFrame({"test_time_second": minute * 60.0, "temperature_t1_celsius": celsius.astype(float)})


def test_a_programme_is_solid_and_its_natural_cooling_dashed():
    solid, dashed = programme(SINTERING)["data"]
    assert (solid["line"]["dash"], dashed["line"]["dash"]) == ("solid", "dash")
    drawn = numbers(solid["x"])[~np.isnan(numbers(solid["y"]))]
    # 735 °C / 5 °C/min = 2.45 h, + 12 h, + 460 °C / 2 °C/min = 3.8333 h.
    assert drawn.tolist() == pytest.approx([0, 2.45, 14.45, 18.28333])
    sketch = numbers(dashed["x"])[~np.isnan(numbers(dashed["y"]))]
    assert sketch[0] == pytest.approx(18.28333)
    assert len(drawn) + len(sketch) == len(numbers(solid["x"])) + 1  # they meet in one point


def test_the_summary_says_the_programme_in_words():
    assert programme(SINTERING)["summary"].startswith("Ramp 5 °C/min to 760 °C in O2, hold 12 h, cool 2 °C/min")
    assert programme(SINTERING)["summary"].endswith("peak 760 °C, 18.3 h programmed.")
    assert programme([])["empty"]


def test_a_log_begun_an_hour_early_is_laid_on_its_programme():
    assert start_hour(SINTERING, log()) == pytest.approx(1.0, abs=0.02)
    figure = programme_and_trace(SINTERING, log(), simulated=True)
    assert [trace["name"] for trace in figure["data"]] == ["programme", "natural cooling", "logged, simulated"]
    assert numbers(figure["data"][-1]["x"])[0] == pytest.approx(-1.0, abs=0.02)


def test_a_log_without_a_known_programme_begins_at_its_own_start():
    figure = programme_and_trace([], log())
    assert [trace["name"] for trace in figure["data"]] == ["logged"]
    assert numbers(figure["data"][0]["x"])[0] == 0


def test_several_thermocouples_are_told_apart():
    two = log().with_columns(temperature_t2_celsius=pl.col("temperature_t1_celsius") - 4)
    names = [trace["name"] for trace in programme_and_trace(SINTERING, two)["data"]]
    assert names[2:] == ["thermocouple 1", "thermocouple 2"]


def test_plotly_accepts_the_figures():
    for figure in (programme(SINTERING), programme_and_trace(SINTERING, log())):
        assert go.Figure(data=figure["data"], layout=figure["layout"]).layout.xaxis.title.text == "Time / h"
