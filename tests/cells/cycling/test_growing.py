"""A test that is uploaded again while it runs, as Ada, Ben and Cleo meet it."""

from __future__ import annotations

import pytest

from cells.assembly.models import Cell
from cells.cycling.growing import recording
from cells.cycling.models import CyclingTest
from cells.cycling.services import NewCell
from labdb.accounts.services import create_project
from labdb.ingest.services import ingest
from labdb.provenance.models import AnalysisRun
from tests.cells.cycling.made import made_table


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("C-014.ndax", "c-014.ndax"),
        ("C-014 (2).ndax", "c-014.ndax"),
        ("C-014_2026-11-22.csv", "c-014.csv"),
        ("C-014_20261122_1530.csv", "c-014.csv"),
        ("C-014 2026.11.22 15-30-01 (1).csv", "c-014.csv"),
        ("C-014 copy.csv", "c-014.csv"),
        ("GP-NCM-B1-3.csv", "gp-ncm-b1-3.csv"),
        ("20261122.csv", "20261122.csv"),
    ],
)
def test_the_name_of_a_recording_is_without_the_day_and_the_copy(name, expected):
    assert recording(name) == expected


@pytest.fixture
def bring(project, ada, calls, tmp_path, django_capture_on_commit_callbacks):
    """Uploads the first cycles of one recording, and has them analysed."""

    def bring(cycles: int, subject, name: str = "C-001.bdf.parquet", first: int = 1, user=ada):
        table = made_table(20)
        path = tmp_path / f"{first}-{cycles}.parquet"
        table.filter(table["cycle_count"].is_between(first, cycles)).write_parquet(path)
        with django_capture_on_commit_callbacks(execute=True):
            done = ingest(path, name, project, user, subject=subject)
        calls.run_all()
        return done

    return bring


def test_the_same_recording_uploaded_as_it_grows_is_one_test_with_its_newest_state(bring, cell):
    early, late = bring(4, cell), bring(9, cell)
    test = CyclingTest.objects.get()
    assert late.measurement.pk == test.pk
    assert "goes on with what is here" in late.sentence
    assert [run.state for run in test.runs.all()] == ["succeeded", "succeeded"]
    assert test.current_run.results.get(quantity="cycles").value == 9
    assert list(test.raw_files) == [late.raw_file]
    assert test.measurement_files.get(raw_file=early.raw_file).superseded


def test_the_run_of_the_earlier_state_stays_and_the_next_one_reads_the_newest_file_alone(bring, cell, ada):
    bring(4, cell)
    late = bring(9, cell)
    test = CyclingTest.objects.get()
    first, second = test.runs.order_by("pk")
    assert first.results.get(quantity="cycles").value == 4
    assert [item["sha256"] for item in second.inputs][-1] == late.raw_file.sha256
    last = bring(12, cell)
    newest = test.runs.first()
    assert [item["file"] for item in newest.inputs] == [late.raw_file.pk, last.raw_file.pk]
    assert newest.results.get(quantity="cycles").value == 12


def test_an_earlier_state_that_comes_late_changes_nothing(bring, cell):
    late = bring(9, cell)
    bring(4, cell)
    test = CyclingTest.objects.get()
    assert list(test.raw_files) == [late.raw_file]
    assert test.current_run.results.get(quantity="cycles").value == 9


def test_a_restart_under_the_same_name_goes_on_after_the_first_part(bring, cell):
    bring(4, cell)
    bring(9, cell, first=5)
    test = CyclingTest.objects.get()
    assert test.raw_files.count() == 2
    assert test.current_run.results.get(quantity="cycles").value == 9


def test_another_name_on_the_same_cell_is_another_test(bring, cell):
    bring(4, cell)
    bring(9, cell, name="rate.bdf.parquet")
    assert CyclingTest.objects.filter(cell=cell).count() == 2


def test_a_recording_for_a_new_cell_that_is_here_already_makes_none(bring):
    bring(4, NewCell(), "C-020_2026-11-20.bdf.parquet")
    bring(9, NewCell(), "C-020_2026-11-21.bdf.parquet")
    assert Cell.objects.filter(code__startswith="C-020").count() == 1
    assert CyclingTest.objects.count() == 1


def test_what_is_of_another_project_is_not_gone_on_with(bring, cell, cleo, tmp_path):
    bring(4, NewCell(), "C-020.bdf.parquet")
    elsewhere = create_project(cleo, "Cleo's own")
    path = tmp_path / "theirs.parquet"
    made_table(9).write_parquet(path)
    done = ingest(path, "C-020.bdf.parquet", elsewhere, cleo, subject=NewCell())
    assert done.measurement.project == elsewhere
    assert CyclingTest.objects.count() == 2


def test_a_file_that_does_not_belong_to_a_test_becomes_its_own(bring, cell, client, ada, ben, cleo):
    bring(4, cell)
    wrong = bring(9, cell, first=5)
    test = CyclingTest.objects.get()
    address = f"/cycling/{test.pk}/files/{wrong.raw_file.pk}/split"
    for user, status in ((ben, 403), (cleo, 404)):
        client.force_login(user)
        assert client.post(address).status_code == status
    client.force_login(ada)
    assert "Own test" in client.get(f"/cycling/{test.pk}/").content.decode()
    assert client.post(address).status_code == 302
    own = CyclingTest.objects.exclude(pk=test.pk).get()
    assert list(own.raw_files) == [wrong.raw_file]
    assert own.cell == cell
    assert {run.measurement_id for run in AnalysisRun.objects.filter(state="queued")} == {test.pk, own.pk}


def test_the_only_file_of_a_test_cannot_be_split_off_over_rest(bring, cell, api, ada):
    done = bring(4, cell)
    test = CyclingTest.objects.get()
    answer = api(ada).post(f"/api/v1/tests/{test.pk}/split", {"file": done.raw_file.pk}, format="json")
    assert answer.status_code == 400
    assert "test of its own already" in str(answer.json())
