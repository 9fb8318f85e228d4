"""Pulses of simulated cells, from the cycler's file back to the resistances of the model."""

from __future__ import annotations

import pytest

from cells.cycling.technique import CYCLING
from dashboards.demo.simulate import hppc
from dashboards.demo.simulate.files import write_files
from dashboards.demo.simulate.model import open_circuit_volt
from dashboards.demo.simulate.specimens import specimens
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches
from labdb.ingest.technique import Analysis

PULSED = [one for one in specimens() if one.kind.name == "pulses"]
PAIRS = (("GP-NCM", "P-NCM"), ("GP-Ni96", "P-Ni96"))


@pytest.fixture(scope="module")
def simulated(tmp_path_factory) -> dict[str, tuple[Analysis, list[float]]]:
    """By the code of the cell: what labdb found in its file, and the resistances of the model in ohm."""
    folder = tmp_path_factory.mktemp("pulsed")
    found = {}
    pulse = hppc.pulse
    with pytest.MonkeyPatch.context() as patched:
        for one in PULSED:
            resistances: list[float] = []

            def seen(cell, state, c_rate, known=resistances):
                step, after = pulse(cell, state, c_rate)
                ampere = c_rate * cell.one_c_a_per_g * cell.active_mass_mg / 1000
                known.append((step.voltage_volt[-1] - open_circuit_volt(cell, state)) / ampere)
                return step, after

            patched.setattr(hppc, "pulse", seen)
            (path,) = write_files(one, folder).paths
            (match,) = matches(FileHead.of(path), [CYCLING])
            table = CYCLING.schema.conform(match.reader.read(path, path.name).table)
            told = {
                "active_mass_mg": one.cell.active_mass_mg,
                "nominal_specific_capacity_mah_per_g": one.cell.one_c_a_per_g * 1000,
            }
            found[one.code] = (CYCLING.analysed([], table, told, lambda fraction, doing: None), resistances)
    return found


def test_the_resistance_of_every_pulse_is_that_of_the_model_within_a_percent(simulated):
    for code, (analysis, resistances) in simulated.items():
        pulses = analysis.tables["pulses"]
        assert pulses.height == 2 * 2 * hppc.LEVELS, code
        assert pulses["pulse_resistance_ohm"].to_list() == pytest.approx(resistances, rel=0.01), code
        assert pulses["compared"].all(), code


def test_the_ohmic_resistance_of_a_cell_is_that_of_the_model(simulated):
    for one in PULSED:
        analysis, _ = simulated[one.code]
        ohm = one.cell.ohmic_ohm_gram / one.cell.active_mass_mg * 1000
        # Voltages are written to 0.1 mV, of about 20.
        fresh = analysis.tables["pulses"].filter(sequence=1)["pulse_ohmic_resistance_ohm"].mean()
        assert fresh == pytest.approx(ohm, rel=0.03), one.code


def test_pulses_stand_after_the_first_and_the_fiftieth_ageing_cycle_from_90_to_10_percent(simulated):
    for code, (analysis, _) in simulated.items():
        pulses = analysis.tables["pulses"]
        assert pulses["after_ageing_cycle"].unique().sort().to_list() == [1, 50], code
        charged = pulses.filter(direction="discharge")["state_of_charge"].to_list()
        assert charged == pytest.approx([level / 10 for level in range(9, 0, -1)] * 2, abs=0.04), code
        kinds = analysis.tables["protocol"]["kind"].to_list()
        assert kinds == ["rest", "formation", "ageing", "HPPC", "ageing", "HPPC"], code
        assert analysis.warnings == (), code


@pytest.mark.parametrize(("product", "control"), PAIRS)
def test_the_porous_product_has_the_lower_resistance_and_the_slower_growth(simulated, product, control):
    for quantity in (
        "hppc_discharge_resistance_ohm_at_1",
        "hppc_discharge_resistance_ohm_at_50",
        "hppc_resistance_growth",
    ):
        mine, other = ([_value(simulated[f"{code}-D{n}"][0], quantity) for n in (1, 2)] for code in (product, control))
        assert max(mine) < min(other), quantity


def _value(analysis: Analysis, quantity: str) -> float:
    return next(scalar.value for scalar in analysis.scalars if scalar.quantity == quantity)
