"""A series of cells that are built alike: a template, codes from a pattern, and what each has of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cells.assembly.many.judge import Row, judge
from cells.assembly.models import Cell, CellTemplate
from cells.assembly.services import add_cells
from cells.electrode.models import ElectrodeDisc
from labdb.accounts.models import Project, User

OWN = ("code", "positive_electrode", "negative_electrode", "active_mass_mg", "note")


class SeriesError(ValueError):
    """A series that is not made; says why."""


def electrodes_named(project: Project, text: str, most: int) -> list[str]:
    """Codes of electrodes: those that are written, or the free ones of a sheet where one is named.

    Args:
        text: codes with commas, spaces or lines between.
        most: of a sheet.
    """
    written = text.replace(",", " ").replace(";", " ").split()
    if len(written) != 1:
        return written
    free = ElectrodeDisc.objects.filter(
        project=project, sheet__code=written[0], positive_of=None, negative_of=None
    ).order_by("code")
    return list(free.values_list("code", flat=True)[:most]) or written


def laid_out(
    codes: Sequence[str], positives: Sequence[str], negatives: Sequence[str], before: Sequence[Mapping[str, str]] = ()
) -> list[dict[str, str]]:
    """One row a code, with an electrode of each list as far as they go; what was typed in a row before stays."""
    rows = []
    for number, code in enumerate(codes):
        typed = dict(before[number]) if number < len(before) else {}
        named = {"positive_electrode": positives, "negative_electrode": negatives}
        given = {name: of[number] for name, of in named.items() if number < len(of)}
        rows.append(dict.fromkeys(OWN, "") | typed | given | {"code": code})
    return rows


def surplus(codes: Sequence[str], *lists: Sequence[str]) -> str:
    """Says where there are more electrodes than codes; empty otherwise."""
    longest = max((len(one) for one in lists), default=0)
    return (
        f"There are {longest} electrodes for {len(codes)} codes; the last are left out." if longest > len(codes) else ""
    )


def judge_series(
    rows: Sequence[Mapping[str, str]], like: Cell | CellTemplate, common: Mapping[str, Any], build: Mapping[str, Any]
) -> list[Row]:
    """Judge the rows of a series before it is made.

    Args:
        common: what all cells have beside their build: product, batch, built on, built by.
    """
    return judge(list(enumerate(rows, start=1)), like.project, {**build, **common})


def make_series(rows: Sequence[Row], user: User) -> list[Cell]:
    """Make all cells of a judged series, or none.

    Raises:
        PermissionDenied: the user may not write in the project.
        SeriesError: a row has errors, or there is none.
    """
    bad = [row for row in rows if row.errors]
    if bad or not rows:
        raise SeriesError(f"{len(bad)} rows have errors; nothing is made." if bad else "There is no row to make.")
    return add_cells([row.cell for row in rows if row.cell is not None], user, "made in a series")
