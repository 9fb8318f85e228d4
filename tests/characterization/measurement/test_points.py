"""Points of results across batches: what is drawn, and what its summary says."""

from __future__ import annotations

import plotly.graph_objects as go

from characterization.measurement.points import Point, means_of, points


def test_a_group_has_its_mean_sd_and_n_and_a_single_value_has_no_sd():
    drawn = points(
        "tap_density_g_per_cm3", [Point("A", 1.7, "a1"), Point("A", 1.8, "a2"), Point("B", 2.2, "b1")], "cells"
    )
    assert drawn["summary"] == "Tap density: A 1.750 ± 0.071 (n = 2 cells); B 2.200 (n = 1 cells)."
    assert len(drawn["data"]) == 3
    go.Figure(data=drawn["data"], layout=drawn["layout"])


def test_an_upper_bound_points_down_and_makes_the_mean_one():
    found = [Point("A", 12.0, "a1"), Point("A", 8.0, "a2", upper_bound=True)]
    drawn = points("residual_potassium_mg_per_kg", found, "measurements", frozenset({"A"}))
    assert drawn["data"][0]["marker"]["symbol"] == ["circle-open", "triangle-down-open"]
    assert "A at most 10.0" in drawn["summary"]
    assert len(drawn["data"]) == 1


def test_batches_are_counted_where_their_means_are_the_points():
    found = [Point("A", 1.0, "x", history="/1"), Point("A", 3.0, "y"), Point("A", 5.0, "z", history="/3")]
    means = means_of(found, ["B1", "B1", "B2"])
    assert [(mean.name, mean.value, mean.n, mean.history) for mean in means] == [
        ("B1", 2.0, 2, ""),
        ("B2", 5.0, 1, "/3"),
    ]


def test_nothing_is_said_to_be_nothing():
    assert points("tap_density_g_per_cm3", [], "cells")["empty"]
