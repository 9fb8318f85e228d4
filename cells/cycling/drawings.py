"""The figures of what the parts of the analysis found, for one test and for several; a new one is a line here. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cells.cycling.peak_drawings import PEAKS
from cells.cycling.rate_drawings import RATES
from cells.hppc.drawings import HPPC
from cells.storage.drawings import STORAGE
from labdb.ingest.presentation import Drawing

# In the order of the page; each is drawn where the run stored its table.
DRAWINGS: tuple[Drawing, ...] = (*RATES, *HPPC, *STORAGE, *PEAKS)

# Tables that a test has only where it was made for what they tell.
PURPOSES = frozenset({"rate", "pulses", "pulse_traces", "storage"})


def drawing(name: str) -> Drawing:
    """
    Raises:
        KeyError: there is none of that name.
    """
    for one in DRAWINGS:
        if one.name == name:
            return one
    raise KeyError(name)


def purposes_and_rest(drawings: Sequence[Drawing], there: Iterable[str]) -> tuple[list[Drawing], list[Drawing]]:
    """The drawings of what a test was made for, which come first on its page, and those that any test has.

    The specific energies of a rate test are part of its purpose; those of a test that only ages are not.
    """
    purposes = PURPOSES & set(there)
    if "rate" in purposes:
        purposes |= {"energies"}
    first = [one for one in drawings if one.table in purposes]
    return first, [one for one in drawings if one.table not in purposes]


def drawings_of(tables: Iterable[str], *, several: bool = False) -> tuple[Drawing, ...]:
    """The drawings of which there is the table.

    Args:
        several: only those that overlay several runs.
    """
    there = set(tables)
    return tuple(one for one in DRAWINGS if one.table in there and not (several and one.single))
