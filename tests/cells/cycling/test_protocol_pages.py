"""The protocol on the page of a test and over REST: shown, and corrected by a person."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest

from cells.cycling.claims import with_range
from cells.cycling.protocol_page import MOST_BLOCKS, protocol_section
from cells.cycling.protocol_plots import COLOUR_OF, bands, step_bands, told
from cells.cycling.table import BLOCK_KINDS, BLOCKS
from cells.cycling.technique import analyse
from labdb.provenance.models import AnalysisRun
from tests.cells.cycling.made import made_run, made_table
from tests.cells.cycling.test_plots import numbers


@pytest.fixture
def run(cell, ada) -> AnalysisRun:
    """Two formation cycles at 0.1 C, then ageing cycles at 1 C with a check-up among them, in steps 15 and 16."""
    return made_run(cell, ada, made_table(12, check_ups=(8,)))


@pytest.fixture
def address(run) -> str:
    return f"/cycling/{run.measurement_id}/"


def newest() -> AnalysisRun:
    run = AnalysisRun.objects.order_by("-pk").first()
    assert run is not None
    return run


def test_the_page_lists_the_blocks_with_their_steps_and_lets_their_kind_be_set(client, ada, ben, address):
    client.force_login(ada)
    page = client.get(address).content.decode()
    assert 'id="protocol"' in page
    assert "15–16" in page
    assert page.count('name="first_step" value=') == 4
    client.force_login(ben)
    assert 'name="first_step"' not in client.get(address).content.decode()


def test_a_run_of_before_protocols_has_a_page_without_one(client, ada, run, address):
    run.tables.filter(name="protocol").delete()
    client.force_login(ada)
    assert 'id="protocol"' not in client.get(address).content.decode()
    figure = client.get(f"{address}figures/time.json").json()
    assert all(trace["type"] == "scatter" for trace in figure["data"])


def test_the_time_figure_shows_a_band_for_each_block_on_its_axis(client, ada, address):
    client.force_login(ada)
    for query in ("", "?from=0&to=900000"):
        figure = client.get(f"{address}figures/time.json{query}").json()
        strips = {trace["name"]: trace for trace in figure["data"] if trace.get("yaxis") == "y3"}
        assert set(strips) == {"formation", "ageing", "check-up"}
        assert len(strips["ageing"]["customdata"]) == 2
        assert "cycles 3 to 7 (5)" in strips["ageing"]["customdata"][0]
        assert "formation, ageing, check-up" in figure["summary"]
        go.Figure(data=figure["data"], layout=figure["layout"])


def test_a_small_window_shows_its_steps_and_a_wide_one_does_not(client, ada, address):
    client.force_login(ada)
    near = client.get(f"{address}figures/time.json?from=0&to=90000").json()
    steps = [trace for trace in near["data"] if trace.get("yaxis") == "y4"]
    assert {trace["name"] for trace in steps} == {"charge", "discharge"}
    assert "step 1, charge, cycle 1" in steps[0]["customdata"][0]
    go.Figure(data=near["data"], layout=near["layout"])
    assert not any(trace.get("yaxis") == "y4" for trace in client.get(f"{address}figures/time.json").json()["data"])


def test_steps_too_many_to_be_seen_are_not_drawn():
    steps = analyse(made_table(100, fade_mah=0.0), {}).tables["steps"]
    assert step_bands(steps, (0.0, 1e9), "y4") == []
    few = step_bands(steps, (0.0, 3 * 3600.0), "y4")
    assert [trace["name"] for trace in few] == ["charge"]


def test_a_person_says_what_a_block_was_and_takes_it_back(
    client, ada, run, address, calls, django_capture_on_commit_callbacks
):
    client.force_login(ada)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}step-kinds", {"first_step": 15, "last_step": 16, "kind": "storage"})
    assert newest().parameters["step_kinds"] == {"15-16": "storage"}
    assert calls == [newest().pk]
    client.post(f"{address}step-kinds", {"first_step": 15, "last_step": 16, "kind": ""})
    assert "step_kinds" not in newest().parameters


def test_to_leave_steps_to_labdb_takes_back_what_was_said_of_their_cycles(client, ada, run, address):
    client.force_login(ada)
    client.post(f"{address}kinds", {"first": 4, "last": 5, "kind": "check-up"})
    client.post(f"{address}step-kinds", {"first_step": 7, "last_step": 8, "kind": ""})
    assert newest().parameters["cycle_kinds"] == {"5": "check-up"}


def test_what_was_said_is_on_the_page_in_words(client, ada, run, address):
    client.force_login(ada)
    client.post(f"{address}step-kinds", {"first_step": 15, "kind": "HPPC"})
    assert "steps 15-15: HPPC" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"first_step": 900, "kind": "ageing"}, "The test has no step from 900 to 900."),
        ({"first_step": 9, "last_step": 3, "kind": "ageing"}, "The range ends before it begins"),
        ({"first_step": 9, "kind": "lunch"}, "lunch"),
    ],
)
def test_a_range_of_steps_that_makes_no_sense_is_said_at_the_field(client, ada, address, data, sentence):
    client.force_login(ada)
    assert sentence in client.post(f"{address}step-kinds", data).content.decode()
    assert AnalysisRun.objects.count() == 1


def test_colleagues_and_outsiders_set_no_kind(client, api, ben, cleo, run, address):
    data = {"first_step": 15, "last_step": 16, "kind": "storage"}
    for user, status in ((ben, 403), (cleo, 404)):
        client.force_login(user)
        assert client.post(f"{address}step-kinds", data).status_code == status
        assert api(user).post(f"/api/v1/tests/{run.measurement_id}/kinds/", data).status_code == status
    assert api(cleo).get(f"/api/v1/tests/{run.measurement_id}/protocol/").status_code == 404
    assert AnalysisRun.objects.count() == 1


def test_rest_tells_the_protocol_and_takes_a_correction(api, ada, run):
    url = f"/api/v1/tests/{run.measurement_id}/"
    found = json.loads(b"".join(api(ada).get(f"{url}protocol/").streaming_content))
    assert found["columns"]["kind"] == ["formation", "ageing", "check-up", "ageing"]
    answer = api(ada).post(f"{url}kinds/", {"first_step": 15, "last_step": 16, "kind": "HPPC"}).json()
    assert answer["parameters"] == {"step_kinds": {"15-16": "HPPC"}}
    assert answer["state"] == "queued"
    refused = api(ada).post(f"{url}kinds/", {"first_step": 990, "last_step": 991, "kind": "HPPC"})
    assert refused.status_code == 400


def test_the_page_asks_as_much_of_the_database_for_many_blocks_as_for_few(
    client, ada, cell, run, address, django_assert_max_num_queries
):
    client.force_login(ada)
    client.get(address)
    with django_assert_max_num_queries(60) as asked:
        client.get(address)
    few = len(asked)
    many = made_run(cell, ada, made_table(80, check_ups=tuple(range(6, 80, 4))))
    client.get(f"/cycling/{many.measurement_id}/")
    with django_assert_max_num_queries(few):
        client.get(f"/cycling/{many.measurement_id}/")


def test_a_page_lists_a_bounded_number_of_blocks():
    blocks = analyse(made_table(700, fade_mah=0.0, check_ups=tuple(range(6, 700, 6))), {}).tables["protocol"]
    section = protocol_section(blocks)
    assert len(section["blocks"]) == MOST_BLOCKS < blocks.height
    assert section["block_count"] == blocks.height


def test_every_kind_has_a_colour_and_a_band_tells_rates_and_who_said_it():
    assert set(COLOUR_OF) == set(BLOCK_KINDS)
    block = dict.fromkeys(BLOCKS.required) | {
        "kind": "rate", "said": True, "first_cycle": 6, "last_cycle": 10, "cycles": 5, "discharge_c_rate": 2.0,
        "start_time_second": 0.0, "end_time_second": 7200.0,
    }  # fmt: skip
    assert told(block) == "rate, said by a person, cycles 6 to 10 (5)<br>discharge 2 C, 2 h"


def test_bands_begin_and_end_where_their_blocks_do():
    found = analyse(made_table(12), {})
    blocks = found.tables["protocol"]
    (formation, _) = bands(blocks, "y3")
    assert formation["name"] == "formation"
    assert numbers(formation["base"]).tolist() == [0.0]
    assert numbers(formation["x"]) == pytest.approx([blocks["end_time_second"][0] / 3600])
    assert [band["name"] for band in bands(blocks, "y3", (3600.0, 7200.0))] == ["formation"]
    (cut,) = bands(blocks, "y3", (3600.0, 7200.0))
    assert (numbers(cut["base"]).tolist(), numbers(cut["x"]).tolist()) == ([1.0], [1.0])


@pytest.mark.parametrize(
    ("said", "asked", "left"),
    [
        ({}, (3, 5, "rate"), {"3-5": "rate"}),
        ({"1-9": "storage"}, (3, 5, "rate"), {"1-2": "storage", "3-5": "rate", "6-9": "storage"}),
        ({"1-9": "storage"}, (3, 5, ""), {"1-2": "storage", "6-9": "storage"}),
        ({"3-5": "storage"}, (1, 9, "rate"), {"1-9": "rate"}),
        ({"1-2": "storage"}, (3, 5, "rate"), {"1-2": "storage", "3-5": "rate"}),
    ],
)
def test_what_is_said_last_of_steps_holds_and_the_rest_of_an_earlier_range_stays(said, asked, left):
    assert with_range(said, *asked) == left
