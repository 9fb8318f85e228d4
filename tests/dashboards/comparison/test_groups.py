"""By what cells are put into groups, which results a comparison shows, and what both ask of the database."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cells.assembly.models import Cell
from cells.exclusion.services import leave_out
from dashboards.comparison.grouping import GROUPINGS
from synthesis.batch.models import Batch, Weighing
from synthesis.chemical.models import Chemical, Lot
from tests.cells.cycling.made import made_run, made_table
from tests.conftest import batch_of
from tests.dashboards.comparison.conftest import ids


def groups_of(client, cells, by: str, more: str = "") -> set[str]:
    page = client.get(f"/compare/?cells={ids(cells)}&by={by}{more}").content.decode()
    return {part.partition("<")[0] for part in page.split('scope="rowgroup">')[1:]}


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("product", {"GP-NCM", "P-NCM"}),
        ("batch", {"GP-01", "P-01"}),
        ("recipe", {"no recipe"}),
        ("version", {"no recipe"}),
        ("scale", {"lab", "pilot"}),
        ("furnace", {"tube 1", "no furnace said"}),
        ("precursor", {"no lot recorded"}),
        ("sheet", {"no sheet"}),
        ("anode", {"no anode recorded"}),
        ("format", {"coin half cell", "pouch full cell"}),
        ("electrolyte", {"no electrolyte recorded"}),
        ("separator", {"no separator recorded"}),
        ("temperature", {"60 °C", "no temperature recorded"}),
        ("pressure", {"no stack pressure recorded"}),
        ("operator", {"Ada Owner", "Ben"}),
        ("project", {"Porous cathodes"}),
        ("own", {"no group"}),
    ],
)
def test_cells_are_grouped_by_any_field(client, ada, cells, by, groups):
    Batch.objects.filter(code="P-01").update(scale="pilot", furnace="tube 1")
    Cell.objects.filter(pk=cells[2].pk).update(format="pouch_full", test_temperature_celsius=60.0, built_by="Ben")
    client.force_login(ada)
    assert groups_of(client, cells, by) == groups


def test_every_grouping_is_tested_above():
    tested = test_cells_are_grouped_by_any_field.pytestmark[0].args[1]
    assert {by for by, _ in tested} == set(GROUPINGS) - {"cell"}


def test_a_batch_of_two_lots_of_precursor_is_a_group_of_its_own(client, ada, cells):
    precursor = Chemical.objects.create(
        name="precursor", formula="Ni0.8Co0.1Mn0.1(OH)2", role=Chemical.Role.PRECURSOR, created_by=ada
    )
    lots = [
        Lot.objects.create(chemical=precursor, number=number, amount_g=100.0, created_by=ada) for number in ("L1", "L2")
    ]
    for cell, used in ((cells[0], lots), (cells[2], lots[:1])):
        for lot in used:
            Weighing.objects.create(batch=cell.batch, chemical=precursor, lot=lot, mass_g=1.0, weighed_by=ada)
    client.force_login(ada)
    assert groups_of(client, cells, "precursor") == {"L1 + L2", "L1"}


def test_a_person_names_groups_and_the_link_keeps_them(client, ada, cells):
    client.force_login(ada)
    typed = f"&group-{cells[0].pk}=dry+room&group-{cells[2].pk}=dry+room&group-{cells[1].pk}="
    assert groups_of(client, cells, "own", typed) == {"dry room", "no group"}
    page = client.get(f"/compare/?cells={ids(cells)}&by=own{typed}").content.decode()
    link = f"cells={ids(cells)}&amp;by=own&amp;group={cells[0].pk}:dry+room&amp;group={cells[2].pk}:dry+room"
    assert link in page


def test_means_of_cells_of_several_batches_say_so(client, ada, project, cells):
    other = Cell.objects.create(
        project=project, code="GP-3", product="GP-NCM", batch=batch_of(project, "GP-02"), created_by=ada
    )
    made_run(other, ada, made_table(8))
    client.force_login(ada)
    said = "GP-NCM has cells of 2 batches"
    address = f"/compare/?cells={ids([*cells, other])}&show=mean"
    assert said in client.get(address).content.decode()
    assert said not in client.get(f"{address}&over=batches").content.decode()


def test_columns_are_chosen_and_the_others_offered(client, ada, cells):
    client.force_login(ada)
    page = client.get(f"/compare/?cells={ids(cells)}&columns=cycles").content.decode()
    table = page.partition('<section class="section" aria-labelledby="results"')[2].partition("<tbody>")[0]
    assert table.count('<th scope="col" class="num"') == 1
    assert 'name="columns" value="first_coulombic_efficiency"' in table


def test_what_is_most_asked_for_is_shown_first_and_numbers_rise(client, ada, cells):
    from labdb.provenance.models import Result

    run = cells[0].cycling_tests.get().current_run
    for name in ("recovered_capacity_share_after_42_day", "recovered_capacity_share_after_15_day", "rate_ratio_at_5C"):
        Result.objects.create(run=run, project=run.measurement.project, quantity=name, value=0.9)
    client.force_login(ada)
    page = client.get(f"/compare/?cells={ids(cells)}").content.decode()
    table = page.partition('<caption class="visually-hidden">Results by group')[2].partition("<tbody>")[0]
    said = ("First discharge", "at 5 C", "after 15 days", "after 42 days")
    places = [table.index(one) for one in said]
    assert places == sorted(places)


def test_a_result_of_another_test_of_the_cell_is_shown_unless_a_test_was_chosen(client, ada, cells):
    from labdb.provenance.models import Result

    other = made_run(cells[0], ada, made_table(4))
    Result.objects.create(run=other, project=cells[0].project, quantity="capacity_retention_at_100", value=0.91)
    client.force_login(ada)
    address = f"/compare/?cells={ids(cells)}&columns=capacity_retention_at_100"
    assert "91.0" in client.get(address).content.decode()
    chosen = cells[0].cycling_tests.order_by("pk").first()
    assert "91.0" not in client.get(f"{address}&tests={chosen.pk}").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/compare/?cells={cells}&by={by}",
        "/compare/figures/cycles.json?cells={cells}&by={by}&show=mean",
        "/compare/group?cells={cells}&by={by}&group={group}&at=3",
    ],
)
@pytest.mark.parametrize("by", ["precursor", "sheet"])
def test_fifty_cells_ask_as_many_queries_as_five(client, ada, project, cells, address, by):
    """Half of them in part or wholly left out."""
    more = [Cell(project=project, code=f"M-{n}", batch=cells[n % 3].batch, created_by=ada) for n in range(50)]
    Cell.objects.bulk_create(more)
    for cell in more[::10]:
        made_run(cell, ada, made_table(4))
    for n, cell in enumerate(more):
        if n % 4 == 0:
            leave_out(cell, ada, "leaked")
    client.force_login(ada)
    counts = []
    for chosen in (more[:5], more):
        asked = address.format(cells=ids(chosen), by=by, group=GROUPINGS[by].missing)
        client.get(asked)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(asked).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
