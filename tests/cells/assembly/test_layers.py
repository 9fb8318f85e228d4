"""Layers of solid electrolyte as people write them and as requests send them."""

from __future__ import annotations

import pytest

from cells.assembly.layers import MOST_LAYERS, LayerError, SolidLayer, as_stored, as_text, of_text, parse

WRITTEN = "separator: Li3InCl6, 100 mg, 100 MPa\ninterlayer: Li6PS5Cl"
LAYERS = (SolidLayer("Li3InCl6", "separator", 100.0, 100.0), SolidLayer("Li6PS5Cl", "interlayer"))


def test_a_line_is_a_layer_with_mass_and_pressure_where_they_are_known():
    assert of_text(WRITTEN) == LAYERS
    assert of_text("Li3InCl6, 0.1 g; catholyte: Li3InCl6, 300000 kPa") == (
        SolidLayer("Li3InCl6", "separator", 100.0),
        SolidLayer("Li3InCl6", "catholyte", None, 300.0),
    )
    assert of_text(" \n") == ()


def test_what_is_written_is_stored_and_written_again_the_same():
    assert as_text(LAYERS) == WRITTEN
    assert parse(as_stored(LAYERS)) == LAYERS
    assert as_stored(LAYERS)[1] == {"material": "Li6PS5Cl", "role": "interlayer"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("anolyte: LPSC", "a layer is separator, interlayer or catholyte"),
        ("separator: LPSC, a lot", "“a lot” is neither a mass nor a pressure"),
        ("separator: LPSC, 1 mg, 2 mg", "two of what can be said once"),
        ("separator:", "needs its material"),
        ("separator: LPSC, 0 mg", "must be over 0"),
        (";".join(["LPSC"] * (MOST_LAYERS + 1)), "at most"),
    ],
)
def test_a_line_that_is_no_layer_is_refused_with_how_one_is_written(written, said):
    with pytest.raises(LayerError, match=said):
        of_text(written)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("LPSC", "must be a list"),
        (["LPSC"], "is no layer"),
        ([{"material": "LPSC", "weight": 3}], "has no weight"),
        ([{"role": "separator"}], "needs its material"),
        ([{"material": "LPSC", "role": "anode"}], "not anode"),
        ([{"material": "LPSC", "mass_mg": "3"}], "must be over 0"),
        ([{"material": "LPSC", "mass_mg": True}], "must be over 0"),
        ([{"material": 7}], "needs its material"),
    ],
)
def test_what_a_request_sends_is_refused_where_it_is_no_layer(sent, said):
    with pytest.raises(LayerError, match=said):
        parse(sent)
