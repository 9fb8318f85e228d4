"""The structure of a TIFF: its pages, how they are stored, whether the bytes that they promise are there. Pure.

Uploads are hostile or cut off, so the directories of a TIFF are walked here before any library decodes a pixel: sizes
are compared with the limits and with the bytes of the file. Tags are kept as bytes, for what a microscope says in them.

Source: Aldus, TIFF Revision 6.0 (1992); BigTIFF as libtiff documents it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

MAX_PIXELS = 64_000_000  # of a page
MAX_PAGES = 20_000
MAX_ENTRIES = 1_000
MAX_TEXT_BYTES = 4_000_000
MAX_SEGMENTS = 2_000_000

REDUCED_PAGE = 1  # bit of NewSubfileType: a thumbnail of another page
SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, DESCRIPTION = 254, 256, 257, 258, 259, 262, 270
OFFSETS, SAMPLES, ROWS_PER_STRIP, COUNTS, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = (
    273,
    277,
    278,
    279,
    282,
    283,
    296,
)
SOFTWARE, DATE_TIME, ARTIST, COLOUR_MAP, TILE_WIDTH, TILE_LENGTH = 305, 306, 315, 320, 322, 323
TILE_OFFSETS, TILE_COUNTS, SAMPLE_FORMAT, ZEISS, FEI_SFEG, FEI_HELIOS = 324, 325, 339, 34118, 34680, 34682

# Tag type → bytes of one value, and its letter for struct; rationals are pairs.
TYPES = {1: (1, "B"), 2: (1, "c"), 3: (2, "H"), 4: (4, "I"), 5: (8, "II"), 6: (1, "b"), 7: (1, "B"), 8: (2, "h")}
TYPES |= {
    9: (4, "i"),
    10: (8, "ii"),
    11: (4, "f"),
    12: (8, "d"),
    13: (4, "I"),
    16: (8, "Q"),
    17: (8, "q"),
    18: (8, "Q"),
}


class TiffError(ValueError):
    """The file is no TIFF that can be read; the sentence says why, and begins after the file's name."""


@dataclass(frozen=True)
class Page:
    """One page as it is stored.

    Attributes:
        bits: of a sample.
        samples: of a pixel: 1 grey or palette, 3 RGB, 4 with alpha.
        sample_format: 1 whole numbers, 2 with sign, 3 floating point.
        first_byte: of its pixels in the file.
        segments: offset and bytes of every strip or tile.
        segment_bytes: of one strip or tile when unpacked, at most.
    """

    width: int
    height: int
    bits: int
    samples: int
    compression: int
    photometric: int
    sample_format: int
    segments: tuple[tuple[int, int], ...]
    segment_bytes: int

    @property
    def first_byte(self) -> int:
        return self.segments[0][0]

    @property
    def bytes(self) -> int:
        """Of all its pixels when unpacked."""
        return (self.width * self.samples * self.bits + 7) // 8 * self.height


@dataclass(frozen=True)
class Tiff:
    """A TIFF as its directories describe it.

    Attributes:
        pages: without thumbnails; fewer than the file has where the walk was told to stop.
        tags: of the first page, tag → its values as `values`, texts as bytes.
        virtual_pages: ImageJ writes large stacks as one directory, whose further pages follow the first without one.
        broken: why the chain of directories ends before its end; empty where it is whole.
    """

    pages: tuple[Page, ...]
    tags: Mapping[int, object] = field(default_factory=dict)
    virtual_pages: int = 1
    broken: str = ""
    byte_order: str = "<"

    @property
    def is_stack(self) -> bool:
        """Several pages, or the first of several that are cut off; known from two pages on."""
        return self.page_count > 1 or bool(self.broken)

    @property
    def page_count(self) -> int:
        return max(len(self.pages), self.virtual_pages)

    def text(self, tag: int) -> str:
        found = self.tags.get(tag)
        return found.split(b"\0")[0].decode("cp1252", "replace") if isinstance(found, bytes) else ""

    def numbers(self, tag: int) -> tuple[float, ...]:
        found = self.tags.get(tag)
        return tuple(found) if isinstance(found, tuple) else ()


def is_tiff(data: bytes) -> bool:
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def walk(path: Path, limit: int = MAX_PAGES) -> Tiff:
    """Follow the directories of a TIFF without reading a pixel.

    Args:
        limit: of pages to look at; two are enough to tell a picture from a stack.

    Raises:
        TiffError: it is no TIFF, its first page is not described in full, or there are more pages than `MAX_PAGES`.
    """
    size = path.stat().st_size
    with open(path, "rb") as file:
        return _Walk(file, size).pages(limit)


def text_of_page(path: Path, page: int, tag: int) -> str:
    """What a tag says on a page counted from 0, thumbnails left out; empty where the page or the tag is not there.

    Raises:
        TiffError: as `walk`.
    """
    with open(path, "rb") as file:
        return _Walk(file, path.stat().st_size).text(page, tag)


@dataclass
class _Walk:
    file: BinaryIO
    size: int
    order: str = "<"
    big: bool = False

    def at(self, offset: int, count: int) -> bytes:
        if offset < 0 or offset + count > self.size:
            raise TiffError("is cut off, or damaged: it points beyond its end; copy it again from the microscope")
        self.file.seek(offset)
        return self.file.read(count)

    def unpack(self, form: str, data: bytes) -> tuple[int, ...]:
        return struct.unpack(self.order + form, data)

    def pages(self, limit: int) -> Tiff:
        offset = self.begin()
        found: list[Page] = []
        first: dict[int, object] = {}
        seen: set[int] = set()
        broken = ""
        while offset and not broken and len(found) < limit:
            if offset in seen:
                broken = "its pages point in a circle"
                break
            seen.add(offset)
            if len(seen) > MAX_PAGES:
                raise TiffError(f"has more than {MAX_PAGES} pages; export it in parts")
            try:
                tags, offset = self.directory(offset, whole=not found)
                page = self.page(tags)
            except TiffError as error:
                if not found:
                    raise
                broken = str(error)
                break
            if int(_one(tags, SUBFILE, 0)) & REDUCED_PAGE and found:
                continue
            found.append(page)
            first = first or tags
        if not found:
            raise TiffError("holds no picture; export it again")
        tiff = Tiff(tuple(found), first, broken=broken, byte_order=self.order)
        claimed = _imagej_images(tiff.text(DESCRIPTION)) if len(found) == 1 and not broken and not offset else 1
        if claimed > MAX_PAGES:
            raise TiffError(f"has more than {MAX_PAGES} pages; export it in parts")
        if claimed > 1 and found[0].first_byte + claimed * found[0].bytes > self.size:
            return replace(tiff, broken=f"it says that it holds {claimed} pages, and ends before the last")
        return replace(tiff, virtual_pages=claimed)

    def text(self, page: int, tag: int) -> str:
        offset = self.begin()
        seen: set[int] = set()
        while offset and offset not in seen and len(seen) <= MAX_PAGES:
            seen.add(offset)
            at = offset
            tags, offset = self.directory(at, whole=False)
            if int(_one(tags, SUBFILE, 0)) & REDUCED_PAGE and len(seen) > 1:
                continue
            if page == 0:
                return Tiff((), self.directory(at, whole=True)[0]).text(tag)
            page -= 1
        return ""

    def begin(self) -> int:
        head = self.at(0, 8) if self.size >= 8 else b""
        if not is_tiff(head):
            raise TiffError("is no TIFF" if head else "is cut off: it has no header; copy it again")
        self.order = "<" if head[:1] == b"I" else ">"
        self.big = head[2:4] in (b"+\0", b"\0+")
        if not self.big:
            return self.unpack("I", head[4:8])[0]
        return self.unpack("Q", self.at(8, 8))[0]

    def directory(self, offset: int, whole: bool) -> tuple[dict[int, object], int]:
        """The tags of a directory, and where the next one is (0 after the last)."""
        form, width, entry, inline = ("Q", 8, 20, 8) if self.big else ("H", 2, 12, 4)
        (count,) = self.unpack(form, self.at(offset, width))
        if not 0 < count <= MAX_ENTRIES:
            raise TiffError("is damaged: a page has no description that makes sense; copy it again")
        data = self.at(offset + width, count * entry)
        tags: dict[int, object] = {}
        for number in range(count):
            code, kind = self.unpack("HH", data[number * entry : number * entry + 4])
            if whole or code in NEEDED:
                rest = data[number * entry + 4 : (number + 1) * entry]
                values = self.tag(code, kind, rest, inline)
                if values is not None:
                    tags.setdefault(code, values)
        (following,) = self.unpack(
            "Q" if self.big else "I", self.at(offset + width + count * entry, 8 if self.big else 4)
        )
        return tags, following

    def tag(self, code: int, kind: int, rest: bytes, inline: int) -> object | None:
        """The values of a tag: a tuple of numbers, or bytes for a text; None for what nobody here needs."""
        if kind not in TYPES:
            return None
        (count,) = self.unpack("Q" if self.big else "I", rest[:inline])
        width, letter = TYPES[kind]
        total = count * width
        needed = code in NEEDED
        if not needed and total > MAX_TEXT_BYTES:
            return None
        if needed and count > MAX_SEGMENTS:
            raise TiffError("is damaged: it claims more strips than any picture has; copy it again")
        if total <= inline:
            data = rest[inline : inline + total]
        else:
            (offset,) = self.unpack("Q" if self.big else "I", rest[inline:])
            if not needed and offset + total > self.size:
                return None
            data = self.at(offset, total)
        if kind in (2, 7):
            return data
        return self.unpack(letter * count if len(letter) > 1 else f"{count}{letter}", data)

    def page(self, tags: Mapping[int, object]) -> Page:
        width, height = int(_one(tags, WIDTH, 0)), int(_one(tags, HEIGHT, 0))
        samples, bits = int(_one(tags, SAMPLES, 1)), int(_one(tags, BITS, 1))
        if width <= 0 or height <= 0 or not 1 <= samples <= 8 or not 1 <= bits <= 64:
            raise TiffError("is damaged: its width, height or depth makes no sense; copy it again")
        if width * height > MAX_PIXELS:
            raise TiffError(
                f"is {width} × {height} pixels, more than the {MAX_PIXELS // 10**6} million that are read; crop it"
            )
        tiled = TILE_WIDTH in tags
        offsets = tags.get(TILE_OFFSETS if tiled else OFFSETS, ())
        counts = tags.get(TILE_COUNTS if tiled else COUNTS, ())
        if tiled:
            across, down = int(_one(tags, TILE_WIDTH, 0)), int(_one(tags, TILE_LENGTH, 0))
        else:
            across, down = width, min(int(_one(tags, ROWS_PER_STRIP, height)) or height, height)
        if across <= 0 or down <= 0 or across * down > MAX_PIXELS:
            raise TiffError("is damaged: its tiles make no sense; copy it again")
        segment = (across * samples * bits + 7) // 8 * down
        page_bytes = (width * samples * bits + 7) // 8 * height
        if not isinstance(offsets, tuple) or not offsets:
            raise TiffError("is damaged: it does not say where its pixels are; copy it again")
        if len(offsets) == 1 and (not isinstance(counts, tuple) or len(counts) != 1):
            counts = (min(page_bytes, self.size - int(offsets[0])),)
        if not isinstance(counts, tuple) or len(counts) != len(offsets):
            raise TiffError("is damaged: it does not say where its pixels are; copy it again")
        wanted = -(-width // across) * -(-height // down)
        if len(offsets) < wanted:
            raise TiffError(f"is damaged: it has {len(offsets)} of {wanted} strips; copy it again")
        compression = int(_one(tags, COMPRESSION, 1))
        if any(int(at) + int(count) > self.size for at, count in zip(offsets, counts, strict=True)) or (
            compression == 1 and sum(map(int, counts)) < page_bytes
        ):
            raise TiffError("is cut off: the last rows of its picture are missing; copy it again from the microscope")
        return Page(
            width,
            height,
            bits,
            samples,
            compression,
            int(_one(tags, PHOTOMETRIC, 1)),
            int(_one(tags, SAMPLE_FORMAT, 1)),
            tuple((int(at), int(count)) for at, count in zip(offsets, counts, strict=True)),
            segment,
        )


NEEDED = {SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, SAMPLES, ROWS_PER_STRIP, COUNTS}
NEEDED |= {TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS, TILE_COUNTS, SAMPLE_FORMAT}


def _one(tags: Mapping[int, object], tag: int, otherwise: float) -> float:
    """The first value of a tag."""
    found = tags.get(tag)
    return found[0] if isinstance(found, tuple) and found else otherwise


def _imagej_images(description: str) -> int:
    """How many pages ImageJ says that its stack has."""
    if not description.startswith("ImageJ="):
        return 1
    for line in description.splitlines():
        name, _, value = line.partition("=")
        if name == "images" and value.strip().isdecimal() and len(value) < 8:
            return max(1, int(value))
    return 1
