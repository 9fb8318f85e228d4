"""The verbs of instruments. They belong to the whole lab: whoever researches anywhere may write."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from labdb.accounts.models import User
from labdb.accounts.services import require_researcher_anywhere
from labdb.history import because
from labdb.ingest.installed import techniques
from labdb.instruments.models import Calibration, Instrument


class CalibrationError(ValueError):
    """A change that cannot be; says why.

    Attributes:
        field: to blame, where there is one.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def require_researcher(user: User) -> None:
    """Refuse who researches in no project.

    Raises:
        PermissionDenied: the user is a viewer everywhere, or a member nowhere.
    """
    require_researcher_anywhere(user, "instruments")


@transaction.atomic
def save_instrument(instrument: Instrument, user: User, reason: str = "") -> Instrument:
    """Save a new or changed instrument.

    Raises:
        PermissionDenied: the user researches nowhere.
        ValidationError: a field is wrong, or the technique is none of this installation.
    """
    require_researcher(user)
    if instrument.pk is None:
        instrument.created_by = user
    known = [of.name for of in techniques()]
    if instrument.technique and instrument.technique not in known:
        raise ValidationError(
            {"technique": f"There is no technique {instrument.technique}; there are: {', '.join(known)}."}
        )
    instrument.full_clean()
    because(instrument, user, reason)
    instrument.save()
    return instrument


@transaction.atomic
def add_calibration(calibration: Calibration, user: User) -> Calibration:
    """Note a calibration of an instrument.

    Raises:
        PermissionDenied: the user researches nowhere.
        ValidationError: a field is wrong.
    """
    require_researcher(user)
    calibration.created_by = user
    calibration.full_clean()
    because(calibration, user)
    calibration.save()
    return calibration


@transaction.atomic
def change_calibration(calibration: Calibration, user: User, reason: str) -> Calibration:
    """Correct a calibration that was entered wrongly; the history keeps what was there, and why it changed.

    Raises:
        PermissionDenied: the user researches nowhere.
        CalibrationError: no reason is given, or it would become one of another instrument.
        ValidationError: a field is wrong.
    """
    require_researcher(user)
    if not reason.strip():
        raise CalibrationError("Measurements lean on this calibration: say why it changes.", "reason")
    if Calibration.objects.get(pk=calibration.pk).instrument_id != calibration.instrument_id:
        raise CalibrationError("A calibration stays with its instrument; note a new one of the other.", "instrument")
    calibration.full_clean()
    because(calibration, user, reason)
    calibration.save()
    return calibration


def next_calibration(instrument: Instrument, day: date) -> Calibration:
    """What the next calibration of an instrument would be, to begin a form with: as the last one, and as long."""
    last = instrument.calibrations.exclude(outcome=Calibration.Outcome.FAILED).first()
    if last is None:
        return Calibration(instrument=instrument, performed_on=day)
    due_on = day + (last.due_on - last.performed_on) if last.due_on else None
    return Calibration(
        instrument=instrument,
        performed_on=day,
        due_on=due_on,
        performed_by=last.performed_by,
        standard=last.standard,
    )
