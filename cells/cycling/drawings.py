"""The figures of what the parts of the analysis found, for one test and for several; a new one is a line here. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from cells.cycling.peak_drawings import PEAKS
from cells.cycling.rate_drawings import RATES
from cells.hppc.drawings import HPPC
from cells.storage.drawings import STORAGE
from labdb.ingest.presentation import Drawing

# In the order of the page; each is drawn where the run stored its table.
DRAWINGS: tuple[Drawing, ...] = (*RATES, *PEAKS, *HPPC, *STORAGE)


def drawing(name: str) -> Drawing:
    """
    Raises:
        KeyError: there is none of that name.
    """
    for one in DRAWINGS:
        if one.name == name:
            return one
    raise KeyError(name)


def drawings_of(tables: Iterable[str], *, several: bool = False) -> tuple[Drawing, ...]:
    """The drawings of which there is the table.

    Args:
        several: only those that overlay several runs.
    """
    there = set(tables)
    return tuple(one for one in DRAWINGS if one.table in there and not (several and one.single))
