"""What a microscope, or the program after it, writes about a picture: scale, beam, data bar. Pure.

A pixel size is only taken from where its meaning is known. A resolution of 72, 96 or 300 dots per inch is that of a
printer or a screen, not of a microscope.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from characterization.micrograph import tiff
from characterization.micrograph.tiff import Tiff

# Resolution tags are believed only where a pixel would be smaller than this (25,400 dots per inch or more).
LARGEST_BY_RESOLUTION_NM = 1_000.0
ZEISS_SCAN_PIXELS = 1024  # for which SmartSEM writes the pixel size in its header
AGREE = 0.02
MAGNIFICATION = re.compile(r"([\d.]+)\s*(K|M)?\s*X?", re.IGNORECASE)
NM = {
    "nm": 1.0, "nanometer": 1.0, "nanometre": 1.0, "å": 0.1, "angstrom": 0.1, "pm": 1e-3,
    "um": 1e3, "µm": 1e3, "μm": 1e3, "micron": 1e3, "microns": 1e3, "micrometer": 1e3, "micrometre": 1e3,
    "mm": 1e6, "millimeter": 1e6, "cm": 1e7, "m": 1e9, "inch": 2.54e7, "in": 2.54e7,
}  # fmt: skip


@dataclass(frozen=True)
class About:
    """What a file says of its picture.

    Attributes:
        maker: "Zeiss", "FEI", "ImageJ", or empty.
        pixel_size_nm: None where it does not say, or cannot be believed.
        pixel_size_from: where that was read, as one says it.
        slice_distance_nm: between the pages of a stack.
        databar_rows: at the lower edge; None where the file does not say.
        metadata: names of `labdb.ingest.reader.METADATA`.
    """

    maker: str = ""
    pixel_size_nm: float | None = None
    pixel_size_from: str = ""
    slice_distance_nm: float | None = None
    databar_rows: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def about(file: Tiff) -> About:
    """What a TIFF says of its first page."""
    width, height = file.pages[0].width, file.pages[0].height
    if text := file.text(tiff.ZEISS):
        return zeiss(text, width)
    for tag in (tiff.FEI_HELIOS, tiff.FEI_SFEG):
        if text := file.text(tag):
            return fei(text, width, height)
    description = file.text(tiff.DESCRIPTION)
    if description.startswith("ImageJ="):
        return imagej(description, _resolution(file))
    said = {"software": file.text(tiff.SOFTWARE), "operator": file.text(tiff.ARTIST)}
    said["start_time_local"] = _moment(file.text(tiff.DATE_TIME), "%Y:%m:%d %H:%M:%S")
    unit = (file.numbers(tiff.RESOLUTION_UNIT) or (2.0,))[0]
    per_nm = {2.0: 2.54e7, 3.0: 1e7}.get(unit)
    return by_resolution(_resolution(file), per_nm, _said(said))


def by_resolution(per_unit: float | None, unit_nm: float | None, metadata: Mapping[str, Any] | None = None) -> About:
    """A plain resolution, pixels per unit of so many nm; believed where it can be that of a microscope."""
    found = About(metadata=metadata or {})
    if not per_unit or not unit_nm or not math.isfinite(per_unit):
        return found
    size = unit_nm / per_unit
    if not 0 < size < LARGEST_BY_RESOLUTION_NM:
        return found
    return About(
        "",
        size,
        f"the resolution that the file states ({per_unit:g} pixels in {unit_nm / 1e7:g} cm)",
        metadata=metadata or {},
        warnings=("the scale is the resolution that a program wrote into the file; compare it with the scale bar",),
    )


def zeiss(text: str, width: int) -> About:
    """The tag of Zeiss SmartSEM: a header of numbers, then pairs of lines, `AP_WD` and `WD = 3.9 mm`.

    The fourth number is the pixel size in metres of a scan of 1024 pixels: times 1024, divided by the width.
    """
    lines = [line.strip() for line in text.splitlines()]
    pairs: dict[str, str] = {}
    for line, following in pairwise(lines):
        if re.fullmatch(r"(?:AP|DP|SV)_\w+", line):
            pairs.setdefault(line, re.split(r"\s*[=:]\s*", following, maxsplit=1)[-1].strip())
    first = [line for line in lines[:4] if not line.startswith(("AP_", "DP_", "SV_"))]
    warnings = []
    size, source = None, ""
    header = _number(first[3]) if len(first) == 4 else None
    at_1024 = header * 1e9 if header else _length_nm(pairs.get("AP_PIXEL_SIZE", ""))
    if at_1024:
        size = at_1024 * ZEISS_SCAN_PIXELS / width
        source = f"the Zeiss header: {at_1024:.4g} nm for 1024 pixels, × 1024 / {width}"
    own = _length_nm(pairs.get("AP_IMAGE_PIXEL_SIZE", ""))
    if own and (size is None or abs(own / size - 1) > AGREE):
        if size is not None:
            warnings.append(
                f"the header gives {size:.4g} nm for a pixel, the picture's own line {own:.4g} nm, which is taken:"
                " it may have been cropped after the microscope; compare it with the scale bar"
            )
        size, source = own, "the Zeiss line “Image Pixel Size”"
    stored = re.match(r"(\d+)\s*\*\s*\d+", pairs.get("DP_IMAGE_STORE", ""))
    if stored and int(stored[1]) != width:
        warnings.append(
            f"the microscope stored {stored[1]} pixels across and this picture has {width}: it was cropped or scaled,"
            " so its scale is doubtful; compare it with the scale bar"
        )
    kilovolt = _number(pairs.get("AP_ACTUALKV", ""))
    said = {
        "start_time_local": _moment(f"{pairs.get('AP_DATE', '')} {pairs.get('AP_TIME', '')}", "%d %b %Y %H:%M:%S"),
        "device": " ".join(filter(None, ("Zeiss", pairs.get("DP_SEM", ""), pairs.get("SV_SERIAL_NUMBER", "")))),
        "software": f"SmartSEM {pairs['SV_VERSION']}" if pairs.get("SV_VERSION") else "",
        "operator": pairs.get("SV_OPERATOR") or pairs.get("SV_USER_NAME", ""),
        "sample": pairs.get("SV_SAMPLE_ID", ""),
        "comment": pairs.get("SV_USER_TEXT", ""),
        "instrument": _said(
            {
                "accelerating_voltage_kilovolt": kilovolt,
                "detector": pairs.get("DP_DETECTOR_TYPE") or pairs.get("DP_DETECTOR_CHANNEL", ""),
                "magnification": _magnification(pairs.get("AP_MAG", "")),
                "working_distance_mm": _scaled(_length_nm(pairs.get("AP_WD", "")), 1e-6),
            }
        ),
    }
    return About("Zeiss", size, source, metadata=_said(said), warnings=tuple(warnings))


def fei(text: str, width: int, height: int) -> About:
    """The tag of FEI and Thermo microscopes, an ini text: `PixelWidth` in metres under [Scan]."""
    sections: dict[str, dict[str, str]] = {}
    section: dict[str, str] = {}
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            section = sections.setdefault(line[1:-1], {})
        elif "=" in line:
            name, _, value = line.partition("=")
            section.setdefault(name.strip(), value.strip())

    def said(of: str, name: str) -> str:
        return sections.get(of, {}).get(name, "")

    beam = said("Beam", "Beam") or "EBeam"
    scan = said("Beam", "Scan") or "EScan"
    warnings = []
    metre = next((found for of in ("Scan", scan) if (found := _number(said(of, "PixelWidth")))), None)
    tall = next((found for of in ("Scan", scan) if (found := _number(said(of, "PixelHeight")))), None)
    if metre and tall and abs(tall / metre - 1) > AGREE:
        warnings.append(
            f"a pixel is {metre * 1e9:.4g} nm wide and {tall * 1e9:.4g} nm tall; circles and areas take it as square"
        )
    across = _number(said("Image", "ResolutionX"))
    if metre and across and int(across) != width:
        warnings.append(
            f"the microscope stored {across:g} pixels across and this picture has {width}: it was cropped or scaled,"
            " so its scale is doubtful; compare it with the scale bar"
        )
    bar = _number(said("PrivateFei", "DatabarHeight"))
    rows = int(bar) if bar is not None and 0 <= bar < height else None
    field_metre = _number(said("Scan", "HorFieldsize")) or _number(said(beam, "HFW"))
    canvas = _number(said("Image", "MagCanvasRealWidth"))
    clock = f"{said('User', 'Date')} {said('User', 'Time')}"
    made = _moment(said("PrivateFei", "TimeOfCreation"), "%d.%m.%Y %H:%M:%S") or _moment(clock, "%m/%d/%Y %I:%M:%S %p")
    metadata = {
        "start_time_local": made,
        "device": said("System", "SystemType"),
        "software": said("System", "Software"),
        "operator": said("User", "User"),
        "comment": said("User", "UserText"),
        "instrument": _said(
            {
                "accelerating_voltage_kilovolt": _scaled(_number(said("Beam", "HV") or said(beam, "HV")), 1e-3),
                "detector": said("Detectors", "Name"),
                "magnification": canvas / field_metre if canvas and field_metre else None,
                "working_distance_mm": _scaled(_number(said("Stage", "WorkingDistance") or said(beam, "WD")), 1e3),
            }
        ),
    }
    return About(
        "FEI",
        metre * 1e9 if metre else None,
        "the microscope's [Scan] PixelWidth" if metre else "",
        databar_rows=rows,
        metadata=_said(metadata),
        warnings=tuple(warnings),
    )


def imagej(description: str, per_unit: float | None) -> About:
    """What ImageJ and Fiji write: `unit=micron`, pixels per unit in the resolution tag, `spacing` of slices."""
    values = dict(line.partition("=")[::2] for line in description.splitlines() if "=" in line)
    word = values.get("unit", "").strip().replace("\\u00B5", "µ").lower()
    unit = NM.get(word)
    size = unit / per_unit if unit and per_unit else None
    spacing = _number(values.get("spacing", ""))
    return About(
        "ImageJ",
        size,
        f"ImageJ: {per_unit:g} pixels per {word}" if size else "",
        slice_distance_nm=spacing * unit if size and unit and spacing else None,
        metadata=_said({"software": f"ImageJ {values['ImageJ'].strip()}"}),
    )


def _resolution(file: Tiff) -> float | None:
    """Pixels per unit, both directions alike."""
    across, down = file.numbers(tiff.X_RESOLUTION), file.numbers(tiff.Y_RESOLUTION)
    if len(across) < 2 or not across[0] or not across[1]:
        return None
    found = across[0] / across[1]
    if len(down) >= 2 and down[1] and abs(down[0] / down[1] / found - 1) > AGREE:
        return None
    return found


def _number(text: str) -> float | None:
    """The number that a text begins with, where it is positive or zero and finite."""
    match = re.match(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)", text)
    try:
        found = float(match[1]) if match else math.nan
    except ValueError:
        return None
    return found if math.isfinite(found) and found >= 0 else None


def _length_nm(text: str) -> float | None:
    """`11.65 nm`, `25.24 µm` in nm."""
    match = re.match(r"\s*([\d.]+(?:[eE][+-]?\d+)?)\s*(\w+)", text)
    unit = NM.get(match[2].lower()) if match else None
    number = _number(match[1]) if match else None
    return number * unit if number and unit else None


def _magnification(text: str) -> float | None:
    match = MAGNIFICATION.match(text.strip())
    number = _number(match[1]) if match else None
    if match is None or number is None:
        return None
    return number * {"K": 1e3, "M": 1e6}.get((match[2] or "").upper(), 1.0)


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _moment(text: str, form: str) -> str:
    try:
        return datetime.strptime(text.strip(), form).isoformat()
    except ValueError:
        return ""


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the file does not say."""
    return {name: value for name, value in values.items() if value not in ("", None, {})}
