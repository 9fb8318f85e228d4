"""The one way in: what becomes of an uploaded file."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from labdb.accounts.services import create_project
from labdb.files import store
from labdb.files.models import RawFile
from labdb.files.uploads import TooLargeError
from labdb.ingest.services import choose, ingest, request_run
from labdb.provenance.models import AnalysisRun, Measurement, Result
from tests.labdb.ingest.plain import FILE


def test_a_recognised_file_becomes_a_measurement_a_run_and_results(bring, calls, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        done = bring()
    assert calls == [done.run.pk]
    calls.run_all()

    run = AnalysisRun.objects.get()
    assert run.state == "succeeded"
    assert run.measurement.current_run == run
    assert run.readers == [{"name": "plain-csv", "version": 1}]
    assert run.analysis_version == 3
    assert run.parameters == {"scale": 1.0}
    assert run.inputs[0]["sha256"] == done.raw_file.sha256
    assert run.metadata == {"device": "P1"}
    assert run.warnings == ["plain is plain"]
    assert Result.objects.get().value == 30.0  # (10 + 20 + 60) / 3
    assert run.tables.get(name="time_series").rows == 3


def test_the_bytes_are_kept_as_they_came(bring):
    raw_file = bring(FILE + b"\x00\xff").raw_file
    with store.local_path(raw_file.key) as path:
        assert path.read_bytes() == FILE + b"\x00\xff"
    assert raw_file.size == len(FILE) + 2


def test_the_same_bytes_are_one_file_and_the_second_upload_says_so(bring):
    first, second = bring(), bring(name="again.csv")
    assert second.raw_file == first.raw_file
    assert not second.new
    assert second.run is None
    assert second.measurement == first.measurement
    assert "again.csv: these bytes are here already, as p.csv, uploaded by Ada Owner" in second.sentence
    assert Measurement.objects.count() == 1


def test_the_same_bytes_in_a_project_that_one_cannot_see_are_no_duplicate(bring, cleo):
    bring()
    elsewhere = create_project(cleo, "Cleo's own")
    assert bring(user=cleo, into=elsewhere).new


def test_a_file_that_nobody_recognises_waits_in_the_inbox(bring):
    done = bring(b"something else", "x.dat")
    assert done.raw_file.state == RawFile.State.INBOX
    assert done.raw_file.inbox_reason == "unknown"
    assert done.sentence.startswith("x.dat: ")


def test_a_file_that_two_readers_recognise_waits_for_a_person(bring, ada, calls):
    done = bring(b"plain twin\n1,1\n", "x.csv")
    assert done.raw_file.inbox_reason == "ambiguous"
    assert "plain csv" in done.sentence
    assert "twin csv" in done.sentence

    chosen = choose(done.raw_file, ada, "twin", "twin-csv", "T")
    assert chosen.measurement.technique == "plain"
    assert chosen.raw_file.reader == "twin-csv"
    assert chosen.raw_file.state == RawFile.State.FILED


def test_a_file_without_a_subject_waits_for_one(bring, ada):
    done = bring(subject=None)
    assert done.raw_file.inbox_reason == "subject"
    assert done.raw_file.technique == "plain"
    assert choose(done.raw_file, ada, "plain", "plain-csv", "P").run is not None


def test_a_file_put_where_it_does_not_fit_is_kept_and_says_why(bring):
    done = bring(subject="wrong")
    assert done.raw_file.inbox_reason == "refused"
    assert "another project" in done.sentence
    assert not Measurement.objects.exists()


def test_an_empty_file_says_that_it_is_empty(bring):
    assert "0 bytes" in bring(b"", "empty.csv").sentence


def test_a_file_over_the_limit_is_refused_with_the_limit(bring, settings):
    settings.MAX_UPLOAD_BYTES = 8
    with pytest.raises(TooLargeError, match=r"p\.csv: larger than the .* MiB"):
        bring()
    assert not RawFile.objects.exists()


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_a_viewer_and_an_outsider_cannot_bring_files(bring, who, request):
    with pytest.raises(PermissionDenied):
        bring(user=request.getfixturevalue(who))
    assert not RawFile.objects.exists()


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_a_viewer_and_an_outsider_cannot_ask_for_an_analysis(bring, who, request):
    measurement = bring().measurement
    with pytest.raises(PermissionDenied):
        request_run(measurement, request.getfixturevalue(who))


@pytest.mark.parametrize(
    ("said", "folder", "name"),
    [
        ("..\\..\\data/2026/p.csv", "data/2026", "p.csv"),
        ("C:\\XRD\\GP-NCM-B1\\p.csv", "XRD/GP-NCM-B1", "p.csv"),
        ("/p.csv", "", "p.csv"),
        ("a" * 600 + "/p.csv", "a" * 500, "p.csv"),
    ],
)
def test_a_name_with_folders_keeps_its_last_part_and_the_folders_apart(bring, said, folder, name):
    raw_file = bring(name=said).raw_file
    assert (raw_file.folder, raw_file.name) == (folder, name)


def test_a_technique_that_is_said_is_the_only_one_that_is_asked(project, ada, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(b"plain twin\n1,1\n")
    assert ingest(path, "t.csv", project, ada, subject="T", said="twin").raw_file.reader == "twin-csv"
    path.write_bytes(FILE)
    wrong = ingest(path, "p.csv", project, ada, subject="T", said="twin")
    assert wrong.sentence == ("p.csv: no reader of Twin recognises it; it is kept, choose what it is in the inbox.")
    with pytest.raises(ValueError, match="no technique named astrology"):
        ingest(path, "p.csv", project, ada, subject="T", said="astrology")


def test_analysing_again_adds_a_run_with_the_same_key_and_changes_nothing(bring, ada, calls):
    first = bring()
    calls[:] = [first.run.pk]
    calls.run_all()
    calls[:] = [request_run(first.measurement, ada).pk]
    calls.run_all()

    newer, older = AnalysisRun.objects.all()
    assert newer.key == older.key
    assert Result.objects.filter(run=older).exists()
    first.measurement.refresh_from_db()
    assert first.measurement.current_run == newer


def test_other_parameters_give_another_key(bring, ada, calls):
    done = bring()
    calls[:] = [done.run.pk]
    done.measurement.parameters = {"scale": 2.0}
    done.measurement.save()
    calls.append(request_run(done.measurement, ada).pk)
    calls.run_all()

    newer, older = AnalysisRun.objects.all()
    assert newer.key != older.key
    assert (older.results.get().value, newer.results.get().value) == (30.0, 60.0)


def test_the_fault_of_a_file_is_told_in_the_readers_sentence(bring, calls):
    run = bring(b"plain x,y\n", "short.csv").run
    calls[:] = [run.pk]
    calls.run_all()
    run.refresh_from_db()
    assert (run.state, run.fault) == ("failed", "file")
    assert run.error == "short.csv: no data rows below the header; export it again"
    assert run.traceback == ""


def test_our_own_fault_is_told_as_ours_and_keeps_its_traceback(bring, ada, calls):
    measurement = bring().measurement
    measurement.parameters = {"explode": True}
    measurement.save()
    run = request_run(measurement, ada)
    calls[:] = [run.pk]
    calls.run_all()
    run.refresh_from_db()
    assert (run.state, run.fault) == ("failed", "labdb")
    assert "the fault is labdb's" in run.error
    assert "a fault of ours" in run.traceback


def test_a_file_put_in_twice_at_once_is_stored_once(bring, project, ada, tmp_path):
    path = tmp_path / "twice"
    path.write_bytes(FILE)
    one, two = ingest(path, "a.csv", project, ada), ingest(path, "b.csv", project, ada)
    assert one.raw_file == two.raw_file
