"""Pages of a cycling test, as Ada, Ben and Cleo meet them."""

from __future__ import annotations

import csv
from io import StringIO

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labdb.provenance.models import AnalysisRun
from tests.cells.cycling.made import made_run, made_table
from tests.cells.cycling.test_plots import numbers

FIGURES = ("cycles", "profiles", "dq-dv", "time")


@pytest.fixture
def run(cell, ada) -> AnalysisRun:
    """Of C-001, 10 mg: two formation cycles at 0.1 C, then six ageing cycles from 200 mAh/g on."""
    return made_run(cell, ada, made_table(8))


@pytest.fixture
def address(run) -> str:
    return f"/cycling/{run.measurement_id}/"


def test_who_may_see_a_test_its_figures_and_its_cycles(client, ada, ben, cleo, address):
    parts = (
        "",
        "status",
        "cycles.csv",
        "numbers/profiles.csv",
        "numbers/dq-dv.csv",
        *(f"figures/{name}.json" for name in FIGURES),
    )
    for user, status in ((ada, 200), (ben, 200), (cleo, 404)):
        client.force_login(user)
        assert [client.get(address + part).status_code for part in parts] == [status] * len(parts)


def test_the_page_names_file_run_results_and_cycles(client, ada, run, address):
    client.force_login(ada)
    page = client.get(address).content.decode()
    for said in (
        run.inputs[0]["sha256"],
        f"run {run.pk}",
        "First Coulombic efficiency",
        "formation",
        "ageing",
        "10.00 mg",
    ):
        assert said in page


def test_a_viewer_is_offered_nothing_that_writes_and_may_not(client, ben, run, address):
    client.force_login(ben)
    assert "Analyse again" not in client.get(address).content.decode()
    for part, data in (
        ("analyse", {}),
        ("kinds", {"first": 3, "kind": "check-up"}),
        ("nominal-capacity", {"nominal_capacity_mah": 2}),
        ("files", {"file": SimpleUploadedFile("next.csv", b"x")}),
    ):
        assert client.post(address + part, data).status_code == 403
    assert AnalysisRun.objects.count() == 1


def test_an_outsider_cannot_write_either(client, cleo, address):
    client.force_login(cleo)
    assert client.post(address + "analyse").status_code == 404


def test_a_voltage_profile_goes_from_zero_to_the_capacity_per_gram(client, ada, address):
    client.force_login(ada)
    figure = client.get(f"{address}figures/profiles.json?cycles=3").json()
    (line,) = figure["data"]
    capacity, voltage = numbers(line["x"]), numbers(line["y"])
    assert capacity[0] == 0
    assert np.nanmax(capacity) == pytest.approx(201, rel=1e-2)  # the charge: 0.5 % more than came out
    assert np.isnan(capacity).sum() == 1  # the gap between charge and discharge
    assert (np.nanmin(voltage), np.nanmax(voltage)) == (3.0, 4.0)
    assert line["meta"]["history"].endswith("/at/3")


def test_dq_dv_of_a_straight_line_is_its_capacity_over_its_voltage_window(client, ada, address):
    client.force_login(ada)
    (line,) = client.get(f"{address}figures/dq-dv.json?cycles=3").json()["data"]
    slope = numbers(line["y"])
    assert np.nanmedian(slope[slope > 0]) == pytest.approx(201, rel=0.02)
    assert np.nanmedian(slope[slope < 0]) == pytest.approx(-200, rel=0.02)


def test_a_cycle_that_is_not_there_is_said_and_not_drawn(client, ada, address):
    client.force_login(ada)
    figure = client.get(f"{address}figures/profiles.json?cycles=77").json()
    assert figure["empty"]
    assert "cycle 77" in figure["summary"]


def test_zooming_into_time_brings_the_records_of_the_window(client, ada, address):
    client.force_login(ada)
    whole = numbers(client.get(f"{address}figures/time.json").json()["data"][0]["x"])
    part = client.get(f"{address}figures/time.json?from=0&to=36000").json()
    hours = numbers(part["data"][0]["x"])
    assert hours.max() <= 10 < whole.max()
    assert part["layout"]["xaxis"]["range"] == [0, 10]


def test_nonsense_in_the_address_is_the_whole_test(client, ada, address):
    client.force_login(ada)
    assert client.get(f"{address}figures/time.json?from=a&to=").status_code == 200
    assert client.get(f"{address}figures/profiles.json?cycles=a,1e9,-3").status_code == 200
    assert client.get(f"{address}figures/cycles.json?y=password").status_code == 200


def test_a_figure_can_cite_an_older_run(client, ada, cell, run, address):
    made_run(cell, ada, made_table(4), cell.cycling_tests.get())
    client.force_login(ada)
    lines = [client.get(f"{address}figures/cycles.json{query}").json() for query in ("", f"?run={run.pk}")]
    assert [len(numbers(figure["data"][0]["y"])) for figure in lines] == [2, 6]


def test_the_run_of_another_test_cannot_be_cited(client, ada, cell, address):
    other = made_run(cell, ada, made_table(4))
    client.force_login(ada)
    assert client.get(f"{address}figures/cycles.json?run={other.pk}").status_code == 404


def test_every_cycle_is_in_the_csv_with_every_column(client, ada, address):
    client.force_login(ada)
    rows = list(csv.DictReader(StringIO(client.get(f"{address}cycles.csv").getvalue().decode())))
    assert len(rows) == 8
    assert rows[2]["kind"] == "ageing"
    assert float(rows[2]["discharge_capacity_mah"]) == pytest.approx(2.0, rel=1e-3)


def test_the_points_of_a_profile_are_csv_with_their_quantities(client, ada, address):
    client.force_login(ada)
    text = client.get(f"{address}numbers/profiles.csv?cycles=3").getvalue().decode()
    rows = list(csv.DictReader(StringIO(text)))
    assert list(rows[0]) == ["line", "capacity_mah_per_g", "voltage_volt"]
    assert [row["line"] for row in rows] == ["cycle 3"] * len(rows)
    assert max(float(row["capacity_mah_per_g"] or 0) for row in rows) == pytest.approx(201, rel=1e-2)


def test_the_kind_of_cycles_can_be_set_by_range_and_is_analysed_again(
    client, ada, run, address, calls, django_capture_on_commit_callbacks
):
    client.force_login(ada)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}kinds", {"first": 4, "last": 5, "kind": "check-up"})
    newest = AnalysisRun.objects.order_by("-pk").first()
    assert newest.parameters["cycle_kinds"] == {"4": "check-up", "5": "check-up"}
    assert calls == [newest.pk]
    client.post(f"{address}kinds", {"first": 5, "kind": ""})
    assert AnalysisRun.objects.order_by("-pk").first().parameters["cycle_kinds"] == {"4": "check-up"}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"first": 90, "kind": "ageing"}, "The test has no cycle from 90 to 90."),
        ({"first": 5, "last": 3, "kind": "ageing"}, "The range ends before it begins"),
        ({"first": "", "kind": "ageing"}, "This field is required."),
    ],
)
def test_a_range_that_makes_no_sense_is_said_at_the_field(client, ada, address, data, sentence):
    client.force_login(ada)
    assert sentence in client.post(f"{address}kinds", data).content.decode()
    assert AnalysisRun.objects.count() == 1


def test_what_1_c_is_can_be_said_for_one_test(client, ada, run, address, calls):
    client.force_login(ada)
    client.post(f"{address}nominal-capacity", {"nominal_capacity_mah": "2.5"})
    assert AnalysisRun.objects.order_by("-pk").first().parameters["nominal_capacity_mah"] == 2.5
    page = client.post(f"{address}nominal-capacity", {"nominal_capacity_mah": ""}, follow=True).content.decode()
    assert "nominal_capacity_mah" not in AnalysisRun.objects.order_by("-pk").first().parameters
    assert "1.900 mAh, from the cell" in page


def test_saying_what_is_said_already_adds_no_run(client, ada, run, address):
    client.force_login(ada)
    page = client.post(f"{address}nominal-capacity", {"nominal_capacity_mah": ""}, follow=True).content.decode()
    assert "nothing changed" in page
    assert AnalysisRun.objects.count() == 1


def test_a_file_that_nobody_recognises_waits_in_the_inbox_and_the_page_says_so(client, ada, run, address):
    client.force_login(ada)
    file = SimpleUploadedFile("next.csv", b"nothing that a cycler writes")
    page = client.post(f"{address}files", {"file": file}, follow=True).content.decode()
    assert "next.csv: no reader recognises what is in this file" in page
    assert AnalysisRun.objects.count() == 1


def test_adding_no_file_is_said_at_the_field(client, ada, address):
    client.force_login(ada)
    assert "This field is required." in client.post(f"{address}files", {}).content.decode()


def test_a_page_watches_a_run_until_it_is_finished(client, ada, run, address, calls):
    client.force_login(ada)
    client.post(f"{address}analyse")
    newest = AnalysisRun.objects.order_by("-pk").first()
    assert f"{address}status" in client.get(address).content.decode()
    AnalysisRun.objects.filter(pk=newest.pk).update(state="running", progress=0.4, doing="reading cycle 4 of 8")
    waiting = client.get(f"{address}status").content.decode()
    assert "reading cycle 4 of 8" in waiting
    AnalysisRun.objects.filter(pk=newest.pk).update(state="succeeded")
    assert 'hx-select="#main"' in client.get(f"{address}status").content.decode()


def test_a_failed_run_says_whose_fault_and_what_was_kept(client, ada, run, address):
    run.measurement.runs.create(
        technique="cycling", inputs=run.inputs, parameters=run.parameters, requested_by=ada, state="failed",
        fault="file", error="a.csv: no data rows below the header; export the record layer",
    )  # fmt: skip
    client.force_login(ada)
    page = client.get(address).content.decode()
    assert "The file could not be analysed." in page
    assert "no data rows below the header" in page
    assert f'still that of <a href="/runs/{run.pk}/">' in page


def test_a_changed_mass_marks_the_test_stale(client, ada, cell, address):
    type(cell).objects.filter(pk=cell.pk).update(active_mass_mg=11)
    client.force_login(ada)
    assert "What these numbers depend on has changed since." in client.get(address).content.decode()


def test_the_readers_warnings_are_on_the_page(client, ada, run, address):
    AnalysisRun.objects.filter(pk=run.pk).update(warnings=["cycle numbers were counted by labdb"])
    client.force_login(ada)
    assert "cycle numbers were counted by labdb" in client.get(address).content.decode()


def test_a_test_that_is_not_analysed_yet_has_a_page_and_no_figures(client, ada, cell):
    from cells.cycling.models import CyclingTest

    test = CyclingTest.objects.create(project=cell.project, technique="cycling", name="new", cell=cell, created_by=ada)
    client.force_login(ada)
    assert client.get(f"/cycling/{test.pk}/").status_code == 200
    assert [client.get(f"/cycling/{test.pk}/figures/{name}.json").status_code for name in FIGURES] == [404] * 4


def test_the_number_of_queries_does_not_grow_with_cycles(
    client, ada, cell, run, address, django_assert_max_num_queries
):
    client.force_login(ada)
    client.get(address)
    with django_assert_max_num_queries(20):
        client.get(address)


def test_the_page_of_a_run_tells_what_was_put_right_in_its_records(client, ada, cell):
    run = made_run(cell, ada)
    run.metadata = {"device": "Neware", "corrections": ["the sign of the current was turned"]}
    run.save()
    client.force_login(ada)
    page = client.get(run.get_absolute_url()).content.decode()
    assert "What was put right in the records" in page
    assert page.count("he sign of the current was turned") == 1
