"""The demo's stacks: what they are made of is what labdb finds in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboards.demo.simulate.tomography import (
    CONTROL,
    POROUS,
    Pores,
    pore_voxels,
    volumes_cubic_micrometre,
    write_stack,
)
from tests.characterization.tomography.stacks import analysed, read, values


@pytest.fixture(scope="module")
def porous(tmp_path_factory):
    path = tmp_path_factory.mktemp("stacks") / "GP-NCM simulated.tif"
    write_stack(path, POROUS, "GP-NCM")
    return path


def test_the_stack_has_the_shares_and_the_largest_pores_of_the_article(porous):
    found = analysed(porous)
    told = values(found)
    # Exactly: a pore is so many voxels. 3.779 µm³ are 30,232 voxels of 50 nm.
    shares = [told[f"pore_volume_share_{name}"] for name in ("small", "medium", "large")]
    assert shares == pytest.approx([0.80, 0.16, 0.04])
    assert told["largest_pore_volume_cubic_micrometre"] == pytest.approx(3.779)
    assert told["second_largest_pore_volume_cubic_micrometre"] == pytest.approx(1.123)
    assert told["largest_pore_radial_position"] < 0.35
    assert told["second_largest_pore_radial_position"] < 0.35
    assert told["stack_particle_diameter_micrometre"] == pytest.approx(9.6, rel=0.001)
    assert told["pore_number"] == 1000
    volumes = found.tables["pores"]["volume_cubic_micrometre"].to_list()
    assert volumes == pytest.approx(sorted(volumes_cubic_micrometre(POROUS), reverse=True))


def test_the_file_is_of_a_few_megabytes_and_says_that_nothing_was_measured(porous):
    assert porous.stat().st_size < 4_000_000
    reading = read(porous)
    assert reading.metadata["comment"] == "SIMULATED GP-NCM"
    assert reading.table.row(0, named=True)["voxel_size_nm"] == pytest.approx(50)
    assert reading.table["slice_thickness_nm"][0] == pytest.approx(50)


def test_the_control_has_fewer_pores_and_no_large_ones_in_its_centre(tmp_path):
    path = tmp_path / "P-NCM simulated.tif"
    write_stack(path, CONTROL)
    told = values(analysed(path))
    assert told["pore_number"] == 250
    assert told["pore_volume_share_small"] == pytest.approx(0.96)
    assert told["stack_porosity"] < 0.01


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    small = replace(POROUS, pores=Pores((20, 4, 2), (0.2,), specks=5), diameter_micrometre=2.4)
    for name, particle in (("a", small), ("b", small), ("c", replace(small, seed=1))):
        write_stack(tmp_path / name, particle)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != (tmp_path / "c").read_bytes()


def test_pores_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"does not fit beside|finds no place"):
        write_stack(tmp_path / "full.tif", replace(POROUS, diameter_micrometre=3.0))


def test_every_pore_is_in_its_class():
    sizes = pore_voxels(POROUS)[:1000]
    assert [sum(low <= size < high for size in sizes) for low, high in ((16, 80), (80, 241), (241, 10**6))] == [
        800,
        160,
        40,
    ]
