"""The one way in: every page, endpoint, command and watched folder calls `ingest`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.files import store
from labdb.files.models import RawFile
from labdb.files.services import keep, parted
from labdb.ingest import jobs
from labdb.ingest.installed import technique, techniques
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import Match, ambiguous_sentence, matches, unknown_sentence
from labdb.ingest.subjects import Arrival, FindOut, find_out
from labdb.ingest.technique import Technique
from labdb.provenance.models import AnalysisRun, Measurement, MeasurementFile

Reason = RawFile.Reason


@dataclass(frozen=True)
class Ingested:
    """What became of an upload.

    Attributes:
        raw_file: the file, kept in any case.
        new: whether its bytes were new to the project.
        measurement: what it is part of; None while it waits in the inbox.
        run: the analysis that was asked for; None for a duplicate, or in the inbox.
        sentence: what to tell the person who uploaded it.
    """

    raw_file: RawFile
    new: bool
    measurement: Measurement | None
    run: AnalysisRun | None
    sentence: str


def ingest(
    path: Path,
    name: str,
    project: Project,
    user: User,
    *,
    subject: Any = None,
    said: str = "",
    parameters: Mapping[str, Any] | None = None,
    sha256: str = "",
    simulated: bool = False,
    move: bool = False,
) -> Ingested:
    """Keep a file, find out what it is, hang it on its subject, and ask for its analysis.

    Args:
        path: the bytes, anywhere on this machine; copied into the store, or with `move` taken over.
        name: as the person named the file; folders before it are kept, and may tell what was measured.
        subject: what was measured, in the technique's own terms (for cycling a `Cell`, a `CyclingTest` that goes
            on in this file, or a `NewCell`); `FIND_OUT` where names and content are to tell; None leaves the file in
            the inbox.
        said: the technique that the person says it is; empty where its content is to tell.
        parameters: choices of a person for the analysis, by name; only of techniques with a presentation.
        sha256: of the bytes, where known.
        simulated: the file was simulated, not measured.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: there is no technique `said`.
        TooLargeError: the file is over the limit; the only other case in which it is not kept.
    """
    if said:
        technique(said)
    raw_file, new = keep(path, name, project, user, sha256=sha256, simulated=simulated, move=move)
    if not new and raw_file.state == RawFile.State.FILED:
        measurement = Measurement.objects.filter(measurement_files__raw_file=raw_file).first()
        return Ingested(raw_file, False, measurement, None, duplicate_sentence(raw_file, name))
    opened = partial(store.local_path, raw_file.key)  # read before the transaction, so that nobody waits for it
    folder, last = parted(name)
    decision = _decide(project, folder, last, subject, said, opened)
    if decision.reason:
        # What waits in the inbox already keeps its first name, unless a later one says more.
        folder, last = raw_file.folder, raw_file.name
        decision = decision if new else _decide(project, folder, last, subject, said, opened)
    raw_file.folder, raw_file.name = folder, last
    return _settle(raw_file, new, user, decision, parameters)


def duplicate_sentence(raw_file: RawFile, name: str) -> str:
    name = parted(name)[1]
    day = f"{raw_file.uploaded_at:%Y-%m-%d}"
    same = "under the same name" if raw_file.name == name else f"as {raw_file.name}"
    return f"{name}: these bytes are here already, {same}, uploaded by {raw_file.uploaded_by} on {day}."


def choose(raw_file: RawFile, user: User, technique_name: str, reader_name: str, subject: Any) -> Ingested:
    """A person's answer to the inbox: what the file is, and what was measured.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: no such technique or reader.
    """
    require_role(user, raw_file.project)
    of = technique(technique_name)
    for reader in of.readers:
        if reader.name == reader_name:
            opened = partial(store.local_path, raw_file.key)
            match = [Match(of, reader)]
            decision = _decide(raw_file.project, raw_file.folder, raw_file.name, subject, "", opened, match)
            return _settle(raw_file, False, user, decision)
    raise ValueError(f"{of.label} has no reader named {reader_name}")


@dataclass(frozen=True)
class Decision:
    """What becomes of a file.

    Attributes:
        match: what it was recognised as; None where that is not clear.
        subject: what it is hung on; None where a person is to say it.
        reason: why it waits for a person; empty where it does not.
        sentence: all of that in words, without the full stop.
    """

    match: Match | None
    subject: Any
    reason: RawFile.Reason
    sentence: str


def foresee(path: Path, name: str, project: Project, *, subject: Any = None, said: str = "") -> Decision:
    """What `ingest` would make of a file, without keeping anything.

    Raises:
        ValueError: there is no technique `said`.
    """
    folder, last = parted(name)
    return _decide(project, folder, last, subject, said, lambda: nullcontext(path))


def _decide(
    project: Project,
    folder: str,
    name: str,
    subject: Any,
    said: str,
    opened: Callable[[], AbstractContextManager[Path]],
    found: Sequence[Match] | None = None,
) -> Decision:
    """
    Args:
        opened: the bytes as a file on this machine.
        found: what a person said it is; else its content is asked.
    """
    with opened() as path:
        head = FileHead.of(path, name)
        size = path.stat().st_size
        found = matches(head, techniques(), said) if found is None else found
        if not found:
            sentence = unknown_sentence(head, technique(said).label if said else "")
            return Decision(None, None, Reason.UNKNOWN, sentence.removesuffix("."))
        if len(found) > 1:
            return Decision(None, None, Reason.AMBIGUOUS, ambiguous_sentence(head, found).removesuffix("."))
    match = found[0]
    recognised = f"{name}: recognised as {match.reader.label}"
    if subject is None:
        return Decision(match, None, Reason.SUBJECT, f"{recognised}; say in the inbox what was measured")
    if isinstance(subject, FindOut):
        told = find_out(Arrival(project, name, folder, size, match, opened))
        subject, recognised = told.subject, f"{recognised}; {told.sentence}"
    return Decision(match, subject, Reason.SUBJECT if subject is None else Reason.NONE, recognised)


@transaction.atomic
def _settle(
    raw_file: RawFile, new: bool, user: User, decision: Decision, parameters: Mapping[str, Any] | None = None
) -> Ingested:
    """Carry a decision out: hang the file on its subject and ask for its analysis, or let it wait."""

    def wait(reason: RawFile.Reason, sentence: str) -> Ingested:
        raw_file.state, raw_file.inbox_reason, raw_file.inbox_note = RawFile.State.INBOX, reason, sentence
        raw_file.save()
        return Ingested(raw_file, new, None, None, sentence)

    match = decision.match
    if match is not None:
        raw_file.technique, raw_file.reader = match.technique.name, match.reader.name
    if match is None or decision.reason:
        return wait(decision.reason, f"{decision.sentence}.")
    try:
        with transaction.atomic():
            measurement = import_string(match.technique.register)(raw_file, decision.subject, user)
            if parameters:
                measurement.parameters = checked_parameters(match.technique, parameters)
                measurement.save()
    except ValueError as error:
        return wait(Reason.REFUSED, f"{raw_file.name}: {error}")
    raw_file.state, raw_file.inbox_reason, raw_file.inbox_note = RawFile.State.FILED, Reason.NONE, ""
    raw_file.save()
    goes_on = ", goes on with what is here" if measurement.runs.exists() else ""
    run = request_run(measurement, user)
    return Ingested(raw_file, new, measurement, run, f"{decision.sentence}{goes_on}, being analysed.")


def checked_parameters(of: Technique, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A person's choices for the analyses of a technique.

    Raises:
        ValueError: one is unknown or impossible, or the technique has pages of its own for its choices.
    """
    if not of.presentation:
        raise ValueError(f"parameters of {of.label} are chosen on its own page.")
    return import_string(of.presentation).checked(parameters)


def attach(measurement: Measurement, raw_file: RawFile) -> None:
    """Make a file the last one of a measurement."""
    position = measurement.measurement_files.count()
    MeasurementFile.objects.get_or_create(measurement=measurement, raw_file=raw_file, defaults={"position": position})


def current_parameters(measurement: Measurement) -> dict[str, Any]:
    """What an analysis of the measurement would depend on now: the defaults, the subject's data, a person's choices."""
    of = technique(measurement.technique)
    from_subject = import_string(of.parameters)(measurement) if of.parameters else {}
    return {**of.defaults, **from_subject, **measurement.parameters}


@transaction.atomic
def request_run(measurement: Measurement, user: User) -> AnalysisRun:
    """Ask for an analysis of a measurement with what is known now; adds a run, never changes one.

    Raises:
        PermissionDenied: the user may not write in the project.
    """
    return request_runs([measurement], user)[0]


@transaction.atomic
def request_runs(measurements: Sequence[Measurement], user: User) -> list[AnalysisRun]:
    """Ask for an analysis of each of several measurements; a constant number of queries, but for their parameters.

    Raises:
        PermissionDenied: the user may not write in the project of one of them.
    """
    for project in {measurement.project for measurement in measurements}:
        require_role(user, project)
    inputs: dict[int, list[dict[str, Any]]] = {measurement.pk: [] for measurement in measurements}
    parts = MeasurementFile.objects.filter(measurement__in=inputs, superseded=False, evidence=False)
    for part in parts.select_related("raw_file").order_by("position", "pk"):
        file = part.raw_file
        inputs[part.measurement_id].append({"file": file.pk, "name": file.name, "sha256": file.sha256})
    runs = AnalysisRun.objects.bulk_create(
        AnalysisRun(
            measurement=measurement,
            technique=measurement.technique,
            inputs=inputs[measurement.pk],
            parameters=current_parameters(measurement),
            requested_by=user,
            sent_at=timezone.now(),
        )
        for measurement in measurements
    )
    for run in runs:
        transaction.on_commit(partial(jobs.call_worker, run.pk))
    return runs
