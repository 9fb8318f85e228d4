"""Pictures of microscopes, opened safely: TIFF, PNG, JPEG as grey levels, with what the file says of itself. Pure.

    with opened(path, name) as file:
        file.picture.pixel_size_nm
        file.grey(0)

Sizes are compared with `MAX_PIXELS` and with the bytes of the file before a pixel is decoded, packed strips are
unpacked no further than they may be, and no format but these three is ever handed to a library.

Grey levels are as stored: 8, 16 or 32 bit, whole numbers or floating point. Colours become their luminance (Rec. 709)
where the three channels differ, else the channel. The palette of Zeiss is a ramp of grey with a few colours for
annotations; there the index is the grey level, as the microscope meant it.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from characterization.micrograph import makers, tiff
from characterization.micrograph.makers import About
from characterization.micrograph.tiff import MAX_PIXELS, Page, Tiff, TiffError
from labdb.ingest.reader import FileHead, ReaderError

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
DEFLATE = {8, 32946}
COMPRESSIONS = {1: "none", 5: "LZW", 8: "deflate", 32946: "deflate", 32773: "PackBits"}
GREY_DEPTHS = {(1, 1), (1, 8), (1, 16), (1, 32), (2, 8), (2, 16), (2, 32), (3, 16), (3, 32), (3, 64)}
LUMINANCE = np.array([0.2125, 0.7154, 0.0721])  # Rec. 709
COLOURED = 16 / 255  # of the range, between the channels of a pixel
RAMP_SHARE = 0.8  # of a palette that must be grey for its index to be the grey level
DAMAGED = (
    OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, IndexError, KeyError, TypeError,
    OverflowError, MemoryError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """What is known of a picture without its pixels.

    Attributes:
        format: "TIFF", "PNG" or "JPEG".
        width, height: of its first page, the data bar included.
        pages: more than one is a stack.
        bits: of a grey level as stored.
        maker, pixel_size_nm, pixel_size_from, slice_distance_nm, databar_rows, metadata, warnings: see `About`.
        broken: why the last pages are missing; empty where all are there.
    """

    format: str
    width: int
    height: int
    pages: int
    bits: int
    is_float: bool = False
    maker: str = ""
    pixel_size_nm: float | None = None
    pixel_size_from: str = ""
    slice_distance_nm: float | None = None
    databar_rows: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    broken: str = ""


class PictureFile:
    """An open picture; made by `opened`."""

    def __init__(self, path: Path, name: str, picture: Picture) -> None:
        self.path, self.name, self.picture = path, name, picture

    def grey(self, page: int = 0) -> np.ndarray:
        """The grey levels of a page, shape (height, width), native byte order; the data bar is part of it.

        Raises:
            ReaderError: the page is damaged, or stored in a way that is not read.
        """
        raise NotImplementedError

    def coloured(self, page: int = 0) -> float:
        """The share of the pixels of a page that have a colour."""
        return 0.0

    def colours(self, page: int = 0) -> np.ndarray | None:
        """Red, green and blue of a page, 8 bit, shape (height, width, 3); None for a page that is grey.

        Raises:
            ReaderError: as `grey`.
        """
        return None


@contextmanager
def opened(path: Path, name: str) -> Iterator[PictureFile]:
    """
    Raises:
        ReaderError: it is no picture that is read, cut off, or too large.
    """
    with open(path, "rb") as file:
        head = file.read(16)
    if tiff.is_tiff(head):
        yield from _opened_tiff(path, name)
    elif head.startswith(PNG):
        yield _Pillow(path, name, "PNG")
    elif head.startswith(JPEG):
        yield _Pillow(path, name, "JPEG")
    else:
        raise ReaderError(f"{name}: is no TIFF, PNG or JPEG picture; export it as TIFF from the microscope.")


def open_picture(path: Path, name: str) -> Picture:
    """
    Raises:
        ReaderError: as `opened`.
    """
    with opened(path, name) as file:
        return file.picture


def grey(path: Path, name: str, page: int = 0) -> np.ndarray:
    """
    Raises:
        ReaderError: as `opened` and `PictureFile.grey`.
    """
    with opened(path, name) as file:
        return file.grey(page)


def is_single_picture(head: FileHead) -> bool:
    """A PNG, a JPEG, or a TIFF of one page; also a TIFF that is too damaged to tell."""
    if tiff.is_tiff(head.data):
        try:
            return not tiff.walk(head.path, limit=2).is_stack
        except TiffError:
            return True
    return head.data.startswith((PNG, JPEG))


def is_stack(head: FileHead) -> bool:
    """A TIFF of several pages. No file is both a stack and a single picture."""
    return tiff.is_tiff(head.data) and not is_single_picture(head)


def _opened_tiff(path: Path, name: str) -> Iterator[PictureFile]:
    import tifffile

    try:
        walked = tiff.walk(path)
    except TiffError as error:
        raise ReaderError(f"{name}: {error}.") from error
    try:
        library = tifffile.TiffFile(path)
    except (*DAMAGED, tifffile.TiffFileError) as error:
        raise _damaged(name) from error
    with library:
        try:
            file = _Tifffile(path, name, walked, library)
        except (*DAMAGED, tifffile.TiffFileError) as error:
            raise _damaged(name) from error
        yield file


def _damaged(name: str) -> ReaderError:
    return ReaderError(f"{name}: the picture is damaged or cut off; copy it again from the microscope.")


class _Tifffile(PictureFile):
    def __init__(self, path: Path, name: str, walked: Tiff, library: Any) -> None:
        first, found = walked.pages[0], makers.about(walked)
        super().__init__(
            path,
            name,
            Picture(
                "TIFF",
                first.width,
                first.height,
                walked.page_count,
                first.bits,
                first.sample_format == 3,
                broken=walked.broken,
                **_of(found),
            ),
        )
        self.walked, self.library = walked, library
        # Thumbnails are pages to the library and none to us.
        self.numbers = (
            [n for n, page in enumerate(library.pages) if not _is_reduced(page)] if len(walked.pages) > 1 else [0]
        )

    def grey(self, page: int = 0) -> np.ndarray:
        return self.levels(self.stored(page), self.about(page), page)

    def coloured(self, page: int = 0) -> float:
        about = self.about(page)
        return _coloured(self.stored(page)) if about.photometric == 2 and about.samples >= 3 else 0.0

    def colours(self, page: int = 0) -> np.ndarray | None:
        about = self.about(page)
        if about.photometric == 2 and about.samples >= 3:
            return _eight_bit(self.stored(page)[..., :3])
        if about.photometric == 3:
            index, palette = self.stored(page), self.palette()
            return None if _is_ramp(palette) or index.dtype != np.uint8 else palette[index]
        return None

    def about(self, page: int) -> Page:
        if not 0 <= page < self.picture.pages:
            raise ReaderError(f"{self.name}: there is no page {page + 1}; it has {self.picture.pages}.")
        return self.walked.pages[page] if page < len(self.walked.pages) else self.walked.pages[0]

    def stored(self, page: int) -> np.ndarray:
        """The page as stored: (height, width), or (height, width, samples)."""
        import tifffile

        about = self.about(page)
        self.refuse_storage(about)
        try:
            if self.walked.virtual_pages > 1:
                return self.virtual(page, about)
            if about.compression == 5:
                return self.by_pillow(page)
            if about.compression in DEFLATE:
                self.unpack_within_bounds(about)
            found = self.library.pages[self.numbers[page]].asarray(maxworkers=1)
        except (*DAMAGED, tifffile.TiffFileError) as error:
            raise _damaged(self.name) from error
        if about.samples > 1 and found.ndim == 3 and found.shape[0] == about.samples != found.shape[2]:
            found = np.moveaxis(found, 0, 2)
        if found.shape[:2] != (about.height, about.width):
            raise _damaged(self.name)
        return found

    def virtual(self, page: int, about: Page) -> np.ndarray:
        """A page of an ImageJ stack that has one directory: the pages follow each other."""
        kind = {1: "u", 2: "i", 3: "f"}[about.sample_format]
        dtype = np.dtype(f"{self.walked.byte_order}{kind}{about.bits // 8}")
        count = about.width * about.height * about.samples
        flat = np.fromfile(self.path, dtype, count, offset=about.first_byte + page * about.bytes)
        shape = (about.height, about.width) + ((about.samples,) if about.samples > 1 else ())
        return flat.reshape(shape)

    def by_pillow(self, page: int) -> np.ndarray:
        from PIL import Image

        with Image.open(self.path, formats=("TIFF",)) as image:
            image.seek(self.numbers[page])
            return np.asarray(image)

    def refuse_storage(self, about: Page) -> None:
        """
        Raises:
            ReaderError: pixels are stored in a way that is not read.
        """
        if about.compression not in COMPRESSIONS:
            raise ReaderError(
                f"{self.name}: its pixels are compressed in a way that is not read (number {about.compression});"
                " save it as TIFF without compression."
            )
        if about.photometric not in (0, 1, 2, 3):
            raise ReaderError(f"{self.name}: its colours are stored in a way that is not read; save it as grey TIFF.")
        if (about.sample_format, about.bits) not in GREY_DEPTHS:
            raise ReaderError(
                f"{self.name}: has {about.bits} bit for a grey level, which is not read; save it with 8 or 16 bit."
            )

    def unpack_within_bounds(self, about: Page) -> None:
        """Kilobytes can unfold to gigabytes: no strip may give more than its rows hold.

        Raises:
            ReaderError: one does.
        """
        with open(self.path, "rb") as file:
            for at, count in about.segments:
                file.seek(at)
                unpacked = zlib.decompressobj().decompress(file.read(count), about.segment_bytes + 1)
                if len(unpacked) > about.segment_bytes:
                    raise ReaderError(f"{self.name}: unfolds to more than its size says; it was not opened.")

    def levels(self, stored: np.ndarray, about: Page, page: int) -> np.ndarray:
        if about.photometric == 2 and stored.ndim == 3:
            return _luminance(stored)
        found = stored[..., 0] if stored.ndim == 3 else stored
        if found.dtype == bool:
            found = found.astype(np.uint8) * 255
        found = np.ascontiguousarray(found, found.dtype.newbyteorder("="))
        if found.dtype == np.float16:
            found = found.astype(np.float32)
        if found.dtype.kind == "f" and not np.isfinite(found).all():
            raise ReaderError(f"{self.name}: has pixels that are no number; export the picture as 8 or 16 bit.")
        if about.photometric == 0 and found.dtype.kind == "u":
            return np.iinfo(found.dtype).max - found
        if about.photometric == 3:
            return self.by_palette(found)
        return found

    def by_palette(self, index: np.ndarray) -> np.ndarray:
        palette = self.palette()
        if index.dtype != np.uint8:
            raise ReaderError(f"{self.name}: its palette is not read; save it as grey TIFF.")
        return index if _is_ramp(palette) else np.rint(palette @ LUMINANCE).astype(np.uint8)[index]

    def palette(self) -> np.ndarray:
        """The colours of the 256 levels, 8 bit, shape (256, 3)."""
        values = self.walked.numbers(tiff.COLOUR_MAP)
        if len(values) != 768:
            raise ReaderError(f"{self.name}: its palette is not read; save it as grey TIFF.")
        return np.rint(np.array(values).reshape(3, 256).T / 257).astype(np.uint8)


class _Pillow(PictureFile):
    def __init__(self, path: Path, name: str, kind: str) -> None:
        from PIL import Image

        try:
            with Image.open(path, formats=(kind,)) as image:
                width, height = image.size
                mode, dots, software = image.mode, image.info.get("dpi"), image.info.get("Software")
        except Image.DecompressionBombError as error:
            raise ReaderError(
                f"{name}: has more pixels than are read ({MAX_PIXELS // 10**6} million); crop it."
            ) from error
        except DAMAGED as error:
            raise _damaged(name) from error
        if width * height > MAX_PIXELS:
            raise ReaderError(
                f"{name}: is {width} × {height} pixels, more than the {MAX_PIXELS // 10**6} million that are read;"
                " crop it."
            )
        if mode not in ("1", "L", "LA", "I", "I;16", "I;16B", "RGB", "RGBA", "P"):
            raise ReaderError(
                f"{name}: its colours are stored as {mode}, which is not read; save it as grey PNG or TIFF."
            )
        across, down = map(float, dots) if isinstance(dots, tuple) and len(dots) == 2 else (0.0, 0.0)
        square = across > 0 and abs(down / across - 1) < makers.AGREE
        about = {"software": str(software)} if software else {}
        found = makers.by_resolution(across if square else None, 2.54e7, about)
        bits = 16 if mode in ("I", "I;16", "I;16B") else 8
        super().__init__(path, name, Picture(kind, width, height, 1, bits, **_of(found)))

    def stored(self) -> np.ndarray:
        from PIL import Image

        try:
            with Image.open(self.path, formats=(self.picture.format,)) as image:
                return np.asarray(image.convert("RGB") if image.mode == "P" else image)
        except (*DAMAGED, Image.DecompressionBombError) as error:
            raise _damaged(self.name) from error

    def grey(self, page: int = 0) -> np.ndarray:
        if page:
            raise ReaderError(f"{self.name}: there is no page {page + 1}; it has 1.")
        found = self.stored()
        if found.dtype == bool:
            return found.astype(np.uint8) * 255
        if found.ndim == 3:
            return _luminance(found) if found.shape[2] >= 3 else np.ascontiguousarray(found[..., 0])
        if found.dtype.kind == "i":
            return np.clip(found, 0, 65535).astype(np.uint16)
        return np.ascontiguousarray(found, found.dtype.newbyteorder("="))

    def coloured(self, page: int = 0) -> float:
        found = self.stored()
        return _coloured(found) if found.ndim == 3 and found.shape[2] >= 3 else 0.0

    def colours(self, page: int = 0) -> np.ndarray | None:
        found = self.stored()
        return _eight_bit(found[..., :3]) if found.ndim == 3 and found.shape[2] >= 3 else None


def _of(found: About) -> dict[str, Any]:
    return {name: getattr(found, name) for name in About.__dataclass_fields__}


def _is_reduced(page: Any) -> bool:
    return bool(int(getattr(page, "subfiletype", 0) or 0) & tiff.REDUCED_PAGE)


def _luminance(channels: np.ndarray) -> np.ndarray:
    """Red, green, blue as grey, in their type; an alpha channel says nothing about the specimen."""
    red, green, blue = (channels[..., n] for n in range(3))
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return np.ascontiguousarray(red, red.dtype.newbyteorder("="))
    mixed = sum(weight * channel for weight, channel in zip(LUMINANCE, (red, green, blue), strict=True))
    whole = channels.dtype.kind in "ui"
    return np.asarray(np.rint(mixed) if whole else mixed).astype(channels.dtype.newbyteorder("="))


def _is_ramp(palette: np.ndarray) -> bool:
    """Whether a palette is grey, but for a few colours of annotations."""
    off = np.abs(palette.astype(int) - np.arange(256)[:, None]).max(axis=1)
    return float((off <= 1).mean()) >= RAMP_SHARE


def _eight_bit(channels: np.ndarray) -> np.ndarray:
    if channels.dtype == np.uint8:
        return np.ascontiguousarray(channels)
    top = float(np.iinfo(channels.dtype).max) if channels.dtype.kind in "ui" else float(channels.max() or 1)
    return np.rint(np.clip(channels / top, 0, 1) * 255).astype(np.uint8)


def _coloured(channels: np.ndarray) -> float:
    rgb = channels[..., :3].astype(np.float32)
    full = float(np.iinfo(channels.dtype).max) if channels.dtype.kind in "ui" else float(rgb.max() or 1.0)
    return float((np.ptp(rgb, axis=2) > COLOURED * full).mean())


def png(levels: np.ndarray) -> bytes:
    """Levels of 8 bit as a PNG file: (height, width) grey, (height, width, 4) with transparency."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(levels).save(file, "PNG", optimize=False)
    return file.getvalue()
