"""Cycling tests, their curves and their cycles over the API."""

from __future__ import annotations

import csv
import io
from io import BytesIO

import orjson
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cells.assembly.models import Cell
from cells.cycling.models import CycleRow, CyclingTest
from tests.cells.conftest import fading_file
from tests.cells.cycling.tables import charge, cycling_table, discharge


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def curve(client, test, query=""):
    return client.get(f"/api/v1/tests/{test.pk}/time_series/?{query}")


@pytest.fixture
def test_(cell, cycled):
    return cycled(cell)


# Tests.


def test_a_test_tells_its_cell_files_state_and_results(api, ada, cell, test_):
    told = api(ada).get(f"/api/v1/tests/{test_.pk}/").json()
    assert (told["cell"], told["cell_code"], told["state"]) == (cell.pk, "C-001", "succeeded")
    assert told["current_run"] == told["latest_run"] == test_.current_run_id
    assert [file["name"] for file in told["files"]] == ["fading.parquet"]
    assert {row["quantity"] for row in told["results"]} >= {"first_coulombic_efficiency", "ageing_cycles"}


def test_outsiders_find_no_test_and_colleagues_change_none(api, ben, cleo, test_):
    url = f"/api/v1/tests/{test_.pk}/"
    for client, read, change in ((api(cleo), 404, 404), (api(ben), 200, 403)):
        assert client.get(url).status_code == read
        assert client.get(f"{url}time_series/").status_code == read
        assert client.patch(url, {"name": "mine"}).status_code == change
        assert client.post(f"{url}analyse/").status_code == change
        files = {"file": SimpleUploadedFile("x", b"x")}
        assert client.post(f"{url}files/", files, format="multipart").status_code == change
    for address in ("tests", "cycles"):
        assert api(cleo).get(f"/api/v1/{address}/").json()["results"] == []
    assert test_.runs.count() == 1


def test_to_analyse_again_adds_a_run(api, ada, test_, calls):
    response = api(ada).post(f"/api/v1/tests/{test_.pk}/analyse/")
    assert response.status_code == 202
    assert response.json()["state"] == "queued"
    assert response.json()["test"] == test_.pk
    assert test_.runs.count() == 2


def test_other_parameters_ask_for_a_run_and_the_same_for_none(api, ada, test_):
    client, url = api(ada), f"/api/v1/tests/{test_.pk}/"
    told = client.patch(url, {"parameters": {"cycle_kinds": {"4": "check-up"}}}).json()
    assert told["parameters"] == {"cycle_kinds": {"4": "check-up"}}
    assert told["state"] == "queued"
    assert test_.runs.count() == 2
    client.patch(url, {"parameters": {"cycle_kinds": {"4": "check-up"}}, "name": "aged"})
    assert test_.runs.count() == 2
    assert CyclingTest.objects.get().name == "aged"


@pytest.mark.parametrize(
    ("parameters", "part"),
    [
        ({"beauty": 1}, "no parameter beauty"),
        ({"max_gap_second": -1}, "max_gap_second must be more than 0"),
        ({"max_gap_second": "long"}, "must be a number"),
        ({"max_gap_second": [1]}, "must be a number"),
        ({"cycle_kinds": {"4": "lunch"}}, "one of formation, ageing, check-up"),
        ({"cycle_kinds": ["4"]}, "must be an object"),
    ],
)
def test_parameters_without_sense_are_refused(api, ada, test_, parameters, part):
    response = api(ada).patch(f"/api/v1/tests/{test_.pk}/", {"parameters": parameters})
    assert response.status_code == 400
    assert part in response.json()["errors"][0]["detail"]
    assert test_.runs.count() == 1


def test_a_test_goes_on_in_another_file(api, ada, test_, tmp_path, calls):
    later = cycling_table([[charge(), discharge()]])
    later.write_parquet(tmp_path / "later.parquet")
    upload = SimpleUploadedFile("later.parquet", (tmp_path / "later.parquet").read_bytes())
    response = api(ada).post(f"/api/v1/tests/{test_.pk}/files/", {"file": upload}, format="multipart")
    assert response.status_code == 201
    assert response.json()["results"][0]["test"] == test_.pk
    assert [file.name for file in test_.raw_files] == ["fading.parquet", "later.parquet"]
    assert test_.runs.count() == 2


@pytest.mark.parametrize("field", ["cell", "test", "new_cell"])
def test_an_upload_names_what_was_measured(api, ada, cell, test_, tmp_path, field):
    upload = SimpleUploadedFile("more.parquet", fading_file(tmp_path / "more.parquet", 3).read_bytes())
    value = {"cell": cell.pk, "test": test_.pk, "new_cell": "C-099"}[field]
    about = {"file": upload, "project": cell.project_id, field: value}
    (told,) = api(ada).post("/api/v1/files/", about, format="multipart").json()["results"]
    test = CyclingTest.objects.get(pk=told["test"])
    assert (test == test_) == (field == "test")
    assert test.cell.code == ("C-099" if field == "new_cell" else "C-001")


@pytest.mark.parametrize("field", ["cell", "test"])
def test_an_upload_finds_no_subject_of_strangers(api, cleo, cell, test_, field):
    upload = SimpleUploadedFile("more.parquet", b"PAR1")
    about = {"file": upload, field: cell.pk if field == "cell" else test_.pk}
    response = api(cleo).post("/api/v1/files/", about, format="multipart")
    assert response.status_code == 400
    assert "that you may see" in response.json()["errors"][0]["detail"]


# Curves.


def test_a_curve_is_chosen_by_column_and_cycle(api, ada, test_):
    told = orjson.loads(body(curve(api(ada), test_, "columns=cycle_count,voltage_volt&cycles=3-4")))
    assert list(told["columns"]) == ["cycle_count", "voltage_volt"]
    assert told["rows"] == 4 * 61  # two cycles of two steps
    assert set(told["columns"]["cycle_count"]) == {3, 4}
    assert told["columns"]["voltage_volt"][:2] == pytest.approx([3.0, 3.0 + 1 / 60], abs=1e-6)
    assert told["units"] == {"cycle_count": "", "voltage_volt": "V"}
    assert told["run"] == test_.current_run_id


@pytest.mark.parametrize(("cycles", "expected"), [("2", [2]), ("10-", [10, 11]), ("-2", [1, 2]), ("90-99", [])])
def test_a_range_of_cycles_may_be_open(api, ada, test_, cycles, expected):
    told = orjson.loads(body(curve(api(ada), test_, f"columns=cycle_count&cycles={cycles}")))
    assert sorted(set(told["columns"]["cycle_count"])) == expected


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_a_curve_comes_in_every_format(api, ada, test_, form):
    response = curve(api(ada), test_, f"columns=test_time_second,step_type&cycles=2&format={form}")
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet, "arrow": pl.read_ipc}[form]
    found = read(BytesIO(body(response)))
    assert found.columns == ["test_time_second", "step_type"]
    assert found.height == 2 * 61
    assert found["step_type"].to_list()[0] == "CC_CHG"
    assert f"test-{test_.pk}-time_series.{form}" in response["Content-Disposition"]


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("cycles=20-10", "20-10 runs backwards; write 10-20"),
        ("cycles=all", "'all' is no range of cycles; write 10, 10-20, 10- or -20"),
        ("cycles=-", "is no range"),
        ("columns=voltage", "has no column voltage; it has test_time_second, voltage_volt, current_ampere"),
    ],
)
def test_a_selection_without_sense_is_told_so(api, ada, test_, query, part):
    response = curve(api(ada), test_, query)
    assert response.status_code == 400
    assert part in response.json()["errors"][0]["detail"]


def test_a_test_without_a_curve_says_why(api, ada, cell, stored_tables, calls, tmp_path):
    upload = SimpleUploadedFile("cut.parquet", b"PAR1 and no more")
    client = api(ada)
    (told,) = client.post("/api/v1/files/", {"file": upload, "cell": cell.pk}, format="multipart").json()["results"]
    waiting = client.get(f"/api/v1/tests/{told['test']}/time_series/")
    assert waiting.status_code == 409
    assert "still being analysed" in waiting.json()["errors"][0]["detail"]
    calls.append(told["run"])
    calls.run_all()
    failed = client.get(f"/api/v1/tests/{told['test']}/time_series/")
    assert "could not be analysed" in failed.json()["errors"][0]["detail"]


# Cycles.


def test_the_cycles_of_a_test_have_its_numbers(api, ada, test_):
    rows = api(ada).get(f"/api/v1/cycles/?test={test_.pk}").json()["results"]
    assert [row["cycle_count"] for row in rows] == list(range(1, 12))
    assert [row["kind"] for row in rows] == ["formation"] + ["ageing"] * 10
    assert [row["ageing_index"] for row in rows[:3]] == [None, 1, 2]
    assert rows[1]["discharge_capacity_mah_per_g"] == pytest.approx(100.0, rel=1e-5)
    assert rows[2]["capacity_retention"] == pytest.approx(0.99, rel=1e-5)
    assert rows[0]["test"] == test_.pk


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=ageing", 10),
        ("kind=formation&kind=ageing", 11),
        ("cycle_count__gte=3&cycle_count__lte=5", 3),
        ("ageing_index__lte=4", 4),
        ("capacity_retention__gte=0.955", 5),
        ("discharge_capacity_mah__lte=0.915", 1),
        ("cell_code=C-001", 11),
        ("batch_code=GP-NCM-01&product=GP-NCM", 11),
        ("batch_code=other", 0),
        ("complete=true", 11),
    ],
)
def test_cycles_are_narrowed_by_any_number(api, ada, test_, query, count):
    assert len(api(ada).get(f"/api/v1/cycles/?{query}").json()["results"]) == count


def test_only_the_cycles_of_current_runs_are_listed(api, ada, cell, test_, calls, django_capture_on_commit_callbacks):
    client, first = api(ada), test_.current_run_id
    with django_capture_on_commit_callbacks(execute=True):
        client.patch(f"/api/v1/cells/{cell.pk}/", {"active_mass_mg": 5.0})
    calls.run_all()
    assert CycleRow.objects.count() == 22

    def capacities(query):
        rows = client.get(f"/api/v1/cycles/?cycle_count=2&{query}").json()["results"]
        return [round(row["discharge_capacity_mah_per_g"], 2) for row in rows]

    assert capacities("") == [200.0]
    assert capacities("current=false") == [100.0]
    assert capacities(f"run={first}") == [100.0]


def test_cycles_as_csv_are_all_of_them(api, ada, test_):
    response = api(ada).get("/api/v1/cycles/?format=csv&kind=ageing")
    rows = list(csv.DictReader(io.StringIO(body(response).decode())))
    assert len(rows) == 10
    assert float(rows[0]["discharge_capacity_mah_per_g"]) == pytest.approx(100.0, rel=1e-5)
    assert rows[0]["complete"] == "true"


def test_a_page_of_cycles_asks_two_queries_however_long(api, ada, project, test_, django_assert_num_queries):
    client = api(ada)
    client.get("/api/v1/cycles/")
    for limit in (1, 11):
        with django_assert_num_queries(2):
            assert len(client.get(f"/api/v1/cycles/?limit={limit}").json()["results"]) == limit


def test_a_page_of_tests_asks_two_queries_however_long(api, ada, project, cycled, django_assert_num_queries):
    client = api(ada)
    client.get("/api/v1/tests/")
    for n in range(1, 3):
        made = Cell.objects.create(project=project, code=f"Q-{n}", active_mass_mg=10, created_by=ada)
        cycled(made, cycles=3 + n, name=f"{n}.parquet")
        with django_assert_num_queries(2):
            assert len(client.get("/api/v1/tests/?state=succeeded").json()["results"]) == n
