"""Porosity of cross-sections: pictures whose pores are known, real ones, and such that have nothing on them."""

from __future__ import annotations

import io
import math

import numpy as np
import polars as pl
import pytest
import tifffile
from PIL import Image

from characterization.micrograph.circles import Circle, find_particle
from characterization.micrograph.databar import find_databar
from characterization.micrograph.picture import grey
from characterization.sem import plots
from characterization.sem.pores import measure
from characterization.sem.presentation import CROSS_SECTION
from characterization.sem.readers import READERS
from characterization.sem.technique import SEM
from characterization.sem.threshold import automatic
from labdb.ingest.inspect import inspect
from labdb.ingest.presentation import Shown
from labdb.ingest.reader import FileHead, ReaderError
from tests.characterization.runs import accepted, named, numbers, shown
from tests.characterization.sem.discs import (
    GROUND,
    RADIUS,
    SIZE,
    SOLID,
    X,
    Y,
    analysed,
    away,
    particle,
    ring_of_pores,
    values,
)
from tests.real_data import ROOT, expected, files, needs_real_data

READER = READERS[0]
REAL = [path for path in files("sem") if "multipage" not in path]
SLICES = files("stack/carbonized_slices")
BLACK = ["sem/FEI-Helios-Ebeam-8bits.tif", "bad/FEI-Helios-navcam-bad-floats.tif"]
EXACT = {"smoothing_pixel": 0, "minimum_pore_pixel": 1}


# ----------------------------------------------------------------- known pores


def test_pores_of_a_known_disc_give_its_porosity_and_radial_profile(tmp_path):
    pores = ring_of_pores()
    found = analysed(tmp_path / "disc.tif", particle(pores), circles=[[X, Y, RADIUS]], **EXACT)
    whole, half = (pores[away() <= share * RADIUS].mean() for share in (1, 0.5))
    assert values(found)["porosity"] == pytest.approx(whole, rel=1e-9)
    assert values(found)["porosity_inside_half_radius"] == pytest.approx(half, rel=1e-9)
    assert values(found)["pore_count"] == 36
    # By hand: (12·12² + 24·6²) / 240² = 4.5 %; inside half the radius 12·12² / 120² = 12 %.
    assert values(found)["porosity"] == pytest.approx(0.045, rel=0.01)
    assert values(found)["porosity_inside_half_radius"] == pytest.approx(0.12, rel=0.01)
    profile = dict(found.tables["radial"].select("radius_fraction", "porosity").iter_rows())
    # The inner pores lie between 0.25 and 0.35 of the radius, the outer ones between 0.775 and 0.825.
    assert profile[0.25] == 0
    for share in (0.35, 0.5, 0.6, 0.75):
        assert profile[share] == pytest.approx(12 * 12**2 / (share * RADIUS) ** 2, rel=0.01)
    assert profile[0.9] == pytest.approx(0.045 / 0.9**2, rel=0.01)


def test_the_particle_is_found_and_gives_its_porosity_without_a_hand_on_it(tmp_path):
    draw = np.random.default_rng(7)
    noisy = np.clip(particle(ring_of_pores()) + draw.normal(0, 8, (SIZE, SIZE)), 0, 255).astype(np.uint8)
    found = analysed(tmp_path / "disc.tif", noisy, pixel_size_nm=20)
    (circle,) = found.tables["circles"].to_dicts()
    assert (circle["centre_x_pixel"], circle["centre_y_pixel"]) == pytest.approx((X, Y), abs=0.5)
    assert circle["radius_pixel"] == pytest.approx(RADIUS, rel=0.01)
    assert circle["found_by"] == "labdb"
    assert values(found)["porosity"] == pytest.approx(0.045, rel=0.02)
    assert values(found)["particle_diameter_micrometre"] == pytest.approx(9.6, rel=0.01)
    assert values(found)["pore_count"] == 36
    assert found.warnings == ()


def test_diameters_are_those_of_discs_of_the_same_area(tmp_path):
    found = analysed(
        tmp_path / "disc.tif", particle(ring_of_pores()), circles=[[X, Y, RADIUS]], pixel_size_nm=20, **EXACT
    )
    pores = found.tables["pores"]
    assert pores["equivalent_diameter_nm"][:12].to_list() == pytest.approx([480] * 12, rel=0.01)
    assert pores["equivalent_diameter_nm"][12:].to_list() == pytest.approx([240] * 24, rel=0.02)
    assert values(found)["median_pore_diameter_nm"] == pytest.approx(240, rel=0.02)
    assert pores["radius_fraction"][:12].to_list() == pytest.approx([0.3] * 12, abs=0.002)
    assert not pores["at_rim"].any()


def test_a_pore_that_the_circle_cuts_is_counted_to_the_circle_and_marked():
    levels = np.full((100, 100), 200, np.uint8)
    levels[45:55, :] = 10  # a crack through the whole picture
    found = measure(levels, Circle(50, 50, 30), 100)
    assert found.pore_table["at_rim"].to_list() == [True]
    inside = np.hypot(*(np.mgrid[:100, :100] + 0.5 - 50)) <= 30
    assert found.porosity == pytest.approx((inside & (levels == 10)).sum() / inside.sum())


def test_pores_below_the_smallest_size_are_noise(tmp_path):
    pores = np.zeros((SIZE, SIZE), bool)
    pores[290, 310] = pores[250:252, 300:302] = True  # 1 and 4 pixels
    circle = {"circles": [[X, Y, RADIUS]], "smoothing_pixel": 0, "threshold": 100}
    counts = [
        values(analysed(tmp_path / "p.tif", particle(pores), minimum_pore_pixel=least, **circle))["pore_count"]
        for least in (1, 2, 5)
    ]
    assert counts == [2, 1, 0]


def test_pixels_that_touch_at_a_corner_are_one_pore():
    levels = np.full((40, 40), 200, np.uint8)
    levels[10, 10] = levels[11, 11] = 0
    assert measure(levels, Circle(20, 20, 18), 100).pore_table["area_pixel"].to_list() == [2]


def test_several_circles_are_told_as_mean_and_sample_sd(tmp_path):
    levels = particle(ring_of_pores())
    found = analysed(tmp_path / "c.tif", levels, circles=[[X, Y, RADIUS], [X, Y, RADIUS / 2]], **EXACT)
    porosity = next(scalar for scalar in found.scalars if scalar.quantity == "porosity")
    each = found.tables["circles"]["porosity"].to_list()
    assert each == pytest.approx([0.045, 0.12], rel=0.01)
    assert porosity.n == 2
    assert porosity.value == pytest.approx(sum(each) / 2)
    assert porosity.sd == pytest.approx(abs(each[0] - each[1]) / math.sqrt(2))


def test_a_circle_counts_only_pixels_of_the_picture_and_one_beside_it_is_left_out(tmp_path):
    found = analysed(
        tmp_path / "c.tif", particle(ring_of_pores()), circles=[[0, 290, 200], [2000, 10, 50], [X, Y, RADIUS]], **EXACT
    )
    assert len(found.tables["circles"]) == 2
    assert any("circle 1 reaches beyond" in said for said in found.warnings)
    assert any("circle 2 is beside the picture" in said for said in found.warnings)


def test_a_threshold_of_a_person_goes_before_the_automatic_one(tmp_path):
    found = analysed(tmp_path / "t.tif", particle(ring_of_pores()), circles=[[X, Y, RADIUS]], threshold=30, **EXACT)
    assert values(found)["grey_threshold"] == 30
    assert values(found)["porosity"] == 0


def test_without_a_particle_there_is_a_picture_and_a_sentence(tmp_path):
    noise = np.random.default_rng(1).normal(120, 20, (200, 300)).clip(0, 255).astype(np.uint8)
    found = analysed(tmp_path / "n.tif", noise)
    assert found.scalars == ()
    assert set(found.pictures) == {"view"}
    assert any("mark its circle" in said for said in found.warnings)
    assert accepted(plots.radial([shown(found)]))["empty"]


@pytest.mark.parametrize("level", [0, 90])
def test_a_flat_picture_is_refused(level, tmp_path):
    with pytest.raises(ReaderError, match="no porosity to measure"):
        analysed(tmp_path / "flat.tif", np.full((60, 60), level, np.uint8))


def test_sixteen_bits_and_floating_point_give_the_same_porosity(tmp_path):
    levels = particle(ring_of_pores())
    circle = {"circles": [[X, Y, RADIUS]]}
    found = [
        values(analysed(tmp_path / "d.tif", each, **circle))["porosity"]
        for each in (levels, levels.astype(np.uint16) * 200, levels.astype(np.float32) / 255)
    ]
    assert found == pytest.approx([found[0]] * 3, rel=1e-3)


# ----------------------------------------------------------------- threshold, circle, data bar


def test_two_classes_are_parted_halfway():
    draw = np.random.default_rng(3)
    levels = np.concatenate([draw.normal(40, 8, 2_000), draw.normal(170, 8, 98_000)])
    found = automatic(levels)
    assert found.level == pytest.approx(105, abs=15)
    assert not found.doubt


def test_a_dense_particle_is_not_split_in_two_halves():
    levels = np.random.default_rng(3).normal(170, 8, 100_000)
    found = automatic(levels)
    assert (levels <= found.level).mean() < 0.002
    assert found.doubt


def test_no_particle_is_found_where_bright_fills_the_picture():
    levels = np.random.default_rng(2).normal(170, 10, (300, 300))
    assert find_particle(levels) is None


def test_a_particle_beside_others_is_found():
    levels = particle(np.zeros((SIZE, SIZE), bool)).astype(float)
    levels[away(20, 30) < 90] = SOLID
    levels[away(590, 560) < 100] = SOLID
    found = find_particle(levels + np.random.default_rng(5).normal(0, 8, levels.shape))
    assert (found.x, found.y, found.radius) == pytest.approx((X, Y, RADIUS), abs=3)


def test_a_data_bar_is_found_and_a_dark_ground_is_none():
    levels = particle(ring_of_pores()).astype(float) + np.random.default_rng(5).normal(0, 4, (SIZE, SIZE))
    assert find_databar(levels) == 0
    assert find_databar(np.full((300, 300), 7.0)) == 0
    levels[560:] = 240
    levels[570:580, 40:200] = 0  # words
    assert find_databar(levels) == 40


# ----------------------------------------------------------------- real files


@needs_real_data
@pytest.mark.parametrize("path", [*REAL, *SLICES])
def test_real_pictures_are_recognised_and_read_to_the_values_of_other_readers(path):
    assert READER.recognises(FileHead.of(ROOT / path))
    row = SEM.schema.conform(READER.read(ROOT / path, path).table).row(0, named=True)
    told = expected()[path]["values"]
    shape = told["shape"]
    assert (row["height_pixel"], row["width_pixel"]) == (shape[0], shape[1])
    assert row["grey_min"] == told["min"]
    whole = "_whole_image" if "otsu_threshold_whole_image" in told else ""
    threshold, below = told[f"otsu_threshold{whole}"], told[f"fraction_below_otsu{whole}"]
    if path.endswith("77600-23-001_5kV_400x_m001.tif"):
        # The other reader takes the mean and largest value over four channels, of which the alpha channel is 255
        # throughout. Otsu's criterion has a flat top here: it is 765.80 at the other reader's 139, whose levels were
        # sorted into bins of 0.8, and largest at 142, 767.06.
        assert row["grey_mean"] == pytest.approx((4 * told["mean"] - 255) / 3, rel=1e-3)
        assert (row["otsu_threshold"], math.floor(threshold)) == (142, 139)
        levels = grey(ROOT / path, path)
        between = {at: _between(levels, at) for at in range(100, 200)}
        assert max(between, key=between.get) == 142
        assert (between[139], between[142]) == pytest.approx((765.80, 767.06), abs=0.01)
    else:
        assert row["fraction_below_otsu"] == pytest.approx(below, rel=1e-3)
        assert row["grey_max"] == told["max"]
        assert row["grey_mean"] == pytest.approx(told["mean"], rel=1e-3)
        assert row["otsu_threshold"] == pytest.approx(threshold, rel=1e-3)
    if "pixel_size_m" in told:
        assert row["pixel_size_nm"] == pytest.approx(told["pixel_size_m"] * 1e9, rel=1e-3)


def _between(levels: np.ndarray, at: int) -> float:
    """Variance between the classes at or below a level, and above it."""
    below = levels <= at
    share = below.mean()
    return float(share * (1 - share) * (levels[below].mean() - levels[~below].mean()) ** 2)


@needs_real_data
@pytest.mark.parametrize("path", BLACK)
def test_a_black_picture_of_a_microscope_is_refused(path):
    found = inspect(ROOT / path, [SEM])
    assert found["technique"] == "sem"
    assert "black, so there is no porosity to measure" in found["error"]


@needs_real_data
def test_a_cut_off_picture_is_refused_and_stacks_are_left_to_tomography():
    assert "cut off" in inspect(ROOT / "bad/truncated.tif", [SEM])["error"]
    for path in ("sem/ZEISS_SEM_multipage.tif", "stack/electrode.tiff", "stack/image_saved_with_imageJ_stack.tif"):
        assert not READER.recognises(FileHead.of(ROOT / path))


@needs_real_data
def test_no_real_file_of_another_technique_is_a_cross_section(real_data):
    taken = {
        path.relative_to(real_data).as_posix()
        for path in real_data.rglob("*")
        if path.is_file() and READER.recognises(FileHead.of(path))
    }
    assert taken == {*REAL, *SLICES, *BLACK, "bad/truncated.tif"}


# ----------------------------------------------------------------- PNG, JPEG, colours


@pytest.mark.parametrize("name", ["disc.png", "disc.jpg"])
def test_png_and_jpeg_are_measured_with_a_scale_that_a_person_enters(name, tmp_path):
    path = tmp_path / name
    Image.fromarray(particle(ring_of_pores())).save(path, quality=95)
    found = inspect(path, [SEM])
    assert found["technique"] == "sem"
    assert found["results"]["porosity"]["value"] == pytest.approx(0.045, rel=0.03)
    assert "particle_diameter_micrometre" not in found["results"]
    assert any("enter it (in nm)" in said for said in found["warnings"])
    assert any("JPEG changes grey levels" in said for said in found["warnings"]) == name.endswith("jpg")


def test_a_picture_in_colours_is_refused_for_porosity(tmp_path):
    colours = np.random.default_rng(1).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(colours).save(tmp_path / "map.png")
    with pytest.raises(ReaderError, match="in colours"):
        READER.read(tmp_path / "map.png", "map.png")


def test_a_stack_is_no_cross_section(tmp_path):
    tifffile.imwrite(tmp_path / "s.tif", np.zeros((3, 8, 8), np.uint8), photometric="minisblack", metadata=None)
    assert not READER.recognises(FileHead.of(tmp_path / "s.tif"))
    with pytest.raises(ReaderError, match="several pictures"):
        READER.read(tmp_path / "s.tif", "s.tif")


# ----------------------------------------------------------------- what is shown


def test_the_view_is_scaled_and_stretched_and_the_overlay_lies_on_the_pores(tmp_path):
    wide = np.repeat(np.repeat(particle(ring_of_pores()), 3, axis=0), 3, axis=1)  # 1800 pixels
    found = analysed(tmp_path / "w.tif", wide, circles=[[3 * X, 3 * Y, 3 * RADIUS]], **EXACT)
    view = np.asarray(Image.open(io.BytesIO(found.pictures["view"])))
    overlay = np.asarray(Image.open(io.BytesIO(found.pictures["pores"])))
    assert view.shape == (900, 900)
    assert overlay.shape == (900, 900, 4)
    assert (view.min(), view.max()) == (0, 255)
    share = overlay[..., 3].sum() / 170 / (math.pi * (1.5 * RADIUS) ** 2)
    assert share == pytest.approx(values(found)["porosity"], rel=0.005)
    about = found.tables["view"].row(0, named=True)
    assert (about["factor"], about["width_pixel"], about["black_level"], about["white_level"]) == (
        2,
        1800,
        GROUND,
        SOLID,
    )


def test_circles_are_checked_before_they_are_stored():
    assert CROSS_SECTION.checked({"circles": [[10, 20, 30]], "threshold": None}) == {"circles": [[10, 20, 30]]}
    for wrong in (
        [[10, 20]],
        [[10, 20, "3"]],
        [[1, 2, 1]],
        "no",
        [[1, 2, float("nan")]],
        [[1, 1, 5]] * 51,
        [[1, 2, True]],
    ):
        with pytest.raises(ValueError, match=r"[Cc]ircle"):
            CROSS_SECTION.checked({"circles": wrong})


def runs(tmp_path) -> list[Shown]:
    """Two cross-sections of a product and one of its control."""
    none = np.zeros((SIZE, SIZE), bool)
    few = away(X, Y + 100) <= 20
    made = []
    for label, group, pores, colour, dashed in (
        ("GP-01", "GP-NCM", ring_of_pores(), "#0072b2", False),
        ("GP-02", "GP-NCM", ring_of_pores() | few, "#0072b2", False),
        ("P-01", "P-NCM", none | few, "#d55e00", True),
    ):
        found = analysed(tmp_path / f"{label}.tif", particle(pores), circles=[[X, Y, RADIUS]], **EXACT)
        made.append(shown(found, label, group=group, colour=colour, dashed=dashed))
    return made


def test_every_drawing_is_a_figure_of_one_and_of_several_runs(tmp_path):
    several = runs(tmp_path)
    for drawing in CROSS_SECTION.drawings:
        assert accepted(drawing.draw(several[:1]))["data"]
        if not drawing.single:
            assert accepted(drawing.draw(several))["data"]


def test_figure_2e_is_every_cross_section_a_point_with_mean_and_sd_by_product(tmp_path):
    several = runs(tmp_path)
    drawn = accepted(plots.porosity(several))
    each = [100 * run.results["porosity"].value for run in several[:2]]
    assert numbers(named(drawn, "GP-NCM")["y"]) == pytest.approx(each)
    mean = next(trace for trace in drawn["data"] if trace.get("marker", {}).get("symbol") == "line-ew-open")
    assert mean["y"] == pytest.approx([np.mean(each)])
    assert mean["error_y"]["array"] == pytest.approx([np.std(each, ddof=1)])
    assert set(np.atleast_1d(named(drawn, "P-NCM")["marker"]["symbol"])) == {"circle-open"}


def test_every_circle_of_a_picture_is_a_particle_of_its_own(tmp_path):
    circles = [[X, Y, RADIUS], [X, Y, RADIUS / 2]]
    found = analysed(tmp_path / "c.tif", particle(ring_of_pores()), circles=circles, **EXACT)
    drawn = accepted(plots.porosity([shown(found, group="GP-NCM")]))
    assert numbers(named(drawn, "GP-NCM")["y"]) == pytest.approx([4.5, 12], rel=0.01)
    assert "n = 2 particles" in drawn["summary"]


def test_the_pores_of_a_product_are_counted_together(tmp_path):
    drawn = accepted(plots.pore_sizes(runs(tmp_path)))
    assert [trace["name"] for trace in drawn["data"]] == ["GP-NCM", "P-01"]
    assert sum(numbers(named(drawn, "GP-NCM")["y"])) == pytest.approx(100)
    # 36 in each, as the pore that the second one has more touches one of the ring.
    assert "GP-NCM: 72 pores of 2 pictures" in drawn["summary"]
    assert "P-01: 1 pore, " in drawn["summary"]


def test_figure_2h_is_the_radial_profile_by_product_with_its_scatter(tmp_path):
    drawn = accepted(plots.radial(runs(tmp_path)))
    product, control = named(drawn, "GP-NCM"), named(drawn, "P-01")
    share = numbers(product["x"])
    assert (share[0], share[-1]) == pytest.approx((20, 100))
    at_half = numbers(product["y"])[share.index(pytest.approx(50))]
    # Half of the two cross-sections have, beside the ring of 12 %, a pore of radius 20 at 42 % of the radius.
    assert at_half == pytest.approx(12 + 100 * 20**2 / 120**2 / 2, rel=0.02)
    assert control["line"]["dash"] == "dash"
    assert named(drawn, "GP-NCM, ± SD")["fill"] == "toself"


def test_one_cross_section_shows_its_shells_too(tmp_path):
    drawn = accepted(plots.radial(runs(tmp_path)[:1]))
    assert named(drawn, "in shells")["line"]["dash"] == "dot"
    assert "12.0 % inside half the radius" in drawn["summary"]


def test_the_radial_table_counts_every_pixel_of_the_circle_once(tmp_path):
    found = analysed(tmp_path / "d.tif", particle(ring_of_pores()), circles=[[X, Y, RADIUS]], **EXACT)
    radial = found.tables["radial"]
    assert radial["pixels"][-1] == (away() <= RADIUS).sum()
    shells = radial.with_columns(own=pl.col("pixels").diff().fill_null(pl.col("pixels")))
    again = (shells["own"] * shells["shell_porosity"]).sum() / shells["own"].sum()
    assert again == pytest.approx(radial["porosity"][-1])
