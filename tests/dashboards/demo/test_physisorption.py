"""A simulated isotherm is read and analysed to what it was made of."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from characterization.physisorption.technique import PHYSISORPTION
from dashboards.demo.simulate.physisorption import PorousPowder, amounts, write_isotherm
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches

POWDERS = [
    PorousPowder(bet_area_m2_per_g=0.92, pore_volume_cm3_per_g=0.0061, bet_c=95.0, pore_diameter_nm=26.0, seed=1),
    PorousPowder(bet_area_m2_per_g=0.41, pore_volume_cm3_per_g=0.0021, bet_c=70.0, pore_diameter_nm=18.0, seed=2),
    PorousPowder(bet_area_m2_per_g=2.8, pore_volume_cm3_per_g=0.02, bet_c=120.0, pore_diameter_nm=35.0, seed=3),
]
BEGIN = datetime(2025, 9, 8, 10, 30)


def written(powder, folder):
    path = folder / "isotherm.aif"
    write_isotherm(path, powder, "GP-NCM-01, washed 2", BEGIN)
    return path


@pytest.mark.parametrize("powder", POWDERS)
def test_reading_and_analysing_gives_what_the_powder_was_made_of(powder, tmp_path):
    path = written(powder, tmp_path)
    (match,) = matches(FileHead.of(path), [PHYSISORPTION])
    reading = match.reader.read(path, path.name)
    assert reading.warnings == ()
    analysis = PHYSISORPTION.analyse(reading.table, {}, lambda fraction, doing: None)
    found = {scalar.quantity: scalar.value for scalar in analysis.scalars}
    assert analysis.warnings == ()
    assert found["bet_area_m2_per_g"] == pytest.approx(powder.bet_area_m2_per_g, rel=0.01)
    assert found["total_pore_volume_cm3_per_g"] == pytest.approx(powder.pore_volume_cm3_per_g, rel=0.01)
    wanted = 4000 * powder.pore_volume_cm3_per_g / powder.bet_area_m2_per_g
    assert found["mean_pore_diameter_nm"] == pytest.approx(wanted, rel=0.01)
    assert found["bet_c"] == pytest.approx(powder.bet_c, rel=0.05)
    assert found["bjh_mode_diameter_nm"] == pytest.approx(powder.pore_diameter_nm, rel=0.25)
    assert reading.table["sample_mass_mg"][0] == powder.sample_mass_mg


def test_the_file_says_that_nothing_was_measured(tmp_path):
    path = written(POWDERS[0], tmp_path)
    (match,) = matches(FileHead.of(path), [PHYSISORPTION])
    metadata = match.reader.read(path, path.name).metadata
    assert metadata["sample"] == "SIMULATED GP-NCM-01, washed 2"
    assert metadata["operator"] == "SIMULATED"
    assert metadata["start_time_local"] == "2025-09-08T10:30:00"


def test_desorption_lies_above_adsorption_and_meets_it_at_both_ends():
    pressure = np.array([0.3, 0.6, 0.8, 0.9, 0.99])
    rising, falling = (amounts(POWDERS[0], pressure, desorption=side) for side in (False, True))
    assert (falling >= rising - 1e-12).all()
    assert falling[[0, -1]] == pytest.approx(rising[[0, -1]], rel=1e-3)
    assert falling[2] > 1.02 * rising[2]


def test_the_same_powder_gives_the_same_bytes_and_another_seed_others(tmp_path):
    first = written(POWDERS[0], tmp_path).read_bytes()
    assert written(POWDERS[0], tmp_path).read_bytes() == first
    assert written(POWDERS[1], tmp_path).read_bytes() != first


def test_a_layer_that_fills_more_than_the_pores_is_refused(tmp_path):
    with pytest.raises(ValueError, match="give a larger pore volume or a smaller area"):
        written(PorousPowder(bet_area_m2_per_g=5.0, pore_volume_cm3_per_g=0.001), tmp_path)
