"""Cells from a list: what would become of each row, and the saving of exactly that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction

from cells.assembly.many.columns import lay_out
from cells.assembly.many.judge import Row, judge
from cells.assembly.models import Cell
from cells.assembly.services import add_cells
from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.files import store
from labdb.files.models import RawFile
from labdb.provenance.models import canonical_json
from synthesis.bulk.reading import ListError, read
from synthesis.bulk.services import ChangedError

TECHNIQUE = "cell list"
MOST_ROWS = 1000


@dataclass(frozen=True)
class DryRun:
    """All rows with their verdicts.

    Attributes:
        columns: the fields that the file has, in its order.
        unknown: sentences about columns that are left out.
    """

    raw_file: RawFile
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def good(self) -> list[Row]:
        return [row for row in self.rows if not row.errors]

    @property
    def bad(self) -> list[Row]:
        return [row for row in self.rows if row.errors]

    @cached_property
    def digest(self) -> str:
        """Changes when the file, or anything that a verdict rests on, does."""
        told = [self.raw_file.sha256, self.unknown, [row.told for row in self.rows]]
        return hashlib.sha256(canonical_json(told)).hexdigest()


def dry_run(raw_file: RawFile) -> DryRun:
    """Judge every row of a kept list.

    Raises:
        ListError: the file is no list.
    """
    with store.local_path(raw_file.key) as path:
        plain = read(path, raw_file.name, MOST_ROWS)
    layout = lay_out(plain.headers)
    texts = [
        (row.line, {name: row.values.get(header, "") for name, header in layout.headers.items()}) for row in plain.rows
    ]
    rows = judge(texts, raw_file.project)
    for row, said in zip(rows, plain.rows, strict=True):
        if said.beyond:
            row.errors[""] = f"It has {said.beyond} more fields than the header (a separator inside a text?)."
    return DryRun(raw_file, tuple(layout.headers), layout.unknown, tuple(rows))


@transaction.atomic
def save_list(raw_file: RawFile, user: User, digest: str, *, only_good: bool = False) -> list[Cell]:
    """Save exactly what a dry run showed: all its rows, or those without errors.

    Args:
        digest: of the dry run that the person saw.

    Raises:
        PermissionDenied: the user may not write in the project.
        ListError: the file is no list, some rows have errors (unless only the good are wanted), or none is good.
        ChangedError: the dry run would be another one now.
    """
    require_role(user, raw_file.project)
    Project.objects.select_for_update().get(pk=raw_file.project_id)  # nobody takes these codes meanwhile
    found = dry_run(raw_file)
    if found.digest != digest:
        raise ChangedError("Cells, batches or electrodes changed since this was shown; look at the verdicts again.")
    if found.bad and not only_good:
        raise ListError(f"{len(found.bad)} rows have errors; correct them, or save only the good ones.")
    if not found.good:
        raise ListError("No row is without errors.")
    return add_cells([row.cell for row in found.good if row.cell is not None], user, f"from {raw_file.name}")
