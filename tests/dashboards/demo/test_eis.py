"""The simulated spectra give back what they were made of."""

from __future__ import annotations

import pytest

from cells.impedance.presentation import IMPEDANCE
from cells.impedance.technique import EIS
from dashboards.demo.simulate.eis import CHARGE_TRANSFER_OHM, CYCLES, DUPLICATES, aged, write_gamry
from labdb.ingest.installed import techniques
from labdb.ingest.presentation import Shown
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches


@pytest.mark.parametrize("product", CHARGE_TRANSFER_OHM)
@pytest.mark.parametrize("cycles", CYCLES)
def test_a_simulated_spectrum_is_fitted_back_within_one_per_cent(product, cycles, tmp_path):
    path = tmp_path / "simulated.DTA"
    electrode = aged(product, "C-07", cycles, duplicate=1)
    write_gamry(path, electrode, seed=cycles)
    (match,) = matches(FileHead.of(path), techniques())
    assert match.reader.name == "gamry-dta"
    reading = match.reader.read(path, path.name)
    assert reading.metadata["comment"] == f"SIMULATED\nC-07 after {cycles} cycles"
    assert reading.warnings == ()
    found = EIS.analyse(EIS.schema.conform(reading.table), EIS.defaults, lambda *_: None)
    values = {scalar.quantity: scalar.value for scalar in found.scalars}
    assert values["charge_transfer_resistance_ohm"] == pytest.approx(electrode.charge_transfer_ohm, rel=0.01)
    assert values["ohmic_resistance_ohm"] == pytest.approx(electrode.ohmic_ohm, rel=0.01)
    assert found.warnings == ()


def test_the_mean_of_the_duplicates_is_the_target_and_the_same_seed_gives_the_same_bytes(tmp_path):
    pair = [aged("GP-NCM", f"C-{number}", 50, number).charge_transfer_ohm for number in range(len(DUPLICATES))]
    assert sum(pair) / 2 == pytest.approx(CHARGE_TRANSFER_OHM["GP-NCM"][50])
    first, second = tmp_path / "a", tmp_path / "b"
    for path in (first, second):
        write_gamry(path, aged("GP-NCM", "C-1", 50), seed=9)
    assert first.read_bytes() == second.read_bytes()


def test_nyquist_plots_and_the_resistance_against_cycles_are_drawn_of_a_cell(tmp_path):
    shown = []
    for cycles in CYCLES:
        path = tmp_path / f"{cycles}.DTA"
        write_gamry(path, aged("GP-NCM", "GP-NCM-I1", cycles), seed=cycles)
        (match,) = matches(FileHead.of(path), techniques())
        table = EIS.schema.conform(match.reader.read(path, path.name).table)
        found = EIS.analyse(table, EIS.defaults, lambda *_: None)
        tables = {**found.tables, EIS.table_name: table}
        results = {scalar.quantity: scalar for scalar in found.scalars}
        shown.append(Shown(f"after {cycles}", tables.get, results, group="GP-NCM", after_cycle=cycles))
    for name in ("nyquist", "rct-cycles"):
        (drawing,) = (one for one in IMPEDANCE.drawings if one.name == name)
        assert drawing.draw(shown)["data"]


def test_the_porous_product_keeps_its_resistance_lower():
    for porous, control in (("GP-NCM", "P-NCM"), ("GP-Ni96", "P-Ni96")):
        for cycles in CYCLES:
            assert CHARGE_TRANSFER_OHM[porous][cycles] < CHARGE_TRANSFER_OHM[control][cycles]
