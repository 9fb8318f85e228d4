"""Voltages against Li–In, shown against Li/Li⁺ as well; what is stored stays as measured."""

from __future__ import annotations

import csv
from io import StringIO

import numpy as np
import pytest

from cells.assembly.models import Cell
from cells.cycling.scale import AGAINST_LITHIUM, scale_of, scales
from tests.cells.cycling.made import made_run, made_table
from tests.cells.cycling.test_plots import numbers


def test_a_scale_is_as_measured_where_nothing_else_is_known_or_asked():
    assert scale_of("", 0.6, "Li–In").title == "Voltage vs Li–In / V"
    assert scale_of(AGAINST_LITHIUM, 0.6, "Li–In").title == "Voltage vs Li/Li⁺ / V"
    assert scale_of(AGAINST_LITHIUM, 0.6).shift_volt == 0.6
    assert scale_of(AGAINST_LITHIUM, None) == scale_of("", None)
    assert scales(0.0, "Li/Li⁺") == scales(None, "none") == []


@pytest.fixture
def against_indium(cell, ada) -> str:
    Cell.objects.filter(pk=cell.pk).update(reference_electrode="Li-In")
    return f"/cycling/{made_run(cell, ada, made_table(3)).measurement_id}/"


@pytest.mark.parametrize(
    ("name", "trace", "along", "axis"),
    [("profiles", 0, "y", "yaxis"), ("dq-dv", 0, "x", "xaxis"), ("time", 0, "y", "yaxis")],
)
def test_the_figures_of_a_test_are_shown_on_either_scale(client, ada, against_indium, name, trace, along, axis):
    client.force_login(ada)
    measured, shifted = (
        client.get(f"{against_indium}figures/{name}.json?cycles=3{more}").json() for more in ("", "&against=lithium")
    )
    before, after = (numbers(figure["data"][trace][along]) for figure in (measured, shifted))
    assert np.nanmax(np.abs(after - before - 0.6)) < 1e-5
    assert measured["layout"][axis]["title"]["text"] == "Voltage vs Li–In / V"
    assert shifted["layout"][axis]["title"]["text"] == "Voltage vs Li/Li⁺ / V"


def test_the_numbers_are_named_after_the_scale_that_they_are_on(client, ada, against_indium):
    client.force_login(ada)
    answer = client.get(f"{against_indium}numbers/profiles.csv?cycles=3&against=lithium")
    assert next(csv.reader(StringIO(answer.getvalue().decode())))[-1] == "voltage_against_lithium_volt"


def test_the_potential_of_a_cell_is_the_one_that_is_said_of_it(client, ada, cell, against_indium):
    Cell.objects.filter(pk=cell.pk).update(reference_potential_volt=0.62)
    client.force_login(ada)
    measured, shifted = (
        numbers(client.get(f"{against_indium}figures/profiles.json?cycles=3{more}").json()["data"][0]["y"])
        for more in ("", "&against=lithium")
    )
    assert np.nanmean(shifted - measured) == pytest.approx(0.62, abs=1e-5)


def test_only_a_page_of_another_reference_offers_the_scales(client, ada, cell, against_indium):
    client.force_login(ada)
    assert 'data-parameter="against"' in client.get(against_indium).content.decode()
    Cell.objects.filter(pk=cell.pk).update(reference_electrode="Li/Li+")
    assert 'data-parameter="against"' not in client.get(against_indium).content.decode()
