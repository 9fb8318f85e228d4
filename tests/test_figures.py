"""What figures are made of: typed arrays, axes, colours."""

from __future__ import annotations

import base64

import numpy as np
import plotly.graph_objects as go
import pytest

from labdb import figures
from labdb.quantities import QUANTITIES, quantity
from labdb.replicates import Replicates


def test_a_typed_array_is_the_bytes_of_its_float32_numbers():
    encoded = figures.typed([1.0, 2.5, float("nan")])
    assert encoded["dtype"] == "f4"
    numbers = np.frombuffer(base64.b64decode(encoded["bdata"]), "<f4")
    assert numbers[:2].tolist() == [1.0, 2.5]
    assert np.isnan(numbers[2])


def test_a_typed_array_of_two_columns_brings_its_shape():
    assert figures.typed(np.zeros((3, 2)))["shape"] == "3, 2"


def test_the_title_of_a_panel_is_broken_and_keeps_its_unit_together():
    title = figures.panel_axis("rate_ratio", domain=[0, 0.3])["title"]["text"]
    assert title.replace("<br>", " ") == quantity("rate_ratio").axis
    assert all(len(line) <= figures.PANEL_TITLE for line in title.split("<br>"))
    assert title.endswith("/ %")


def test_contiguous_cycles_are_told_by_their_first_and_step():
    assert figures.whole_numbers(np.array([4, 5, 6])) == {"x0": 4, "dx": 1}


def test_cycles_with_gaps_are_told_one_by_one():
    encoded = figures.whole_numbers(np.array([1, 5, 6]))
    assert encoded["x"]["dtype"] == "u2"
    assert np.frombuffer(base64.b64decode(encoded["x"]["bdata"]), "<u2").tolist() == [1, 5, 6]


def test_cycles_beyond_65535_are_told_in_wider_numbers():
    assert figures.whole_numbers(np.array([1, 70_000]))["x"]["dtype"] == "i4"


@pytest.mark.parametrize("name", sorted(QUANTITIES))
def test_every_axis_is_titled_by_its_quantity(name):
    assert figures.axis(name)["title"]["text"] == quantity(name).axis


def test_fractions_are_drawn_in_the_percent_that_their_axis_says():
    assert figures.axis("coulombic_efficiency")["title"]["text"].endswith("/ %")
    assert figures.shown(np.array([0.5]), "coulombic_efficiency").tolist() == [50.0]


def test_a_figure_of_nothing_says_so():
    empty = figures.figure([], {}, "a line", empty="Nothing measured yet.")
    assert empty["empty"]
    assert empty["summary"] == "Nothing measured yet."


def test_plotly_accepts_a_typed_figure():
    made = figures.figure(
        [{"type": "scatter", "y": figures.typed([1, 2]), "x0": 1, "dx": 1}], {"xaxis": figures.axis("cycle_count")}, ""
    )
    assert go.Figure(data=made["data"], layout=made["layout"]).data[0].x0 == 1


def test_replicates_have_a_sample_deviation():
    spread = Replicates.of([1.0, 2.0, 3.0])
    assert (spread.mean, spread.sd, spread.n) == (2.0, 1.0, 3)


def test_one_value_has_no_scatter():
    assert Replicates.of([5.0]) == Replicates(5.0, None, 1)
    assert Replicates.of([5.0]).text(quantity("voltage_volt")) == "5.0000 (1)"


def test_no_value_is_no_replicate():
    assert Replicates.of([]) is None


def test_mean_and_deviation_are_printed_with_the_same_decimals():
    assert Replicates(213.34, 0.456, 3).text(quantity("discharge_capacity_mah_per_g")) == "213.3 ± 0.5 (3)"
    assert Replicates(0.948, 0.0012, 4).text(quantity("coulombic_efficiency")) == "94.80 ± 0.12 (4)"
