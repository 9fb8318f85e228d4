"""Stacks of slices as they come: TIFF of several pages, zip of slices; what they say, and what is refused."""

from __future__ import annotations

import struct
import zipfile

import numpy as np
import pytest
import tifffile

from characterization.tomography import said, stack
from characterization.tomography.readers import READERS
from characterization.tomography.stack import in_order, open_stack
from labdb.ingest.archive import Limits
from labdb.ingest.reader import FileHead, ReaderError
from tests.characterization.tomography.stacks import blocks, png, read, tif, write_imagej, write_zip
from tests.real_data import ROOT, expected, files, needs_real_data

STACKS = ("stack/electrode.tiff", "stack/image_saved_with_imageJ_stack.tif", "sem/ZEISS_SEM_multipage.tif")
SLICES = [path for path in files("stack/carbonized_slices") if path.endswith(".tif")]
# Greys of 16 slices that are told apart by their mean.
RAMP = np.arange(16, dtype=np.uint8)[:, None, None] + np.arange(35, dtype=np.uint8).reshape(5, 7)


@needs_real_data
@pytest.mark.parametrize("path", STACKS)
def test_real_stacks_have_the_slices_and_greys_that_other_readers_see(path):
    told = expected()[path]["values"]
    table = read(ROOT / path).table
    assert [table.height, table["height"][0], table["width"][0]] == told["shape"]
    assert table.height == told["pages"]
    assert table["grey_min"].min() == told["min"]
    assert table["grey_max"].max() == told["max"]
    assert table["grey_mean"].mean() == pytest.approx(told["mean"], rel=1e-5)


@needs_real_data
def test_the_voxel_of_an_imagej_stack_is_that_of_its_resolution_and_spacing():
    # 5928571 pixels in 1000000 µm; spacing=2.5 µm.
    table = read(ROOT / "stack/image_saved_with_imageJ_stack.tif").table
    assert table["voxel_size_nm"].to_list() == pytest.approx([1e9 / 5928571] * 2)
    assert table["slice_thickness_nm"].to_list() == [2500.0] * 2


@needs_real_data
def test_two_zeiss_slices_say_their_pixel_size_their_distance_and_that_two_between_them_are_missing():
    path = "sem/ZEISS_SEM_multipage.tif"
    reading = read(ROOT / path)
    pixel = expected()[path]["values"]["pixel_size_m"] * 1e9
    assert reading.table["voxel_size_nm"][0] == pytest.approx(pixel, rel=1e-3)
    # Slice Y falls from 2.138 µm (slice 2) to 2.048 µm (slice 5).
    assert reading.table["slice_thickness_nm"][0] == pytest.approx(90.0)
    (warning,) = reading.warnings
    assert "slices 2 to 5, of which the file holds 2; they lie 90 nm apart" in warning


@needs_real_data
def test_a_segmented_stack_says_no_voxel_size():
    table = read(ROOT / "stack/electrode.tiff").table
    assert table["voxel_size_nm"].null_count() == table["slice_thickness_nm"].null_count() == 256


@needs_real_data
def test_a_zip_of_the_real_slices_is_read_in_their_order_whatever_that_of_the_archive(tmp_path):
    packed = {f"slices/{path.rpartition('/')[2]}": (ROOT / path).read_bytes() for path in reversed(SLICES)}
    table = read(write_zip(tmp_path / "carbonized.zip", packed)).table
    assert table["slice_name"].to_list() == sorted(packed)
    for path, row in zip(SLICES, table.iter_rows(named=True), strict=True):
        told = expected()[path]["values"]
        assert [row["height"], row["width"]] == told["shape"]
        assert (row["grey_min"], row["grey_max"]) == (told["min"], told["max"])
        assert row["grey_mean"] == pytest.approx(told["mean"], rel=1e-3)


@needs_real_data
@pytest.mark.parametrize("path", [*SLICES[:1], "sem/test_tiff_Zeiss_SEM_512pix.tif", "bad/truncated.tif"])
def test_a_picture_of_one_page_is_none_of_ours_and_refused_by_name(path):
    head = FileHead.of(ROOT / path)
    assert not any(reader.recognises(head) for reader in READERS)
    with pytest.raises(ReaderError, match=r"is one picture, no stack|cut off"):
        READERS[0].read(head.path, head.name)


@needs_real_data
@pytest.mark.parametrize("path", STACKS)
@pytest.mark.parametrize("kept", [0.001, 0.01, 0.2, 0.499, 0.51, 0.75, 0.99, 0.9999])
def test_a_real_stack_that_is_cut_off_is_refused(tmp_path, path, kept):
    whole = (ROOT / path).read_bytes()
    cut = tmp_path / "cut.tif"
    cut.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(ReaderError, match=r"^cut\.tif: "):
        READERS[0].read(cut, cut.name)


@pytest.mark.parametrize("big", [False, True], ids=["TIFF", "BigTIFF"])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32"])
def test_slices_come_back_as_they_were_written(tmp_path, big, compression, dtype):
    greys = RAMP.astype(dtype)
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, greys, bigtiff=big, compression=compression, metadata=None)
    with open_stack(path, path.name) as found:
        assert found.shape == (16, 5, 7)
        np.testing.assert_array_equal(found.slab(3, 9), greys[3:9])
    assert read(path).table["grey_mean"].to_list() == pytest.approx(greys.mean(axis=(1, 2)).tolist())


def test_an_imagej_stack_of_one_directory_has_all_its_slices(tmp_path):
    """Above 4 GB ImageJ writes one directory, whose description counts the slices that follow each other."""
    path = tmp_path / "large.tif"
    greys = RAMP.astype(">u2")
    text = b"ImageJ=1.53t\nimages=16\nslices=16\nunit=nm\nspacing=30.0\n\0"
    entries = [
        (256, 3, 1, struct.pack(">HH", 7, 0)), (257, 3, 1, struct.pack(">HH", 5, 0)),
        (258, 3, 1, struct.pack(">HH", 16, 0)), (259, 3, 1, struct.pack(">HH", 1, 0)),
        (262, 3, 1, struct.pack(">HH", 1, 0)), (270, 2, len(text), struct.pack(">I", 200)),
        (273, 4, 1, struct.pack(">I", 300)), (277, 3, 1, struct.pack(">HH", 1, 0)),
        (278, 3, 1, struct.pack(">HH", 5, 0)), (279, 4, 1, struct.pack(">I", 70)),
        (282, 5, 1, struct.pack(">I", 180)), (283, 5, 1, struct.pack(">I", 180)),
    ]  # fmt: skip
    head = b"MM\0*" + struct.pack(">IH", 8, len(entries))
    head += b"".join(struct.pack(">HHI", *entry[:3]) + entry[3] for entry in entries) + struct.pack(">I", 0)
    head = head.ljust(180, b"\0") + struct.pack(">II", 1, 20)  # a pixel of 20 nm
    path.write_bytes((head.ljust(200, b"\0") + text).ljust(300, b"\0") + greys.tobytes())
    table = read(path).table
    assert table["grey_mean"].to_list() == pytest.approx(RAMP.mean(axis=(1, 2)).tolist())
    assert (table["voxel_size_nm"][0], table["slice_thickness_nm"][0]) == (pytest.approx(20.0), pytest.approx(30.0))
    cut = tmp_path / "cut.tif"
    cut.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ReaderError, match="holds 16 pages, and ends before the last"):
        read(cut)


def test_ome_says_the_voxel_in_its_xml(tmp_path):
    path = tmp_path / "stack.ome.tif"
    sizes = {"PhysicalSizeX": 25, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 25, "PhysicalSizeYUnit": "nm"}
    tifffile.imwrite(path, RAMP, ome=True, metadata={"axes": "ZYX", **sizes, "PhysicalSizeZ": 0.06})
    table = read(path).table
    assert table["voxel_size_nm"][0] == pytest.approx(25.0)
    assert table["slice_thickness_nm"][0] == pytest.approx(60.0)  # µm where no unit is said


@pytest.mark.parametrize("kind", ["imagej", "ome"])
@pytest.mark.parametrize(("axis", "sentence"), [("C", "holds 4 channels"), ("T", "holds 4 times")])
def test_channels_and_times_are_not_taken_for_slices(tmp_path, axis, sentence, kind):
    path = tmp_path / "hyper.tif"
    axes = "TZYX" if axis == "T" else "ZCYX"
    tifffile.imwrite(path, RAMP.reshape(4, 4, 5, 7), metadata={"axes": axes}, **{kind: True})
    with pytest.raises(ReaderError, match=sentence):
        read(path)


def test_pages_of_different_sizes_are_refused(tmp_path):
    path = tmp_path / "mixed.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(np.zeros((5, 7), np.uint8))
        file.write(np.zeros((5, 8), np.uint8))
    with pytest.raises(ReaderError, match="slice 2 is 8 × 5 pixels and the first 7 × 5"):
        read(path)


def test_a_thumbnail_is_no_slice(tmp_path):
    path = tmp_path / "picture.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(np.zeros((50, 70), np.uint8))
        file.write(np.zeros((5, 7), np.uint8), subfiletype=1)
    assert not any(reader.recognises(FileHead.of(path)) for reader in READERS)


def test_a_small_file_that_repeats_its_pixels_is_not_opened(tmp_path):
    """Many pages may point to the same bytes: kilobytes that claim gigabytes."""
    path = tmp_path / "many.tif"
    rows, columns, pages = 512, 512, 400
    chain, at = b"", 8
    for page in range(pages):
        entries = [(256, 4, columns), (257, 4, rows), (258, 4, 8), (259, 4, 1), (262, 4, 1), (273, 4, 8 + pages * 102),
                   (278, 4, rows), (279, 4, rows * columns)]  # fmt: skip
        at += 2 + 12 * len(entries) + 4
        chain += struct.pack("<H", len(entries))
        chain += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
        chain += struct.pack("<I", at if page < pages - 1 else 0)
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + chain + b"\0" * (rows * columns))
    with pytest.raises(ReaderError, match="claims more pixels than its bytes can hold"):
        read(path)


def test_a_stack_beyond_what_is_read_is_refused_before_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(stack, "MAX_STACK_VOXELS", 16 * 5 * 7 - 1)
    with pytest.raises(ReaderError, match="crop it, or scale it down"):
        read(write_imagej(tmp_path / "stack.tif", RAMP))


@pytest.mark.parametrize("write", [png, tif], ids=["PNG", "TIFF"])
def test_slice_2_comes_before_slice_10(tmp_path, write):
    names = [f"run 7/slice {number}.{'png' if write is png else 'tif'}" for number in range(1, 17)]
    packed = dict(sorted(zip(names, map(write, RAMP), strict=True)))  # as archives have them: 1, 10, 11, …, 2
    assert list(packed)[1].startswith("run 7/slice 10")
    reading = read(write_zip(tmp_path / "slices.zip", packed))
    assert reading.table["slice_name"].to_list() == names
    assert reading.table["grey_mean"].to_list() == pytest.approx(RAMP.mean(axis=(1, 2)).tolist())
    assert reading.warnings == ()


def test_16_bit_png_keeps_its_greys(tmp_path):
    greys = RAMP.astype(np.uint16) * 1000
    packed = {f"{number:03}.png": png(slice_) for number, slice_ in enumerate(greys)}
    assert read(write_zip(tmp_path / "slices.zip", packed)).table["grey_max"].max() == 49_000.0


def test_zipped_slices_of_imagej_say_their_pixel_size_and_none_their_thickness(tmp_path):
    packed = {}
    for number in range(3):
        path = tmp_path / f"s{number}.tif"
        more = {"imagej": True, "resolution": (25, 25), "metadata": {"axes": "YX", "unit": "micron"}}
        tifffile.imwrite(path, RAMP[number], **more)
        packed[path.name] = path.read_bytes()
    table = read(write_zip(tmp_path / "slices.zip", packed)).table
    assert table["voxel_size_nm"][0] == pytest.approx(40.0)
    assert table["slice_thickness_nm"][0] is None


def test_zipped_zeiss_slices_say_how_far_they_are_apart(tmp_path):
    packed = {}
    for number in range(4):
        lines = [
            "0", "0", "0", "1.0e-008", "AP_FIB_SLICE_Y", f"Slice Y = {2.0 - 0.02 * number:.3f} µm",
            "AP_FIB_SLICE_INDEX", f"Slice Index = {number + 11}", "",
        ]  # fmt: skip
        text = "\r\n".join(lines).encode("cp1252")
        packed[f"cut_{number}.tif"] = tif(RAMP[number], extratags=[(34118, 2, len(text) + 1, text, True)])
    reading = read(write_zip(tmp_path / "slices.zip", packed))
    assert reading.table["slice_thickness_nm"][0] == pytest.approx(20.0)
    assert reading.table["voxel_size_nm"][0] == pytest.approx(10.0 * 1024 / 7)
    assert not any("counted" in warning for warning in reading.warnings)


def test_a_missing_slice_is_said():
    names, warnings = in_order([f"s{number}.png" for number in (9, 1, 2, 3, 5, 6)], "a.zip")
    assert names == ["s1.png", "s2.png", "s3.png", "s5.png", "s6.png", "s9.png"]
    assert warnings[0].startswith("Slices are missing, by the numbers of the others: 4, 7, 8.")


def test_every_fifth_slice_misses_none():
    assert in_order([f"s{number}.png" for number in (0, 5, 10, 15)], "a.zip")[1] == ()


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["1.png"], "holds 1 slices; a stack has two at least"),
        (["a/1.png", "b/2.png"], "slices in 2 folders"),
        (["front.png", "back.png"], "named in different ways"),
        (["top1.png", "end2.png"], "as end# and as top#"),
        (["s1.png", "s01.png"], "not told apart by numbers"),
    ],
)
def test_slices_whose_order_nobody_knows_are_refused(names, sentence):
    with pytest.raises(ReaderError, match=sentence):
        in_order(names, "a.zip")


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"1.png": png(RAMP[0]), "2.png": png(RAMP[1][:4])}, "slice 2.png is 7 × 4 pixels and the first 7 × 5"),
        ({"1.png": png(RAMP[0]), "2.png": png(RAMP[1].astype(np.uint16))}, "is stored as uint16 and the first as"),
        ({"1.tif": tif(RAMP[0]), "2.tif": tif(RAMP[1:3])}, "2.tif holds 2 pages"),
        ({"1.png": png(RAMP[0]), "2.png": b"no picture"}, "2.png is no TIFF or PNG picture"),
        ({"1.png": png(RAMP[0]), "2.png": png(RAMP[1])[:50]}, "2.png: the picture is damaged"),
    ],
    ids=["size", "depth", "pages", "text", "cut off"],
)
def test_slices_that_do_not_belong_together_are_refused(tmp_path, members, sentence):
    with pytest.raises(ReaderError, match=sentence):
        read(write_zip(tmp_path / "slices.zip", members))


def test_a_member_that_leads_outside_is_refused(tmp_path):
    with pytest.raises(ReaderError, match="leads outside"):
        read(write_zip(tmp_path / "slices.zip", {"../1.png": png(RAMP[0]), "../2.png": png(RAMP[1])}))


def test_a_zip_that_unfolds_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(stack, "LIMITS", Limits(total_bytes=100))
    with pytest.raises(ReaderError, match="unfolds to over"):
        read(write_zip(tmp_path / "slices.zip", {"1.png": png(RAMP[0]), "2.png": png(RAMP[1])}))


@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_zip_that_is_cut_off_is_refused(tmp_path, kept):
    draw = np.random.default_rng(1)
    members = {f"{number}.png": png(draw.integers(0, 255, (40, 40), np.uint8)) for number in range(10)}
    whole = write_zip(tmp_path / "whole.zip", members).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(ReaderError, match=r"^cut\.zip: the archive is damaged or cut off"):
        READERS[1].read(cut, cut.name)


@pytest.mark.parametrize(
    "members",
    [
        {"xl/workbook.xml": b"<x/>", "xl/media/image1.png": png(RAMP[0]), "xl/media/image2.png": png(RAMP[1])},
        {"1.png": png(RAMP[0])},
        {"data.ndc": b"", "1.png": png(RAMP[0]), "2.png": png(RAMP[1])},
        {"notes.txt": b"nothing"},
    ],
    ids=["workbook", "one picture", "cycler", "text"],
)
def test_other_archives_are_not_taken(tmp_path, members):
    head = FileHead.of(write_zip(tmp_path / "other.zip", members))
    assert not any(reader.recognises(head) for reader in READERS)


def test_what_programs_leave_beside_slices_does_no_harm(tmp_path):
    members = {f"a/{number}.png": png(RAMP[number]) for number in range(3)}
    members |= {"__MACOSX/a/._1.png": b"\0", "a/.DS_Store": b"\0", "a/Thumbs.db": b"\0", "a/scan.txt": b"20 kV"}
    assert read(write_zip(tmp_path / "slices.zip", members)).table.height == 3


def test_a_slice_that_was_damaged_in_its_archive_is_refused(tmp_path):
    path = write_zip(tmp_path / "slices.zip", {f"{number}.png": png(RAMP[number]) for number in range(3)})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        data[archive.getinfo("1.png").header_offset + 55] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ReaderError, match="damaged"):
        read(path)


def test_neither_tiff_nor_zip_is_refused(tmp_path):
    path = tmp_path / "stack.raw"
    path.write_bytes(b"\0" * 1000)
    with pytest.raises(ReaderError, match="neither a TIFF nor a zip of slices"):
        READERS[0].read(path, path.name)


@pytest.mark.parametrize("kind", ["imagej", "ome"])
def test_a_stack_with_fewer_pages_than_it_says_is_refused(tmp_path, kind):
    """One pointer of the chain of pages was set to 0, so that the rest of them is lost without a trace."""
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, RAMP, metadata={"axes": "ZYX"}, **{kind: True})
    with tifffile.TiffFile(path) as file:
        after, following = file.pages[9].offset, file.pages[10].offset
    data = path.read_bytes()
    at = data.index(struct.pack("<I" if data[:1] == b"I" else ">I", following), after)
    path.write_bytes(data[:at] + b"\0\0\0\0" + data[at + 4 :])
    with pytest.raises(ReaderError, match="says that it has 16 slices, and holds 10"):
        read(path)


def test_a_stack_whose_pages_cannot_be_followed_is_refused(tmp_path):
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, RAMP, metadata=None)
    with tifffile.TiffFile(path) as file:
        at = file.pages[9].offset
    data = path.read_bytes()
    path.write_bytes(data[:at] + b"\xff\xff" + data[at + 2 :])
    with pytest.raises(ReaderError, match=r"stack\.tif: "):
        read(path)


def test_the_note_of_imagej_is_the_comment(tmp_path):
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, blocks(), imagej=True, metadata={"axes": "ZYX", "Info": "cut at 30 kV,\n600 pA"})
    assert read(path).metadata["comment"] == "cut at 30 kV, 600 pA"
    assert said.imagej_info((12, 8), tuple(b"IJIJ????"), ">") == ""


@pytest.mark.parametrize("text", ["<OME", "<OME><Pixels/></OME>", "", "ImageJ=1.5\nchannels=x", "<OME" + "&e;" * 9])
def test_descriptions_that_say_nothing_say_nothing(text):
    assert said.description(text) == said.Said()
