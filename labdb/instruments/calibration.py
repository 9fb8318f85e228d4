"""Whether an instrument was calibrated on a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Held:
    """From when to when a calibration holds.

    Attributes:
        until: the last day; None where it does not run out.
        failed: the instrument was found wrong, so that nothing holds from that day on.
    """

    performed_on: date
    until: date | None
    failed: bool = False


def doubt(name: str, calibrations: Iterable[Held], day: date) -> str:
    """Why a measurement of a day cannot lean on a calibration, as a sentence; empty where it can.

    An instrument of which no calibration is kept is not said to be late: nobody promised one. Of two calibrations on
    one day the later given holds.
    """
    known = sorted(calibrations, key=lambda held: held.performed_on)
    before = [held for held in known if held.performed_on <= day]
    if not known:
        return ""
    if not before:
        return f"{name} was first calibrated on {known[0].performed_on}, after this measurement of {day}."
    last = before[-1]
    if last.failed:
        return f"{name} failed its calibration on {last.performed_on}, before this measurement of {day}."
    if last.until is not None and last.until < day:
        return f"{name} was due for calibration on {last.until}, before this measurement of {day}."
    return ""
