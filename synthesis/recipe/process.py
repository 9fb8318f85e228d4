"""The steps of a process, as a recipe plans them and a batch did them. Pure.

A process is a list of steps in order. In the database and in JSON a step is a mapping with its `kind` and the fields of
its class below; `parse` checks it, `dump` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from synthesis.heat_treatment.programme import Kind as SegmentKind
from synthesis.heat_treatment.programme import ProgrammeError, Segment, Stretch, lay_out, peak_celsius, soak


class ProcessError(ValueError):
    """A step that cannot be; says which, and why.

    Attributes:
        number: of the step, from 1.
        field: of the step, where one is to blame.
        segment: of the heat programme, from 1; 0 where none is to blame.
        sentence: without the step's number, for the place where the step stands.
    """

    def __init__(self, number: int, sentence: str, field: str = "", segment: int = 0) -> None:
        super().__init__(f"Step {number}: {sentence}")
        self.number, self.field, self.segment, self.sentence = number, field, segment, sentence


@dataclass(frozen=True)
class Mix:
    """Precursor, lithium source and flux become one powder."""

    method: str = ""
    duration_minute: float | None = None


@dataclass(frozen=True)
class Heat:
    """A heat treatment: sintering, re-annealing.

    Attributes:
        name: "sintering", "re-annealing".
        furnace: which one.
        segments: of the programme.
    """

    name: str
    segments: tuple[Segment, ...]
    furnace: str = ""

    def stretches(self) -> list[Stretch]:
        return lay_out(self.segments)


@dataclass(frozen=True)
class Wash:
    """One kind of washing, done one or several times."""

    solvent: str
    repeats: int = 1
    temperature_celsius: float | None = None
    liquid_to_solid_ml_per_g: float | None = None
    duration_minute: float | None = None


@dataclass(frozen=True)
class Dry:
    temperature_celsius: float
    duration_hour: float
    atmosphere: str = ""


@dataclass(frozen=True)
class Sieve:
    mesh: str


@dataclass(frozen=True)
class Store:
    container: str


Step = Mix | Heat | Wash | Dry | Sieve | Store
KINDS: dict[str, type] = {"mix": Mix, "heat": Heat, "wash": Wash, "dry": Dry, "sieve": Sieve, "store": Store}
NAMES = {kind: name for name, kind in KINDS.items()}
POSITIVE = ("repeats", "liquid_to_solid_ml_per_g", "duration_minute", "duration_hour")
NUMBERS = (*POSITIVE, "temperature_celsius")


def parse(process: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Read a process from its mappings.

    Raises:
        ProcessError: a step is of no known kind, lacks a field, has one too many, or a senseless value.
    """
    return [_step(number, item) for number, item in enumerate(process, start=1)]


def problems(process: Sequence[Mapping[str, Any]]) -> list[ProcessError]:
    """What is wrong with a process: the first fault of each step; none where `parse` takes it."""
    found = []
    for number, item in enumerate(process, start=1):
        try:
            _step(number, item)
        except ProcessError as error:
            found.append(error)
    return found


def dump(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """As mappings that JSON can hold; what is not said is left out."""
    return [{"kind": NAMES[type(step)], **_said(asdict(step))} for step in steps]


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in values.items():
        if name == "segments":
            said[name] = [_said(segment) for segment in value]
        elif value not in (None, ""):
            said[name] = value
    return said


def _step(number: int, item: Mapping[str, Any]) -> Step:
    kind = KINDS.get(str(item.get("kind")))
    if kind is None:
        raise ProcessError(number, f"“{item.get('kind')}” is none of {', '.join(KINDS)}.", "kind")
    values = {name: value for name, value in item.items() if name != "kind" and value not in (None, "")}
    known = {field.name for field in fields(kind)}
    if unknown := sorted(set(values) - known):
        raise ProcessError(number, f"a {item['kind']} step has no {', '.join(unknown)}.", unknown[0])
    for name in NUMBERS:
        if name in values:
            values[name] = _number(number, name, values[name])
    if "repeats" in values:
        values["repeats"] = round(values["repeats"])
    if kind is Heat:
        values["segments"] = tuple(
            _segment(number, segment, place) for place, segment in enumerate(values.get("segments", ()), start=1)
        )
    try:
        step: Step = kind(**values)
    except TypeError:
        missing = sorted(
            field.name for field in fields(kind) if field.name not in values and _required(kind, field.name)
        )
        raise ProcessError(number, f"a {item['kind']} step needs {', '.join(missing)}.", missing[0]) from None
    if isinstance(step, Heat):
        try:
            step.stretches()
        except ProgrammeError as error:
            raise ProcessError(number, f"{step.name}. {error}", "segments", error.number) from error
    return step


def _required(kind: type, name: str) -> bool:
    return name not in kind.__dict__  # a dataclass keeps the defaults of its fields as class attributes


def _number(number: int, name: str, value: Any) -> float:
    words = name.replace("_", " ")
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise ProcessError(number, f"{words} is “{value}”, which is not a number.", name) from None
    if name in POSITIVE and not found > 0:
        raise ProcessError(number, f"{words} is {found:g}; it must be over 0.", name)
    if name == "temperature_celsius" and not -50 <= found <= 2000:
        raise ProcessError(number, f"{found:g} °C is not a temperature of this step.", name)
    return found


def _segment(number: int, item: Mapping[str, Any], place: int) -> Segment:
    numbers = ("target_celsius", "rate_celsius_per_min", "hold_hour", "flow_l_per_min")
    try:
        kind = SegmentKind(str(item.get("kind")))
    except ValueError:
        kinds = ", ".join(SegmentKind)
        raise ProcessError(number, f"a segment “{item.get('kind')}” is none of {kinds}.", "segments", place) from None
    values = {}
    for name in numbers:
        value = item.get(name)
        if value not in (None, ""):
            try:
                values[name] = float(value)
            except (TypeError, ValueError):
                sentence = f"{name.replace('_', ' ')} of a segment is “{value}”, not a number."
                raise ProcessError(number, sentence, "segments", place) from None
    return Segment(kind=kind, atmosphere=str(item.get("atmosphere") or ""), **values)


def segments_of(items: Sequence[Mapping[str, Any]]) -> tuple[Segment, ...]:
    """The segments of one heat programme from their mappings.

    Raises:
        ProcessError: a segment is of no known kind, or a value is no number.
    """
    return tuple(_segment(1, item, place) for place, item in enumerate(items, start=1))


def words(step: Step) -> str:
    """A step as one says it in the lab."""
    match step:
        case Mix():
            for_ = f" for {step.duration_minute:g} min" if step.duration_minute else ""
            return f"mix {step.method}{for_}".replace("  ", " ").strip()
        case Heat():
            where = f" in {step.furnace}" if step.furnace else ""
            return f"{step.name}{where}: " + ", ".join(segment.words() for segment in step.segments)
        case Wash():
            cold = "" if step.temperature_celsius is None else f" at {step.temperature_celsius:g} °C"
            ratio = f", {step.liquid_to_solid_ml_per_g:g} mL/g" if step.liquid_to_solid_ml_per_g else ""
            for_ = f", {step.duration_minute:g} min" if step.duration_minute else ""
            return f"wash {step.repeats} × with {step.solvent}{cold}{ratio}{for_}"
        case Dry():
            gas = f" in {step.atmosphere}" if step.atmosphere else ""
            return f"dry at {step.temperature_celsius:g} °C for {step.duration_hour:g} h{gas}"
        case Sieve():
            return f"sieve {step.mesh}"
        case Store():
            return f"store in {step.container}"


@dataclass(frozen=True)
class Variables:
    """What a process is compared by: one number each, None where the process has no such step.

    Attributes:
        peak_temperature_celsius: of the first heat treatment, as programmed.
        hold_hour: its longest hold at its highest held temperature.
        heating_rate_celsius_per_min: of its first ramp.
        cooling_rate_celsius_per_min: of its first cooling at a rate.
        reanneal_temperature_celsius: peak of the second heat treatment.
        wash_count: washes, repeats counted.
    """

    peak_temperature_celsius: float | None = None
    hold_hour: float | None = None
    heating_rate_celsius_per_min: float | None = None
    cooling_rate_celsius_per_min: float | None = None
    reanneal_temperature_celsius: float | None = None
    wash_count: int = 0


def variables(steps: Sequence[Step]) -> Variables:
    """The numbers by which processes are compared."""
    heats = [step for step in steps if isinstance(step, Heat)]
    washes = sum(step.repeats for step in steps if isinstance(step, Wash))
    if not heats:
        return Variables(wash_count=washes)
    first = heats[0].stretches()
    held = soak(first)

    def rate(kind: SegmentKind) -> float | None:
        return next((s.rate_celsius_per_min for s in heats[0].segments if s.kind == kind), None)

    return Variables(
        peak_temperature_celsius=peak_celsius(first),
        hold_hour=held.end_hour - held.start_hour if held else None,
        heating_rate_celsius_per_min=rate(SegmentKind.RAMP),
        cooling_rate_celsius_per_min=rate(SegmentKind.COOL),
        reanneal_temperature_celsius=peak_celsius(heats[1].stretches()) if len(heats) > 1 else None,
        wash_count=washes,
    )
