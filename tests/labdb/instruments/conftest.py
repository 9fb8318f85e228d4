"""Ada's lab has a diffractometer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from labdb.instruments.models import Calibration, Instrument
from labdb.instruments.services import add_calibration, save_instrument


@pytest.fixture
def d8(ada, project):
    """A diffractometer of which no calibration is kept."""
    return save_instrument(Instrument(name="D8", technique="cycling", maker="Bruker", location="room 12"), ada)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def calibrated(ada, today):
    """Notes a calibration: `calibrated(d8, -400, -35)` was done 400 days ago and due 35 days ago."""

    def calibrated(instrument: Instrument, done: int, due: int | None = None, outcome: str = "passed") -> Calibration:
        day: date = today + timedelta(days=done)
        until = None if due is None else today + timedelta(days=due)
        made = Calibration(instrument=instrument, performed_on=day, due_on=until, outcome=outcome)
        return add_calibration(made, ada)

    return calibrated
