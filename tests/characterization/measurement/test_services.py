"""Measurements of samples: hung on their subject, typed in, corrected, moved, and never lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import (
    AgedCell,
    attach_evidence,
    change_measurement,
    correct_entry,
    enter,
    measure_also,
    move_measurement,
)
from labdb.accounts.services import create_project
from labdb.files.models import RawFile
from labdb.ingest.services import ingest
from labdb.provenance.models import AnalysisRun
from synthesis.batch.models import Batch
from synthesis.heat_treatment.services import HeatTreatmentOf


def test_a_file_hung_on_a_sample_is_a_measurement_of_its_batch_too(measure, sample, batch):
    measured = measure(sample)
    assert (measured.sample, measured.batch, measured.of_batch) == (sample, batch, batch)
    assert measured.subject_words == "GP-NCM-B1-W2, washed 2"
    assert measured.current_run.results.get().value == pytest.approx(1.75)
    assert [table.name for table in measured.current_run.tables.all()] == ["masses"]
    assert [picture.name for picture in measured.current_run.pictures.all()] == ["view"]


def test_what_was_taken_from_a_cell_says_after_how_many_cycles(measure, cell):
    measured = measure(AgedCell(cell, 100))
    assert measured.subject_words == "C-001 after 100 cycles"
    assert measured.of_batch == cell.batch
    assert measured.product == "GP-NCM"


def test_a_heat_treatment_stands_for_its_batch(measure, batch):
    assert measure(HeatTreatmentOf(batch)).batch == batch


def test_the_day_is_the_files_unless_a_person_says_it(measure, batch, ada):
    measured = measure(batch)
    assert measured.day == date(2026, 3, 4)
    change_measurement(measured, ada, measured_on=date(2026, 3, 5))
    assert measured.day == date(2026, 3, 5)


def test_a_measurement_is_on_a_batch_or_on_a_cell_never_on_both_or_none(project, ada, batch, cell):
    for place in ({}, {"batch": batch, "cell": cell}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SampleMeasurement.objects.create(project=project, technique="scale", name="x", created_by=ada, **place)


def test_a_subject_of_another_project_leaves_the_file_in_the_inbox(project, ada, cleo, tmp_path):
    other = Batch.objects.create(project=create_project(cleo, "Elsewhere"), code="X", created_by=cleo)
    path = tmp_path / "weighed.txt"
    path.write_bytes(b"scale\n1\n")
    done = ingest(path, "weighed.txt", project, ada, subject=other)
    assert done.measurement is None
    assert "of another project" in done.sentence
    assert RawFile.objects.get().state == RawFile.State.INBOX


def test_typed_values_travel_as_a_file(batch, ada, calls, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        done = enter("scale", batch, [{"mass_g": "1.70"}, {"mass_g": 1.8, "note": "second"}, {"mass_g": ""}], ada)
    calls.run_all()
    run = AnalysisRun.objects.get()
    assert run.readers == [{"name": "labdb-scale", "version": 1}]
    result = run.results.get()
    assert (result.value, result.n) == (pytest.approx(1.75), 2)
    assert done.raw_file.name == "GP-NCM-B1 scale.csv"
    assert done.raw_file.sha256 == run.inputs[0]["sha256"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "nothing was typed in"),
        ([{"mass_g": "-1"}], "row 1: Mass is -1; it must be 0 g or more"),
        ([{"mass_g": "1"}, {"mass_g": "heavy"}], "row 2: Mass is heavy, which is no number"),
        ([{"note": "no mass"}], "row 1: Mass is missing"),
        ([{"weight": "1"}], "there is no column weight"),
    ],
)
def test_typed_values_that_cannot_be_are_refused_with_their_row(rows, sentence, batch, ada):
    with pytest.raises(ValueError, match=sentence):
        enter("scale", batch, rows, ada)
    assert not RawFile.objects.exists()


def test_the_same_values_on_another_sample_are_another_measurement(batch, sample, ada, calls):
    first = enter("scale", batch, [{"mass_g": 1}], ada)
    again = enter("scale", batch, [{"mass_g": 1}], ada)
    other = enter("scale", sample, [{"mass_g": 1}], ada)
    assert again.measurement.pk == first.measurement.pk
    assert again.run is None
    assert other.measurement.pk != first.measurement.pk
    assert other.run is not None
    assert RawFile.objects.count() == 1


def test_a_correction_keeps_the_values_before_and_says_why(batch, ada, calls, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        enter("scale", batch, [{"mass_g": 1}], ada)
    calls.run_all()
    measured = SampleMeasurement.objects.get()
    with pytest.raises(ValueError, match="say why"):
        correct_entry(measured, ada, [{"mass_g": 2}], " ")
    with pytest.raises(ValueError, match="there already"):
        correct_entry(measured, ada, [{"mass_g": 1.0}], "again")
    with django_capture_on_commit_callbacks(execute=True):
        correct_entry(measured, ada, [{"mass_g": 2}], "misread")
    calls.run_all()
    measured.refresh_from_db()
    assert measured.current_run.results.get().value == 2
    assert measured.runs.order_by("pk").first().results.get().value == 1
    assert [part.superseded for part in measured.measurement_files.order_by("pk")] == [True, False]
    assert measured.measurement_files.get(superseded=False).reason == "misread"
    with django_capture_on_commit_callbacks(execute=True):
        correct_entry(measured, ada, [{"mass_g": 1}], "it was right")
    calls.run_all()
    assert measured.raw_files.count() == 1
    measured.refresh_from_db()
    assert measured.current_run.results.get().value == 1


def test_other_parameters_add_a_run_and_the_same_ones_do_not(
    measure, batch, ada, calls, django_capture_on_commit_callbacks
):
    measured = measure(batch)
    with django_capture_on_commit_callbacks(execute=True):
        run = change_measurement(measured, ada, parameters={"factor": 2.0})
    calls.run_all()
    assert run.results.get().value == pytest.approx(3.5)
    assert measured.runs.count() == 2
    assert change_measurement(measured, ada, parameters={"factor": 2}) is None
    assert change_measurement(measured, ada, parameters={}) is not None


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"factor": 0}, "Factor: 0 is not from 0.1 to 20"),
        ({"factor": "2"}, "Factor: 2 is no number"),
        ({"factor": float("nan")}, "Factor: nan is no number"),
        ({"factor": 13}, "13 brings no luck"),
        ({"tare": "yes"}, "neither yes nor no"),
        ({"fctor": 1}, "there is no parameter fctor; there are: factor, tare"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(parameters, sentence, measure, batch, ada):
    measured = measure(batch)
    with pytest.raises(ValueError, match=sentence):
        change_measurement(measured, ada, parameters=parameters)
    assert measured.runs.count() == 1


def test_a_day_to_come_and_cycles_of_a_powder_are_refused(measure, batch, ada):
    measured = measure(batch)
    with pytest.raises(ValueError, match="still to come"):
        change_measurement(measured, ada, measured_on=date.today() + timedelta(days=2))
    with pytest.raises(ValueError, match="taken from a cell"):
        change_measurement(measured, ada, cycle_count=3)


def test_one_file_can_hold_several_samples(measure, batch, sample, ada):
    measured = measure(batch)
    run = measure_also(measured.raw_files.get(), sample, ada, {"factor": 2})
    assert run.parameters["factor"] == 2
    assert SampleMeasurement.objects.get(pk=run.measurement_id).sample == sample
    assert RawFile.objects.count() == 1


def test_a_measurement_on_the_wrong_sample_is_moved_with_a_reason(measure, batch, sample, cell, ada):
    measured = measure(batch)
    with pytest.raises(ValueError, match="say why"):
        move_measurement(measured, ada, sample, "")
    assert move_measurement(measured, ada, sample, "it was the washed one") is None
    measured.refresh_from_db()
    assert measured.sample == sample
    move_measurement(measured, ada, AgedCell(cell, 5), "or of the cell")
    measured.refresh_from_db()
    assert (measured.batch, measured.sample, measured.cell, measured.cycle_count) == (None, None, cell, 5)


def test_only_a_researcher_writes(measure, batch, ada, ben, cleo):
    measured = measure(batch)
    for person in (ben, cleo):
        with pytest.raises(PermissionDenied):
            enter("scale", batch, [{"mass_g": 1}], person)
        with pytest.raises(PermissionDenied):
            change_measurement(measured, person, note="x")
        with pytest.raises(PermissionDenied):
            correct_entry(measured, person, [{"mass_g": 1}], "x")
        with pytest.raises(PermissionDenied):
            move_measurement(measured, person, batch, "x")
        with pytest.raises(PermissionDenied):
            measure_also(measured.raw_files.get(), batch, person)


def test_a_file_comes_in_with_its_parameters(project, batch, ada, tmp_path):
    path = tmp_path / "weighed.txt"
    path.write_bytes(b"scale\n1\n")
    done = ingest(path, "weighed.txt", project, ada, subject=batch, parameters={"factor": 3})
    assert done.run.parameters["factor"] == 3.0
    assert done.measurement.parameters == {"factor": 3.0}


def test_a_file_with_impossible_parameters_waits_in_the_inbox_and_says_why(project, batch, ada, tmp_path):
    path = tmp_path / "weighed.txt"
    path.write_bytes(b"scale\n1\n")
    done = ingest(path, "weighed.txt", project, ada, subject=batch, parameters={"factor": 0})
    assert "is not from 0.1 to 20" in done.sentence
    assert not SampleMeasurement.objects.exists()
    assert RawFile.objects.get().state == RawFile.State.INBOX


def test_evidence_stays_with_typed_values_and_no_analysis_reads_it(
    batch, ada, ben, calls, tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        enter("scale", batch, [{"mass_g": 1}], ada)
    calls.run_all()
    measured = SampleMeasurement.objects.get()
    path = tmp_path / "refinement.out"
    path.write_bytes(b"Rwp 4.2")
    with pytest.raises(PermissionDenied):
        attach_evidence(measured, path, "refinement.out", ben)
    kept = attach_evidence(measured, path, "refinement.out", ada)
    assert kept.state == RawFile.State.FILED
    assert [part.raw_file.name for part in measured.measurement_files.filter(evidence=True)] == ["refinement.out"]
    with django_capture_on_commit_callbacks(execute=True):
        run = correct_entry(measured, ada, [{"mass_g": 2}], "misread")
    calls.run_all()
    run.refresh_from_db()
    assert (run.state, len(run.inputs)) == ("succeeded", 1)
    assert measured.measurement_files.get(evidence=True).superseded is False
