"""The verbs of the inventory. Chemicals and lots belong to the whole lab: whoever researches anywhere may write."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

from django.db import transaction

from labdb.accounts.models import User
from labdb.accounts.services import require_researcher_anywhere
from labdb.files import store
from labdb.history import because
from synthesis.chemical.models import Chemical, Lot, LotCorrection


class LotError(ValueError):
    """A lot that cannot be used like this; says why, and what to do.

    Attributes:
        field: to blame, where there is one.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def require_researcher(user: User) -> None:
    """Refuse who researches in no project.

    Raises:
        PermissionDenied: the user is a viewer everywhere, or a member nowhere.
    """
    require_researcher_anywhere(user, "chemicals and lots")


@transaction.atomic
def save_chemical(chemical: Chemical, user: User, reason: str = "") -> Chemical:
    """Save a new or changed chemical.

    Raises:
        PermissionDenied: the user researches nowhere.
        LotError: the formula of a chemical that was weighed would change; it stands behind every ratio.
        ValidationError: a field is wrong.
    """
    require_researcher(user)
    if chemical.pk is None:
        chemical.created_by = user
    else:
        before = Chemical.objects.select_for_update().get(pk=chemical.pk)
        if before.formula != chemical.formula and Lot.objects.filter(chemical=before, weighings__isnull=False).exists():
            raise LotError(
                f"{before} has been weighed into batches as {before.formula}; make a new chemical instead.", "formula"
            )
    chemical.full_clean()
    because(chemical, user, reason)
    chemical.save()
    return chemical


# What the grams of a batch are turned into moles by: a change speaks about batches that are made.
BEHIND_RATIOS = ("chemical_id", "assay_percent", "moisture_percent")


@transaction.atomic
def save_lot(
    lot: Lot, user: User, certificate: Path | None = None, certificate_name: str = "", reason: str = ""
) -> Lot:
    """Save a new or changed lot, with its certificate where one is given.

    Raises:
        PermissionDenied: the user researches nowhere.
        LotError: the amount received would be less than what was weighed already, the chemical of a weighed lot would
            change, or its assay or moisture without a reason.
        ValidationError: a field is wrong.
    """
    require_researcher(user)
    if lot.pk is None:
        lot.created_by = user
    else:
        _check_weighed(Lot.objects.select_for_update().get(pk=lot.pk), lot, reason)
    if certificate is not None:
        lot.certificate_sha256 = store.sha256_of(certificate)
        lot.certificate_name = Path(certificate_name).name[:255]
        store.put(certificate, lot.certificate_key)
    lot.full_clean()
    because(lot, user, reason)
    lot.save()
    left = left_in(lot)
    if left < 0:
        raise LotError(f"More of {lot} was weighed than this amount: {-left:.6g} g would be missing.", "amount_g")
    return lot


def _check_weighed(before: Lot, lot: Lot, reason: str) -> None:
    changed = [name for name in BEHIND_RATIOS if getattr(before, name) != getattr(lot, name)]
    if not changed or not before.weighings.exists():
        return
    if "chemical_id" in changed:
        raise LotError(f"{before} has been weighed into batches as {before.chemical}; it stays that.", "chemical")
    if not reason.strip():
        raise LotError(
            f"{before} has been weighed into batches: their ratios change with its assay and moisture. Say why.",
            "reason",
        )


@transaction.atomic
def correct_lot(lot: Lot, user: User, amount_g: float, reason: str) -> LotCorrection:
    """Add a difference that weighing the container found, with its reason.

    Raises:
        PermissionDenied: the user researches nowhere.
        LotError: no reason, or less than nothing would be left.
    """
    require_researcher(user)
    if not reason.strip():
        raise LotError("A correction needs its reason.", "reason")
    if not math.isfinite(amount_g) or amount_g == 0:
        raise LotError("A correction adds or takes away grams; give a number that is not 0.", "amount_g")
    Lot.objects.select_for_update().get(pk=lot.pk)
    if left_in(lot) + amount_g < 0:
        raise LotError(
            f"Only {left_in(lot):.6g} g of {lot} are left; {-amount_g:g} g cannot be taken away.", "amount_g"
        )
    return LotCorrection.objects.create(lot=lot, amount_g=amount_g, reason=reason.strip(), created_by=user)


def left_in(lot: Lot) -> float:
    """Grams left: received, less what batches weighed, plus corrections."""
    found = Lot.objects.with_amount_left().get(pk=lot.pk)
    return round(found.left_g, 9)  # type: ignore[attr-defined]  # annotated


def check_use(lot: Lot, mass_g: float, day: date, reason: str = "", left_g: float | None = None) -> None:
    """Refuse to weigh from a lot that is expired, or more than is left, unless a reason is given.

    Args:
        left_g: in the lot, where the caller has it already.

    Raises:
        LotError: says which of the two, and what to do.
    """
    if reason.strip():
        return
    if lot.expired_on(day):
        raise LotError(
            f"{lot} expired on {lot.expires_on:%Y-%m-%d}; choose another lot, or give the reason for using it."
        )
    left = left_in(lot) if left_g is None else left_g
    if mass_g > left:
        raise LotError(
            f"Only {left:.6g} g of {lot} are left, {mass_g:g} g are to be weighed; choose another lot, correct the"
            " inventory, or give the reason."
        )
