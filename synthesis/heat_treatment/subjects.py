"""What a furnace log is hung on, as a request names it: `batch=12`, or `batch=12:2` for the second heat treatment."""

from __future__ import annotations

from labdb.accounts.models import Project, User
from synthesis.batch.models import Batch
from synthesis.heat_treatment.services import HeatTreatmentOf


def heat_treatment(user: User, text: str) -> tuple[HeatTreatmentOf, Project]:
    """
    Raises:
        ValueError: the user sees no such batch, or the number is none.
    """
    key, _, number = text.partition(":")
    visible = Batch.objects.visible_to(user).select_related("project")
    found = visible.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    if found is None:
        raise ValueError(f"There is no batch {key} that you may see; GET /api/v1/batches lists yours, with their ids.")
    if number and not (number.isdecimal() and len(number) < 4):
        raise ValueError(f"“{number}” is no heat treatment; batch={found.pk}:2 is the second one of {found}.")
    return HeatTreatmentOf(found, int(number or 1)), found.project
