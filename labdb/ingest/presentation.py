"""How the measurements of a technique are shown, compared, typed in, and what a person may choose for them. Pure.

A technique names its `Presentation` in its `Technique`; the pages, the forms and the API of measurements
are made from it, so that a technique has none of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from labdb.figures import Figure
from labdb.ingest.technique import Scalar


@dataclass(frozen=True)
class Choice:
    """One thing that a person may choose for an analysis; it is stored with the run.

    Attributes:
        name: of the parameter, its unit at the end: `wavelength_angstrom`.
        kind: "number", "whole", "flag", "choice", "text", or "json" (set by a script of the page, as circles are).
        lowest, highest: of a number, both allowed.
        choices: of a choice, (value, words).
        help: half a line; what an empty field means stands here.
    """

    name: str
    label: str
    kind: str = "number"
    unit: str = ""
    help: str = ""
    lowest: float = -math.inf
    highest: float = math.inf
    choices: Sequence[tuple[str, str]] = ()

    def checked(self, value: Any) -> Any:
        """The value as it is stored; None stands for "as the file or the analysis says".

        Raises:
            ValueError: it is no such value.
        """
        if value is None or value == "":
            return None
        if self.kind in ("number", "whole"):
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise ValueError(f"{self.label}: {value} is no number.")
            if self.kind == "whole" and value != int(value):
                raise ValueError(f"{self.label}: {value} is no whole number.")
            if not self.lowest <= value <= self.highest:
                raise ValueError(f"{self.label}: {value:g} is not {self.range}.")
            return int(value) if self.kind == "whole" else float(value)
        if self.kind == "flag" and not isinstance(value, bool):
            raise ValueError(f"{self.label}: {value} is neither yes nor no.")
        if self.kind == "choice" and value not in dict(self.choices):
            raise ValueError(f"{self.label}: {value} is none of {', '.join(dict(self.choices))}.")
        if self.kind == "text" and not isinstance(value, str):
            raise ValueError(f"{self.label}: {value} is no text.")
        return value

    @property
    def range(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if math.isinf(self.highest):
            return f"{self.lowest:g}{unit} or more"
        if math.isinf(self.lowest):
            return f"{self.highest:g}{unit} or less"
        return f"from {self.lowest:g} to {self.highest:g}{unit}"


@dataclass(frozen=True)
class Shown:
    """A run as a figure sees it.

    Attributes:
        label: of what was measured, "GP-NCM-B1, washed 2".
        table: by name → the table that the run stored; None where it stored none of that name.
        results: by quantity.
        parameters, metadata: of the run.
        colour: of the product on the page.
        dashed: of a control, whose curves are dashed.
        group: "GP-NCM"; replicates of one group are told together.
        stage: of the sample, "washed 2"; empty for a whole batch or a cell.
        after_cycle: how many cycles the cell had made from which it was taken.
        history: address at which the history of the run's numbers is told; empty where nobody can follow it.
        excluded: a person left it out: it is drawn in grey, which `colour` is then, and counts in no mean.
        chosen: the whole numbers that a person typed for the figure (cycles, say); empty for what it draws by itself.
    """

    label: str
    table: Callable[[str], pl.DataFrame | None]
    results: Mapping[str, Scalar] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    simulated: bool = False
    colour: str = "#0072b2"
    dashed: bool = False
    group: str = ""
    stage: str = ""
    after_cycle: int | None = None
    history: str = ""
    chosen: Sequence[int] = ()
    excluded: bool = False

    @property
    def cycle_history(self) -> str:
        """Of a cycling run: the address to which the browser adds a cycle, whose history it then tells."""
        return f"{self.history}/at/" if self.history else ""

    @property
    def name(self) -> str:
        """The label as a legend prints it, which says what was simulated, and what does not count."""
        said = f"{self.label}, simulated" if self.simulated else self.label
        return f"{said}, excluded" if self.excluded else said


@dataclass(frozen=True)
class Drawing:
    """A figure of a technique.

    Attributes:
        name: in its address, "pattern".
        title: as printed over it.
        draw: one run, or several to compare → figure. A drawing of one run is given a sequence of one.
        quantities: whose definitions stand under it.
        table: of the run, whose numbers are the figure's.
        single: it has no sense for several runs at once.
        about: half a sentence under the title.
        typed: label of a field in which whole numbers are typed for the figure, "Cycles"; empty for no field.
    """

    name: str
    title: str
    draw: Callable[[Sequence[Shown]], Figure]
    quantities: Sequence[str] = ()
    table: str = ""
    single: bool = False
    about: str = ""
    typed: str = ""


@dataclass(frozen=True)
class Column:
    """One column of what a person types in: a replicate's mass, a count.

    Attributes:
        name: in the table and the file, its unit at the end.
        kind: "number", "whole" or "text".
        required: an empty field is refused.
    """

    name: str
    label: str
    unit: str = ""
    kind: str = "number"
    required: bool = True
    help: str = ""
    lowest: float = -math.inf
    highest: float = math.inf

    def checked(self, value: Any, row: int) -> Any:
        """
        Raises:
            ValueError: it is missing or no such value; the sentence names the row.
        """
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.required:
                raise ValueError(f"row {row}: {self.label} is missing.")
            return None
        if self.kind == "text":
            return " ".join(str(value).split())
        try:
            number = float(str(value) if isinstance(value, bool) else value)  # yes is no 1
        except (TypeError, ValueError):
            raise ValueError(f"row {row}: {self.label} is {value}, which is no number.") from None
        if not math.isfinite(number) or not self.lowest <= number <= self.highest:
            limits = Choice("", "", unit=self.unit, lowest=self.lowest, highest=self.highest).range
            raise ValueError(f"row {row}: {self.label} is {value}; it must be {limits}.")
        if self.kind == "whole":
            if number != int(number):
                raise ValueError(f"row {row}: {self.label} is {value}, which is no whole number.")
            return int(number)
        return number


def nothing_wrong(rows: Sequence[Mapping[str, Any]]) -> None:
    """An entry whose values do not hang on each other."""


@dataclass(frozen=True)
class Entry:
    """What a person may type in where there is no instrument's file; kept as a file that labdb writes.

    Attributes:
        rows: what a row is, "replicate".
        offered: how many rows an empty form has.
        check: the rows together; raises ValueError with a sentence that names the row.
    """

    columns: Sequence[Column]
    rows: str = "replicate"
    offered: int = 3
    help: str = ""
    check: Callable[[Sequence[Mapping[str, Any]]], None] = nothing_wrong

    def checked(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The rows as they are stored; entirely empty ones are left out.

        Raises:
            ValueError: a value is missing or impossible, a column is unknown, or nothing was typed in.
        """
        names = [column.name for column in self.columns]
        found = []
        for number, row in enumerate(rows, start=1):
            unknown = sorted(set(row) - set(names))
            if unknown:
                raise ValueError(
                    f"row {number}: there is no column {', '.join(unknown)}; there are {', '.join(names)}."
                )
            if any(value is not None and str(value).strip() for value in row.values()):
                found.append({column.name: column.checked(row.get(column.name), number) for column in self.columns})
        if not found:
            raise ValueError(f"nothing was typed in: fill in at least one {self.rows}.")
        self.check(found)
        return found


def nothing_more(parameters: Mapping[str, Any]) -> None:
    """A technique whose choices do not hang on each other."""


@dataclass(frozen=True)
class Presentation:
    """How a technique is shown.

    Attributes:
        drawings: the figures of a measurement, in the order of its page; those that are not `single` also overlay
            several measurements on the comparison page.
        choices: what a person may choose; names of the technique's parameters.
        compared: the quantities whose values are compared across batches as points with mean ± SD, most asked first.
        by_cycle: they depend on how many cycles a cell had made, and are compared at each number by itself
            (`intact_share_at_30`), never over all of them.
        beside: techniques whose runs the overlaid drawings take as well, drawn in their own way: reference structures
            below patterns.
        check: all choices together; raises ValueError with a sentence.
        entry: what may be typed in; None where only files make sense.
        panel: template of what only this technique has on the page of a measurement (a micrograph with its circles);
            it gets `measurement`, `run`, `pictures` (name → address), `form` (its fields stand in the form `#choices`
            further down, where `may_write`).
        panel_title: over it.
        script, style: static files of the panel, "characterization/js/circles.js"; empty for none.
    """

    drawings: Sequence[Drawing] = ()
    choices: Sequence[Choice] = ()
    compared: Sequence[str] = ()
    by_cycle: bool = False
    beside: Sequence[str] = ()
    check: Callable[[Mapping[str, Any]], None] = nothing_more
    entry: Entry | None = None
    panel: str = ""
    panel_title: str = "Picture"
    script: str = ""
    style: str = ""

    def drawing(self, name: str) -> Drawing:
        """
        Raises:
            ValueError: there is none of that name.
        """
        for drawing in self.drawings:
            if drawing.name == name:
                return drawing
        raise ValueError(f"there is no figure named {name}.")

    def compared_in(self, stored: Collection[str]) -> list[str]:
        """The quantities of several runs that are compared, of those that they stored; cycle numbers rise."""
        if not self.by_cycle:
            return [name for name in self.compared if name in stored]
        found = []
        for name in self.compared:
            numbers = [each.removeprefix(f"{name}_at_") for each in stored if each.startswith(f"{name}_at_")]
            found += [f"{name}_at_{number}" for number in sorted(numbers, key=int)]
        return found

    def checked(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """A person's choices as they are stored; what is left to the file or the analysis is left out.

        Raises:
            ValueError: one is unknown or impossible.
        """
        known = {choice.name: choice for choice in self.choices}
        unknown = sorted(set(parameters) - set(known))
        if unknown:
            has = ", ".join(known) or "none"
            raise ValueError(f"there is no parameter {', '.join(unknown)}; there are: {has}.")
        chosen = {name: known[name].checked(value) for name, value in parameters.items()}
        chosen = {name: value for name, value in chosen.items() if value is not None}
        self.check(chosen)
        return chosen
