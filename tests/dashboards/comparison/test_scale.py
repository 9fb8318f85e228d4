"""Cells of several references on one scale of voltages."""

from __future__ import annotations

import numpy as np
import pytest

from cells.assembly.models import Cell
from tests.cells.cycling.test_plots import numbers
from tests.dashboards.comparison.conftest import ids


@pytest.fixture
def mixed(cells):
    """The first cell is against Li–In, the second a full cell, the others against Li/Li⁺."""
    Cell.objects.filter(pk=cells[0].pk).update(reference_electrode="Li-In")
    Cell.objects.filter(pk=cells[1].pk).update(reference_electrode="none")
    return cells


def test_cells_are_compared_against_lithium_and_those_without_a_reference_are_left_out(client, ada, mixed):
    client.force_login(ada)
    address = f"/compare/figures/profiles.json?cells={ids(mixed)}&cycles=3&by=cell"
    measured, shifted = (client.get(address + more).json() for more in ("", "&against=lithium"))

    def lines(figure):
        return {trace["hovertemplate"].partition(",")[0]: numbers(trace["y"]) for trace in figure["data"]}

    before, after = lines(measured), lines(shifted)
    first, full, *others = (cell.code for cell in mixed)
    assert full in before
    assert full not in after
    assert np.nanmean(after[first] - before[first]) == pytest.approx(0.6, abs=1e-5)
    assert all(np.nanmax(np.abs(after[code] - before[code])) == 0 for code in others)
    assert shifted["layout"]["yaxis"]["title"]["text"] == "Voltage vs Li/Li⁺ / V"
    assert "1 cell without a reference electrode left out" in shifted["summary"]


def test_the_page_offers_the_scale_and_its_address_keeps_it(client, ada, mixed, cells):
    client.force_login(ada)
    page = client.get(f"/compare/?cells={ids(mixed)}&against=lithium").content.decode()
    assert '<option value="lithium" selected>' in page
    assert "against=lithium" in page.partition('data-figure="/compare/figures/profiles.json')[2][:300]


def test_the_api_draws_it_too(api, ada, mixed):
    client = api(ada)
    figure = client.get(f"/api/v1/figures/dq-dv/?cells={ids(mixed)}&cycles=3&against=lithium").json()
    assert figure["layout"]["xaxis"]["title"]["text"] == "Voltage vs Li/Li⁺ / V"
    assert client.get(f"/api/v1/figures/dq-dv/?cells={ids(mixed)}&against=sodium").status_code == 400
