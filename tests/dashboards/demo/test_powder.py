"""Simulated values of powders give, read and analysed, what they were made for."""

from __future__ import annotations

import pytest

from characterization.fracture.technique import FRACTURE_CENSUS
from characterization.moisture.technique import MOISTURE
from characterization.particle_size.technique import PARTICLE_SIZE
from characterization.residual_lithium.technique import RESIDUAL_LITHIUM
from characterization.tap_density.technique import TAP_DENSITY
from dashboards.demo.simulate import powder
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches
from labdb.ingest.technique import SourceFile, no_progress

TECHNIQUES = [TAP_DENSITY, PARTICLE_SIZE, RESIDUAL_LITHIUM, MOISTURE, FRACTURE_CENSUS]


def typed(tmp_path, technique: str, rows):
    return analysed(tmp_path, powder.entry_file(technique, rows))


def analysed(tmp_path, content: bytes):
    """The analysis of a file, by the one technique that takes it, without a doubt."""
    path = tmp_path / "simulated.csv"
    path.write_bytes(content)
    (match,) = matches(FileHead.of(path), TECHNIQUES)
    reading = match.reader.read(path, path.name)
    table = match.technique.schema.conform(reading.table)
    analysis = match.technique.analysed([SourceFile(path, path.name)], table, match.technique.defaults, no_progress)
    assert (*reading.warnings, *analysis.warnings) == ()
    return {scalar.quantity: scalar for scalar in analysis.scalars}


@pytest.mark.parametrize(("mean", "sd"), [(1.75, 0.03), (2.17, 0.06)])
def test_tap_density_is_that_of_the_study(tmp_path, mean, sd):
    found = typed(tmp_path, "tap_density", powder.tap_density(mean, sd, seed=1))["tap_density_g_per_cm3"]
    assert (found.value, found.sd, found.n) == (pytest.approx(mean, rel=1e-3), pytest.approx(sd, rel=0.01), 3)


def test_water_and_residual_lithium_are_what_was_asked_for(tmp_path):
    water = typed(tmp_path, "moisture", powder.moisture(280, 0.05, seed=2))["water_content_mg_per_kg"]
    assert (water.value, water.sd) == pytest.approx((280, 14), rel=0.01)
    lithium = typed(tmp_path, "residual_lithium", powder.residual_lithium(2100, 1600, seed=3))
    assert lithium["residual_lithium_hydroxide_mg_per_kg"].value == pytest.approx(2100, rel=1e-3)
    assert lithium["residual_lithium_carbonate_mg_per_kg"].value == pytest.approx(1600, rel=1e-3)
    assert lithium["residual_lithium_carbonate_mg_per_kg"].sd == pytest.approx(32, rel=0.03)


SIZES = {"d10_micrometre": 5.2, "d50_micrometre": 10.3, "d90_micrometre": 18.9}


def test_percentiles_of_the_particle_size_are_what_was_asked_for_typed_and_as_an_export(tmp_path):
    typed_in = typed(tmp_path, "particle_size", powder.particle_size(*SIZES.values(), 0.01, seed=4))
    exported = analysed(tmp_path, powder.mastersizer_3000("GP-NCM-01", *SIZES.values(), 0.01, seed=4))
    for found in (typed_in, exported):
        for name, size in SIZES.items():
            assert (found[name].value, found[name].n) == (pytest.approx(size, rel=0.01), 3)
            # Within a class of the export the curve is straight.
            assert found[name].sd == pytest.approx(0.01 * size, rel=0.01 if found is typed_in else 0.1)
        assert found["particle_size_span"].value == pytest.approx((18.9 - 5.2) / 10.3, rel=0.01)


def test_the_census_has_the_shares_that_the_study_reports(tmp_path):
    # What the study does not report of a class is chosen.
    product = [
        *powder.census((0.759, 0.196, 0.045), 510, 30, seed=5),
        *powder.census((0.372, 0.484, 0.144), 516, 100, seed=6),
    ]
    control = [
        *powder.census((0.151, 0.673, 0.176), 510, 30, seed=7),
        *powder.census((0.085, 0.553, 0.362), 506, 100, seed=8),
    ]
    assert sum(row[name] for row in (*product, *control) for name in ("intact", "mildly_damaged", "broken")) == 2042
    found = typed(tmp_path, "fracture_census", product)
    assert found["intact_share_at_30"].value == pytest.approx(0.759, rel=0.01)
    assert found["intact_share"].value == found["intact_share_at_100"].value == pytest.approx(0.372, rel=0.01)
    found = typed(tmp_path, "fracture_census", control)
    assert found["mildly_damaged_share_at_30"].value == pytest.approx(0.673, rel=0.01)
    assert found["broken_share_at_30"].value == pytest.approx(0.176, rel=0.01)
    assert found["intact_share_at_100"].value == pytest.approx(0.085, rel=0.01)


def test_the_same_arguments_give_the_same_values_and_another_seed_others():
    assert powder.tap_density(1.75, 0.03, seed=1) == powder.tap_density(1.75, 0.03, seed=1)
    assert powder.tap_density(1.75, 0.03, seed=1) != powder.tap_density(1.75, 0.03, seed=2)


def test_whole_counts_add_up_and_shares_that_do_not_are_refused():
    assert powder.whole_counts(10, (0.25, 0.25, 0.5)) == [3, 2, 5]
    with pytest.raises(ValueError, match="do not add up to 1"):
        powder.whole_counts(10, (0.5, 0.4, 0.2))
