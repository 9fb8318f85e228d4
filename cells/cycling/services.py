"""The verbs of cycling that write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from polars import col

from cells.assembly.models import Cell
from cells.cycling.claims import check_cycle_kinds, check_step_kinds, with_range
from cells.cycling.growing import recording
from cells.cycling.models import CycleRow, CyclingTest
from cells.cycling.parameters import Parameters
from cells.cycling.table import CYCLES
from cells.exclusion.ranges import LAST_CYCLE
from cells.storage.told import told_by_plans
from labdb.accounts.models import User
from labdb.accounts.services import require_role
from labdb.files.models import RawFile
from labdb.ingest.services import attach, current_parameters, request_run
from labdb.ingest.technique import Analysis
from labdb.provenance.models import AnalysisRun, Measurement, MeasurementFile
from labdb.provenance.stored import found_in


@dataclass(frozen=True)
class NewCell:
    """Asks for a cell to be made for the file; its code is the file's name without the extension."""

    code: str = ""


def register_test(raw_file: RawFile, subject: Cell | CyclingTest | NewCell, user: User) -> CyclingTest:
    """Hang a cycling file on a cell: as a test of its own, or as the next file of a test that goes on.

    A file under the name of one that is here already is the same recording at a later moment, and becomes the newest
    file of its test; the analysis then finds by the readings whether it holds those before or comes after them.

    Raises:
        ValueError: the cell or test is of another project.
    """
    if isinstance(subject, NewCell | Cell):
        subject = _recorded_in(raw_file, subject) or subject
    if isinstance(subject, NewCell):
        subject, _ = Cell.objects.get_or_create(
            project=raw_file.project,
            code=(subject.code or Path(raw_file.name).stem)[:100],
            defaults={"created_by": user, "simulated": raw_file.simulated},
        )
    if not isinstance(subject, Cell | CyclingTest):
        raise ValueError("a cycling file belongs to a cell; choose one.")
    if subject.project_id != raw_file.project_id:
        raise ValueError(f"{subject} is of another project; choose a cell of {raw_file.project}.")
    if isinstance(subject, CyclingTest):
        test = subject
    else:
        test = CyclingTest.objects.create(
            project=raw_file.project, technique="cycling", name=raw_file.name, cell=subject, created_by=user
        )
    attach(test, raw_file)
    return test


def _recorded_in(raw_file: RawFile, subject: Cell | NewCell) -> CyclingTest | None:
    """The test, of the cell or for a new cell of the project, with a file of the same recording."""
    sought = recording(raw_file.name)
    rows = MeasurementFile.objects.filter(
        raw_file__project=raw_file.project,
        raw_file__reader=raw_file.reader,
        raw_file__name__istartswith=sought.partition(".")[0],
        raw_file__folder=raw_file.folder,
        evidence=False,
        measurement__cyclingtest__isnull=False,
    )
    if isinstance(subject, Cell):
        rows = rows.filter(measurement__cyclingtest__cell=subject)
    elif subject.code:
        rows = rows.filter(measurement__cyclingtest__cell__code=subject.code)
    for test, name in rows.order_by("-pk").values_list("measurement", "raw_file__name"):
        if recording(name) == sought:
            return CyclingTest.objects.get(pk=test)
    return None


@transaction.atomic
def split_off(test: CyclingTest, raw_file: RawFile, user: User) -> CyclingTest:
    """Make a file of a test a test of its own, on the same cell; both are analysed anew, the runs before stay.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: the file is none of the test's, or its only one.
    """
    require_role(user, test.project)
    files = test.measurement_files.select_for_update().filter(superseded=False, evidence=False)
    part = next((part for part in files if part.raw_file_id == raw_file.pk), None)
    if part is None:
        raise ValueError(f"{raw_file} is not one of the files that {test} is read from.")
    if len(files) == 1:
        raise ValueError(f"{raw_file} is the only file of {test}, which is a test of its own already.")
    part.delete()
    own = CyclingTest.objects.create(
        project=test.project, technique=test.technique, name=raw_file.name, cell=test.cell, created_by=user
    )
    attach(own, raw_file)
    for one in (test, own):
        request_run(one, user)
    return own


def analysis_parameters(measurement: Measurement) -> dict[str, Any]:
    """What the numbers of a test depend on, from its cell."""
    test = measurement if isinstance(measurement, CyclingTest) else None
    cell = (test or CyclingTest.objects.select_related("cell").get(pk=measurement.pk)).cell
    return {
        "active_mass_mg": cell.active_mass_mg,
        "nominal_specific_capacity_mah_per_g": cell.nominal_specific_capacity_mah_per_g,
        "reference_potential_volt": cell.potential_against_lithium_volt,
        **told_by_plans(cell),
    }


def store_cycles(run: AnalysisRun, analysis: Analysis) -> None:
    """Keep the cycles of a run as rows, in the run's transaction."""
    cycles = analysis.tables["cycles"].select(list(CYCLES.required))
    rows = [CycleRow(run=run, project_id=run.measurement.project_id, **row) for row in cycles.iter_rows(named=True)]
    CycleRow.objects.bulk_create(rows, batch_size=500)


@transaction.atomic
def change_test(
    test: CyclingTest, user: User, *, name: str | None = None, parameters: Mapping[str, Any] | None = None
) -> AnalysisRun | None:
    """Rename a test, or set a person's choices for its analysis in place of those before.

    Returns:
        The run that other parameters ask for.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: a parameter is unknown, or has no sense.
    """
    require_role(user, test.project)
    if name is not None:
        test.name = name
    if parameters is not None:
        check_parameters(parameters)
        test.parameters = dict(parameters)
    test.save(update_fields=["name", "parameters"])  # a worker may be writing current_run
    latest = test.latest_run
    if parameters is None or (latest is not None and latest.parameters == current_parameters(test)):
        return None
    return request_run(test, user)


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """
    Raises:
        ValueError: a name is none of the analysis's, a number is not positive, or a kind is none.
    """
    try:
        told = Parameters.of(parameters)
    except TypeError as error:
        raise ValueError(f"the parameters must be numbers: {error}") from error
    if not isinstance(told.cycle_kinds, Mapping):
        raise ValueError('cycle_kinds must be an object: {"500": "check-up"}')
    if not isinstance(told.step_kinds, Mapping):
        raise ValueError('step_kinds must be an object: {"12-40": "storage"}')
    check_cycle_kinds(told.cycle_kinds)
    check_step_kinds(told.step_kinds)


@transaction.atomic
def set_cycle_kinds(test: CyclingTest, user: User, first: int, last: int, kind: str) -> AnalysisRun | None:
    """Say what the cycles from first to last were for, or with an empty kind that labdb finds it.

    Returns:
        The run that this asks for; None where nothing changes.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: the kind is none of ours, or the test has no cycle in that range.
    """
    within = (min(first, LAST_CYCLE), min(last, LAST_CYCLE))  # a database takes no higher number
    there = CycleRow.objects.filter(run=test.current_run_id, cycle_count__range=within)
    numbers = [str(number) for number in there.values_list("cycle_count", flat=True)]
    if not numbers:
        raise ValueError(f"The test has no cycle from {first} to {last}.")
    parameters = _locked_parameters(test)
    kinds = {number: old for number, old in parameters.pop("cycle_kinds", {}).items() if number not in numbers}
    if kind:
        kinds |= dict.fromkeys(numbers, kind)
    return change_test(test, user, parameters=parameters | ({"cycle_kinds": kinds} if kinds else {}))


@transaction.atomic
def set_step_kinds(test: CyclingTest, user: User, first: int, last: int, kind: str) -> AnalysisRun | None:
    """Say what the steps from first to last were for, or with an empty kind that labdb finds it.

    What was said of whole cycles in the range goes with an empty kind as well, so that nothing is said of it any more.

    Returns:
        The run that this asks for; None where nothing changes.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: the kind is none of ours, or the test has no step in that range.
    """
    require_role(user, test.project)
    steps = found_in([test.current_run_id])[test.current_run_id].table("steps") if test.current_run_id else None
    inside = steps.filter(col("step_count").is_between(first, last)) if steps is not None else None
    if inside is None or inside.is_empty():
        raise ValueError(f"The test has no step from {first} to {last}.")
    parameters = _locked_parameters(test)
    said = {
        "cycle_kinds": dict(parameters.pop("cycle_kinds", {})),
        "step_kinds": with_range(parameters.pop("step_kinds", {}), first, last, kind),
    }
    if not kind:
        cycles = {str(number) for number in inside["cycle_count"].unique()}
        said["cycle_kinds"] = {number: old for number, old in said["cycle_kinds"].items() if number not in cycles}
    return change_test(test, user, parameters=parameters | {name: kinds for name, kinds in said.items() if kinds})


@transaction.atomic
def set_nominal_capacity(test: CyclingTest, user: User, nominal_capacity_mah: float | None) -> AnalysisRun | None:
    """Say what 1 C is for this test, or with None that the cell says it.

    Returns:
        The run that this asks for; None where nothing changes.

    Raises:
        PermissionDenied: the user may not write in the project.
    """
    parameters = _locked_parameters(test)
    parameters.pop("nominal_capacity_mah", None)
    if nominal_capacity_mah is not None:
        parameters["nominal_capacity_mah"] = nominal_capacity_mah
    return change_test(test, user, parameters=parameters)


def _locked_parameters(test: CyclingTest) -> dict[str, Any]:
    """A person's choices as they are now, held until the transaction ends: of two changes at once none is lost."""
    return dict(Measurement.objects.select_for_update().get(pk=test.pk).parameters)
