"""The comparison page, its figures and its files, as Ada, Ben and Cleo meet them."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import polars as pl
import pytest

from cells.assembly.models import Cell
from dashboards.comparison.selection import Selection
from tests.cells.cycling.made import made_run, made_table
from tests.dashboards.comparison.conftest import ids

CAPACITY = "discharge_capacity_mah_per_g"
ADDRESSES = (
    "/compare/?cells={cells}",
    "/compare/figures/cycles.json?cells={cells}&y=capacity_retention",
    "/compare/figures/cycles.json?cells={cells}&show=mean",
    "/compare/figures/profiles.json?cells={cells}&cycles=1,3",
    "/compare/figures/dq-dv.json?cells={cells}",
    "/compare/numbers/cycles.csv?cells={cells}",
    "/compare/numbers/profiles.csv?cells={cells}",
    "/compare/cycles.parquet?cells={cells}",
    "/compare/cycles.json?cells={cells}",
    "/compare/cycles.csv?cells={cells}",
    "/compare/group?cells={cells}&group=GP-NCM&at=3",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_owner_and_colleague_see_a_comparison(client, ada, ben, cells, address):
    for user in (ada, ben):
        client.force_login(user)
        assert client.get(address.format(cells=ids(cells))).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_outsider_finds_nothing(client, cleo, cells, address):
    client.force_login(cleo)
    assert client.get(address.format(cells=ids(cells))).status_code == 404


def test_the_page_needs_a_log_in(client, cells):
    assert client.get(f"/compare/?cells={ids(cells)}").status_code == 302


def test_cells_that_one_may_not_see_are_left_out_and_the_page_says_so(client, ada, cleo, cells):
    from labdb.accounts.services import create_project

    hidden = Cell.objects.create(project=create_project(cleo, "Cleo's own"), code="X-1", created_by=cleo)
    client.force_login(ada)
    page = client.get(f"/compare/?cells={ids([*cells, hidden])}").content.decode()
    assert "X-1" not in page
    assert "1 cell of this link is not here for you" in page
    figure = client.get(f"/compare/figures/cycles.json?cells={ids([*cells, hidden])}").json()
    assert "X-1" not in str(figure)


@pytest.mark.parametrize("address", ADDRESSES)
def test_more_cells_ask_no_more_queries(client, ada, cells, address, django_assert_max_num_queries):
    client.force_login(ada)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for chosen in (cells[:1], cells):
        client.get(address.format(cells=ids(chosen)))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            list(client.get(address.format(cells=ids(chosen))))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_warm_figure_asks_for_session_user_tests_cells_and_exclusions_only(
    client, ada, cells, django_assert_num_queries
):
    client.force_login(ada)
    address = f"/compare/figures/cycles.json?cells={ids(cells)}"
    client.get(address)
    with django_assert_num_queries(5):
        client.get(address)


def test_ticked_cells_become_a_permanent_link(client, ada, cells):
    client.force_login(ada)
    answer = client.get(f"/compare/?id={cells[0].pk}&id={cells[2].pk}")
    assert answer.status_code == 302
    assert answer["Location"] == f"/compare/?cells={cells[0].pk},{cells[2].pk}"


def test_ticked_cells_are_added_to_those_that_are_compared_already(client, ada, cells):
    client.force_login(ada)
    answer = client.get(f"/compare/?cells={cells[0].pk}&id={cells[1].pk}")
    assert set(answer["Location"].partition("cells=")[2].split(",")) == {str(cells[0].pk), str(cells[1].pk)}


def test_without_a_selection_the_page_offers_the_cells_to_choose_from(client, ada, cells):
    client.force_login(ada)
    page = client.get("/compare/?q=P-1").content.decode()
    assert "P-1" in page
    assert 'data-rows data-one="cell"' in page


def test_the_link_says_only_what_is_not_as_by_default():
    from django.http import QueryDict

    said = QueryDict(
        "cells=3,1&by=batch&show=mean&over=batches&along=ageing_index&cycles=1,100&control=P-NCM&group=3:dry+room&columns=cycles"
    )
    assert Selection.of(said).query == (
        "cells=3,1&cycles=1,100&by=batch&show=mean&over=batches&along=ageing_index&control=P-NCM"
        "&group=3:dry+room&columns=cycles"
    )
    assert Selection.of(QueryDict("cells=3&by=nonsense&show=&cycles=x")).query == "cells=3"


def test_results_are_grouped_with_mean_deviation_and_n(client, ada, cells):
    client.force_login(ada)
    page = client.get(f"/compare/?cells={ids(cells)}").content.decode()
    assert "2 cells, 1 batch" in page
    assert "205.0 ± 7.1 (2)" in page  # first ageing discharge of 200 and 210 mAh/g
    assert "190.0 (1)" in page  # one cell has no ±


def test_every_result_of_a_cell_leads_to_its_history(client, ada, cells):
    client.force_login(ada)
    page = client.get(f"/compare/?cells={ids(cells)}").content.decode()
    result = cells[0].cycling_tests.get().current_run.results.get(quantity="first_coulombic_efficiency")
    assert f'hx-get="/provenance/results/{result.pk}"' in page


def test_of_two_tests_of_a_cell_the_longer_one_is_shown_unless_another_is_chosen(client, ada, cells):
    client.force_login(ada)
    short = made_run(cells[0], ada, made_table(4))
    assert short.measurement.name not in client.get(f"/compare/?cells={cells[0].pk}").content.decode()
    page = client.get(f"/compare/?cells={cells[0].pk}&tests={short.measurement_id}").content.decode()
    assert short.measurement.name in page


def test_a_cell_without_a_finished_run_is_named(client, ada, project, cells):
    fresh = Cell.objects.create(project=project, code="fresh", created_by=ada)
    client.force_login(ada)
    page = client.get(f"/compare/?cells={ids([*cells, fresh])}").content.decode()
    assert "Nothing has been found yet in" in page


def test_the_numbers_of_a_figure_are_csv_in_stored_units(client, ada, cells):
    client.force_login(ada)
    answer = client.get(f"/compare/numbers/cycles.csv?cells={ids(cells)}&y=capacity_retention")
    rows = list(csv.DictReader(StringIO(answer.getvalue().decode())))
    assert len(rows) == 3 * 8
    third = next(row for row in rows if row["cell"] == "GP-1" and row["cycle_count"] == "4")
    assert float(third["capacity_retention"]) == pytest.approx(199 / 200, rel=1e-3)


def test_a_name_that_a_spreadsheet_would_compute_is_quoted_in_the_csv(client, ada, cells):
    Cell.objects.filter(pk=cells[0].pk).update(product="=1+1")
    client.force_login(ada)
    text = client.get(f"/compare/numbers/cycles.csv?cells={cells[0].pk}").getvalue().decode()
    assert "'=1+1" in text
    assert "\n=1+1" not in text
    everything = client.get(f"/compare/cycles.csv?cells={cells[0].pk}").content.decode()
    assert ",=1+1" not in everything


def test_all_cycles_come_as_parquet_with_their_cell(client, ada, cells):
    client.force_login(ada)
    answer = client.get(f"/compare/cycles.parquet?cells={ids(cells)}")
    table = pl.read_parquet(BytesIO(answer.content))
    assert table.height == 24
    assert table["cell"].unique().sort().to_list() == ["GP-1", "GP-2", "P-1"]
    assert table["discharge_capacity_mah_per_g"].null_count() == 0


def test_a_mean_tells_which_cells_it_is_of(client, ada, cells):
    client.force_login(ada)
    page = client.get(f"/compare/group?cells={ids(cells)}&group=GP-NCM&at=3&y={CAPACITY}").content.decode()
    assert "205.0 ± 7.1 (2)" in page
    assert "GP-1" in page
    assert "P-1<" not in page.replace("GP-1<", "")
    assert "/at/3" in page


def test_the_figures_are_drawn_per_gram_of_the_mass_that_the_run_was_made_with(client, ada, cells):
    client.force_login(ada)
    Cell.objects.filter(pk=cells[0].pk).update(active_mass_mg=20.0)  # not analysed again yet
    figure = client.get(f"/compare/figures/profiles.json?cells={cells[0].pk}&cycles=3").json()
    assert figure["layout"]["xaxis"]["title"]["text"] == "Capacity / mAh/g"
    from tests.cells.cycling.test_plots import numbers

    assert max(value for value in numbers(figure["data"][0]["x"]) if value == value) == pytest.approx(201, rel=1e-2)


def test_a_mean_over_several_formats_is_warned_of(client, ada, cells):
    Cell.objects.filter(pk=cells[0].pk).update(format="pouch_full")
    client.force_login(ada)
    warning = "Cells of several formats are in one mean: GP-NCM."
    assert warning in client.get(f"/compare/?cells={ids(cells)}&show=mean").content.decode()
    assert warning not in client.get(f"/compare/?cells={ids(cells)}").content.decode()


def test_no_figure_shows_more_than_words(client, ada, cells):
    client.force_login(ada)
    page = client.get(f"/compare/?cells={ids(cells)}").content.decode()
    assert "Quantity(" not in page
    assert "Drawing(" not in page
