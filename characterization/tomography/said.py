"""What the makers of stacks write about them: OME-XML, ImageJ's hyperstacks, the slices of a Zeiss FIB-SEM. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from characterization.micrograph.makers import NM

POSITION = re.compile(r"^Slice Y\s*=\s*([+-]?[\d.]+)\s*(\S+)", re.MULTILINE)
INDEX = re.compile(r"^Slice Index\s*=\s*(\d{1,6})\b", re.MULTILINE)
OME_NAMESPACE = re.compile(r"^\{http://www\.openmicroscopy\.org/Schemas/OME/[\w-]+\}Pixels$")


@dataclass(frozen=True)
class Said:
    """What a description says of a stack.

    Attributes:
        pixel_size_nm, slice_distance_nm: None where it does not say.
        channels, times: more than one of either, and the pages are no plain stack of slices.
        slices: how many there should be; 0 where it does not say.
    """

    pixel_size_nm: float | None = None
    slice_distance_nm: float | None = None
    channels: int = 1
    times: int = 1
    slices: int = 0


@dataclass(frozen=True)
class SliceOf:
    """Where a FIB-SEM was when it took a slice.

    Attributes:
        index: of the slice in the microscope's own series.
        position_nm: of the milled edge, along the stack.
    """

    index: int | None
    position_nm: float | None


def description(text: str) -> Said:
    """What the description of a TIFF says; nothing for a description of another kind."""
    if text.startswith("ImageJ="):
        values = dict(line.partition("=")[::2] for line in text.splitlines() if "=" in line)
        channels, times = (_count(values.get(name, "1")) for name in ("channels", "frames"))
        return Said(channels=channels, times=times, slices=_count(values.get("images", "0"), 0))
    if "<OME" in text[:2000]:
        return ome(text)
    return Said()


def ome(text: str) -> Said:
    """The `Pixels` of an OME-XML description: sizes per axis, µm where no unit is said.

    Source: Open Microscopy Environment, OME Data Model, schema 2016-06.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        found = next((each for each in fromstring(text).iter() if OME_NAMESPACE.match(str(each.tag))), None)
    except (ParseError, DefusedXmlException, ValueError):
        return Said()
    if found is None:
        return Said()

    def size(axis: str) -> float | None:
        unit = NM.get(found.get(f"PhysicalSize{axis}Unit", "µm").strip().lower())
        number = _positive(found.get(f"PhysicalSize{axis}", ""))
        return unit * number if unit and number else None

    across, down = size("X"), size("Y")
    square = across is not None and down is not None and abs(down / across - 1) < 0.01
    channels, times, slices = (_count(found.get(f"Size{axis}", "")) for axis in "CTZ")
    return Said(across if square else None, size("Z"), channels, times, slices)


def imagej_info(counts: Sequence[float], data: Sequence[float], byte_order: str) -> str:
    """The note that ImageJ keeps with a picture ("Show Info…"); empty where there is none.

    Two tags: bytes of each part, and the parts: first `IJIJ` with four letters and a number for each kind, then the
    parts themselves, texts in UTF-16. Source: W. Rasband, ImageJ, public domain, its TIFF decoder.

    Args:
        counts, data: of the tags 50838 and 50839.
        byte_order: "<" or ">".
    """
    sizes, raw = [int(each) for each in counts], bytes(int(each) & 0xFF for each in data)
    big = byte_order == ">"
    if not sizes or raw[:4] != (b"IJIJ" if big else b"JIJI"):
        return ""
    at, part = sizes[0], 1
    for entry in range(4, sizes[0] - 7, 8):
        kind = raw[entry : entry + 4] if big else raw[entry : entry + 4][::-1]
        number = int.from_bytes(raw[entry + 4 : entry + 8], "big" if big else "little")
        if number > len(sizes):
            return ""
        if kind == b"info" and part < len(sizes):
            return raw[at : at + sizes[part]].decode("utf-16-be" if big else "utf-16-le", "replace")
        at += sum(sizes[part : part + number])
        part += number
    return ""


def zeiss_slice(text: str) -> SliceOf:
    """`Slice Index = 2` and `Slice Y = 2.138 µm` of the tag of SmartSEM."""
    index, position = INDEX.search(text), POSITION.search(text)
    unit = NM.get(position[2].lower()) if position else None
    number = _number(position[1]) if position else None
    return SliceOf(int(index[1]) if index else None, number * unit if number is not None and unit else None)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _positive(text: str) -> float | None:
    found = _number(text)
    return found if found is not None and found > 0 else None


def _count(text: str, otherwise: int = 1) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else otherwise
