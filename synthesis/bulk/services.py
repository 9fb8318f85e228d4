"""The verbs of lists of batches: keep the file, and save what its dry run showed."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.files.models import RawFile
from labdb.files.services import keep
from synthesis.batch.models import Batch, Weighing
from synthesis.bulk.dry_run import DryRun, dry_run
from synthesis.bulk.models import BatchList, BatchListRow
from synthesis.bulk.reading import ListError
from synthesis.chemical.models import Lot

TECHNIQUE = "batch list"


class ChangedError(ValueError):
    """Something that the dry run rests on changed since it was shown."""


def keep_list(
    path: Path,
    name: str,
    project: Project,
    user: User,
    *,
    sha256: str = "",
    move: bool = False,
    technique: str = TECHNIQUE,
) -> RawFile:
    """Keep a list in its project, as any file is kept; nothing is made of it yet.

    Args:
        technique: as what the file is filed; lists of other records than batches have their own.

    Raises:
        PermissionDenied: the user may not write in the project.
        TooLargeError: the file is over the limit.
    """
    raw_file, _ = keep(path, name, project, user, sha256=sha256, move=move)
    if raw_file.state == RawFile.State.INBOX:
        raw_file.state, raw_file.technique = RawFile.State.FILED, technique
        raw_file.inbox_reason, raw_file.inbox_note = RawFile.Reason.NONE, ""
        raw_file.save()
    return raw_file


@transaction.atomic
def save_list(raw_file: RawFile, user: User, digest: str, *, only_good: bool = False) -> BatchList:
    """Save exactly what a dry run showed: all its rows, or those without errors.

    Args:
        digest: of the dry run that the person saw.

    Raises:
        PermissionDenied: the user may not write in the project.
        ListError: the file is no list, some rows have errors (unless only the good are wanted), or none is good.
        ChangedError: the dry run would be another one now.
    """
    require_role(user, raw_file.project)
    # Nobody weighs from these lots, or takes these codes, between the verdict and the saving.
    Project.objects.select_for_update().get(pk=raw_file.project_id)
    list(Lot.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    found: DryRun = dry_run(raw_file, user)
    if found.digest != digest:
        raise ChangedError("Batches, lots or recipes changed since this was shown; look at the verdicts again.")
    if found.bad and not only_good:
        raise ListError(f"{len(found.bad)} rows have errors; correct them, or save only the good ones.")
    if not found.good:
        raise ListError("No row is without errors.")
    batches = [row.batch for row in found.good if row.batch is not None]
    why = f"from {raw_file.name}"[:100]
    made = bulk_create_with_history(batches, Batch, default_user=user, default_change_reason=why)
    weighings = [weighing for row in found.good for weighing in row.weighings]
    for weighing in weighings:
        weighing.batch = weighing.batch  # takes the key that its batch has by now
    bulk_create_with_history(weighings, Weighing, default_user=user, default_change_reason=why)
    saved = BatchList.objects.create(raw_file=raw_file, digest=digest, rows_left_out=len(found.bad), created_by=user)
    BatchListRow.objects.bulk_create(
        BatchListRow(batch_list=saved, batch=batch, line=row.line) for row, batch in zip(found.good, made, strict=True)
    )
    return saved
