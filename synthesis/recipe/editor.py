"""The form of a recipe version: rows of components, steps and segments, as typed.

Its fields are named like those of formsets, `component-0-ratio`, `step-1-solvent`, `step-1-segment-0-kind`, so that it
works as a plain form. A button named `do` changes the rows without saving: `add component`, `add step wash`,
`up step 2`, `remove segment 1 0`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthesis.chemical.models import Chemical
from synthesis.heat_treatment.programme import Kind
from synthesis.recipe import process
from synthesis.recipe.models import RecipeVersion
from synthesis.recipe.starting_points import REFERENCE_PROCESS, REFERENCE_RATIOS

MOST_ROWS = 60


@dataclass(frozen=True)
class FieldOf:
    """A field of a step or segment: its label, its unit, what may stand in it."""

    name: str
    label: str
    unit: str = ""
    number: bool = False
    required: bool = False
    known: tuple[str, ...] = ()
    hint: str = ""

    @property
    def list_id(self) -> str:
        """Of the suggestions; one list serves all steps."""
        return f"known-{self.name}" if self.known else ""


ATMOSPHERES = ("O2", "air", "Ar", "N2")
STEP_FIELDS: dict[str, tuple[FieldOf, ...]] = {
    "mix": (
        FieldOf("method", "Method", known=("mortar", "ball mill", "high-speed mixer")),
        FieldOf("duration_minute", "Duration", "min", True),
    ),
    "heat": (
        FieldOf("name", "Name", required=True, known=("sintering", "re-annealing", "pre-heating")),
        FieldOf("furnace", "Furnace", known=("tube furnace", "box furnace", "roller kiln")),
    ),
    "wash": (
        FieldOf("solvent", "Solvent", required=True, known=("cold deionised water", "deionised water", "ethanol 95 %")),
        FieldOf("repeats", "Times", number=True),
        FieldOf("temperature_celsius", "Temperature", "°C", True),
        FieldOf("liquid_to_solid_ml_per_g", "Liquid : solid", "mL/g", True),
        FieldOf("duration_minute", "Duration", "min", True),
    ),
    "dry": (
        FieldOf("temperature_celsius", "Temperature", "°C", True, True),
        FieldOf("duration_hour", "Duration", "h", True, True),
        FieldOf("atmosphere", "Atmosphere", known=(*ATMOSPHERES, "vacuum")),
    ),
    "sieve": (FieldOf("mesh", "Mesh", required=True, known=("325 mesh", "400 mesh")),),
    "store": (FieldOf("container", "Container", required=True, known=("hot-sealed vacuum pouch", "glove box")),),
}
SEGMENT_FIELDS = (
    FieldOf("rate_celsius_per_min", "Rate", "°C/min", True),
    FieldOf("target_celsius", "To", "°C", True),
    FieldOf("hold_hour", "Hold", "h", True),
    FieldOf("atmosphere", "Atmosphere", known=ATMOSPHERES, hint="as before"),
    FieldOf("flow_l_per_min", "Flow", "L/min", True),
)
# What a segment of a kind does not have; where a kind was changed, that may still stand in its row.
SENSELESS = {
    Kind.RAMP: ("hold_hour",),
    Kind.HOLD: ("rate_celsius_per_min", "target_celsius"),
    Kind.COOL: ("hold_hour",),
    Kind.NATURAL: ("rate_celsius_per_min", "hold_hour"),
}
# The words of a row that is new.
NEW_STEP: dict[str, dict[str, Any]] = {
    "heat": {"name": "", "segments": [{"kind": "ramp"}, {"kind": "hold"}, {"kind": "natural cooling"}]},
    "wash": {"repeats": 1},
}


@dataclass
class Row:
    """One row as typed; `errors` by field, "" for the row as a whole."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        return not any(self.values.values())


@dataclass
class StepRow(Row):
    kind: str = "mix"
    segments: list[Row] = field(default_factory=list)

    @property
    def fields(self) -> tuple[FieldOf, ...]:
        return STEP_FIELDS[self.kind]

    def item(self) -> dict[str, Any]:
        """As `synthesis.recipe.process` takes it."""
        item: dict[str, Any] = {"kind": self.kind, **_said(self.values, self.fields)}
        if self.kind == "heat":
            item["segments"] = [_segment_item(row) for row in self.segments]
        return item


def _segment_item(row: Row) -> dict[str, Any]:
    kind = row.values.get("kind", "")
    senseless = SENSELESS.get(kind, ())  # type: ignore[call-overload]  # any text, of which four are kinds
    return {"kind": kind, **_said(row.values, [about for about in SEGMENT_FIELDS if about.name not in senseless])}


def _said(values: Mapping[str, str], fields: Sequence[FieldOf]) -> dict[str, str]:
    """What is not empty, numbers with a decimal point."""
    return {
        about.name: text.replace(",", ".") if about.number else text
        for about in fields
        if (text := values.get(about.name, ""))
    }


@dataclass
class Draft:
    """All rows of the form.

    Attributes:
        errors: sentences about all of it.
        focus: where one goes on after a row was added or moved: the name of a field, or the order of a button.
    """

    components: list[Row]
    steps: list[StepRow]
    errors: list[str] = field(default_factory=list)
    focus: str = ""

    @classmethod
    def from_scratch(cls) -> Draft:
        """The process of the reference study, and its ratios with the chemicals left to choose."""
        rows = [Row({"chemical": "", "ratio": text}) for text in (*(f"{ratio:g}" for ratio in REFERENCE_RATIOS), "")]
        return cls(rows, steps_from(REFERENCE_PROCESS))

    @classmethod
    def of_version(cls, version: RecipeVersion) -> Draft:
        rows = [Row({"chemical": str(line.chemical_id), "ratio": f"{line.ratio:g}"}) for line in version.lines]
        return cls(rows, steps_from(version.process))

    @classmethod
    def typed(cls, data: Mapping[str, Any]) -> Draft:
        """As a browser sent it."""
        components: dict[int, Row] = {}
        steps: dict[int, StepRow] = {}
        segments: dict[tuple[int, int], Row] = {}
        for key in data:
            text = str(data[key]).strip()
            if match := re.fullmatch(r"component-(\d{1,3})-(chemical|ratio)", key):
                components.setdefault(int(match[1]), Row()).values[match[2]] = text
            elif match := re.fullmatch(r"step-(\d{1,3})-segment-(\d{1,3})-([a-z_]+)", key):
                segments.setdefault((int(match[1]), int(match[2])), Row()).values[match[3]] = text
            elif match := re.fullmatch(r"step-(\d{1,3})-([a-z_]+)", key):
                step = steps.setdefault(int(match[1]), StepRow())
                if match[2] == "kind":
                    step.kind = text if text in STEP_FIELDS else "mix"
                else:
                    step.values[match[2]] = text
        for number, place in sorted(segments):
            if number in steps:
                steps[number].segments.append(segments[number, place])
        for step in steps.values():
            names = {about.name for about in step.fields}
            step.values = {name: text for name, text in step.values.items() if name in names}
        return cls(
            [components[n] for n in sorted(components)][:MOST_ROWS], [steps[n] for n in sorted(steps)][:MOST_ROWS]
        )

    def do(self, order: str) -> None:
        """Add, remove or move a row; an order that makes no sense is none."""
        verb, what, *words = [*order.split()[:4], "", ""] if len(order.split()) < 2 else order.split()[:4]
        if verb == "add":
            self._add(what, words)
            return
        places = [int(text) for text in words if text.isdecimal()]
        rows = self._rows(what, places)
        if not places or not 0 <= places[-1] < len(rows):
            return
        of, place = words[:-1], places[-1]
        if verb == "remove":
            del rows[place]
            self.focus = " ".join([verb, what, *of, str(min(place, len(rows) - 1))]) if rows else ""
        elif verb in ("up", "down") and 0 <= (to := place - 1 if verb == "up" else place + 1) < len(rows):
            rows[place], rows[to] = rows[to], rows[place]
            at_the_edge = to == (0 if verb == "up" else len(rows) - 1)
            other = {"up": "down", "down": "up"}[verb]
            self.focus = " ".join([other if at_the_edge else verb, what, *of, str(to)])

    def _rows(self, what: str, places: Sequence[int]) -> list[Any]:
        if what == "segment" and len(places) == 2 and places[0] < len(self.steps):
            return self.steps[places[0]].segments
        return {"component": self.components, "step": self.steps}.get(what, [])  # type: ignore[return-value]

    def _add(self, what: str, words: Sequence[str]) -> None:
        if what == "component" and len(self.components) < MOST_ROWS:
            self.components.append(Row({"chemical": "", "ratio": ""}))
            self.focus = f"component-{len(self.components) - 1}-chemical"
        elif what == "step" and words and words[0] in STEP_FIELDS and len(self.steps) < MOST_ROWS:
            made = steps_from([{"kind": words[0], **NEW_STEP.get(words[0], {})}])
            self.steps.extend(made)
            self.focus = f"step-{len(self.steps) - 1}-{made[0].fields[0].name}"
        elif what == "segment" and words and words[0].isdecimal() and int(words[0]) < len(self.steps):
            segments = self.steps[int(words[0])].segments
            if len(segments) < MOST_ROWS:
                segments.append(Row({"kind": Kind.RAMP}))
                self.focus = f"step-{words[0]}-segment-{len(segments) - 1}-kind"

    def lines(self, chemicals: Mapping[str, Chemical], *, strict: bool) -> list[tuple[Chemical, float]] | None:
        """The components, the precursor first; None where a row is wrong or not done.

        Args:
            chemicals: by key, as text.
            strict: a half-filled row says what is missing; while one types it is only not done yet.
        """
        found, wrong = self._read_lines(chemicals, strict)
        return None if wrong else found

    def good_lines(self, chemicals: Mapping[str, Chemical]) -> list[tuple[Chemical, float]]:
        """The components that can be computed with already, the precursor first."""
        return self._read_lines(chemicals, strict=False)[0]

    def _read_lines(self, chemicals: Mapping[str, Chemical], strict: bool) -> tuple[list[tuple[Chemical, float]], bool]:
        found, wrong = [], False
        for row in self.components:
            chemical, text = chemicals.get(row.values.get("chemical", "")), row.values.get("ratio", "")
            if chemical is None and text and strict:
                row.errors["chemical"] = "Choose the chemical of this ratio, or remove the line."
                wrong = True
            if chemical is None:
                continue
            if not text:
                if strict:
                    row.errors["ratio"] = f"Give the moles of {chemical} per mole of precursor."
                wrong = True
                continue
            try:
                ratio = float(text.replace(",", "."))
            except ValueError:
                row.errors["ratio"] = f"“{text}” is not a number."
                wrong = True
                continue
            if not 0 < ratio < 1e6:
                row.errors["ratio"] = f"The ratio of {chemical} is {ratio:g}; it must be over 0, or the line removed."
                wrong = True
                continue
            found.append((chemical, ratio))
        found.sort(key=lambda line: line[0].role != Chemical.Role.PRECURSOR)
        return found, wrong

    def row_of(self, chemical: Chemical, last: bool = False) -> Row | None:
        rows = [row for row in self.components if row.values.get("chemical") == str(chemical.pk)]
        return (rows[-1] if last else rows[0]) if rows else None

    def process(self, *, strict: bool) -> list[dict[str, Any]] | None:
        """The steps as stored; None where one is wrong, which then says so at its field.

        Args:
            strict: an empty field that a step needs is wrong; while one types it is only not done yet.
        """
        incomplete = False
        for step in self.steps:
            incomplete |= step_incomplete(step, strict)
        faults = process.problems([step.item() for step in self.steps])
        for fault in faults:
            step = self.steps[fault.number - 1]
            if step_incomplete(step, False):
                continue  # said at its empty fields, when one wants to save
            if fault.segment and fault.segment <= len(step.segments):
                step.segments[fault.segment - 1].errors[""] = re.sub(r"^.*?Segment \d+: ", "", fault.sentence)
            else:
                names = {about.name for about in step.fields}
                step.errors[fault.field if fault.field in names else ""] = fault.sentence
        if faults or incomplete:
            return None
        return process.dump(process.parse([step.item() for step in self.steps]))

    @property
    def wrong(self) -> bool:
        rows: list[Row] = [*self.components, *self.steps]
        return bool(self.errors) or any(
            row.errors for row in [*rows, *(s for step in self.steps for s in step.segments)]
        )


NEEDED = {
    Kind.RAMP: ("rate_celsius_per_min", "target_celsius"),
    Kind.HOLD: ("hold_hour",),
    Kind.COOL: ("rate_celsius_per_min", "target_celsius"),
    Kind.NATURAL: (),
}


def step_incomplete(step: StepRow, strict: bool) -> bool:
    """Whether a field that the step needs is empty; with `strict` it says so at the field."""
    missing = False
    for about in step.fields:
        if about.required and not step.values.get(about.name):
            missing = True
            if strict:
                step.errors[about.name] = f"Give the {about.label.lower()}, or remove the step."
    for row in step.segments:
        kind = row.values.get("kind", "")
        empty = [name for name in NEEDED.get(kind, ()) if not row.values.get(name)]  # type: ignore[call-overload]
        missing = missing or bool(empty)
        if strict:
            for name in empty:
                label = next(about.label.lower() for about in SEGMENT_FIELDS if about.name == name)
                row.errors[name] = f"A {kind} needs its {'temperature' if label == 'to' else label}."
    return missing


def steps_from(items: Sequence[Mapping[str, Any]]) -> list[StepRow]:
    """Stored steps as rows to edit."""
    rows = []
    for item in items:
        kind = str(item["kind"])
        segments = [
            Row({"kind": str(segment["kind"]), **{f.name: _text(segment.get(f.name)) for f in SEGMENT_FIELDS}})
            for segment in item.get("segments", ())
        ]
        values = {about.name: _text(item.get(about.name)) for about in STEP_FIELDS[kind]}
        rows.append(StepRow(values=values, kind=kind, segments=segments))
    return rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, int | float) else str(value)
