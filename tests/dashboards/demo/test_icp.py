"""The simulated ICP run gives back what it was made of."""

from __future__ import annotations

import pytest

from characterization.icp.technique import ICP
from dashboards.demo.simulate.icp import Digest, write_qtegra
from labdb.ingest.installed import techniques
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches

GP = Digest(
    "GP-NCM-01-W2",
    {"Li": 1.02, "Ni": 0.83, "Co": 0.11, "Mn": 0.06},
    {"K": 320.0, "S": 150.0, "Na": 60.0},
    sample_mass_mg=51.3,
)
P = Digest("P-Ni96-01", {"Li": 1.01, "Ni": 0.96, "Co": 0.02, "Mn": 0.02}, {"S": 90.0}, sample_mass_mg=48.9)


def found(path, digest, target):
    (match,) = matches(FileHead.of(path), techniques())
    assert match.reader.name == "qtegra"
    reading = match.reader.read(path, path.name)
    assert reading.metadata["comment"] == "SIMULATED"
    return ICP.analyse(
        ICP.schema.conform(reading.table),
        {
            **ICP.defaults,
            "known_as": [digest.label],
            "target_composition": target,
            "sample_mass_mg": digest.sample_mass_mg,
            "volume_ml": digest.volume_ml,
            "dilution_factor": digest.dilution_factor,
        },
        lambda *_: None,
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reading_and_analysing_a_simulated_run_gives_its_targets_within_a_percent(tmp_path, seed):
    path = tmp_path / "icp simulated.csv"
    write_qtegra(path, [GP, P], seed)
    for digest, target in ((GP, "LiNi0.83Co0.11Mn0.06O2"), (P, "LiNi0.96Co0.02Mn0.02O2")):
        done = found(path, digest, target)
        values = {scalar.quantity: scalar.value for scalar in done.scalars}
        for element, ratio in digest.ratios.items():
            assert values[f"{element.lower()}_per_tm"] == pytest.approx(ratio, rel=0.01)
        residuals = {"K": "potassium", "S": "sulfur", "Na": "sodium"}
        for element, amount in digest.residuals_mg_per_kg.items():
            name = f"residual_{residuals[element]}_mg_per_kg"
            tolerance = 0.01 if amount > 100 else 0.06  # a few µg/L above the background
            assert values[name] == pytest.approx(amount, rel=tolerance)
        assert values["metal_recovery"] == pytest.approx(1, abs=0.01)
        assert values["composition_deviation"] < 0.005


def test_potassium_that_is_not_there_is_an_upper_bound_of_few_mg_per_kg(tmp_path):
    path = tmp_path / "icp simulated.csv"
    write_qtegra(path, [GP, P], seed=4)
    done = found(path, P, "LiNi0.96Co0.02Mn0.02O2")
    values = {scalar.quantity: scalar.value for scalar in done.scalars}
    assert 0 < values["residual_potassium_mg_per_kg"] < 10
    assert any("residual K is under its limit" in warning for warning in done.warnings)


def test_the_same_run_is_the_same_bytes_and_says_that_nothing_was_measured(tmp_path):
    write_qtegra(tmp_path / "a.csv", [GP], seed=1)
    write_qtegra(tmp_path / "b.csv", [GP], seed=1)
    write_qtegra(tmp_path / "c.csv", [GP], seed=2)
    first, same, other = ((tmp_path / name).read_bytes() for name in ("a.csv", "b.csv", "c.csv"))
    assert first == same != other
    assert first.startswith(b"SIMULATED;")
