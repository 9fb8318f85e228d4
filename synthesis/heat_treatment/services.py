"""The verbs of furnace logs that write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from labdb.accounts.models import User
from labdb.accounts.services import require_role
from labdb.files.models import RawFile
from labdb.ingest.services import attach, current_parameters, request_run
from labdb.provenance.models import AnalysisRun, Measurement
from synthesis.batch.models import Batch
from synthesis.heat_treatment.models import FurnaceLog
from synthesis.heat_treatment.table import CHANNELS
from synthesis.recipe.process import Heat


@dataclass(frozen=True)
class HeatTreatmentOf:
    """Which heat treatment of a batch a log is of: 1 is the first."""

    batch: Batch
    number: int = 1


def register_log(raw_file: RawFile, subject: HeatTreatmentOf | Batch, user: User) -> FurnaceLog:
    """Hang a furnace log on a heat treatment of a batch.

    Raises:
        ValueError: the subject is no batch, of another project, or has no such heat treatment.
    """
    if isinstance(subject, Batch):
        subject = HeatTreatmentOf(subject)
    if not isinstance(subject, HeatTreatmentOf):
        raise ValueError("a furnace log belongs to a heat treatment of a batch; choose one.")
    if subject.batch.project_id != raw_file.project_id:
        raise ValueError(f"{subject.batch} is of another project; choose a batch of {raw_file.project}.")
    check_number(subject.batch, subject.number)
    log = FurnaceLog.objects.create(
        project=raw_file.project,
        technique="furnace",
        name=raw_file.name,
        batch=subject.batch,
        heat_treatment=subject.number,
        created_by=user,
    )
    attach(log, raw_file)
    return log


def check_number(batch: Batch, number: int) -> None:
    """
    Raises:
        ValueError: the batch has no heat treatment of that number; one without a process has a first.
    """
    heats = len(batch.heats)
    if not 1 <= number <= max(heats, 1):
        has = {0: "no heat treatment in its process", 1: "one heat treatment"}.get(heats, f"{heats} heat treatments")
        raise ValueError(f"{batch} has {has}, so there is no number {number}.")


@transaction.atomic
def change_log(
    log: FurnaceLog,
    user: User,
    *,
    name: str | None = None,
    heat_treatment: int | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> AnalysisRun | None:
    """Change what a person says of a log; a run is asked for where the numbers depend on it.

    Args:
        parameters: `channel`, the thermocouple that is measured, from 1.

    Raises:
        PermissionDenied: the user may not write in the project.
        ValueError: no such heat treatment, or a parameter that has no sense.
    """
    require_role(user, log.project)
    if name is not None:
        log.name = name
    if heat_treatment is not None:
        check_number(log.batch, heat_treatment)
        log.heat_treatment = heat_treatment
    if parameters is not None:
        log.parameters = checked(parameters)
    log.save()
    latest = log.latest_run
    if latest is not None and latest.parameters == current_parameters(log):
        return None
    return request_run(log, user)


def checked(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """
    Raises:
        ValueError: a name is unknown, or the channel is none.
    """
    unknown = sorted(set(parameters) - {"channel"})
    if unknown:
        raise ValueError(f"a furnace log has no parameter {', '.join(unknown)}; it has channel.")
    channel = parameters.get("channel", 1)
    if not isinstance(channel, int) or isinstance(channel, bool) or not 1 <= channel <= CHANNELS:
        raise ValueError(f"channel is {channel}; it is a whole number from 1 to {CHANNELS}.")
    return {"channel": channel}


def analysis_parameters(measurement: Measurement) -> dict[str, Any]:
    """What the numbers of a log depend on: the programme of its heat treatment, as the batch was run."""
    log = FurnaceLog.objects.select_related("batch").get(pk=measurement.pk)
    heats = [item for item, step in zip(log.batch.process, log.batch.steps, strict=True) if isinstance(step, Heat)]
    number = log.heat_treatment
    return {"programme": heats[number - 1]["segments"] if 0 < number <= len(heats) else []}
