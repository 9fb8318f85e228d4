"""Rigaku SmartLab and MiniFlex: `.ras` (text) and `.rasx` (zip).

RAS: `*RAS_DATA_START`, `*KEY "value"` lines between `*RAS_HEADER_START` and `*RAS_HEADER_END`, then a line a point
(2θ, intensity, factor of the attenuator) between `*RAS_INT_START` and `*RAS_INT_END`. RASX: `Data0/Profile0.txt` with
the same three columns, `Data0/MesurementConditions0.xml` (spelled so) with the tube, the scan and its units. `Unit_Y`
is counts or cps. Whether intensities are corrected for an attenuator that was switched within a scan the file does
not say, so that such a scan is refused; one factor for the whole scan changes nothing but the scale, and is said.

Seen from: SmartLab (rasx). RAS follows the known layout.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
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
    warnings_about,
)
from characterization.xrd.table import COUNTS, COUNTS_PER_SECOND, NOT_SAID
from labdb.ingest import archive
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

PROFILE = re.compile(r"^Data\d+/Profile\d+\.txt$")
CONDITIONS = re.compile(r"^Data\d+/Mea?surementConditions\d+\.xml$")
LIMITS = archive.Limits(members=2_000, total_bytes=1024**3)
UNITS = {"counts": COUNTS, "cps": COUNTS_PER_SECOND}
KEY = re.compile(r'^\*(\S+)\s+"(.*)"\s*$')
SCANS_TWO_THETA = re.compile(r"2\s*[-_ ]?\s*theta|twotheta|2θ", re.IGNORECASE)
TARGET = "HW_XG_TARGET_NAME"


def recognises_ras(head: FileHead) -> bool:
    return head.text[:2048].lstrip().startswith("*RAS_DATA_START")


def recognises_rasx(head: FileHead) -> bool:
    return any(PROFILE.match(member) for member in head.members)


def read_ras(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: the file is cut off, or its scan is not over 2θ.
    """
    refuse_large(path, name)
    text = path.read_bytes().decode("latin-1")
    blocks = text.split("*RAS_INT_START")[1:]
    if not blocks:
        raise ReaderError(f"{name}: has no *RAS_INT_START; it is cut off before its points, copy it again")
    facts = {key: value.strip() for key, value in _pairs(text.partition("*RAS_INT_START")[0]).items()}
    scans, factors = [], []
    for block in blocks:
        points, end, _ = block.partition("*RAS_INT_END")
        if not end:
            raise ReaderError(f"{name}: ends within its points; it is cut off, copy it again")
        values = _points(points.splitlines(), name)
        factors.append(values[:, 2])
        scans.append(_scan(values, facts, name))
    return _reading(scans, factors, facts, name)


def _pairs(text: str) -> dict[str, str]:
    return {match[1]: match[2] for line in text.splitlines() if (match := KEY.match(line.strip()))}


def read_rasx(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: the archive is cut off, or its scan is not over 2θ.
    """
    refuse_large(path, name)
    members = archive.members(
        path, name, lambda member: bool(PROFILE.match(member) or CONDITIONS.match(member)), LIMITS
    )
    profiles = sorted(member for member in members if PROFILE.match(member))
    if not profiles:
        raise ReaderError(f"{name}: holds no profile; export the scan again")
    facts: dict[str, str] = {}
    scans, factors = [], []
    for profile in profiles:
        folder = profile.partition("/")[0]
        conditions = next((m for m in members if CONDITIONS.match(m) and m.startswith(f"{folder}/")), None)
        if conditions is not None:
            facts = _conditions(_xml(members[conditions], conditions, name))
        values = _points(members[profile].decode("utf-8-sig", "replace").splitlines(), name)
        factors.append(values[:, 2])
        scans.append(_scan(values, facts, name))
    return _reading(scans, factors, facts, name)


def _xml(data: bytes, member: str, name: str) -> Element:
    try:
        return fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ReaderError(f"{name}: {member} in it is no whole XML ({error}); copy it again") from error


def _conditions(root: Element) -> dict[str, str]:
    """What the conditions of a rasx say, under the keys of a ras."""
    paths = {
        "FILE_OPERATOR": "GeneralInformation/Operator",
        "FILE_SAMPLE": "GeneralInformation/SampleName",
        "FILE_COMMENT": "GeneralInformation/Comment",
        "FILE_SYSTEM_NAME": "GeneralInformation/SystemName",
        TARGET: "HWConfigurations/XrayGenerator/TargetName",
        "HW_XG_WAVE_LENGTH_ALPHA1": "HWConfigurations/XrayGenerator/WavelengthKalpha1",
        "HW_XG_WAVE_LENGTH_ALPHA2": "HWConfigurations/XrayGenerator/WavelengthKalpha2",
        "MEAS_COND_XG_WAVE_TYPE": "HWConfigurations/XrayGenerator/WaveType",
        "MEAS_COND_XG_VOLTAGE": "HWConfigurations/XrayGenerator/Voltage",
        "MEAS_COND_XG_CURRENT": "HWConfigurations/XrayGenerator/Current",
        "MEAS_SCAN_AXIS_X": "ScanInformation/AxisName",
        "MEAS_SCAN_MODE": "ScanInformation/Mode",
        "MEAS_SCAN_STEP": "ScanInformation/Step",
        "MEAS_SCAN_SPEED": "ScanInformation/Speed",
        "MEAS_SCAN_SPEED_UNIT": "ScanInformation/SpeedUnit",
        "MEAS_SCAN_UNIT_Y": "ScanInformation/IntensityUnit",
        "MEAS_SCAN_START_TIME": "ScanInformation/StartTime",
        "MEAS_DATA_COUNT": "ScanInformation/DataCount",
    }
    found = {key: root.findtext(path) for key, path in paths.items()}
    facts = {key: value.strip() for key, value in found.items() if value and value.strip()}
    monochromator = root.find(".//Category[@Name='IncidentMonochromator']")
    if monochromator is not None:
        facts["HW_I_MONOCHRO_NAME"] = monochromator.get("SelectedUnit", "")
    return facts


def _points(lines: Sequence[str], name: str) -> np.ndarray:
    """2θ, intensity and the factor of the attenuator, shape (n, 3)."""
    rows = [line.split() for line in lines if line.strip()]
    try:
        if any(len(row) not in (2, 3) for row in rows):
            raise ValueError("a line has another number of fields")
        return np.array([[*map(float, row), *([1.0] if len(row) == 2 else [])] for row in rows]).reshape(-1, 3)
    except ValueError as error:
        raise ReaderError(f"{name}: has a line among its points that is none; it is damaged, copy it again") from error


def _scan(values: np.ndarray, facts: dict[str, str], name: str) -> Scan:
    axis = facts.get("MEAS_SCAN_AXIS_X", "TwoTheta")
    if not SCANS_TWO_THETA.search(axis):
        raise ReaderError(f"{name}: is a scan of {axis}; a powder pattern is a scan over 2θ")
    wanted = number(facts.get("MEAS_DATA_COUNT"))
    if wanted and len(values) != wanted:
        raise ReaderError(f"{name}: says {wanted:g} points but holds {len(values)}; it is damaged, copy it again")
    unit = UNITS.get(facts.get("MEAS_SCAN_UNIT_Y", "").lower(), NOT_SAID)
    return Scan(values[:, 0], values[:, 1], unit, counting_time_second=_time_a_step(facts))


def _time_a_step(facts: dict[str, str]) -> float | None:
    """Of a continuous scan; None where the speed is in another unit."""
    step, speed = number(facts.get("MEAS_SCAN_STEP")), number(facts.get("MEAS_SCAN_SPEED"))
    if not step or not speed or facts.get("MEAS_SCAN_SPEED_UNIT", "").lower() not in ("deg/min", "deg./min"):
        return None
    return step / speed * 60


def _reading(scans: list[Scan], factors: list[np.ndarray], facts: dict[str, str], name: str) -> Reading:
    factor = np.concatenate(factors) if factors else np.ones(1)
    if len(factor) and factor.max() != factor.min():
        raise ReaderError(
            f"{name}: the attenuator was switched within the scan (factors {factor.min():g} to {factor.max():g}), and"
            " the file does not say whether the intensities are corrected for it; export them corrected as .xy, or"
            " measure with the attenuator fixed"
        )
    whole = one_pattern(scans, name)
    warnings = []
    if len(factor) and factor[0] != 1:
        warnings.append(f"an attenuator of factor {factor[0]:g} was in the beam; intensities are as stored")
    radiation = checked_radiation(_radiation(facts), name)
    start = clock_start(facts.get("MEAS_SCAN_START_TIME", ""))
    metadata = said(
        start_time_local=start.isoformat() if start else None,
        device=facts.get("FILE_SYSTEM_NAME"),
        operator=facts.get("FILE_OPERATOR"),
        sample=facts.get("FILE_SAMPLE"),
        comment=facts.get("FILE_COMMENT") or facts.get("FILE_MEMO"),
        instrument=said(
            anode=radiation.anode,
            radiation=radiation.words,
            tension_kv=number(facts.get("MEAS_COND_XG_VOLTAGE")),
            current_ma=number(facts.get("MEAS_COND_XG_CURRENT")),
            monochromator=facts.get("HW_I_MONOCHRO_NAME"),
            scan_axis=facts.get("MEAS_SCAN_AXIS_X"),
            scan_mode=facts.get("MEAS_SCAN_MODE"),
            counting_time_second=_time_a_step(facts),
        ),
    )
    return Reading(pattern(whole, radiation, name), metadata, (*warnings, *warnings_about(whole.unit)))


def _radiation(facts: dict[str, str]) -> Radiation:
    """`Ka` is the doublet, `Ka1` its first line alone."""
    ratio = {"ka": 0.5, "ka1": 0.0}.get(facts.get("MEAS_COND_XG_WAVE_TYPE", "").lower())
    return Radiation(
        number(facts.get("HW_XG_WAVE_LENGTH_ALPHA1")),
        number(facts.get("HW_XG_WAVE_LENGTH_ALPHA2")),
        ratio,
        facts.get(TARGET, ""),
    )


READERS = [
    Reader("rigaku-ras", version=1, label="Rigaku ras", recognises=recognises_ras, read=read_ras),
    Reader("rigaku-rasx", version=1, label="Rigaku rasx", recognises=recognises_rasx, read=read_rasx),
]
