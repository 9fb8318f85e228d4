"""Pictures as evidence: taken only where a person says so, shown as they are, with values that a person measured."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
import tifffile
from PIL import Image

from characterization.image import plots
from characterization.image.presentation import PICTURE
from characterization.image.technique import IMAGE
from characterization.sem.technique import SEM
from labdb.ingest.reader import FileHead, ReaderError
from labdb.ingest.registry import matches
from labdb.ingest.technique import Analysis, SourceFile, no_progress
from tests.characterization.runs import accepted, named, numbers, shown
from tests.real_data import ROOT, files, needs_real_data

READER = IMAGE.readers[0]
GREY = np.tile(np.arange(64, dtype=np.uint16) * 900, (48, 1))
COLOURS = np.zeros((40, 60, 3), np.uint8)
COLOURS[:, :30] = (200, 30, 0)

# Three places of a layer: 6, 7 and 8 nm, whose mean is 7 and whose sample SD is 1.
LAYER = [{"quantity": "rock_salt_layer_nm", "value": value} for value in (6.0, 7.0, 8.0)]


def written(path, levels=GREY, pixel_size_nm: float = 0.5):
    per_nm = 1 / pixel_size_nm
    tifffile.imwrite(path, levels, imagej=True, resolution=(per_nm, per_nm), metadata={"unit": "nm"})
    return path


def analysed(path, **parameters) -> Analysis:
    table = IMAGE.schema.conform(READER.read(path, path.name).table)
    return IMAGE.analysed([SourceFile(path, path.name)], table, parameters, no_progress)


def test_a_picture_is_one_only_where_a_person_says_so(tmp_path):
    head = FileHead.of(written(tmp_path / "a.tif"))
    assert [match.technique.name for match in matches(head, [SEM, IMAGE])] == ["sem"]
    assert [match.technique.name for match in matches(head, [SEM, IMAGE], said="image")] == ["image"]


@needs_real_data
@pytest.mark.parametrize("path", files("sem", "stack"))
def test_every_real_picture_can_be_evidence(path):
    assert READER.recognises(FileHead.of(ROOT / path))
    found = analysed(ROOT / path)
    assert found.pictures["view"].startswith(b"\x89PNG")
    assert found.scalars == ()


def test_values_are_told_as_mean_sample_sd_and_n(tmp_path):
    path = written(tmp_path / "haadf.tif")
    found = analysed(path, values=[*LAYER, {"quantity": "lattice_spacing_nm", "value": 0.474, "note": " (003) "}])
    layer, spacing = found.scalars
    assert (layer.quantity, layer.value, layer.sd, layer.n) == ("rock_salt_layer_nm", 7.0, 1.0, 3)
    assert (spacing.quantity, spacing.value, spacing.sd, spacing.n) == ("lattice_spacing_nm", 0.474, None, 1)
    assert found.tables["values"]["note"].to_list() == ["", "", "", "(003)"]
    assert found.tables["replicates"]["rock_salt_layer_nm"].to_list() == [6, 7, 8]


def test_a_line_is_as_long_as_the_scale_says_and_a_value_that_differs_is_said(tmp_path):
    # 3 and 4 pixels of 0.5 nm: 2.5 nm.
    line = {"quantity": "crack_width_nm", "line": [10, 10, 13, 14]}
    path = written(tmp_path / "a.tif")
    right = analysed(path, values=[{**line, "value": 2.5}])
    assert right.tables["values"]["line_length_nm"].to_list() == pytest.approx([2.5])
    assert right.warnings == ()
    wrong = analysed(path, values=[{**line, "value": 25}])
    assert "value 1, crack width, is 25 nm, and the line on the picture 2.5 nm long" in wrong.warnings
    other_scale = analysed(path, values=[{**line, "value": 25}], pixel_size_nm=5)
    assert other_scale.warnings == ()


def test_a_picture_without_a_scale_says_so(tmp_path):
    Image.fromarray(COLOURS).save(tmp_path / "photo.jpg", quality=95)
    found = analysed(tmp_path / "photo.jpg")
    assert "no pixel size" in found.warnings[0]
    assert analysed(tmp_path / "photo.jpg", pixel_size_nm=100).warnings == ()


@pytest.mark.parametrize("name", ["map.png", "map.tif"])
def test_colours_stay_colours(name, tmp_path):
    Image.fromarray(COLOURS).save(tmp_path / name)
    seen = np.asarray(Image.open(io.BytesIO(analysed(tmp_path / name).pictures["view"])))
    assert np.array_equal(seen, COLOURS)


def test_a_palette_of_colours_is_shown_in_them(tmp_path):
    palette = np.zeros((3, 256), np.uint16)
    palette[1] = np.arange(256) * 257  # green, as an element map has it
    tifffile.imwrite(tmp_path / "ni.tif", (GREY // 300).astype(np.uint8), colormap=palette, photometric="palette")
    seen = np.asarray(Image.open(io.BytesIO(analysed(tmp_path / "ni.tif", kind="eds", element="Ni").pictures["view"])))
    assert (seen[0, -1] == (0, GREY[0, -1] // 300, 0)).all()


def test_a_page_of_a_stack_is_chosen(tmp_path):
    tifffile.imwrite(tmp_path / "s.tif", np.stack([GREY, GREY[::-1, ::-1]]), photometric="minisblack", metadata=None)
    first, second = (
        np.asarray(Image.open(io.BytesIO(analysed(tmp_path / "s.tif", page=page).pictures["view"]))) for page in (1, 2)
    )
    assert np.array_equal(first, second[::-1, ::-1])
    with pytest.raises(ReaderError, match="no page 3; it has 2"):
        analysed(tmp_path / "s.tif", page=3)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ([{"quantity": "tap_density_g_per_cm3", "value": 1}], "nothing that is measured on pictures"),
        ([{"quantity": "my_own_nm", "value": 1}], "nothing that is measured on pictures"),
        ([{"value": 1}], "nothing that is measured on pictures"),
        ([{"quantity": "crack_width_nm"}], "Crack width is None; it must be more than 0 nm"),
        ([{"quantity": "crack_width_nm", "value": -2}], "must be more than 0 nm"),
        ([{"quantity": "crack_width_nm", "value": True}], "must be more than 0 nm"),
        ([{"quantity": "crack_width_nm", "value": "7"}], "must be more than 0 nm"),
        ([{"quantity": "crack_width_nm", "value": 1, "line": [1, 2, 3]}], "a line is x and y of both ends"),
        ([{"quantity": "crack_width_nm", "value": 1, "sd": 2}], "Value 1 has sd"),
        ([{"quantity": "crack_width_nm", "value": 1, "note": "x" * 300}], "the note is no text"),
        ([7], "Value 1 is no quantity"),
        ("many", "Values are a list"),
        (LAYER * 200, "at most 500"),
    ],
)
def test_values_that_are_none_are_refused_with_a_sentence(wrong, says):
    with pytest.raises(ValueError, match=says):
        PICTURE.checked({"values": wrong})


def test_an_element_map_says_its_element():
    assert PICTURE.checked({"kind": "eds", "element": "Ni"}) == {"kind": "eds", "element": "Ni"}
    with pytest.raises(ValueError, match="of which element"):
        PICTURE.checked({"kind": "eds"})
    with pytest.raises(ValueError, match="no symbol of an element"):
        PICTURE.checked({"kind": "eds", "element": "Nickel"})
    with pytest.raises(ValueError, match="only an EDS map"):
        PICTURE.checked({"kind": "haadf", "element": "Ni"})


def test_values_of_one_and_of_several_pictures_are_points_with_their_mean(tmp_path):
    path = written(tmp_path / "a.tif")
    thick = [{"quantity": "rock_salt_layer_nm", "value": value} for value in (8.0, 9.0, 10.0)]
    runs = [
        shown(analysed(path, values=LAYER), "GP-NCM"),
        shown(analysed(path, values=thick), "P-NCM", dashed=True, colour="#d55e00"),
    ]
    drawn = accepted(plots.values(runs))
    assert numbers(named(drawn, "GP-NCM")["y"]) == pytest.approx([6, 7, 8])
    assert named(drawn, "P-NCM, mean ± SD")["y"] == [9.0]
    assert "GP-NCM: 7.00 ± 1.00 (3)" in drawn["summary"]
    assert accepted(plots.values([shown(analysed(path), "nothing typed")]))["empty"]


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9])
def test_a_cut_off_picture_is_a_sentence(share, tmp_path):
    data = written(tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ReaderError, match=r"^a\.tif: "):
        READER.read(tmp_path / "a.tif", "a.tif")


def test_a_picture_is_uploaded_as_such_and_its_values_are_kept(api, ada, ben, cleo, project, calls, tmp_path,
                                                               django_capture_on_commit_callbacks):  # fmt: skip
    from labdb.ingest.services import ingest
    from synthesis.batch.models import Batch

    batch = Batch.objects.create(project=project, code="GP-NCM-B1", product="GP-NCM", created_by=ada)
    path = written(tmp_path / "haadf.tif")
    with django_capture_on_commit_callbacks(execute=True):
        done = ingest(path, path.name, project, ada, subject=batch, said="image", parameters={"values": LAYER})
    calls.run_all()
    assert done.measurement is not None
    address = f"/api/v1/measurements/{done.measurement.pk}"
    found = api(ada).get(address).json()
    (layer,) = found["results"]
    assert (layer["quantity"], layer["value"], layer["sd"], layer["n"]) == ("rock_salt_layer_nm", 7.0, 1.0, 3)
    told = json.dumps({"parameters": {"values": LAYER[:2]}})
    assert api(ben).get(address).status_code == 200
    assert api(ben).patch(address, told, content_type="application/json").status_code == 403
    assert api(cleo).get(address).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert api(ada).patch(address, told, content_type="application/json").status_code == 200
    calls.run_all()
    assert api(ada).get(address).json()["results"][0]["value"] == 6.5
    assert done.measurement.runs.count() == 2


def test_what_a_person_said_of_a_picture_is_printed_in_words():
    from characterization.measurement.choices import printed

    assert printed("kind", "haadf", PICTURE.choices) == ("What kind of picture", "STEM, HAADF")
    assert printed("values", LAYER, PICTURE.choices) == ("Values", "3")
    assert printed("pixel_size_nm", 0.04, PICTURE.choices) == ("Pixel size", "0.04000 nm")
