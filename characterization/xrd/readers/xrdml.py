"""PANalytical and Malvern Panalytical XRDML (`.xrdml`), schema 1.0 to 2.x.

`xrdMeasurements` holds a `sample` and `xrdMeasurement`s, those `usedWavelength` (Kα1, Kα2 and Kβ in ångström and the
ratio of Kα2 to Kα1, which is 0 behind a Johansson monochromator) and `scan`s. A scan's `dataPoints` give the
`positions` of each axis (start and end of points that are evenly spaced, or a list) and the values: `intensities` of
old schemas are corrected for the beam attenuator already, `counts` of new ones are not and are multiplied by
`beamAttenuationFactors` here. Neither is divided by the counting time, and `divergenceCorrections` of automatic slits
are not applied.

Seen from: X'Pert PRO and Empyrean with Data Collector 4.0 to 6.0 (schemas 1.5, 1.6, 2.0), Aeris (2.2, 2.3).
"""

from __future__ import annotations

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
from characterization.xrd.table import COUNTS, COUNTS_PER_SECOND
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

UNITS = {"counts": COUNTS, "cps": COUNTS_PER_SECOND}


def recognises(head: FileHead) -> bool:
    return "<xrdMeasurements" in head.text[:4096]


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: the file is cut off, is no scan over 2θ, or holds several that do not continue each other.
    """
    refuse_large(path, name)
    try:
        root = fromstring(path.read_bytes(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ReaderError(
            f"{name}: is no whole XRDML file ({error}); it may be cut off, copy it again from the diffractometer"
        ) from error
    _strip_namespaces(root)
    measurements = list(root.iter("xrdMeasurement"))
    scans = [scan for measurement in measurements for scan in measurement.iter("scan")]
    if not scans:
        raise ReaderError(f"{name}: holds no scan; export it again from the diffractometer")
    about, warnings = scans[0], []
    whole = one_pattern([_scan(scan, name) for scan in scans], name)
    if any(scan.find("dataPoints/" + tag) is not None for scan in scans for tag in DIVERGENCE):
        warnings.append("the counts are of an automatic divergence slit and are not corrected to a fixed one")
    if any(scan.get("status", "Completed") != "Completed" for scan in scans):
        warnings.append("the scan was not completed: the diffractometer stopped early")
    radiation = checked_radiation(_radiation(measurements[0], name), name)
    return Reading(
        pattern(whole, radiation, name),
        _metadata(root, measurements[0], about, radiation),
        (*warnings, *warnings_about(whole.unit)),
    )


DIVERGENCE = ("divergenceCorrections", "commonDivergenceCorrection")


def _strip_namespaces(root: Element) -> None:
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]


def _scan(scan: Element, name: str) -> Scan:
    points = scan.find("dataPoints")
    if points is None:
        raise ReaderError(f"{name}: a scan of it holds no points; export it again")
    values = points.find("counts")
    raw = values is not None
    if values is None:
        values = points.find("intensities")
    if values is None:
        raise ReaderError(f"{name}: a scan of it has neither counts nor intensities; export it as a line scan")
    unit = UNITS.get(values.get("unit", "counts"))
    if unit is None:
        raise ReaderError(f"{name}: its intensities are in {values.get('unit')!r}; export them in counts")
    intensity = _numbers(values, name)
    if raw:
        factors = points.find("beamAttenuationFactors")
        common = points.find("commonBeamAttenuationFactor")
        if factors is not None:
            factor = _numbers(factors, name)
            if len(factor) != len(intensity):
                raise ReaderError(
                    f"{name}: has {len(intensity)} counts but {len(factor)} attenuation factors; it is damaged"
                )
            intensity = intensity * factor
        elif common is not None:
            intensity = intensity * (number(common.text) or 1.0)
    return Scan(
        _two_theta(points, scan.get("scanAxis", ""), len(intensity), name),
        intensity,
        unit,
        counting_time_second=number(_text(points, "commonCountingTime")),
    )


def _two_theta(points: Element, axis: str, n: int, name: str) -> np.ndarray:
    for positions in points.iter("positions"):
        if positions.get("axis") != "2Theta":
            continue
        listed = positions.find("listPositions")
        if listed is not None:
            return _numbers(listed, name)
        start, end = number(_text(positions, "startPosition")), number(_text(positions, "endPosition"))
        if start is not None and end is not None and n > 1 and start != end:
            return np.linspace(start, end, n)
    raise ReaderError(
        f"{name}: is a scan of {axis or 'an axis that it does not name'}, in which 2θ stands still; a powder pattern is"
        " a scan over 2θ"
    )


def _numbers(element: Element, name: str) -> np.ndarray:
    try:
        return np.array((element.text or "").split(), float)
    except ValueError as error:
        raise ReaderError(f"{name}: {element.tag} hold something that is no number; it is damaged") from error


def _radiation(measurement: Element, name: str) -> Radiation:
    used = measurement.find("usedWavelength")
    anode = _text(measurement, "incidentBeamPath/xRayTube/anodeMaterial")
    if used is None:
        return Radiation(anode=anode)
    for line in used:
        if line.tag.startswith("k") and line.get("unit", "Angstrom") != "Angstrom":
            raise ReaderError(f"{name}: gives its wavelength in {line.get('unit')}, not in ångström; export it again")
    if "beta" in used.get("intended", "").lower():
        return Radiation(number(_text(used, "kBeta")), None, 0.0, anode)
    return Radiation(
        number(_text(used, "kAlpha1")),
        number(_text(used, "kAlpha2")),
        number(_text(used, "ratioKAlpha2KAlpha1")),
        anode,
    )


def _metadata(root: Element, measurement: Element, scan: Element, radiation: Radiation) -> dict[str, Any]:
    beam = measurement.find("incidentBeamPath")
    software = scan.find("header/source/applicationSoftware")
    control = scan.find("header/source/instrumentControlSoftware")
    system = "" if control is None else (control.text or "").strip()
    optics = {} if beam is None else {part.tag: part.get("name") for part in beam if part.get("name")}
    return said(
        start_time_utc=utc(_text(scan, "header/startTimeStamp")),
        device=" ".join(filter(None, [system, _text(scan, "header/source/instrumentID")])),
        software="" if software is None else f"{(software.text or '').strip()} {software.get('version', '')}".strip(),
        operator=_text(scan, "header/author/name"),
        sample=_text(root, "sample/name") or _text(root, "sample/id"),
        comment="; ".join(text for e in root.iterfind("comment/entry") if (text := (e.text or "").strip())),
        instrument=said(
            anode=radiation.anode,
            radiation=radiation.words,
            intended=_attribute(measurement, "usedWavelength", "intended"),
            tension_kv=number(_text(measurement, "incidentBeamPath/xRayTube/tension")),
            current_ma=number(_text(measurement, "incidentBeamPath/xRayTube/current")),
            optics=optics,
            scan_axis=scan.get("scanAxis"),
            scan_mode=scan.get("mode"),
            geometry=measurement.get("sampleMode"),
            counting_time_second=number(_text(scan, "dataPoints/commonCountingTime")),
        ),
    )


def _text(element: Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else (found.text or "").strip()


def _attribute(element: Element, path: str, attribute: str) -> str:
    found = element.find(path)
    return "" if found is None else found.get(attribute, "")


READER = Reader("panalytical-xrdml", version=1, label="PANalytical XRDML", recognises=recognises, read=read)
