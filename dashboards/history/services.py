"""Where a number comes from: cycle or result → analysis run → raw files → sample or cell → electrode → batch → lots."""

from __future__ import annotations

from dataclasses import dataclass, field

from cells.assembly.models import Cell
from cells.cycling.models import CycleRow, CyclingTest
from cells.electrode.models import ElectrodeDisc
from cells.exclusion.left_out import left_out_of
from cells.exclusion.models import Exclusion
from characterization.measurement.calibration import doubts_of
from characterization.measurement.models import SampleMeasurement
from labdb.files.models import RawFile
from labdb.provenance.models import AnalysisRun, Result
from labdb.quantities import QUANTITIES, Quantity, quantity
from synthesis.batch.models import Batch, Weighing

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
        measured: where it was measured on a sample, a batch or an opened cell.
        electrode: the positive one of the cell, as it is now.
        doubt: why it cannot lean on its instrument's calibration; empty where it can.
        weighed: what the batch is made of, with its lots.
        exclusions: what keeps the cycle, or all of the test, out of means.
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
    measured: SampleMeasurement | None = None
    electrode: ElectrodeDisc | None = None
    doubt: str = ""
    batch: Batch | None = None
    weighed: list[Weighing] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)

    @property
    def title(self) -> str:
        where = self.run.measurement.name
        if self.measured:
            where = self.measured.subject_words
        elif self.cell:
            where = self.cell.code
        if self.cycle:
            return f"Cycle {self.cycle.cycle_count} of {where}"
        return f"{self.values[0].about.label if self.result else 'Results'} of {where}"


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


def history_of_run(run: AnalysisRun) -> History:
    """All that a run found: for a figure that is not of one number."""
    return _history(run, [Value(found.about, found.text) for found in run.results.all()])


def _history(
    run: AnalysisRun, values: list[Value], cycle: CycleRow | None = None, result: Result | None = None
) -> History:
    measurement = run.measurement
    test = (
        CyclingTest.objects.select_related("cell__batch", "cell__positive_electrode__sheet__batch", "project")
        .filter(pk=measurement.pk)
        .first()
    )
    measured = SampleMeasurement.objects.with_subject().filter(pk=measurement.pk).first()
    cell = test.cell if test else measured.cell if measured else None
    batch = measured.of_batch if measured else cell.batch if cell else None
    weighed = Weighing.objects.filter(batch=batch).select_related("lot__chemical").order_by("pk")
    files = RawFile.objects.filter(pk__in=[item["file"] for item in run.inputs]).select_related("uploaded_by")
    by_key = {file.pk: file for file in files}
    return History(
        run=run,
        values=values,
        parameters=[parameter(name, value) for name, value in sorted(run.parameters.items())],
        files=[by_key[item["file"]] for item in run.inputs if item["file"] in by_key],
        test=test,
        cell=cell,
        measured=measured,
        electrode=cell.positive_electrode if cell else None,
        doubt=doubts_of([measured]).get(measured.pk, "") if measured else "",
        batch=batch,
        weighed=list(weighed) if batch else [],
        exclusions=_exclusions(test, cycle),
        newer=measurement.current_run if measurement.current_run_id not in (None, run.pk) else None,
        cycle=cycle,
        result=result,
    )


def _exclusions(test: CyclingTest | None, cycle: CycleRow | None) -> list[Exclusion]:
    """Those of the whole test, and of the cycle where the number is of one."""
    if test is None:
        return []
    at = cycle.cycle_count if cycle else None
    found = left_out_of([test.cell_id]).of_test(test.cell_id, test.pk)
    return [one for one in found if one.first_cycle is None or one.covers(at, at)]


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
