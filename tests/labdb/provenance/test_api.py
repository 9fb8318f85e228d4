"""Runs, tables and results over the API, with the technique of two columns."""

from __future__ import annotations

from io import BytesIO

import polars as pl
import pytest

from labdb.ingest.services import request_run
from labdb.provenance.models import AnalysisRun, Result


@pytest.fixture
def measurement(bring, calls, django_capture_on_commit_callbacks):
    """Analysed once; the mean of its y is 30."""
    with django_capture_on_commit_callbacks(execute=True):
        measurement = bring().measurement
    calls.run_all()
    return measurement


@pytest.fixture
def again(measurement, ada, calls, django_capture_on_commit_callbacks):
    """Analysed once more, at twice the scale."""
    measurement.parameters = {"scale": 2.0}
    measurement.save()
    with django_capture_on_commit_callbacks(execute=True):
        run = request_run(measurement, ada)
    calls.run_all()
    return run


def test_a_run_tells_everything_that_its_numbers_depend_on(api, ada, measurement):
    run = api(ada).get(f"/api/v1/runs/{measurement.runs.get().pk}/").json()
    assert run["inputs"][0]["name"] == "p.csv"
    assert len(run["inputs"][0]["sha256"]) == 64
    assert run["readers"] == [{"name": "plain-csv", "version": 1}]
    assert run["analysis_version"] == 3
    assert run["parameters"] == {"scale": 1.0}
    assert run["software_version"].startswith("labdb ")
    assert run["metadata"] == {"device": "P1"}
    assert run["warnings"] == ["plain is plain"]
    assert run["current"] is True
    assert [(table["name"], table["rows"], table["columns"]) for table in run["tables"]] == [
        ("time_series", 3, ["x", "y"])
    ]
    assert [(row["quantity"], row["value"], row["n"]) for row in run["results"]] == [("cycles", 30.0, 3)]
    assert "traceback" not in run


def test_a_list_of_runs_is_narrowed_by_test_state_and_whether_they_are_current(api, ada, measurement, again):
    client = api(ada)

    def found(query):
        return [row["id"] for row in client.get(f"/api/v1/runs/?{query}").json()["results"]]

    first = measurement.runs.order_by("pk").first().pk
    assert found(f"test={measurement.pk}") == [again.pk, first]
    assert found("state=succeeded&current=false") == [first]
    assert found("state=failed") == []
    assert found("state=queued&state=succeeded") == [again.pk, first]
    wrong = client.get("/api/v1/runs/?state=done")
    assert "one of queued, running, succeeded, failed" in wrong.json()["errors"][0]["detail"]


def test_results_are_of_current_runs_unless_asked_otherwise(api, ada, measurement, again):
    client = api(ada)
    first = measurement.runs.order_by("pk").first().pk

    def values(query=""):
        return sorted(row["value"] for row in client.get(f"/api/v1/results/?{query}").json()["results"])

    assert values() == [60.0]
    assert values("current=false") == [30.0]
    assert values("current=true&current=false") == [30.0, 60.0]
    assert values(f"run={first}") == [30.0]
    assert values("quantity=cycles&value__gte=50&value__lte=70") == [60.0]
    assert values("value__gte=61") == []
    assert client.get("/api/v1/results/?quantity=beauty").status_code == 400


def test_one_result_names_its_run_and_test(api, ada, measurement):
    (row,) = api(ada).get("/api/v1/results/").json()["results"]
    one = api(ada).get(f"/api/v1/results/{row['id']}/").json()
    assert one == row
    assert (one["test"], one["run"]) == (measurement.pk, measurement.runs.get().pk)
    assert one["simulated"] is False


def test_outsiders_find_neither_runs_nor_results_and_colleagues_read_them(api, ben, cleo, measurement):
    run = measurement.runs.get()
    addresses = [
        f"/api/v1/runs/{run.pk}/",
        f"/api/v1/runs/{run.pk}/tables/time_series/",
        f"/api/v1/results/{run.results.get().pk}/",
    ]
    for address in addresses:
        assert api(cleo).get(address).status_code == 404
        assert api(ben).get(address).status_code == 200
    for address in ("runs", "results"):
        assert api(cleo).get(f"/api/v1/{address}/").json()["results"] == []


def test_the_lists_ask_as_many_queries_for_ten_as_for_one(api, ada, project, measurement, django_assert_num_queries):
    client = api(ada)
    client.get("/api/v1/runs/")
    for rows in (1, 11):
        with django_assert_num_queries(2):
            assert len(client.get("/api/v1/runs/").json()["results"]) == rows
        with django_assert_num_queries(2):
            assert len(client.get("/api/v1/results/?current=true&current=false").json()["results"]) == rows
        if rows == 1:
            for _ in range(10):
                run = AnalysisRun.objects.create(
                    measurement=measurement,
                    technique="plain",
                    inputs=[],
                    parameters={},
                    requested_by=ada,
                    analysis_version=3,
                )
                Result.objects.create(run=run, project=project, quantity="cycles", value=1.0)


# Tables; no column of the plain technique counts cycles.


def table(client, measurement, query=""):
    return client.get(f"/api/v1/runs/{measurement.runs.get().pk}/tables/time_series/?{query}")


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_table_is_read_in_four_formats(api, ada, measurement):
    expected = pl.DataFrame({"x": [1.0, 2.0, 3.0], "y": [10.0, 20.0, 60.0]})
    client = api(ada)
    told = table(client, measurement)
    import orjson

    json = orjson.loads(body(told))
    assert json["rows"] == 3
    assert json["columns"] == {"x": [1.0, 2.0, 3.0], "y": [10.0, 20.0, 60.0]}
    assert pl.read_csv(body(table(client, measurement, "format=csv"))).cast(pl.Float64).equals(expected)
    parquet = pl.read_parquet(BytesIO(body(table(client, measurement, "format=parquet"))))
    assert parquet.cast(pl.Float64).equals(expected)
    arrow = pl.read_ipc(BytesIO(body(table(client, measurement, "format=arrow&columns=y"))))
    assert arrow.cast(pl.Float64).equals(expected.select("y"))


def test_the_whole_table_as_parquet_is_the_stored_file_with_its_hash(api, ada, measurement):
    response = table(api(ada), measurement, "format=parquet")
    stored = measurement.runs.get().tables.get()
    assert response["ETag"] == f'"{stored.sha256}"'
    assert len(body(response)) == stored.size
    part = api(ada).get(f"/api/v1/runs/{stored.run_id}/tables/time_series/?format=parquet", HTTP_RANGE="bytes=0-3")
    assert body(part) == b"PAR1"


@pytest.mark.parametrize(
    ("query", "attr", "part"),
    [
        ("columns=x,z", "columns", "has no column z; it has x, y"),
        ("cycles=1-2", "cycles", "has no cycles"),
        ("cycle=3", "cycle", "known are: columns, cycles, format"),
        ("format=xlsx", "format", "one of: json, csv, parquet, arrow"),
    ],
)
def test_what_a_table_does_not_have_is_said(api, ada, measurement, query, attr, part):
    response = table(api(ada), measurement, query)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["attr"] == attr
    assert part in error["detail"]


def test_a_run_without_that_table_is_404(api, ada, measurement):
    assert api(ada).get(f"/api/v1/runs/{measurement.runs.get().pk}/tables/steps/").status_code == 404


def test_quantities_are_listed_with_unit_and_definition(api, ada):
    rows = {row["name"]: row for row in api(ada).get("/api/v1/quantities/").json()}
    assert rows["specific_energy_wh_per_kg"]["unit"] == "Wh/kg"
    assert rows["capacity_retention"]["percent"] is True
