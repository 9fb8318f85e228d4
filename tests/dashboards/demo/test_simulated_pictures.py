"""Simulated pictures are read back, by the readers and the analysis of real ones, to what they were made to show."""

from __future__ import annotations

from datetime import datetime

import pytest

from characterization.micrograph.picture import open_picture
from characterization.sem.technique import SEM
from dashboards.demo.simulate.sem import CrossSection, SurfaceLayer, haadf, write_cross_section, write_haadf
from labdb.ingest.inspect import inspect

BEGIN = datetime(2025, 9, 1, 10, 30)


# GP-NCM as in the reference study: 13.11 % inside half the radius, 8.11 % in all; P-NCM is even, 1.96 %.
@pytest.mark.parametrize(
    "wanted",
    [
        CrossSection(0.0811, 0.1311, seed=1),
        CrossSection(0.0838, 0.1340, seed=8),
        CrossSection(0.0196, 0.0196, seed=3),
        CrossSection(0.0692, 0.1100, 12.0, seed=4),
        CrossSection(0.0225, 0.0225, 8.0, seed=5),
    ],
    ids=lambda wanted: f"{wanted.porosity:.2%}",
)
def test_a_cross_section_is_read_to_the_porosity_that_it_was_made_with(wanted, tmp_path):
    path = tmp_path / "section.tif"
    write_cross_section(path, wanted, BEGIN, "GP-NCM-B1")
    found = inspect(path, [SEM])
    assert found["metadata"]["start_time_local"] == BEGIN.isoformat()
    assert "SIMULATED" in found["metadata"]["comment"]
    values = {name: result["value"] for name, result in found["results"].items()}
    assert values["porosity"] == pytest.approx(wanted.porosity, rel=0.01, abs=0.001)
    half = wanted.porosity_inside_half_radius
    assert values["porosity_inside_half_radius"] == pytest.approx(half, rel=0.01, abs=0.001)
    assert values["particle_diameter_micrometre"] == pytest.approx(wanted.particle_diameter_micrometre, rel=0.01)
    assert found["columns"]["databar_rows"]["first"] == 44
    assert found["warnings"] == []


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    for name in ("a.tif", "b.tif"):
        write_cross_section(tmp_path / name, CrossSection(0.02, 0.02, seed=6), BEGIN, "P-NCM")
        write_haadf(tmp_path / f"haadf {name}", SurfaceLayer(7.0))
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
    assert (tmp_path / "haadf a.tif").read_bytes() == (tmp_path / "haadf b.tif").read_bytes()


def test_a_rock_salt_layer_is_as_thick_on_the_picture_as_it_was_made(tmp_path):
    write_haadf(tmp_path / "haadf.tif", SurfaceLayer(7.0))
    assert open_picture(tmp_path / "haadf.tif", "haadf.tif").pixel_size_nm == pytest.approx(0.04)
    levels = haadf(SurfaceLayer(7.0)).astype(float)
    column = levels[:, 200:240].mean(axis=1)
    surface = int((column > 4000).argmax())
    bulk = int((column > 15500).argmax())  # the first bright plane of the bulk
    assert (bulk - surface) * 0.04 == pytest.approx(7.0, abs=0.3)
