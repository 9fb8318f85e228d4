"""The demo study's characterization: instruments, simulated files of every technique, values that were typed in.

What is brought is listed in `simulate/characterized.py`; it comes in through the services that anybody's files come in
through.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cells.assembly.models import Cell
from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import AgedCell, Subject, change_measurement, measure_also
from dashboards.demo.simulate.bringing import Brought, Device, write_all
from dashboards.demo.simulate.characterized import INSTRUMENTS, brought
from labdb.accounts.models import Project, User
from labdb.ingest.services import ingest
from labdb.instruments.models import Calibration, Instrument
from labdb.instruments.services import add_calibration, save_instrument
from labdb.provenance.models import AnalysisRun
from synthesis.batch.models import Batch
from synthesis.sample.models import Sample

Say = Callable[[str], None]


def characterize(project: Project, owner: User, say: Say, processes: int | None = None) -> list[AnalysisRun]:
    """Bring what is not there yet; an interrupted load is continued.

    Returns:
        The analyses that were asked for.
    """
    instruments = {device.name: _instrument(device, owner) for device in INSTRUMENTS}
    there = set(SampleMeasurement.objects.filter(project=project).values_list("name", flat=True))
    missing = [one for one in brought() if not {name for name, _ in one.named} <= there]
    runs: list[AnalysisRun] = []
    with tempfile.TemporaryDirectory(prefix="labdb-demo-") as folder:
        for number, (one, path) in enumerate(write_all(missing, Path(folder), processes), 1):
            runs += _bring(one, path, project, owner, instruments)
            if number % 20 == 0 or number == len(missing):
                say(f"{number} of {len(missing)} measurements of powders and electrodes brought")
    return runs


def _instrument(device: Device, owner: User) -> Instrument:
    found = Instrument.objects.filter(name=device.name).first()
    if found is not None:
        return found
    made = Instrument(name=device.name, technique=device.technique, maker=device.maker, model=device.model)
    made.note = "Of the demo study."
    made = save_instrument(made, owner)
    due = device.calibrated_on + timedelta(days=device.holds_days)
    standard = device.standard
    add_calibration(
        Calibration(instrument=made, performed_on=device.calibrated_on, due_on=due, standard=standard), owner
    )
    return made


def _bring(
    one: Brought, path: Path, project: Project, owner: User, instruments: dict[str, Instrument]
) -> list[AnalysisRun]:
    """One file, on what it was measured on; one of several samples on each of them."""
    (first, subject), *others = [(name, _subject(place, project)) for name, place in one.named]
    done = ingest(
        path,
        one.name,
        project,
        owner,
        subject=subject,
        said=one.technique,
        parameters=one.parameters_of(first),
        simulated=True,
    )
    path.unlink(missing_ok=True)
    if done.measurement is None:
        raise RuntimeError(f"the demo's file was not taken in: {done.sentence}")
    made = [(done.measurement.pk, first, done.run)]
    for name, other in others:
        run = measure_also(done.raw_file, other, owner, one.parameters_of(name))
        made.append((run.measurement_id, name, run))
    for pk, name, _ in made:
        change_measurement(
            SampleMeasurement.objects.get(pk=pk),
            owner,
            name=name,
            instrument=instruments.get(one.instrument),
            operator=one.operator,
            measured_on=one.day,
        )
    return [run for _, _, run in made if run is not None]


def _subject(place: str, project: Project) -> Subject:
    """What `batch`, `batch/stage`, `batch/stage/number` or `cell@cycles` names.

    Raises:
        DoesNotExist: the study has none of that name.
    """
    if "@" in place:
        code, _, cycles = place.partition("@")
        return AgedCell(Cell.objects.select_related("project", "batch").get(project=project, code=code), int(cycles))
    code, _, stage = place.partition("/")
    batch = Batch.objects.select_related("project").get(project=project, code=code)
    if not stage:
        return batch
    name, _, number = stage.partition("/")
    samples = Sample.objects.select_related("batch__project").filter(batch=batch, stage=name)
    if number:
        samples = samples.filter(stage_number=int(number))
    sample = samples.order_by("pk").first()
    if sample is None:
        raise Sample.DoesNotExist(f"{batch} has no sample {stage}")
    return sample
