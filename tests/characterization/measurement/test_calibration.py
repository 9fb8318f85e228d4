"""A late instrument is said at its measurements."""

from __future__ import annotations

from datetime import date

import pytest

from characterization.measurement.calibration import doubts_of
from characterization.measurement.models import SampleMeasurement
from labdb.instruments.models import Calibration, Instrument
from labdb.provenance.models import AnalysisRun
from tests.conftest import batch_of


@pytest.fixture
def d8(ada):
    """Calibrated on 2026-01-10 for a year."""
    made = Instrument.objects.create(name="D8", technique="xrd", created_by=ada)
    Calibration.objects.create(
        instrument=made, performed_on=date(2026, 1, 10), due_on=date(2027, 1, 10), created_by=ada
    )
    return made


@pytest.fixture
def measured(project, ada, d8):
    """Makes measurements of a day that a person gave, or that the file of the run gave."""

    def measured(on: date | None = None, said: str = "", instrument: Instrument | None = d8) -> SampleMeasurement:
        made = SampleMeasurement.objects.create(
            project=project,
            technique="xrd",
            name="a.xy",
            batch=batch_of(project, "GP-NCM-01"),
            instrument=instrument,
            measured_on=on,
            created_by=ada,
        )
        if said:
            told = {"inputs": [], "parameters": {}, "metadata": {"start_time_local": said}}
            made.current_run = AnalysisRun.objects.create(measurement=made, technique="xrd", requested_by=ada, **told)
            made.save()
        return made

    return measured


def test_a_late_instrument_is_doubted_on_the_day_that_a_person_or_the_file_gives(measured):
    in_date, late = measured(date(2026, 6, 1)), measured(date(2027, 6, 1))
    by_file, by_file_late = measured(said="2026-06-01T09:00:00"), measured(said="2027-06-01T09:00:00")
    assert doubts_of([in_date, late, by_file, by_file_late]) == {
        one.pk: "D8 was due for calibration on 2027-01-10, before this measurement of 2027-06-01."
        for one in (late, by_file_late)
    }


def test_a_measurement_of_no_known_day_is_doubted_where_calibrations_are_kept(measured, ada):
    nobody = Instrument.objects.create(name="Balance", created_by=ada)
    known, unkept, without = measured(), measured(instrument=nobody), measured(instrument=None)
    assert doubts_of([known, unkept, without]) == {
        known.pk: "The day of this measurement is not said, so nobody can tell whether D8 was in calibration."
    }


def test_of_two_calibrations_on_one_day_the_later_entry_holds(measured, d8, ada):
    told = {"instrument": d8, "performed_on": date(2026, 9, 1), "created_by": ada}
    Calibration.objects.create(outcome="failed", **told)
    late = measured(date(2026, 9, 2))
    assert "failed its calibration" in doubts_of([late])[late.pk]
    Calibration.objects.create(outcome="adjusted", **told)
    assert doubts_of([late]) == {}


def test_the_answer_takes_two_queries_for_any_number(measured, django_assert_num_queries):
    for _ in range(5):
        measured(date(2027, 6, 1))
        measured(said="2027-06-01T09:00:00")
    rows = list(SampleMeasurement.objects.all())
    with django_assert_num_queries(2):
        assert len(doubts_of(rows)) == 10
    with django_assert_num_queries(0):
        assert doubts_of([]) == {}
