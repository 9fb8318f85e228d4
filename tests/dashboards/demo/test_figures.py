"""The figures of the reference study can be drawn of its simulated cells: tables are there, and every drawing draws."""

from __future__ import annotations

import pytest

from cells.cycling.drawings import drawing
from labdb.ingest.presentation import Shown
from tests.dashboards.demo.conftest import Studied

# Figure → kind of cells, the tables that it is drawn from, and those of its drawings that stand in `DRAWINGS`.
FIGURES = {
    "4a, 4b, 4c, 4d": ("half", ("cycles", "dq_dv", "dq_dv_peaks"), ("dq-dv-cycles", "dq-dv-peaks", "polarisation")),
    "4e": ("rate", ("cycles", "rate"), ("rate-cycles", "rate-capability")),
    "4g": ("pouch", ("cycles", "protocol"), ("mean-voltage",)),
    "5a": ("pulses", ("pulses",), ("hppc-resistance", "hppc-power")),
    "6b, 6c, 6d": ("solid-state", ("cycles",), ()),
    "7c, 7d": ("energy", ("cycles", "energies"), ("specific-energy",)),
    "7e": ("storage", ("storage",), ("storage", "storage-means")),
}


def of_kind(studied: list[Studied], kind: str) -> list[Studied]:
    found = [one for one in studied if one.specimen.kind.name == kind]
    assert found
    return found


@pytest.mark.parametrize("figure", FIGURES)
def test_every_cell_of_its_kind_has_the_tables_of_a_figure(studied, figure):
    kind, tables, _ = FIGURES[figure]
    for one in of_kind(studied, kind):
        assert {name for name in tables if one.analysis.tables[name].height} == set(tables)


@pytest.mark.parametrize("figure", FIGURES)
def test_the_drawings_of_a_figure_have_curves_for_one_cell_and_for_all_of_its_kind(studied, figure):
    kind, _, names = FIGURES[figure]
    shown = [
        Shown(one.specimen.code, one.analysis.tables.get, one.results, group=one.specimen.product, simulated=True)
        for one in of_kind(studied, kind)
    ]
    for name in names:
        assert drawing(name).draw(shown[:1])["data"], name
        assert drawing(name).draw(shown)["data"], name


def test_peaks_of_dq_dv_are_followed_through_cycles_10_100_200_and_300(studied):
    for one in of_kind(studied, "half"):
        peaks = one.analysis.tables["dq_dv_peaks"]
        assert {10, 100, 200, 300} <= set(peaks["ageing_index"].drop_nulls())
