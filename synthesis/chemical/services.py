"""The verbs of the inventory. Chemicals and lots belong to the whole lab: whoever researches anywhere may write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction

from labdb.accounts.models import Membership, Role, User
from labdb.files import store
from synthesis.chemical.models import Chemical, Lot, LotCorrection


class LotError(ValueError):
    """A lot that cannot be used like this; says why, and what to do."""


def require_researcher(user: User) -> None:
    """Refuse who researches in no project.

    Raises:
        PermissionDenied: the user is a viewer everywhere, or a member nowhere.
    """
    roles = [role for role in Role if role.rank >= Role.RESEARCHER.rank]
    if user.only_project_id is not None:
        raise PermissionDenied("This token is limited to one project; chemicals and lots belong to the whole lab.")
    if not (user.is_superuser or Membership.objects.filter(user=user, role__in=roles).exists()):
        raise PermissionDenied("Chemicals and lots are written by researchers; you have that role in no project.")


@transaction.atomic
def save_chemical(chemical: Chemical, user: User) -> Chemical:
    """Save a new or changed chemical.

    Raises:
        PermissionDenied: the user researches nowhere.
        LotError: the formula of a chemical that was weighed would change; it stands behind every ratio.
    """
    require_researcher(user)
    if chemical.pk is None:
        chemical.created_by = user
    else:
        before = Chemical.objects.select_for_update().get(pk=chemical.pk)
        if before.formula != chemical.formula and Lot.objects.filter(chemical=before, weighings__isnull=False).exists():
            raise LotError(f"{before} has been weighed into batches as {before.formula}; make a new chemical instead.")
    chemical.save()
    return chemical


@transaction.atomic
def save_lot(lot: Lot, user: User, certificate: Path | None = None, certificate_name: str = "") -> Lot:
    """Save a new or changed lot, with its certificate where one is given.

    Raises:
        PermissionDenied: the user researches nowhere.
        LotError: the amount received would be less than what was weighed already.
    """
    require_researcher(user)
    if lot.pk is None:
        lot.created_by = user
    if certificate is not None:
        lot.certificate_sha256 = store.sha256_of(certificate)
        lot.certificate_name = Path(certificate_name).name[:255]
        store.put(certificate, lot.certificate_key)
    lot.save()
    left = left_in(lot)
    if left < 0:
        raise LotError(f"More of {lot} was weighed than this amount: {-left:.6g} g would be missing.")
    return lot


@transaction.atomic
def correct_lot(lot: Lot, user: User, amount_g: float, reason: str) -> LotCorrection:
    """Add a difference that weighing the container found, with its reason.

    Raises:
        PermissionDenied: the user researches nowhere.
        LotError: no reason, or less than nothing would be left.
    """
    require_researcher(user)
    if not reason.strip():
        raise LotError("A correction needs its reason.")
    Lot.objects.select_for_update().get(pk=lot.pk)
    if left_in(lot) + amount_g < 0:
        raise LotError(f"Only {left_in(lot):.6g} g of {lot} are left; {-amount_g:g} g cannot be taken away.")
    return LotCorrection.objects.create(lot=lot, amount_g=amount_g, reason=reason.strip(), created_by=user)


def left_in(lot: Lot) -> float:
    """Grams left: received, less what batches weighed, plus corrections."""
    return round(Lot.objects.with_amount_left().values_list("left_g", flat=True).get(pk=lot.pk), 9)


def check_use(lot: Lot, mass_g: float, day: date, reason: str = "") -> None:
    """Refuse to weigh from a lot that is expired, or more than is left, unless a reason is given.

    Raises:
        LotError: says which of the two, and what to do.
    """
    if reason.strip():
        return
    if lot.expired_on(day):
        raise LotError(
            f"{lot} expired on {lot.expires_on:%Y-%m-%d}; choose another lot, or give the reason for using it."
        )
    left = left_in(lot)
    if mass_g > left:
        raise LotError(
            f"Only {left:.6g} g of {lot} are left, {mass_g:g} g are to be weighed; choose another lot, correct the"
            " inventory, or give the reason."
        )
