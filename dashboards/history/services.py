"""Where a number comes from: cycle or result → analysis run → raw files → cell → batch."""

from __future__ import annotations

from dataclasses import dataclass

from cells.assembly.models import Cell
from cells.cycling.models import CycleRow, CyclingTest
from labdb.files.models import RawFile
from labdb.provenance.models import AnalysisRun, Result
from labdb.quantities import QUANTITIES, Quantity, quantity

# The columns of a cycle that are numbers with a definition, in the order in which they are told.
CYCLE_COLUMNS = (
    "discharge_capacity_mah_per_g",
    "charge_capacity_mah_per_g",
    "discharge_capacity_mah",
    "charge_capacity_mah",
    "coulombic_efficiency",
    "capacity_retention",
    "specific_energy_wh_per_kg",
    "energy_efficiency",
    "mean_discharge_voltage_volt",
    "mean_charge_voltage_volt",
)


@dataclass(frozen=True)
class Value:
    about: Quantity
    text: str


@dataclass(frozen=True)
class History:
    """Everything between a number and the powder.

    Attributes:
        values: what it is about, with definitions.
        cycle: where it is a cycle.
        result: where it is a result of the whole test.
        parameters: label → value, of what the numbers depend on.
        files: in the order of the test; one that is not visible any more is left out.
        newer: the run that has replaced this one on the pages, if there is one.
    """

    run: AnalysisRun
    values: list[Value]
    parameters: list[tuple[str, str]]
    files: list[RawFile]
    test: CyclingTest | None
    cell: Cell | None
    newer: AnalysisRun | None
    cycle: CycleRow | None = None
    result: Result | None = None

    @property
    def title(self) -> str:
        where = self.cell.code if self.cell else self.run.measurement.name
        if self.cycle:
            return f"Cycle {self.cycle.cycle_count} of {where}"
        return f"{self.values[0].about.label} of {where}"


def history_of_cycle(cycle: CycleRow) -> History:
    values = [
        Value(quantity(name), quantity(name).text(value))
        for name in CYCLE_COLUMNS
        if (value := getattr(cycle, name)) is not None
    ]
    return _history(cycle.run, values, cycle=cycle)


def history_of_result(result: Result) -> History:
    text = result.text
    if result.n is not None:
        text += f" (n = {result.n})"
    return _history(result.run, [Value(result.about, text)], result=result)


def _history(
    run: AnalysisRun, values: list[Value], cycle: CycleRow | None = None, result: Result | None = None
) -> History:
    measurement = run.measurement
    test = CyclingTest.objects.select_related("cell", "project").filter(pk=measurement.pk).first()
    files = RawFile.objects.filter(pk__in=[item["file"] for item in run.inputs]).select_related("uploaded_by")
    by_key = {file.pk: file for file in files}
    return History(
        run=run,
        values=values,
        parameters=[parameter(name, value) for name, value in sorted(run.parameters.items())],
        files=[by_key[item["file"]] for item in run.inputs if item["file"] in by_key],
        test=test,
        cell=test.cell if test else None,
        newer=measurement.current_run if measurement.current_run_id not in (None, run.pk) else None,
        cycle=cycle,
        result=result,
    )


def parameter(name: str, value: object) -> tuple[str, str]:
    """A parameter as it is read: its label, and its value with the unit."""
    about = QUANTITIES.get(name)
    if value is None:
        text = "not known"
    elif isinstance(value, dict):
        text = ", ".join(f"{key}: {kind}" for key, kind in value.items()) or "none"
    elif about and isinstance(value, int | float):
        text = f"{about.text(value)} {about.unit}".rstrip()
    else:
        text = str(value)
    return (about.label if about else name.replace("_", " ")), text
