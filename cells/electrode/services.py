"""The verbs of electrodes. What changes a mass changes the cells that are built of it (`cells/assembly/masses.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import FloatField, ProtectedError
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from cells.assembly.masses import Followed, follow_electrodes
from cells.electrode import formulation
from cells.electrode.arithmetic import LARGEST, ElectrodeError
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from labdb.accounts.models import User
from labdb.accounts.services import require_role
from labdb.history import because

# What a person says of a disc; masses follow from all of it but the code and the note.
DISC_FIELDS = (
    "code",
    "diameter_mm",
    "area_cm2",
    "pieces",
    "mass_mg",
    "foil_mass_mg",
    "thickness_micrometer",
    "note",
)
MOST_AT_ONCE = 200


@transaction.atomic
def save_sheet(sheet: ElectrodeSheet, user: User, reason: str = "") -> Followed:
    """Save a new or changed sheet; the cells built of it follow.

    Returns:
        The cells whose active mass changed, and the runs that this asked for.

    Raises:
        PermissionDenied: the user may not write in the project.
        ElectrodeError: its batch is of another project, or a weighed disc would have no coating.
        ValidationError: a field is wrong.
    """
    require_role(user, sheet.project)
    if sheet.batch is not None and sheet.batch.project_id != sheet.project_id:
        raise ElectrodeError(f"{sheet.batch} is of another project; choose a batch of {sheet.project}.", "batch")
    new = sheet.pk is None
    if new:
        sheet.created_by = user
    sheet.full_clean(exclude=["created_by"])
    check_sizes(sheet)
    components = formulation.parse(sheet.formulation or ())
    sheet.formulation = formulation.dump(components)
    sheet.drying = formulation.dump(formulation.parse_drying(sheet.drying or ()))
    sheet.active_fraction = formulation.active_fraction(components)
    because(sheet, user, reason)
    sheet.save()
    if new:
        return Followed()
    discs = list(ElectrodeDisc.objects.filter(sheet=sheet))
    for disc in discs:
        disc.sheet = sheet
    check_discs(discs)
    return follow_electrodes([disc.pk for disc in discs], user, reason or f"{sheet} changed")


def check_discs(discs: Sequence[ElectrodeDisc]) -> None:
    """Refuse what no single field can know.

    Raises:
        ElectrodeError: a disc weighs no more than its foil.
    """
    for disc in discs:
        found = disc.numbers
        if disc.mass_mg is not None and found.foil_mass_mg is not None and disc.mass_mg <= found.foil_mass_mg:
            raise ElectrodeError(f"{disc}: {found.doubts[0]}", "mass_mg")


@transaction.atomic
def remove_sheet(sheet: ElectrodeSheet, user: User, reason: str) -> None:
    """Remove a sheet that was entered wrongly; the history keeps it with the reason.

    Raises:
        PermissionDenied: the user may not write in the project.
        ElectrodeError: no reason is given, or something was punched from it.
    """
    require_role(user, sheet.project)
    if not reason.strip():
        raise ElectrodeError("Removing an electrode needs its reason.", "reason")
    because(sheet, user, reason)
    try:
        sheet.delete()
    except ProtectedError as error:
        raise ElectrodeError(f"Something was punched from {sheet}, so it stays.") from error


@transaction.atomic
def add_discs(discs: Sequence[ElectrodeDisc], user: User) -> None:
    """Save new discs, of one or of several sheets, all or none; their project is that of their sheet.

    Raises:
        PermissionDenied: the user may not write in one of the projects.
        ElectrodeError: a code is taken, or a disc weighs no more than its foil.
        ValidationError: a field is wrong.
    """
    for project in {disc.sheet.project for disc in discs}:
        require_role(user, project)
    for disc in discs:
        disc.project, disc.created_by = disc.sheet.project, user
    if taken := taken_codes(discs):
        raise ElectrodeError(taken_sentence([disc.code for disc in taken]), "code")
    for disc in discs:
        check_fields(disc)
    check_discs(discs)
    bulk_create_with_history(list(discs), ElectrodeDisc, default_user=user)


def check_fields(disc: ElectrodeDisc) -> None:
    """
    Raises:
        ValidationError: a field is wrong.
        ElectrodeError: it has neither a diameter nor an area, or both.
    """
    disc.clean_fields(exclude=["project", "sheet", "created_by"])
    check_sizes(disc)
    if (disc.diameter_mm is None) == (disc.area_cm2 is None):
        raise ElectrodeError("Give the diameter of a disc, or the area of another shape.", "diameter_mm")


def check_sizes(record: ElectrodeSheet | ElectrodeDisc) -> None:
    """Refuse numbers that nothing can have, with which no other could be computed.

    Raises:
        ElectrodeError: one is no number, or over `LARGEST` of its unit.
    """
    for field in record._meta.concrete_fields:
        value = getattr(record, field.name) if isinstance(field, FloatField) else None
        if value is not None and not value <= LARGEST:
            raise ElectrodeError(
                f"{field.verbose_name}: {value:g} is too much; it must be at most {LARGEST:g}.", field.name
            )


def taken_codes(discs: Sequence[ElectrodeDisc]) -> list[ElectrodeDisc]:
    """Those whose code another disc of the project, or one before them, has already; one query."""
    rows = ElectrodeDisc.objects.filter(
        project__in={disc.sheet.project_id for disc in discs}, code__in={disc.code for disc in discs}
    )
    own = {disc.pk for disc in discs}
    seen = {(project, code) for project, code, key in rows.values_list("project_id", "code", "pk") if key not in own}
    taken = []
    for disc in discs:
        key = (disc.sheet.project_id, disc.code)
        if key in seen:
            taken.append(disc)
        seen.add(key)
    return taken


def taken_sentence(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:5]) + (f" and {len(codes) - 5} more" if len(codes) > 5 else "")
    return f"The project has {shown} already; choose another code."


@transaction.atomic
def change_discs(discs: Sequence[ElectrodeDisc], user: User, reason: str = "") -> Followed:
    """Save discs that were changed in memory, all or none; the cells built of them follow.

    A constant number of queries, however many discs there are; those that did not change are left alone.

    Returns:
        The cells whose active mass changed, and the runs that this asked for.

    Raises:
        PermissionDenied: the user may not write in one of the projects.
        ElectrodeError: a code is taken, or a disc weighs no more than its foil.
        ValidationError: a field is wrong.
    """
    for project in {disc.sheet.project for disc in discs}:
        require_role(user, project)
    stored = ElectrodeDisc.objects.select_for_update().in_bulk([disc.pk for disc in discs])
    changed = [disc for disc in discs if _said(disc) != _said(stored[disc.pk])]
    if not changed:
        return Followed()
    if taken := taken_codes(changed):
        raise ElectrodeError(taken_sentence([disc.code for disc in taken]), "code")
    for disc in changed:
        check_fields(disc)
    check_discs(changed)
    bulk_update_with_history(
        changed, ElectrodeDisc, list(DISC_FIELDS), default_user=user, default_change_reason=reason.strip()[:100]
    )
    return follow_electrodes([disc.pk for disc in changed], user, reason or "its electrode was weighed anew")


def _said(disc: ElectrodeDisc) -> tuple[Any, ...]:
    return tuple(getattr(disc, name) for name in DISC_FIELDS)


@transaction.atomic
def remove_disc(disc: ElectrodeDisc, user: User, reason: str) -> None:
    """Remove a disc that was entered wrongly; the history keeps it with the reason.

    Raises:
        PermissionDenied: the user may not write in the project.
        ElectrodeError: no reason is given, or a cell is built of it.
    """
    require_role(user, disc.project)
    if not reason.strip():
        raise ElectrodeError("Removing a disc needs its reason.", "reason")
    because(disc, user, reason)
    try:
        disc.delete()
    except ProtectedError as error:
        raise ElectrodeError(f"A cell is built of {disc}, so it stays.") from error


def punched(
    sheet: ElectrodeSheet, count: int, *, prefix: str = "", first: int | None = None, **said: Any
) -> list[ElectrodeDisc]:
    """A series of equal discs of a sheet, numbered, not saved yet.

    Args:
        prefix: of their codes; empty: the sheet's code and a hyphen.
        first: number of the first one; None goes on from those that are there.
        said: fields that all of them have.

    Raises:
        ElectrodeError: none, or too many.
    """
    if not 1 <= count <= MOST_AT_ONCE:
        raise ElectrodeError(f"Punch 1 to {MOST_AT_ONCE} at once, not {count}.", "count")
    prefix = prefix.strip() or f"{sheet.code}-"
    start = next_number(sheet, prefix) if first is None else first
    digits = max(2, len(str(start + count - 1)))
    return [
        ElectrodeDisc(project=sheet.project, sheet=sheet, code=f"{prefix}{number:0{digits}d}", **said)
        for number in range(start, start + count)
    ]


def next_number(sheet: ElectrodeSheet, prefix: str) -> int:
    """One more than the highest number that follows a prefix in the codes of the project's discs."""
    codes = ElectrodeDisc.objects.filter(project=sheet.project_id, code__startswith=prefix)
    numbers = [int(rest) for code in codes.values_list("code", flat=True) if (rest := code[len(prefix) :]).isdecimal()]
    return max(numbers, default=0) + 1
