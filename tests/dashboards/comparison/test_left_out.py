"""What is left out of a comparison, from the click to the mean."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import polars as pl
import pytest

from cells.exclusion.services import leave_out
from dashboards.comparison.results import cycles_of
from tests.cells.cycling.made import made_run, made_table
from tests.cells.cycling.test_plots import curve_of
from tests.dashboards.comparison.conftest import ids

CAPACITY = "discharge_capacity_mah_per_g"


def page_of(client, cells, more: str = "") -> str:
    return client.get(f"/compare/?cells={ids(cells)}{more}").content.decode()


def test_ticked_cells_are_left_out_from_the_comparison(client, ada, ben, cells):
    client.force_login(ada)
    page = page_of(client, cells)
    assert 'action="/exclusions/new"' in page
    assert f'name="id" value="{cells[0].pk}"' in page
    client.force_login(ben)
    assert "Leave out" not in page_of(client, cells)


def test_a_cell_that_is_left_out_is_in_no_mean_and_stays_in_the_table(client, ada, cells):
    leave_out(cells[1], ada, "leaked")
    client.force_login(ada)
    page = page_of(client, cells)
    assert "1 cell, 1 batch, 1 excluded" in page
    assert "200.0 (1)" in page
    assert '<tr class="dimmed">' in page
    assert "“leaked”" in page
    figure = client.get(f"/compare/figures/cycles.json?cells={ids(cells)}&show=mean").json()
    assert "GP-NCM, n = 1 cell, 1 excluded" in {trace.get("name") for trace in figure["data"]}


def test_a_result_of_a_cycle_that_is_left_out_is_in_no_mean(client, ada, cells):
    test = cells[1].cycling_tests.get()
    leave_out(cells[1], ada, "power cut", test=test, first_cycle=3)
    client.force_login(ada)
    page = page_of(client, cells)
    assert "200.0 (1)" in page  # the first ageing capacity is that of cycle 3
    assert "± " in page  # the first capacity, of cycle 1, still is of two cells
    assert "2 cells, 1 batch<" in page


def test_the_drawer_of_a_mean_lists_what_is_left_out(client, ada, cells):
    leave_out(cells[1], ada, "leaked")
    client.force_login(ada)
    page = client.get(f"/compare/group?cells={ids(cells)}&group=GP-NCM&at=3&y={CAPACITY}").content.decode()
    assert "200.0 (1)" in page
    assert "1 excluded" in page
    assert "GP-2" in page


def test_profiles_of_what_is_left_out_are_grey(client, ada, cells):
    leave_out(cells[1], ada, "power cut", test=cells[1].cycling_tests.get(), first_cycle=3)
    client.force_login(ada)
    figure = client.get(f"/compare/figures/profiles.json?cells={ids(cells)}&cycles=3,4").json()
    assert [trace["name"] for trace in figure["data"]].count("excluded") == 1


def test_every_csv_says_what_is_left_out(client, ada, cells):
    leave_out(cells[1], ada, "leaked")
    client.force_login(ada)
    text = client.get(f"/compare/numbers/cycles.csv?cells={ids(cells)}").getvalue().decode()
    assert {row["cell"] for row in csv.DictReader(StringIO(text)) if row["excluded"] == "true"} == {"GP-2"}
    table = pl.read_parquet(BytesIO(client.get(f"/compare/cycles.parquet?cells={ids(cells)}").content))
    assert table.filter("excluded")["cell"].unique().to_list() == ["GP-2"]


def test_a_test_that_is_left_out_stands_for_its_cell_only_without_another(client, ada, cells):
    longer = cells[0].cycling_tests.get()
    shorter = made_run(cells[0], ada, made_table(4)).measurement
    client.force_login(ada)
    leave_out(cells[0], ada, "wrong channel", test=longer)
    assert shorter.name in page_of(client, cells)
    assert longer.name in page_of(client, cells, f"&tests={longer.pk}")


def test_a_withdrawn_exclusion_leaves_the_mean_as_it_was(client, ada, cells):
    from cells.exclusion.services import withdraw

    client.force_login(ada)
    address = f"/compare/numbers/cycles.csv?cells={ids(cells)}&show=mean"
    before = client.get(address).getvalue()
    made = leave_out(cells[1], ada, "leaked")
    assert client.get(address).getvalue() != before
    withdraw(made, ada, "it was water")
    assert client.get(address).getvalue() == before


@pytest.mark.parametrize(
    ("name", "cycles"),
    [
        ("first_discharge_capacity_mah_per_g", [1]),
        ("first_ageing_discharge_capacity_mah_per_g", [3]),
        ("first_h2_h3_discharge_voltage_volt", [3]),
        ("first_dq_dv_polarisation_millivolt", [3]),
        ("capacity_retention_at_5", [3, 7]),
        ("discharge_capacity_mah_per_g_at_6", [9]),
        ("capacity_retention_at_500", [3]),
        ("h2_h3_discharge_shift_millivolt_at_5", [3, 7]),
        ("hppc_discharge_resistance_ohm_at_5", []),
        ("cycle_life_80_percent", []),
        ("mean_coulombic_efficiency", []),
    ],
)
def test_a_result_says_of_which_cycles_it_is(name, cycles):
    """Two formation cycles; ageing from cycle 3 on, but for the check-up that is cycle 8."""
    assert cycles_of(name, curve_of(cycles=12, check_ups=(8,))) == cycles
