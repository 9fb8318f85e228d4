"""Instruments: how their calibration stands, who writes them, what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from labdb.instruments.models import Calibration, Instrument
from labdb.instruments.services import (
    CalibrationError,
    add_calibration,
    change_calibration,
    next_calibration,
    save_instrument,
)


@pytest.mark.parametrize(
    ("kept", "state"),
    [
        ([], "none-kept"),
        ([(-10, 355)], "in-date"),
        ([(-10, None)], "in-date"),
        ([(-335, 30)], "due-soon"),
        ([(-365, 0)], "due-soon"),
        ([(-366, -1)], "late"),
        ([(-366, -1), (-2, 363)], "in-date"),
        ([(-10, 355), (-1, None, "failed")], "failed"),
        ([(-10, None, "failed"), (-1, 364, "adjusted")], "in-date"),
        ([(-1, None, "failed"), (-1, 364, "adjusted")], "in-date"),
    ],
)
def test_an_instrument_stands_as_its_last_calibration_says(d8, today, calibrated, kept, state):
    for one in kept:
        calibrated(d8, *one)
    assert Instrument.objects.with_state(today).get().state == state
    assert Instrument.objects.needing_calibration(today).exists() is (state in ("late", "due-soon", "failed"))


def test_the_due_date_is_that_of_the_last_calibration_that_was_passed(d8, today, calibrated):
    calibrated(d8, -10, 355)
    calibrated(d8, -1, outcome="failed")
    found = Instrument.objects.with_state(today).get()
    assert (found.calibrated_on, found.due_on) == (today - timedelta(days=10), today + timedelta(days=355))


def test_a_retired_instrument_wants_no_calibration(d8, ada, today, calibrated):
    calibrated(d8, -400, -35)
    d8.retired = True
    save_instrument(d8, ada, "sold")
    assert Instrument.objects.with_state(today).get().state == "retired"
    assert not Instrument.objects.needing_calibration(today).exists()


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_a_viewer_and_an_outsider_write_none(d8, calibrated, who, request):
    user = request.getfixturevalue(who)
    kept = calibrated(d8, -10, 355)
    with pytest.raises(PermissionDenied, match="Instruments are written by researchers"):
        save_instrument(Instrument(name="STOE"), user)
    with pytest.raises(PermissionDenied):
        save_instrument(d8, user)
    with pytest.raises(PermissionDenied):
        add_calibration(Calibration(instrument=d8, performed_on=date(2026, 1, 1)), user)
    with pytest.raises(PermissionDenied):
        change_calibration(kept, user, "mine")


def test_a_technique_that_is_none_is_refused_with_those_there_are(ada, project):
    with pytest.raises(ValidationError, match=r"There is no technique astrology; there are: .*cycling"):
        save_instrument(Instrument(name="X", technique="astrology"), ada)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"performed_on": date(2999, 1, 1)}, "still to come"),
        ({"performed_on": date(2026, 1, 2), "due_on": date(2026, 1, 2)}, "due after the day"),
        ({"performed_on": date(2026, 1, 2), "due_on": date(2027, 1, 2), "outcome": "failed"}, "holds for no day"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused(d8, ada, fields, says):
    with pytest.raises(ValidationError, match=says):
        add_calibration(Calibration(instrument=d8, **fields), ada)
    assert not Calibration.objects.exists()


def test_a_calibration_is_corrected_with_its_reason_and_stays_with_its_instrument(d8, ada, calibrated):
    kept = calibrated(d8, -10, 355)
    with pytest.raises(CalibrationError, match="say why"):
        change_calibration(kept, ada, " ")
    other = save_instrument(Instrument(name="STOE"), ada)
    kept.instrument = other
    with pytest.raises(CalibrationError, match="stays with its instrument"):
        change_calibration(kept, ada, "wrong one")
    kept.instrument, kept.standard = d8, "NIST SRM 640f"
    change_calibration(kept, ada, "as on the certificate")
    assert [(row.standard, row.history_change_reason, row.history_user) for row in kept.history.all()] == [
        ("NIST SRM 640f", "as on the certificate", ada),
        ("", "", ada),
    ]


def test_the_next_calibration_lasts_as_long_as_the_last_that_was_passed(d8, ada, today):
    assert next_calibration(d8, today).due_on is None
    told = {"standard": "NIST SRM 640f", "performed_by": "Bruker"}
    add_calibration(Calibration(instrument=d8, performed_on=date(2025, 1, 1), due_on=date(2025, 7, 1), **told), ada)
    add_calibration(Calibration(instrument=d8, performed_on=date(2025, 8, 1), outcome="failed"), ada)
    found = next_calibration(d8, date(2026, 1, 1))
    assert (found.due_on, found.standard, found.performed_by) == (date(2026, 7, 1), "NIST SRM 640f", "Bruker")
