"""The last steps of every reader of a pattern: what it found is checked, and becomes a `PATTERN` table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from characterization.xrd.radiation import Radiation
from characterization.xrd.table import NOT_SAID
from labdb.ingest.reader import ReaderError

LARGEST_BYTES = 256 * 1024**2  # a pattern of a million points is a tenth of it
LARGEST_POINTS = 5_000_000
FEWEST_POINTS = 10
TWO_THETA_LIMIT = 180.0
WAVELENGTHS_ANGSTROM = (0.05, 10.0)


@dataclass(frozen=True)
class Scan:
    """One scan of a file.

    Attributes:
        two_theta_degree: rising or falling.
        intensity: in the unit of `unit`.
        unit: a column of `INTENSITIES`.
        sd: of the intensity, where the file gives it.
        counting_time_second: of a point.
    """

    two_theta_degree: np.ndarray
    intensity: np.ndarray
    unit: str = NOT_SAID
    sd: np.ndarray | None = None
    counting_time_second: float | None = None

    def rising(self) -> Scan:
        if len(self.two_theta_degree) < 2 or not (np.diff(self.two_theta_degree) < 0).all():
            return self
        sd = None if self.sd is None else self.sd[::-1]
        return replace(self, two_theta_degree=self.two_theta_degree[::-1], intensity=self.intensity[::-1], sd=sd)


def refuse_large(path: Path, name: str) -> None:
    if path.stat().st_size > LARGEST_BYTES:
        raise ReaderError(
            f"{name}: is larger than {LARGEST_BYTES // 1024**2} MiB, as no pattern of a powder is; export one scan"
        )


def one_pattern(scans: Sequence[Scan], name: str) -> Scan:
    """The scans of a file as one pattern: ranges that follow each other are put together.

    Raises:
        ReaderError: there is none, or several over the same angles: which one is meant, nobody can tell.
    """
    scans = [scan.rising() for scan in scans if len(scan.two_theta_degree)]
    if not scans:
        raise ReaderError(f"{name}: holds no points; export the scan again")
    scans = sorted(scans, key=lambda scan: float(scan.two_theta_degree[0]))
    for before, after in pairwise(scans):
        same = (before.unit, before.counting_time_second) == (after.unit, after.counting_time_second)
        if not (same and after.two_theta_degree[0] > before.two_theta_degree[-1]):
            raise ReaderError(
                f"{name}: holds {len(scans)} scans that do not continue each other; export each as a file of its own"
            )
    if len(scans) == 1:
        return scans[0]
    given = [scan.sd for scan in scans if scan.sd is not None]
    return replace(
        scans[0],
        two_theta_degree=np.concatenate([scan.two_theta_degree for scan in scans]),
        intensity=np.concatenate([scan.intensity for scan in scans]),
        sd=np.concatenate(given) if len(given) == len(scans) else None,
    )


def pattern(scan: Scan, radiation: Radiation, name: str) -> pl.DataFrame:
    """A `PATTERN` table of one scan.

    Raises:
        ReaderError: points are missing, no numbers, out of order, or outside of what 2θ can be.
    """
    scan = scan.rising()
    x, y = np.asarray(scan.two_theta_degree, float), np.asarray(scan.intensity, float)
    if len(x) != len(y):
        raise ReaderError(f"{name}: has {len(x)} angles but {len(y)} intensities; it is damaged, export it again")
    if len(x) < FEWEST_POINTS:
        raise ReaderError(f"{name}: has {len(x)} points, too few for a pattern; export the whole scan")
    if len(x) > LARGEST_POINTS:
        raise ReaderError(f"{name}: has {len(x)} points, more than any diffractometer measures; export one scan")
    wrong = np.flatnonzero(~(np.isfinite(x) & np.isfinite(y)))
    if len(wrong):
        raise ReaderError(f"{name}: point {wrong[0] + 1} holds no number; export it again")
    if np.abs(x).max() > TWO_THETA_LIMIT:
        raise ReaderError(f"{name}: has angles up to {np.abs(x).max():g}, which is no 2θ in degrees; export over 2θ")
    steps = np.flatnonzero(np.diff(x) <= 0)
    if len(steps):
        raise ReaderError(
            f"{name}: 2θ goes from {x[steps[0]]:g}° back to {x[steps[0] + 1]:g}°; export one scan that rises"
        )
    columns: dict[str, Any] = {"two_theta_degree": x, scan.unit: y}
    if scan.sd is not None:
        columns["intensity_sd"] = scan.sd
    table = pl.DataFrame(columns)
    constants: dict[str, float | None] = {
        "wavelength_angstrom": radiation.wavelength_angstrom,
        "alpha2_angstrom": radiation.alpha2_angstrom,
        "alpha2_ratio": radiation.alpha2_ratio,
    }
    if scan.counting_time_second is not None:
        constants["counting_time_second"] = scan.counting_time_second
    return table.with_columns(
        *(pl.lit(value, pl.Float64).alias(key) for key, value in constants.items()),
        pl.lit(radiation.anode or None, pl.String).alias("anode"),
    )


def checked_radiation(radiation: Radiation, name: str) -> Radiation:
    """What a file says of its wavelengths, where it can be: a 0 is nothing said, a Kα2 without Kα1 likewise.

    Raises:
        ReaderError: it is no wavelength of X-rays in ångström.
    """
    wavelength, alpha2, ratio = radiation.wavelength_angstrom, radiation.alpha2_angstrom, radiation.alpha2_ratio
    if not wavelength:
        return Radiation(anode=radiation.anode)
    low, high = WAVELENGTHS_ANGSTROM
    if not low <= wavelength <= high:
        raise ReaderError(f"{name}: says a wavelength of {wavelength:g} Å, as no X-ray diffractometer has; correct it")
    if ratio is not None and not 0 <= ratio <= 1:
        ratio = None
    if not alpha2 or not 1 < alpha2 / wavelength < 1.02:
        alpha2, ratio = None, 0.0 if ratio == 0 else None
    return Radiation(wavelength, alpha2, ratio, radiation.anode)


def warnings_about(unit: str) -> tuple[str, ...]:
    """What the owner of a pattern should know of what its file does not say.

    That a wavelength is missing is said by the analysis, as a person may have entered it.
    """
    return ("the file does not say the unit of its intensities",) if unit == NOT_SAID else ()


def utc(moment: str) -> str:
    """A time stamp with its zone, in UTC; an empty string where it has none, or is none."""
    try:
        found = datetime.fromisoformat(moment.strip())
    except ValueError:
        return ""
    return found.astimezone(UTC).isoformat(timespec="seconds") if found.tzinfo else ""


def number(text: Any) -> float | None:
    """A number as a header writes it; None for anything else."""
    try:
        value = float(str(text).strip().replace(",", "."))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def said(**facts: Any) -> dict[str, Any]:
    """Metadata without what the file leaves out."""
    return {key: value for key, value in facts.items() if value not in (None, "", {}, [])}
