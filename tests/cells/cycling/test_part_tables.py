"""The tables of what the parts of the analysis found, on the page of a test."""

from __future__ import annotations

import polars as pl
import pytest
from django.urls import reverse

from cells.cycling.energies import ENERGIES
from cells.cycling.part_tables import MOST_ROWS, PART_TABLES, printed
from cells.cycling.rate import RATE
from cells.hppc.table import PULSES
from cells.storage.table import STORAGE
from labdb.quantities import QUANTITIES
from tests.cells.cycling.made import made_run, made_table
from tests.cells.hppc.made import charge, discharge, hppc_table, pulse_sequence

SCHEMAS = {"rate": RATE, "energies": ENERGIES, "pulses": PULSES, "storage": STORAGE}


@pytest.mark.parametrize("table", PART_TABLES, ids=lambda table: table.name)
def test_every_printed_column_is_one_of_the_table_and_every_measured_number_a_quantity(table):
    columns = SCHEMAS[table.name].columns
    for name in table.columns:
        assert columns[name] in (pl.Categorical, pl.Int32) or name in QUANTITIES, name
    assert not table.counts or columns[table.counts] == pl.Boolean


def test_what_is_unknown_everywhere_is_left_out_and_what_is_not_compared_is_told():
    pulses = pl.DataFrame(
        {"sequence": [1, 1], "pulse_resistance_ohm": [0.5, None], "c_rate": [None, None], "compared": [True, False]}
    )
    (found,) = printed({"pulses": pulses}.get)
    assert [head.label for head in found.heads] == ["Sequence", "Resistance"]
    texts = [(counts, [value.text for value in values]) for counts, values in found.rows]
    assert texts == [(True, ["1", "0.5000"]), (False, ["1", None])]


def test_a_long_table_is_cut_and_an_empty_one_left_out():
    many = pl.DataFrame({"sequence": range(100)})
    (found,) = printed({"pulses": many, "storage": many.clear()}.get)
    assert (len(found.rows), found.height) == (MOST_ROWS, 100)


@pytest.fixture
def pulsed(cell, ada):
    """A test of one cycle and a sequence of pulses, with its run."""
    return made_run(cell, ada, hppc_table([[charge(), discharge()], pulse_sequence()]))


def test_the_page_of_a_test_prints_its_pulses_for_who_may_see_them(client, ada, ben, cleo, pulsed):
    for user, status in ((ada, 200), (ben, 200), (cleo, 404)):
        client.force_login(user)
        response = client.get(f"/cycling/{pulsed.measurement_id}/")
        assert response.status_code == status
        if status == 200:
            page = response.content.decode()
            assert "Pulses of " in page
            assert "2.000" in page
            assert f"{reverse('api:run-table', args=[pulsed.pk, 'pulses'])}?format=csv" in page


def test_pulses_are_had_by_column_over_the_api(api, ada, cleo, pulsed):
    address = f"/api/v1/runs/{pulsed.pk}/tables/pulses/?columns=state_of_charge,pulse_resistance_ohm&format=csv"
    lines = b"".join(api(ada).get(address).streaming_content).decode().splitlines()
    assert lines[0] == "state_of_charge,pulse_resistance_ohm"
    assert len(lines) == 19
    assert api(cleo).get(address).status_code == 404


def test_a_test_without_parts_has_no_such_table(client, ada, cell):
    run = made_run(cell, ada, made_table(8))
    client.force_login(ada)
    assert "Pulses of " not in client.get(f"/cycling/{run.measurement_id}/").content.decode()
