"""The electrodes that a cell may be built of, as a person names them."""

from __future__ import annotations

from django.http import HttpRequest

from cells.electrode.models import ElectrodeDisc
from labdb.accounts.current import in_view
from labdb.accounts.models import Project

MOST_OFFERED = 300


def disc_of(project: Project, code: str) -> ElectrodeDisc | None:
    """The project's electrode of a code, with what its numbers need."""
    return ElectrodeDisc.objects.filter(project=project, code=code).select_related("sheet__batch", "project").first()


def no_disc_sentence(project: Project, code: str) -> str:
    return f"{project} has no electrode {code}; punch it from its sheet first, or leave it empty and enter the mass."


def offered(request: HttpRequest, polarity: str) -> list[str]:
    """Codes of free electrodes for a field to choose from, the newest first."""
    rows = in_view(request, ElectrodeDisc.objects.all()).filter(positive_of=None, negative_of=None)
    codes = rows.filter(sheet__polarity=polarity).order_by("-pk").values_list("code", flat=True)
    return list(codes[:MOST_OFFERED])
