"""Pictures of microscopes: opened safely, grey levels as stored, pixel size only from where its meaning is known."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

from characterization.micrograph import picture as pictures
from characterization.micrograph import tiff
from characterization.micrograph.picture import grey, is_single_picture, is_stack, open_picture, opened
from labdb.ingest.reader import FileHead, ReaderError
from tests.real_data import ROOT, expected, files, needs_real_data

REAL = [
    path
    for path in [*files("sem", "stack"), "bad/FEI-Helios-navcam-bad-floats.tif"]
    if path.endswith((".tif", ".tiff")) and (ROOT / path).exists()
]
RAMP = np.arange(48, dtype=np.uint8).reshape(6, 8)

ZEISS_HEADER = ["0", "0", "0", "5.000000e-009", "5.0e+004"]
ZEISS = "\r\n".join(
    [*ZEISS_HEADER, "AP_MAG", "Mag =  20.00 K X", "AP_ACTUALKV", "EHT =  5.00 kV",
     "DP_DETECTOR_TYPE", "Detector = InLens", "AP_WD", "WD =  3.9 mm",
     "AP_DATE", "Date :25 Sep 2018", "AP_TIME", "Time :8:20:42", ""]
)  # fmt: skip
FEI = "\r\n".join(
    ["[User]", "Date=06/13/2016", "Time=05:06:40 PM", "[Beam]", "HV=5000", "Beam=EBeam", "Scan=EScan", "[Scan]",
     "PixelWidth=2.5e-008", "PixelHeight=2.5e-008", "[Detectors]", "Name=ETD", "[PrivateFei]", "DatabarHeight=2", ""]
)  # fmt: skip


def write(path, levels, tag=None, text="", **more):
    extra = [(tag, 2, len(text) + 1, text, True)] if tag else []
    tifffile.imwrite(path, levels, extratags=extra, metadata=None, **more)
    return path


@needs_real_data
@pytest.mark.parametrize("path", REAL)
def test_real_pictures_have_the_pixels_and_the_scale_that_other_readers_see(path):
    told = expected()[path]["values"]
    found = open_picture(ROOT / path, path)
    shape = tuple(size for size in told["shape"] if size > 4)
    assert (found.height, found.width) == shape[-2:]
    assert found.pages == told["pages"]
    with opened(ROOT / path, path) as file:
        levels = np.stack([file.grey(page) for page in range(found.pages)])
    rgba = path.endswith("77600-23-001_5kV_400x_m001.tif")  # the other reader counts its alpha channel, 255, as grey
    assert levels.min() == told["min"]
    assert levels.max() == pytest.approx(241 if rgba else told["max"])
    assert levels.mean() == pytest.approx((4 * told["mean"] - 255) / 3 if rgba else told["mean"], rel=1e-3, abs=1e-9)
    if "pixel_size_m" in told:
        assert found.pixel_size_nm == pytest.approx(told["pixel_size_m"] * 1e9, rel=1e-3)
    elif "PixelWidth" in told.get("fei", {}).get("Scan", {}):
        assert found.pixel_size_nm == pytest.approx(told["fei"]["Scan"]["PixelWidth"] * 1e9, rel=1e-3)
    elif told.get("imagej", {}).get("unit") == "micron":
        assert found.pixel_size_nm == pytest.approx(1000 / 5.928571, rel=1e-3)
    else:
        assert found.pixel_size_nm is None
    assert found.databar_rows == told.get("fei", {}).get("DatabarHeight")


@needs_real_data
@pytest.mark.parametrize("path", REAL)
@pytest.mark.parametrize("share", [0.0001, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_off_picture_is_a_sentence_or_right(path, share, tmp_path):
    data = (ROOT / path).read_bytes()
    cut = tmp_path / "cut.tif"
    cut.write_bytes(data[: int(len(data) * share)])
    levels, sentence, told = None, "", True
    try:
        with opened(cut, "cut.tif") as file:
            levels = file.grey(0)
            told = bool(file.picture.broken) or file.picture.pages == expected()[path]["values"]["pages"]
    except ReaderError as error:
        sentence = str(error)
    assert told
    assert sentence.startswith("cut.tif: ") or np.array_equal(levels, grey(ROOT / path, path))


@needs_real_data
def test_every_real_tiff_is_either_a_picture_or_a_stack():
    stacks = {path for path in REAL if is_stack(FileHead.of(ROOT / path))}
    assert stacks == {"sem/ZEISS_SEM_multipage.tif", "stack/electrode.tiff", "stack/image_saved_with_imageJ_stack.tif"}
    assert all(is_single_picture(FileHead.of(ROOT / path)) for path in set(REAL) - stacks)


def test_zeiss_pixel_size_is_for_1024_pixels(tmp_path):
    found = open_picture(write(tmp_path / "z.tif", np.zeros((4, 512), np.uint8), tiff.ZEISS, ZEISS), "z.tif")
    assert found.pixel_size_nm == pytest.approx(10.0)
    assert found.maker == "Zeiss"
    assert found.metadata["start_time_local"] == "2018-09-25T08:20:42"
    assert found.metadata["instrument"] == {
        "accelerating_voltage_kilovolt": 5.0,
        "detector": "InLens",
        "magnification": 20_000.0,
        "working_distance_mm": pytest.approx(3.9),
    }


def test_a_cropped_zeiss_picture_keeps_its_own_pixel_size_and_says_so(tmp_path):
    text = (
        ZEISS
        + "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 5.000 nm\r\nDP_IMAGE_STORE\r\nStore resolution = 1024 * 768\r\n"
    )
    found = open_picture(write(tmp_path / "z.tif", np.zeros((4, 400), np.uint8), tiff.ZEISS, text), "z.tif")
    assert found.pixel_size_nm == pytest.approx(5.0)
    assert len(found.warnings) == 2


def test_fei_pixel_size_is_in_metres_and_the_data_bar_is_told(tmp_path):
    found = open_picture(write(tmp_path / "f.tif", RAMP, tiff.FEI_HELIOS, FEI), "f.tif")
    assert found.pixel_size_nm == pytest.approx(25.0)
    assert found.databar_rows == 2
    assert found.metadata["instrument"]["accelerating_voltage_kilovolt"] == 5.0


@pytest.mark.parametrize("value", ["notanumber", "", "nan", "-1", "1e400"])
def test_numbers_that_are_none_are_no_pixel_size(value, tmp_path):
    text = FEI.replace("PixelWidth=2.5e-008", f"PixelWidth={value}")
    assert open_picture(write(tmp_path / "f.tif", RAMP, tiff.FEI_HELIOS, text), "f.tif").pixel_size_nm is None


def test_imagej_pixels_per_micron_are_a_pixel_size(tmp_path):
    path = tmp_path / "ij.tif"
    tifffile.imwrite(path, RAMP, imagej=True, resolution=(40, 40), metadata={"unit": "um"})
    assert open_picture(path, "ij.tif").pixel_size_nm == pytest.approx(25.0)


@pytest.mark.parametrize(("dots_per_inch", "nm"), [(72, None), (300, None), (1_270_000, 20.0)])
def test_a_printer_s_resolution_is_no_scale(dots_per_inch, nm, tmp_path):
    path = write(tmp_path / "r.tif", RAMP, resolution=(dots_per_inch, dots_per_inch), resolutionunit="INCH")
    assert open_picture(path, "r.tif").pixel_size_nm == (nm and pytest.approx(nm))


@pytest.mark.parametrize(
    ("levels", "more"),
    [
        (RAMP, {}),
        (RAMP.astype(np.uint16) * 1000, {}),
        (RAMP.astype(np.float32) / 7, {}),
        (RAMP, {"compression": "deflate"}),
        (RAMP, {"compression": "deflate", "predictor": True}),
        (np.tile(RAMP, (10, 10)), {"tile": (16, 16)}),
        (np.tile(RAMP, (10, 10)), {"tile": (16, 16), "compression": "deflate"}),
        (np.tile(RAMP, (10, 10)), {"rowsperstrip": 7}),
        (RAMP, {"byteorder": ">"}),
        (RAMP.astype(np.uint16) * 1000, {"byteorder": ">"}),
        (RAMP, {"bigtiff": True}),
    ],
)
def test_grey_levels_are_as_stored(levels, more, tmp_path):
    found = grey(write(tmp_path / "g.tif", levels, **more), "g.tif")
    assert found.dtype == levels.dtype
    assert found.dtype.isnative
    assert np.array_equal(found, levels)


def test_white_may_be_zero(tmp_path):
    assert np.array_equal(grey(write(tmp_path / "w.tif", RAMP, photometric="miniswhite"), "w.tif"), 255 - RAMP)


def test_grey_that_was_saved_in_colours_is_grey(tmp_path):
    path = write(tmp_path / "rgb.tif", np.stack([RAMP] * 3 + [np.full_like(RAMP, 255)], 2), photometric="rgb")
    assert np.array_equal(grey(path, "rgb.tif"), RAMP)
    with opened(path, "rgb.tif") as file:
        assert file.coloured() == 0


def test_colours_become_their_luminance(tmp_path):
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 200
    path = write(tmp_path / "red.tif", red, photometric="rgb")
    assert (grey(path, "red.tif") == round(0.2125 * 200)).all()
    with opened(path, "red.tif") as file:
        assert file.coloured() == 1


@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_channels_may_be_stored_one_after_the_other(planar, tmp_path):
    levels = np.random.default_rng(1).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    shaped = levels if planar == "contig" else np.moveaxis(levels, 2, 0)
    path = write(tmp_path / "p.tif", shaped, photometric="rgb", planarconfig=planar)
    wanted = np.rint(levels @ np.array([0.2125, 0.7154, 0.0721])).astype(np.uint8)
    assert np.array_equal(grey(path, "p.tif"), wanted)


def test_the_index_of_a_ramp_is_the_grey_level_and_of_another_palette_its_luminance(tmp_path):
    ramp = np.tile(np.arange(256, dtype=np.uint16) * 257, (3, 1))
    ramp[:, 9] = (65535, 0, 0)  # a colour for annotations
    assert np.array_equal(grey(write(tmp_path / "a.tif", RAMP, colormap=ramp, photometric="palette"), "a.tif"), RAMP)
    falling = np.ascontiguousarray(np.tile(np.arange(255, -1, -1, dtype=np.uint16) * 257, (3, 1)))
    path = write(tmp_path / "b.tif", RAMP, colormap=falling, photometric="palette")
    assert np.array_equal(grey(path, "b.tif"), 255 - RAMP)


def test_lzw_is_read(tmp_path):
    Image.fromarray(np.tile(RAMP, (9, 9))).save(tmp_path / "lzw.tif", compression="tiff_lzw")
    assert tiff.walk(tmp_path / "lzw.tif").pages[0].compression == 5
    assert np.array_equal(grey(tmp_path / "lzw.tif", "lzw.tif"), np.tile(RAMP, (9, 9)))


def test_a_compression_that_is_not_read_is_said(tmp_path):
    Image.fromarray(np.tile(RAMP, (9, 9))).save(tmp_path / "j.tif", compression="jpeg")
    with pytest.raises(ReaderError, match="save it as TIFF without compression"):
        grey(tmp_path / "j.tif", "j.tif")


def test_png_and_jpeg_are_read(tmp_path):
    Image.fromarray(RAMP).save(tmp_path / "a.png")
    Image.fromarray(RAMP.astype(np.uint16) * 1000).save(tmp_path / "b.png")
    Image.fromarray(np.full((16, 16), 90, np.uint8)).save(tmp_path / "c.jpg", dpi=(96, 96))
    assert np.array_equal(grey(tmp_path / "a.png", "a.png"), RAMP)
    assert np.array_equal(grey(tmp_path / "b.png", "b.png"), RAMP.astype(np.uint16) * 1000)
    assert grey(tmp_path / "c.jpg", "c.jpg").mean() == pytest.approx(90, abs=1)
    assert open_picture(tmp_path / "c.jpg", "c.jpg").pixel_size_nm is None
    assert [open_picture(tmp_path / name, name).bits for name in ("a.png", "b.png", "c.jpg")] == [8, 16, 8]


@pytest.mark.parametrize("name", ["a.png", "c.jpg"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_cut_off_png_or_jpeg_is_a_sentence(name, share, tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (64, 64), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / name)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ReaderError, match=f"^{name}: "):
        grey(tmp_path / name, name)


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return pictures.PNG + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize(("width", "height"), [(9_000, 9_000), (60_000, 60_000)])
def test_a_png_that_claims_too_many_pixels_is_not_decoded(width, height, tmp_path):
    data = zlib.compress(b"\0" * 1000)
    chunk = struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
    (tmp_path / "bomb.png").write_bytes(png_header(width, height) + chunk)
    with pytest.raises(ReaderError, match="million"):
        open_picture(tmp_path / "bomb.png", "bomb.png")


def test_a_tiff_that_claims_too_many_pixels_is_not_decoded(tmp_path):
    path = write(tmp_path / "big.tif", np.zeros((1, 1), np.uint8))
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        at = [file.pages[0].tags[code].valueoffset for code in (tiff.WIDTH, tiff.HEIGHT)]
        size = [file.pages[0].tags[code].valuebytecount for code in (tiff.WIDTH, tiff.HEIGHT)]
    for offset, count in zip(at, size, strict=True):
        data[offset : offset + count] = (60_000).to_bytes(count, "little")
    path.write_bytes(data)
    with pytest.raises(ReaderError, match="million"):
        open_picture(path, "big.tif")


def test_a_strip_that_unfolds_to_more_than_its_rows_is_not_opened(tmp_path):
    path = write(tmp_path / "bomb.tif", np.zeros((8, 8), np.uint8), compression="deflate")
    bomb = zlib.compress(b"\0" * 10_000_000)
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        tags = file.pages[0].tags
        for code, value in ((tiff.OFFSETS, len(data)), (tiff.COUNTS, len(bomb))):
            width = tags[code].valuebytecount
            data[tags[code].valueoffset : tags[code].valueoffset + width] = value.to_bytes(width, "little")
    path.write_bytes(bytes(data) + bomb)
    with pytest.raises(ReaderError, match="unfolds to more"):
        grey(path, "bomb.tif")


def test_pages_that_point_in_a_circle_end(tmp_path):
    path = tmp_path / "circle.tif"
    tifffile.imwrite(path, np.stack([RAMP, RAMP]), metadata=None)
    data = bytearray(path.read_bytes())
    (first,) = struct.unpack("<I", data[4:8])
    (entries,) = struct.unpack("<H", data[first : first + 2])
    at = first + 2 + 12 * entries
    data[at : at + 4] = struct.pack("<I", first)
    path.write_bytes(data)
    assert "circle" in tiff.walk(path).broken
    assert is_stack(FileHead.of(path))


def test_a_large_stack_of_imagej_has_one_directory_and_all_its_pages(tmp_path):
    path = tmp_path / "ij.tif"
    stack = np.stack([RAMP, RAMP + 100]).astype(">u2")
    write(path, stack[0], byteorder=">", description="ImageJ=1.53t\nimages=2\nslices=2\nunit=nm\nspacing=20.0\n")
    page = tiff.walk(path).pages[0]
    data = path.read_bytes()
    assert page.first_byte + page.bytes == len(data)
    path.write_bytes(data + stack[1].tobytes())
    with opened(path, "ij.tif") as file:
        assert file.picture.pages == 2
        assert np.array_equal(file.grey(1), RAMP + 100)
    path.write_bytes(data)
    assert open_picture(path, "ij.tif").broken
    assert is_stack(FileHead.of(path))


def test_a_thumbnail_is_no_page(tmp_path):
    path = tmp_path / "thumb.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(np.tile(RAMP, (4, 4)), metadata=None)
        file.write(RAMP, subfiletype=1, metadata=None)
    with opened(path, "thumb.tif") as file:
        assert file.picture.pages == 1
    assert is_single_picture(FileHead.of(path))


def test_what_is_no_picture_is_said(tmp_path):
    (tmp_path / "a.tif").write_text("no picture")
    with pytest.raises(ReaderError, match="no TIFF, PNG or JPEG"):
        open_picture(tmp_path / "a.tif", "a.tif")


@pytest.mark.parametrize("seed", range(200))
def test_a_tiff_with_wrong_bytes_is_a_sentence_or_a_picture(seed, tmp_path):
    draw = np.random.default_rng(seed)
    path = write(
        tmp_path / "f.tif", np.tile(RAMP, (4, 4)), tiff.FEI_HELIOS, FEI, compression="deflate" if seed % 2 else None
    )
    data = bytearray(path.read_bytes())
    for at in draw.integers(0, min(len(data), 400), 3):
        data[at] = draw.integers(0, 256)
    path.write_bytes(data)
    try:
        levels = grey(path, "f.tif")
    except ReaderError:
        return
    assert levels.ndim == 2
