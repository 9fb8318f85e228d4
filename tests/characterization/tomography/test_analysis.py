"""Pores of a stack: volumes exactly, whatever the slabs; classes, places, regions; what is said without a size."""

from __future__ import annotations

import io
import tracemalloc

import numpy as np
import polars as pl
import pytest
import tifffile
from PIL import Image

from characterization.tomography.analysis import analyse_files
from characterization.tomography.bits import slabs
from characterization.tomography.grey import Histogram
from characterization.tomography.pores import Limits, Voxel
from characterization.tomography.readers import slices
from characterization.tomography.technique import TOMOGRAPHY
from labdb.ingest.reader import ReaderError
from labdb.ingest.technique import SourceFile, no_progress
from tests.characterization.tomography.stacks import (
    DARK,
    SOLID,
    analysed,
    ball,
    blocks,
    png,
    read,
    sizes,
    values,
    write_imagej,
    write_zip,
)
from tests.real_data import ROOT, expected, files, needs_real_data

SLICES = [path for path in files("stack/carbonized_slices") if path.endswith(".tif")]


@pytest.fixture
def block(tmp_path):
    """Pores of 8, 27 and 64 voxels in 12 × 14 × 16; a voxel of 100 nm is 0.001 µm³."""
    return write_imagej(tmp_path / "block.tif", blocks())


def test_pores_of_8_27_and_64_voxels_of_100_nm_are_0_008_0_027_and_0_064_cubic_micrometres(block):
    found = analysed(block)
    pores = found.tables["pores"]
    assert pores["voxels"].to_list() == [64, 27, 8]
    assert pores["volume_cubic_micrometre"].to_list() == pytest.approx([0.064, 0.027, 0.008])
    assert pores["pore_class"].to_list() == ["large", "medium", "small"]
    # Slices 6 to 9, rows 5 to 8, columns 4 to 7.
    assert pores.select("z_voxel", "y_voxel", "x_voxel").row(0) == (7.5, 6.5, 5.5)
    assert not pores["touches_border"].any()
    told = values(found)
    assert told["stack_porosity"] == told["resolved_porosity"] == pytest.approx(99 / (12 * 14 * 16))
    assert told["pore_number"] == 3
    assert told["largest_pore_volume_cubic_micrometre"] == pytest.approx(0.064)
    assert told["second_largest_pore_volume_cubic_micrometre"] == pytest.approx(0.027)
    assert told["total_pore_volume_cubic_micrometre"] == pytest.approx(0.099)


def test_shares_are_by_number_and_by_volume_in_the_table(block):
    found = analysed(block)
    for name in ("small", "medium", "large"):
        assert values(found)[f"pore_volume_share_{name}"] == pytest.approx(1 / 3)
    classes = found.tables["classes"]
    assert classes["pore_number"].to_list() == [1, 1, 1]
    assert classes["share_by_volume"].to_list() == pytest.approx([8 / 99, 27 / 99, 64 / 99])
    assert classes["upper_cubic_micrometre"].to_list() == [0.01, 0.03, None]
    assert all(scalar.n == 3 for scalar in found.scalars if scalar.quantity.startswith("pore_volume_share"))


def test_what_is_below_the_noise_limit_is_no_pore_but_counts_in_the_porosity(block):
    found = analysed(block, noise_limit_cubic_micrometre=0.009)
    told = values(found)
    assert (told["pore_number"], sizes(found)) == (2, [64, 27])
    assert told["stack_porosity"] == pytest.approx(99 / 2688)
    assert told["resolved_porosity"] == pytest.approx(91 / 2688)
    assert told["pore_volume_share_small"] == 0


def test_a_limit_belongs_to_the_class_that_the_definition_says():
    # A voxel of 20 nm is 8e-6 µm³: 250 voxels are 0.002 µm³, 1250 are 0.010, 3750 are 0.030 (still medium).
    limits = Limits(0.002, 0.010, 0.030)
    assert limits.least_voxels(Voxel(20, 20).volume_cubic_micrometre) == (250, 1250, 3751)
    assert limits.least_voxels(Voxel(50, 50).volume_cubic_micrometre) == (16, 80, 241)


@pytest.mark.parametrize("slices_", [1, 2, 3, 5, 12])
@pytest.mark.parametrize("region", ["stack", "particle"])
def test_all_that_is_found_is_the_same_for_every_slab(tmp_path, slices_, region):
    greys = ball(31, 13, {(15, 15, 15): 4, (15, 15, 24): 2, (8, 12, 15): 2.5, (22, 18, 14): 1})
    path = write_imagej(tmp_path / "ball.tif", greys)
    whole, parts = analysed(path, region=region), analysed(path, slices_ * 31 * 31, region=region)
    assert parts.scalars == whole.scalars
    assert parts.warnings == whole.warnings
    for name, table in whole.tables.items():
        assert parts.tables[name].equals(table), name
    assert parts.pictures == whole.pictures


def test_a_particle_that_lies_free_is_found_and_its_pores_have_a_place(tmp_path):
    # Radius 20 around (25, 25, 25); a pore in the centre, and one 12 voxels beside it: 12 / 20 of the radius.
    path = write_imagej(tmp_path / "ball.tif", ball(51, 20, {(25, 25, 25): 5, (25, 25, 37): 2}))
    found = analysed(path)
    assert "pores are looked for inside the particle" in found.warnings[-1]
    pores = found.tables["pores"]
    assert pores["radial_position"].to_list() == pytest.approx([0, 0.6], abs=0.005)
    told = values(found)
    body = ball(51, 20, {})
    assert told["stack_particle_diameter_micrometre"] == pytest.approx(4.0, rel=2e-3)
    assert told["stack_porosity"] == pytest.approx(sum(sizes(found)) / (body == SOLID).sum())
    assert told["largest_pore_radial_position"] == pytest.approx(0, abs=1e-6)
    assert told["second_largest_pore_radial_position"] == pytest.approx(0.6, abs=0.005)


def test_the_whole_stack_may_be_chosen_and_its_surroundings_are_doubted(tmp_path):
    path = write_imagej(tmp_path / "ball.tif", ball(31, 12, {(15, 15, 15): 3}))
    found = analysed(path, region="stack")
    assert found.tables["pores"]["radial_position"].null_count() == 2
    assert any("or the surroundings of a particle" in warning for warning in found.warnings)


def test_a_sphere_may_be_entered(tmp_path):
    path = write_imagej(tmp_path / "ball.tif", ball(31, 12, {(15, 15, 15): 3, (15, 15, 22): 1}))
    found = analysed(path, sphere=[15, 15, 15, 5])
    z, y, x = np.ogrid[:31, :31, :31]
    away = (z - 15) ** 2 + (y - 15) ** 2 + (x - 15) ** 2
    assert sizes(found) == [(away <= 9).sum()]
    assert values(found)["stack_porosity"] == pytest.approx((away <= 9).sum() / (away <= 25).sum())
    assert values(found)["stack_particle_diameter_micrometre"] == pytest.approx(1.0)
    beyond = analysed(path, sphere=[100, 15, 15, 5])
    assert "No voxel of the stack is inside the sphere" in beyond.warnings[-1]
    assert values(beyond) == {"pore_number": 0, "stack_particle_diameter_micrometre": pytest.approx(1.0)}


def test_slices_thicker_than_pixels_make_larger_voxels_and_longer_ways(tmp_path):
    greys = ball(51, 20, {(25, 25, 25): 4, (37, 25, 25): 2})[::2]  # every other slice: 200 nm apart
    found = analysed(write_imagej(tmp_path / "flat.tif", greys, spacing_nm=200.0))
    pores = found.tables["pores"]
    assert pores["volume_cubic_micrometre"][0] == pytest.approx(pores["voxels"][0] * 0.1 * 0.1 * 0.2)
    assert pores["radial_position"][1] == pytest.approx(0.6, abs=0.03)
    assert values(found)["stack_particle_diameter_micrometre"] == pytest.approx(4.0, rel=0.02)


def test_a_pore_that_is_cut_by_the_end_of_the_stack_is_marked(tmp_path):
    greys = blocks()
    greys[10:, 2:4, 2:4] = DARK
    pores = analysed(write_imagej(tmp_path / "cut.tif", greys)).tables["pores"]
    assert pores.filter("touches_border")["voxels"].to_list() == [8]


def test_corners_join_unless_only_faces_are_neighbours(tmp_path):
    greys = np.full((6, 6, 6), SOLID, np.uint8)
    greys[1:3, 1:3, 1:3] = greys[3:5, 3:5, 3:5] = DARK
    path = write_imagej(tmp_path / "corner.tif", greys)
    assert sizes(analysed(path)) == [16]
    assert sizes(analysed(path, connectivity="6")) == [8, 8]


def test_a_threshold_may_be_entered_and_the_darker_side_includes_it(tmp_path):
    greys = blocks().astype(np.uint16) + np.arange(16, dtype=np.uint16)  # so many greys that they are no labels
    path = write_imagej(tmp_path / "greys.tif", greys)
    assert values(analysed(path))["stack_threshold_grey"] == 52  # the lightest of the pores, 40 + 12
    assert values(analysed(path, threshold_grey=215.0))["stack_porosity"] == 1
    assert values(analysed(path, threshold_grey=214.0))["stack_porosity"] < 1
    beyond = analysed(path, threshold_grey=10.0)
    assert "outside of the greys of the stack, 41 to 215" in beyond.warnings[0]
    assert values(beyond)["pore_number"] == 0


def test_few_values_are_labels_and_the_darkest_is_pore_unless_another_is_chosen(tmp_path):
    labels = np.full((6, 8, 10), 2, np.uint8)
    labels[1:3, 1:3, 1:3] = 1
    labels[4, 5:7, 5] = 0
    path = write_imagej(tmp_path / "labels.tif", labels)
    found = analysed(path)
    assert found.warnings[0].startswith(
        "The stack has 3 different values only, so that it was segmented before: 0 (0.4 %), 1 (1.7 %), 2 (97.9 %)."
    )
    assert "Label 0, the darkest, is taken for pore" in found.warnings[0]
    assert "stack_threshold_grey" not in values(found)
    assert sizes(found) == [2]
    assert sizes(analysed(path, pore_label=1.0)) == [8]
    with pytest.raises(ReaderError, match=r"no voxel has the label 7; the stack has 0, 1, 2\."):
        analysed(path, pore_label=7.0)


def test_the_label_of_the_surroundings_is_left_out(tmp_path):
    greys = np.where(ball(31, 12, {}) == SOLID, 255, 0).astype(np.uint8)  # 0 surroundings, 128 pore, 255 solid
    greys[14:17, 14:17, 14:17] = 128
    path = write_imagej(tmp_path / "labels.tif", greys)
    found = analysed(path, outside_label=0.0)
    assert "Label 128, the darkest" in found.warnings[0]
    assert sizes(found) == [27]
    assert values(found)["stack_porosity"] == pytest.approx(27 / (greys > 0).sum())
    assert found.tables["pores"]["radial_position"].to_list() == pytest.approx([0], abs=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_labels_are_known_in_every_type(tmp_path, dtype):
    path = tmp_path / "labels.tif"
    tifffile.imwrite(path, (blocks() // 40).astype(dtype), metadata=None)
    found = analysed(path)
    assert "segmented before: 1 (3.7 %), 5 (96.3 %)" in found.warnings[0]
    assert sizes(found) == [64, 27, 8]


def test_without_a_voxel_size_pores_have_voxels_and_a_notice_says_what_to_enter(tmp_path):
    path = write_imagej(tmp_path / "block.tif", blocks(), voxel_nm=None)
    found = analysed(path)
    assert sizes(found) == [64, 27, 8]
    assert found.tables["pores"]["volume_cubic_micrometre"].null_count() == 3
    assert "classes" not in found.tables
    assert values(found)["largest_pore_voxel"] == 64
    assert "enter the voxel size" in found.warnings[-1]
    entered = analysed(path, voxel_size_nm=100.0)
    assert values(entered)["largest_pore_volume_cubic_micrometre"] == pytest.approx(0.064)
    assert not any("enter the" in warning for warning in entered.warnings)


def test_a_pixel_size_alone_does_not_make_cubes_of_voxels(tmp_path):
    """Slices of a FIB are seldom as thick as a pixel is wide: the thickness is asked for, not assumed."""
    path = write_imagej(tmp_path / "block.tif", blocks(), spacing_nm=None)
    found = analysed(path)
    assert "how large a pixel is (100 nm), but not how far one slice is from the next" in found.warnings[-1]
    assert "largest_pore_volume_cubic_micrometre" not in values(found)
    entered = values(analysed(path, slice_thickness_nm=50.0))
    assert entered["largest_pore_volume_cubic_micrometre"] == pytest.approx(0.032)


def test_what_a_person_enters_goes_before_what_the_file_says(block):
    told = values(analysed(block, voxel_size_nm=200.0))
    assert told["largest_pore_volume_cubic_micrometre"] == pytest.approx(64 * 0.2 * 0.2 * 0.1)


def test_a_stack_of_one_grey_has_nothing_to_tell_pores_by(tmp_path):
    path = write_imagej(tmp_path / "black.tif", np.zeros((3, 4, 5), np.uint8))
    found = analysed(path)
    assert found.scalars == ()
    assert found.warnings == ("All voxels have the grey 0: there is nothing that tells pore from solid.",)


def test_a_stack_without_pores_has_a_porosity_of_0(block):
    told = values(
        analysed(
            block, noise_limit_cubic_micrometre=0.9, medium_from_cubic_micrometre=1, large_above_cubic_micrometre=2
        )
    )
    assert (told["pore_number"], told["resolved_porosity"]) == (0, 0)
    assert not [name for name in told if "share" in name or "largest" in name]


def test_a_voxel_larger_than_the_noise_is_said(tmp_path):
    found = analysed(write_imagej(tmp_path / "coarse.tif", blocks(), 200.0, 200.0))
    assert "One voxel (0.008 µm³) is larger than the limit of noise (0.002 µm³)" in found.warnings[-1]


def test_porosity_is_told_slice_by_slice(block):
    table = analysed(block).tables["slice_porosity"]
    assert table["pore_voxels"].to_list() == [0, 13, 13, 9, 0, 0, 16, 16, 16, 16, 0, 0]
    assert table["stack_porosity"].to_list() == pytest.approx([n / 224 for n in table["pore_voxels"]])


def test_sections_are_pictures_of_at_most_1000_pixels_in_the_proportions_of_the_sample(tmp_path):
    greys = np.random.default_rng(1).integers(0, 255, (40, 60, 1400), np.uint8)
    found = analysed(write_imagej(tmp_path / "wide.tif", greys, 10.0, 50.0))
    drawn = {name: Image.open(io.BytesIO(content)).size for name, content in found.pictures.items()}
    assert drawn == {"xy": (1000, 43), "xz": (1000, 143), "yz": (120, 400)}
    block_ = analysed(write_imagej(tmp_path / "block.tif", blocks()))
    xy = np.asarray(Image.open(io.BytesIO(block_.pictures["xy"])))
    assert xy.shape == (14 * 23, 16 * 23, 3)  # 368 pixels, each voxel a square
    colours = xy[6 * 23 + 11, [5 * 23 + 11, 12 * 23 + 11]].astype(int)  # in the largest pore, and in the solid
    assert colours[0, 0] > 1.5 * colours[0, 2]
    assert colours[1].tolist() == [255, 255, 255]


def test_progress_names_the_slab(block):
    said = []
    table = read(block).table
    analyse_files(
        [SourceFile(block, "block.tif")], table, {}, lambda done, doing: said.append((done, doing)), 3 * 14 * 16
    )
    assert "pores: slab 3 of 4" in [doing for _, doing in said]
    fractions = [done for done, _ in said]
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1


def test_a_stack_larger_than_the_memory_is_worked_through_within_a_part_of_it(tmp_path, monkeypatch):
    """12.6 million voxels, 4 slices of 65,536 at a time: at no time is as much as half of the stack in memory."""
    path = tmp_path / "large.tif"
    draw = np.random.default_rng(7)

    def pages():
        for _ in range(192):
            yield np.where(draw.random((256, 256), np.float32) < 0.02, 30, 180).astype(np.uint8)

    tifffile.imwrite(path, pages(), shape=(192, 256, 256), dtype=np.uint8, compression="zlib", metadata=None)
    monkeypatch.setattr(slices, "SLAB_VOXELS", 4 * 256 * 256)
    analysed(write_imagej(tmp_path / "warm.tif", blocks()))  # imports count for nothing
    tracemalloc.start()
    try:
        found = analysed(path, 4 * 256 * 256, voxel_size_nm=50.0, region="stack", noise_limit_cubic_micrometre=0.0004)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert values(found)["stack_porosity"] == pytest.approx(0.02, rel=0.02)
    assert peak < 192 * 256 * 256 / 2
    assert len(slabs(192, 256, 256, 4 * 256 * 256)) == 48


def test_zipped_slices_are_analysed_as_pages_are(tmp_path, block):
    greys = blocks()
    packed = {f"{number}.png": png(each) for number, each in enumerate(greys)}
    path = write_zip(tmp_path / "slices.zip", packed)
    assert analysed(path, 500, voxel_size_nm=100.0).tables["pores"].equals(analysed(block).tables["pores"])


@needs_real_data
def test_the_real_electrode_has_the_labels_that_other_readers_count():
    path = ROOT / "stack/electrode.tiff"
    fractions = expected()["stack/electrode.tiff"]["values"]["labels_fraction"]
    for label, fraction in fractions.items():
        told = values(analysed(path, pore_label=float(label), region="stack"))
        assert told["stack_porosity"] == pytest.approx(fraction, rel=1e-3)


@needs_real_data
def test_the_real_electrode_has_the_same_pores_in_slabs():
    path = ROOT / "stack/electrode.tiff"
    table = read(path).table
    (whole, parts) = (
        analyse_files([SourceFile(path, path.name)], table, {}, no_progress, size) for size in (10**9, 10**6)
    )
    assert parts.tables["pores"].equals(whole.tables["pores"])


@needs_real_data
def test_otsu_of_real_greys_is_that_of_other_programs():
    path = "stack/image_saved_with_imageJ_stack.tif"
    told, found = expected()[path]["values"], values(analysed(ROOT / path))
    assert found["stack_threshold_grey"] == pytest.approx(told["otsu_threshold"], rel=1e-3)
    assert found["stack_porosity"] == pytest.approx(told["fraction_below_otsu"], rel=1e-3)


@needs_real_data
def test_otsu_of_two_zeiss_slices_is_taken_over_both():
    """The other reader took the first page alone: 71, with 57.2 % at or below; over both pages it is 72."""
    path = "sem/ZEISS_SEM_multipage.tif"
    told, found = expected()[path]["values"], analysed(ROOT / path)
    assert values(found)["stack_threshold_grey"] == 72
    at_theirs = analysed(ROOT / path, threshold_grey=told["otsu_threshold_whole_image"]).tables["slice_porosity"]
    assert at_theirs["stack_porosity"][0] == pytest.approx(told["fraction_below_otsu_whole_image"], rel=1e-3)


@needs_real_data
def test_each_real_slice_has_the_fraction_that_other_programs_find_at_its_own_threshold(tmp_path):
    packed = {path.rpartition("/")[2]: (ROOT / path).read_bytes() for path in SLICES}
    path = write_zip(tmp_path / "carbonized.zip", packed)
    table = read(path).table
    for number, name in enumerate(SLICES):
        told = expected()[name]["values"]
        found = analyse_files(
            [SourceFile(path, path.name)], table, {"threshold_grey": told["otsu_threshold"]}, no_progress
        )
        assert found.tables["slice_porosity"]["stack_porosity"][number] == pytest.approx(
            told["fraction_below_otsu"], rel=1e-3
        )


def test_a_histogram_of_signed_greys_begins_at_the_lowest():
    found = Histogram(np.dtype("int16"), -5, 7)
    found.add(np.array([-5, -5, 7, 0], np.int16))
    assert found.counts.sum() == 4
    assert found.labels == {-5.0: 0.5, 0.0: 0.25, 7.0: 0.25}
    assert found.share_below(0) == 0.75
    assert (found.holds(7), found.holds(3), found.holds(0.5)) == (True, False, False)


def test_tables_keep_their_promises(block):
    reading = read(block)
    assert TOMOGRAPHY.schema.conform(reading.table).schema["slice"] == pl.Int32
    tables = analysed(block).tables
    assert set(tables) == {"pores", "classes", "slice_porosity"}
