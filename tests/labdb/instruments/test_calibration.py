"""Whether an instrument was calibrated on a day."""

from __future__ import annotations

from datetime import date

import pytest

from labdb.instruments.calibration import Held, doubt

YEAR = Held(date(2026, 1, 10), date(2027, 1, 10))


@pytest.mark.parametrize(
    ("calibrations", "day", "sentence"),
    [
        ([], date(2026, 6, 1), ""),
        ([YEAR], date(2026, 1, 10), ""),
        ([YEAR], date(2027, 1, 10), ""),
        ([YEAR], date(2027, 1, 11), "D8 was due for calibration on 2027-01-10, before this measurement of 2027-01-11."),
        ([YEAR], date(2026, 1, 9), "D8 was first calibrated on 2026-01-10, after this measurement of 2026-01-09."),
        ([Held(date(2020, 1, 1), None)], date(2030, 1, 1), ""),
        ([YEAR, Held(date(2026, 9, 1), date(2027, 9, 1))], date(2027, 3, 1), ""),
        (
            [Held(date(2026, 9, 1), None, failed=True), YEAR],
            date(2026, 10, 1),
            "D8 failed its calibration on 2026-09-01, before this measurement of 2026-10-01.",
        ),
        ([YEAR, Held(date(2026, 9, 1), None, failed=True)], date(2026, 8, 1), ""),
        # Found wrong, put right, and found right on one day.
        ([Held(date(2026, 9, 1), None, failed=True), Held(date(2026, 9, 1), None)], date(2026, 9, 1), ""),
    ],
)
def test_a_measurement_leans_on_the_last_calibration_before_it(calibrations, day, sentence):
    assert doubt("D8", calibrations, day) == sentence
