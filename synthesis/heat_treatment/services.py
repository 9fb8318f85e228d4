"""The verbs of furnace logs that write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labdb.accounts.models import User
from labdb.files.models import RawFile
from labdb.ingest.services import attach
from labdb.provenance.models import Measurement
from synthesis.batch.models import Batch
from synthesis.heat_treatment.models import FurnaceLog
from synthesis.recipe.process import Heat


@dataclass(frozen=True)
class HeatTreatmentOf:
    """Which heat treatment of a batch a log is of: 1 is the first."""

    batch: Batch
    number: int = 1


def register_log(raw_file: RawFile, subject: HeatTreatmentOf | Batch, user: User) -> FurnaceLog:
    """Hang a furnace log on a heat treatment of a batch.

    Raises:
        ValueError: the subject is no batch, or of another project.
    """
    if isinstance(subject, Batch):
        subject = HeatTreatmentOf(subject)
    if not isinstance(subject, HeatTreatmentOf):
        raise ValueError("a furnace log belongs to a batch; choose one.")
    if subject.batch.project_id != raw_file.project_id:
        raise ValueError(f"{subject.batch} is of another project; choose a batch of {raw_file.project}.")
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


def analysis_parameters(measurement: Measurement) -> dict[str, Any]:
    """What the numbers of a log depend on: the programme of its heat treatment, as the batch was run."""
    log = FurnaceLog.objects.select_related("batch").get(pk=measurement.pk)
    heats = [item for item, step in zip(log.batch.process, log.batch.steps, strict=True) if isinstance(step, Heat)]
    number = log.heat_treatment
    return {"programme": heats[number - 1]["segments"] if 0 < number <= len(heats) else []}
