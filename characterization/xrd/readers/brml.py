"""Bruker DIFFRAC `.brml`: a zip of XML.

`Experiment…/DataContainer.xml` lists the `RawData….xml`, one a range; each has its `DataRoutes` with a `Datum` a
point, whose columns the `DataViews` name, and the tube with its wavelengths under `FixedInformation`. Angles and
counts are read by geddes, which takes each recorded route; counts are as stored, absorber factors are not applied.

Seen from: D2 PHASER, DIFFRAC 7.5.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from characterization.xrd.radiation import Radiation
from characterization.xrd.readers.finish import (
    Scan,
    checked_radiation,
    number,
    one_pattern,
    pattern,
    refuse_large,
    said,
    utc,
    warnings_about,
)
from characterization.xrd.readers.library import geddes_scans
from characterization.xrd.table import COUNTS
from labdb.ingest import archive
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

RAW_DATA = re.compile(r"(?:^|/)RawData\d*\.xml$")
CONTAINER = "DataContainer.xml"
LIMITS = archive.Limits(members=2_000, total_bytes=1024**3)


def recognises(head: FileHead) -> bool:
    return any(RAW_DATA.search(member) or member.endswith(f"/{CONTAINER}") for member in head.members) or any(
        member == "experimentCollection.xml" for member in head.members
    )


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: the archive is cut off, holds no range over 2θ, or several that do not continue each other.
    """
    refuse_large(path, name)
    members = archive.members(
        path, name, lambda member: bool(RAW_DATA.search(member)) or member.endswith(CONTAINER), LIMITS
    )
    raw = {member: _xml(data, member, name) for member, data in members.items() if RAW_DATA.search(member)}
    if not raw:
        raise ReaderError(f"{name}: holds no measured data (no RawData…xml); save it again when it is measured")
    first = raw[sorted(raw)[0]]
    routes = [route for root in raw.values() for route in root.iter("DataRoute") if route.find("Datum") is not None]
    scans = [
        Scan(np.array(found.x), np.array(found.y), COUNTS, counting_time_second=_counting_time(first))
        for found in geddes_scans(path, name, ".brml", max(1, len(routes)))
    ]
    whole = one_pattern(scans, name)
    warnings = []
    planned = number(_text(first, ".//MeasurementPoints"))
    if planned and len(raw) == 1 and len(whole.intensity) < planned:
        warnings.append(f"{planned:g} points were planned and {len(whole.intensity)} measured: the scan was stopped")
    tube = first.find(".//Tube")
    radiation = checked_radiation(
        Radiation(
            _value(tube, "WaveLengthAlpha1"),
            _value(tube, "WaveLengthAlpha2"),
            _value(tube, "WaveLengthRatio"),
            _text(tube, "TubeMaterial"),
        ),
        name,
    )
    container = next((_xml(data, m, name) for m, data in sorted(members.items()) if m.endswith(CONTAINER)), None)
    return Reading(
        pattern(whole, radiation, name),
        _metadata(first, container, tube, radiation),
        (*warnings, *warnings_about(whole.unit)),
    )


def _xml(data: bytes, member: str, name: str) -> Element:
    try:
        return fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ReaderError(f"{name}: {member} in it is no whole XML ({error}); copy it again") from error


def _metadata(raw: Element, container: Element | None, tube: Element | None, radiation: Radiation) -> dict[str, Any]:
    about = {item.get("Name"): item.get("Value") for item in raw.iter("InfoItem")}
    device = _text(container, ".//DeviceTypeDesc")
    measured = None if container is None else container.find("MeasurementInfo")
    named = {} if measured is None else measured.attrib
    return said(
        start_time_utc=utc(_text(raw, "TimeStampStarted")),
        device=" ".join(filter(None, [device, _text(container, ".//InstrumentName")])),
        software=" ".join(filter(None, ["DIFFRAC", _text(container, "CreatingVersion")])),
        operator=about.get("User") or named.get("UserName"),
        sample=about.get("SampleName") or named.get("SampleName"),
        comment=about.get("Comment"),
        instrument=said(
            anode=radiation.anode,
            radiation=radiation.words,
            tension_kv=_value(tube, "Generator/Voltage"),
            current_ma=_value(tube, "Generator/Current"),
            scan_axis=_scan_name(raw),
            scan_mode=_text(raw, ".//ScanModeVisibleName"),
            counting_time_second=_counting_time(raw),
        ),
    )


def _counting_time(raw: Element) -> float | None:
    return number(_text(raw, ".//TimePerStepEffective")) or number(_text(raw, ".//TimePerStep"))


def _scan_name(raw: Element) -> str:
    scan = raw.find(".//ScanInformation")
    return "" if scan is None else scan.get("VisibleName", "")


def _text(element: Element | None, path: str) -> str:
    found = None if element is None else element.find(path)
    return "" if found is None else (found.text or "").strip()


def _value(element: Element | None, path: str) -> float | None:
    found = None if element is None else element.find(path)
    return None if found is None else number(found.get("Value"))


READER = Reader("bruker-brml", version=1, label="Bruker brml", recognises=recognises, read=read)
