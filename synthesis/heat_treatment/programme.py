"""A heat programme: segments, what they add up to, and where they make no sense. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

ROOM_CELSIUS = 25.0
# A closed furnace loses heat about as fast as it is hot; this only draws the dashed line, no result uses it.
NATURAL_COOLING_HOUR = 2.5


class Kind(StrEnum):
    RAMP = "ramp"
    HOLD = "hold"
    COOL = "cool"
    NATURAL = "natural cooling"


@dataclass(frozen=True)
class Segment:
    """One line of a heat programme.

    Attributes:
        kind: what the furnace does.
        target_celsius: where a ramp or cooling ends; of a hold, what is held (None: where the last segment ended).
        rate_celsius_per_min: of a ramp or a cooling, positive for both; None for hold and natural cooling.
        hold_hour: of a hold.
        atmosphere: "O2", "air", "Ar"; empty where it goes on as before.
        flow_l_per_min: of the gas.
    """

    kind: Kind
    target_celsius: float | None = None
    rate_celsius_per_min: float | None = None
    hold_hour: float | None = None
    atmosphere: str = ""
    flow_l_per_min: float | None = None

    def words(self) -> str:
        """As one says it: "ramp 5 °C/min to 760 °C"."""
        gas = f" in {self.atmosphere}" if self.atmosphere else ""
        if gas and self.flow_l_per_min:
            gas += f" at {self.flow_l_per_min:g} L/min"
        match self.kind:
            case Kind.RAMP:
                return f"ramp {self.rate_celsius_per_min:g} °C/min to {self.target_celsius:g} °C{gas}"
            case Kind.COOL:
                return f"cool {self.rate_celsius_per_min:g} °C/min to {self.target_celsius:g} °C{gas}"
            case Kind.HOLD:
                at = "" if self.target_celsius is None else f" at {self.target_celsius:g} °C"
                return f"hold {self.hold_hour:g} h{at}{gas}"
            case Kind.NATURAL:
                to = "" if self.target_celsius is None else f" to {self.target_celsius:g} °C"
                return f"natural cooling{to}{gas}"


class ProgrammeError(ValueError):
    """A programme that no furnace can run; says which segment, and why."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(f"Segment {number}: {sentence}")
        self.number = number


@dataclass(frozen=True)
class Stretch:
    """A segment placed on the time axis."""

    segment: Segment
    start_hour: float
    end_hour: float
    from_celsius: float
    to_celsius: float


def lay_out(segments: Sequence[Segment], start_celsius: float = ROOM_CELSIUS) -> list[Stretch]:
    """Place the segments of a programme one after another.

    Raises:
        ProgrammeError: a value is missing or senseless, a ramp goes down, a cooling goes up, a hold changes the
            temperature.
    """
    stretches, now, celsius = [], 0.0, start_celsius
    for number, segment in enumerate(segments, start=1):
        target = _target(number, segment, celsius)
        hours = _hours(number, segment, celsius, target)
        stretches.append(Stretch(segment, now, now + hours, celsius, target))
        now, celsius = now + hours, target
    if not stretches:
        raise ProgrammeError(1, "a programme has at least one segment.")
    return stretches


def _target(number: int, segment: Segment, celsius: float) -> float:
    target = segment.target_celsius
    if segment.kind == Kind.NATURAL:
        target = ROOM_CELSIUS if target is None else target
    if segment.kind == Kind.HOLD:
        target = celsius if target is None else target
        if not math.isclose(target, celsius, abs_tol=0.5):
            raise ProgrammeError(
                number, f"it holds {target:g} °C, but the furnace is at {celsius:g} °C; put a ramp before it."
            )
    if target is None:
        raise ProgrammeError(number, f"a {segment.kind} needs the temperature where it ends.")
    if not -50 <= target <= 2000:
        raise ProgrammeError(number, f"{target:g} °C is not a temperature of a furnace.")
    if segment.kind == Kind.RAMP and target <= celsius:
        raise ProgrammeError(number, f"it ramps from {celsius:g} to {target:g} °C, which is not up; make it a cooling.")
    if segment.kind in (Kind.COOL, Kind.NATURAL) and target >= celsius:
        raise ProgrammeError(number, f"it cools from {celsius:g} to {target:g} °C, which is upwards; make it a ramp.")
    return target


def _hours(number: int, segment: Segment, celsius: float, target: float) -> float:
    if segment.kind == Kind.HOLD:
        if not segment.hold_hour or segment.hold_hour <= 0:
            raise ProgrammeError(number, "a hold needs its hours, more than 0.")
        return segment.hold_hour
    if segment.kind == Kind.NATURAL:
        near = max(target - ROOM_CELSIUS, 1.0)
        return NATURAL_COOLING_HOUR * math.log(max(celsius - ROOM_CELSIUS, near) / near)
    if not segment.rate_celsius_per_min or segment.rate_celsius_per_min <= 0:
        raise ProgrammeError(
            number, f"a {segment.kind} needs its rate in °C/min, more than 0 (its direction is the kind)."
        )
    return abs(target - celsius) / segment.rate_celsius_per_min / 60


def peak_celsius(stretches: Sequence[Stretch]) -> float:
    return max(max(s.from_celsius, s.to_celsius) for s in stretches)


def soak(stretches: Sequence[Stretch]) -> Stretch | None:
    """The longest hold at the highest held temperature: what "760 °C for 12 h" means."""
    holds = [s for s in stretches if s.segment.kind == Kind.HOLD]
    return max(holds, key=lambda s: (s.to_celsius, s.end_hour - s.start_hour), default=None)


def curve(stretches: Sequence[Stretch]) -> pl.DataFrame:
    """The programme as points to draw.

    Returns:
        `time_hour`, `temperature_celsius`, `programmed` (false along natural cooling, which is only a sketch).
    """
    time, celsius, programmed = [stretches[0].start_hour], [stretches[0].from_celsius], [True]
    for stretch in stretches:
        if stretch.segment.kind == Kind.NATURAL:
            hours = stretch.end_hour - stretch.start_hour
            for part in range(1, 21):
                after = hours * part / 20
                time.append(stretch.start_hour + after)
                celsius.append(
                    ROOM_CELSIUS + (stretch.from_celsius - ROOM_CELSIUS) * math.exp(-after / NATURAL_COOLING_HOUR)
                )
                programmed.append(False)
        else:
            time.append(stretch.end_hour)
            celsius.append(stretch.to_celsius)
            programmed.append(True)
    return pl.DataFrame({"time_hour": time, "temperature_celsius": celsius, "programmed": programmed})
