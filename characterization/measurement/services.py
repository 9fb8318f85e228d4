"""The verbs of measurements that write."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.module_loading import import_string

from cells.assembly.models import Cell
from characterization.measurement.models import SampleMeasurement
from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.files.models import RawFile
from labdb.files.services import keep
from labdb.history import because
from labdb.ingest.entry import write
from labdb.ingest.installed import technique, techniques
from labdb.ingest.presentation import Entry, Presentation
from labdb.ingest.services import Ingested, current_parameters, ingest, request_run
from labdb.ingest.technique import Technique
from labdb.instruments.models import Instrument
from labdb.provenance.models import AnalysisRun, Measurement, MeasurementFile
from synthesis.batch.models import Batch
from synthesis.heat_treatment.services import HeatTreatmentOf
from synthesis.sample.models import Sample

NOWHERE: dict[str, Any] = {"batch": None, "sample": None, "cell": None, "cycle_count": None}

# What a person may say of a measurement, beside its parameters.
TOLD = ("name", "instrument", "operator", "measured_on", "cycle_count", "note")


@dataclass(frozen=True)
class AgedCell:
    """A cell from which something was taken, and how many cycles it had made; None where nobody knows."""

    cell: Cell
    cycle_count: int | None = None


Subject = Batch | Sample | Cell | AgedCell | HeatTreatmentOf


def of_samples() -> list[Technique]:
    """The techniques of this floor: those that say how they are shown."""
    return [of for of in techniques() if of.presentation]


def presentation(technique_name: str) -> Presentation:
    """How a technique of this floor is shown.

    Raises:
        ValueError: there is no such technique, or it has pages of its own.
    """
    of = technique(technique_name)
    if not of.presentation:
        raise ValueError(f"{of.label} has pages of its own.")
    return import_string(of.presentation)


def place_of(subject: Any) -> dict[str, Any]:
    """What was measured, as the fields of a measurement.

    Raises:
        ValueError: it is nothing that has a powder or an electrode.
    """
    if isinstance(subject, HeatTreatmentOf):
        subject = subject.batch
    if isinstance(subject, Batch):
        return {"batch": subject}
    if isinstance(subject, Sample):
        return {"batch": subject.batch, "sample": subject}
    if isinstance(subject, Cell):
        return {"cell": subject}
    if isinstance(subject, AgedCell):
        return {"cell": subject.cell, "cycle_count": subject.cycle_count}
    raise ValueError("this belongs to a sample, a batch, or a cell after so many cycles; choose one.")


def project_of(subject: Any) -> Project:
    """
    Raises:
        ValueError: as `place_of`.
    """
    place = place_of(subject)
    return (place.get("cell") or place["batch"]).project


@transaction.atomic
def register_measurement(raw_file: RawFile, subject: Subject, user: User) -> SampleMeasurement:
    """Hang a file on what was measured, as a measurement of its own.

    Raises:
        ValueError: the subject is none, or of another project.
    """
    place = place_of(subject)
    if project_of(subject).pk != raw_file.project_id:
        raise ValueError(
            f"{place.get('cell') or place['batch']} is of another project; choose one of {raw_file.project}."
        )
    measurement = SampleMeasurement(
        project=raw_file.project, technique=raw_file.technique, name=raw_file.name, created_by=user, **place
    )
    because(measurement, user)
    measurement.save()
    MeasurementFile.objects.create(measurement=measurement, raw_file=raw_file)
    return measurement


def analysis_parameters(measurement: Measurement) -> dict[str, Any]:
    """What the numbers of a technique depend on beside its file and a person's choices: nothing."""
    return {}


def enter(
    technique_name: str,
    subject: Subject,
    rows: Sequence[Mapping[str, Any]],
    user: User,
    *,
    name: str = "",
) -> Ingested:
    """Keep typed-in values as a file of the subject's project, and ask for their analysis.

    Args:
        rows: by the names of the technique's `Entry`.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: the technique takes no typed values, or one is missing or impossible.
    """
    project = project_of(subject)
    require_role(user, project)
    entry = entry_of(technique_name)
    place = place_of(subject)
    code = str(place.get("sample") or place.get("cell") or place["batch"])
    with _as_file(technique_name, entry, rows) as path:
        done = ingest(
            path,
            name or f"{code} {technique(technique_name).label.lower()}.csv",
            project,
            user,
            subject=subject,
            said=technique_name,
        )
    if done.measurement is not None and not done.new and done.run is None:
        done = _same_values_again(done, subject, user)
    return done


def _same_values_again(done: Ingested, subject: Subject, user: User) -> Ingested:
    """The same numbers on another sample are another measurement, though their bytes are kept once."""
    known = SampleMeasurement.objects.filter(measurement_files__raw_file=done.raw_file)
    if known.filter(**NOWHERE | place_of(subject)).exists():
        return done
    run = measure_also(done.raw_file, subject, user)
    return Ingested(done.raw_file, False, run.measurement, run, f"{run.measurement}: kept, being analysed.")


@transaction.atomic
def measure_also(
    raw_file: RawFile, subject: Subject, user: User, parameters: Mapping[str, Any] | None = None
) -> AnalysisRun:
    """Hang a filed file on something else as well: one export of an ICP-OES holds many samples.

    Args:
        parameters: which part of the file it is (`sample_label`), and other choices of a person.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: the file is not filed yet, the subject is of another project, or a parameter is impossible.
    """
    require_role(user, raw_file.project)
    if raw_file.state != RawFile.State.FILED or not technique(raw_file.technique).presentation:
        raise ValueError(f"{raw_file.name} is no measurement of a sample yet; file it first.")
    measurement = register_measurement(raw_file, subject, user)
    if parameters:
        measurement.parameters = presentation(raw_file.technique).checked(parameters)
        measurement.save()
    return request_run(measurement, user)


def entry_of(technique_name: str) -> Entry:
    """
    Raises:
        ValueError: the technique takes no typed values.
    """
    entry = presentation(technique_name).entry
    if entry is None:
        raise ValueError(f"{technique(technique_name).label} comes from a file; upload it.")
    return entry


@contextmanager
def _as_file(technique_name: str, entry: Entry, rows: Sequence[Mapping[str, Any]]) -> Iterator[Path]:
    """Typed-in rows as a file on disk, for as long as it is needed."""
    content = write(technique_name, entry, entry.checked(rows))
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = Path(folder) / "entry.csv"
        path.write_bytes(content)
        yield path


@transaction.atomic
def correct_entry(
    measurement: SampleMeasurement, user: User, rows: Sequence[Mapping[str, Any]], reason: str
) -> AnalysisRun:
    """Put other typed values in place of those of a measurement; the old file and its runs stay.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: no reason is given, the technique takes no typed values, or one is missing or impossible.
    """
    require_role(user, measurement.project)
    if not reason.strip():
        raise ValueError("say why the values change; the reason is kept with them.")
    with _as_file(measurement.technique, entry_of(measurement.technique), rows) as path:
        raw_file, _ = keep(path, measurement.name, measurement.project, user, simulated=measurement.simulated)
    if measurement.raw_files.filter(pk=raw_file.pk).exists():
        raise ValueError("these are the values that are there already.")
    of = technique(measurement.technique)
    raw_file.technique, raw_file.reader = of.name, f"labdb-{of.name.replace('_', '-')}"
    raw_file.state, raw_file.inbox_reason, raw_file.inbox_note = RawFile.State.FILED, RawFile.Reason.NONE, ""
    raw_file.save()
    measurement.measurement_files.filter(evidence=False).update(superseded=True)
    MeasurementFile.objects.update_or_create(
        measurement=measurement, raw_file=raw_file, defaults={"superseded": False, "reason": reason.strip()[:100]}
    )
    return request_run(measurement, user)


def attach_evidence(
    measurement: SampleMeasurement, path: Path, name: str, user: User, *, sha256: str = "", move: bool = False
) -> RawFile:
    """Keep a file with a measurement that shows where its typed values come from: a refinement's own output, a photo.

    No analysis reads it; it stays with the measurement for good.

    Raises:
        PermissionDenied: the user may not write in the project.
        TooLargeError: the file is over the limit.
    """
    simulated = measurement.simulated
    raw_file, _ = keep(path, name, measurement.project, user, sha256=sha256, simulated=simulated, move=move)
    with transaction.atomic():
        if raw_file.state != RawFile.State.FILED:
            raw_file.state, raw_file.inbox_reason, raw_file.inbox_note = RawFile.State.FILED, RawFile.Reason.NONE, ""
            raw_file.save()
        MeasurementFile.objects.get_or_create(
            measurement=measurement,
            raw_file=raw_file,
            defaults={"evidence": True, "position": measurement.measurement_files.count()},
        )
    return raw_file


@transaction.atomic
def change_measurement(
    measurement: SampleMeasurement,
    user: User,
    *,
    parameters: Mapping[str, Any] | None = None,
    reason: str = "",
    **told: Any,
) -> AnalysisRun | None:
    """Say more of a measurement, or choose other parameters for its analysis.

    Args:
        parameters: all of a person's choices, in place of those before; what is not named is left to file and analysis.
        told: fields of `TOLD`.

    Returns:
        The run that other parameters ask for; None where the numbers do not change.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: a parameter is unknown or impossible, or a field has no sense here.
    """
    require_role(user, measurement.project)
    unknown = sorted(set(told) - set(TOLD))
    if unknown:
        raise ValueError(f"a measurement has no field {', '.join(unknown)}; it has {', '.join(TOLD)}.")
    if told.get("cycle_count") is not None and measurement.cell is None:
        raise ValueError("only what was taken from a cell has a number of cycles.")
    day = told.get("measured_on")
    if isinstance(day, date) and day > date.today():
        raise ValueError(f"{day} is still to come; give the day on which it was measured.")
    if "name" in told and not str(told["name"]).strip():
        raise ValueError("a measurement has a name; give one.")
    locked = Measurement.objects.select_for_update().get(pk=measurement.pk)  # of two changes at once none is lost
    measurement.parameters, measurement.current_run_id = locked.parameters, locked.current_run_id
    if parameters is not None:
        measurement.parameters = presentation(measurement.technique).checked(parameters)
    for field, value in told.items():
        setattr(measurement, field, value)
    because(measurement, user, reason)
    measurement.save()
    latest = measurement.latest_run
    if parameters is None or (latest is not None and latest.parameters == current_parameters(measurement)):
        return None
    return request_run(measurement, user)


def move_measurement(measurement: SampleMeasurement, user: User, subject: Subject, reason: str) -> AnalysisRun | None:
    """Hang a measurement on something else, which a file on the wrong sample needs.

    Returns:
        The run that this asks for, where the numbers depend on the subject.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: no reason is given, or the subject is of another project.
    """
    require_role(user, measurement.project)
    if not reason.strip():
        raise ValueError("say why it is moved; the reason is kept.")
    if project_of(subject).pk != measurement.project_id:
        raise ValueError("that is of another project; a measurement stays in its own.")
    place = NOWHERE | place_of(subject)
    with transaction.atomic():
        for field, value in place.items():
            setattr(measurement, field, value)
        because(measurement, user, reason)
        measurement.save()
        latest = measurement.latest_run
        if latest is not None and latest.parameters == current_parameters(measurement):
            return None
        return request_run(measurement, user)


def instruments_for(technique_name: str) -> QuerySet[Instrument]:
    """The instruments that are offered for a technique: in use, those of the technique first."""
    mine = Case(When(technique=technique_name, then=Value(0)), default=Value(1), output_field=IntegerField())
    return Instrument.objects.filter(retired=False).order_by(mine, "name")
