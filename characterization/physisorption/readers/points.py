"""What every reader of isotherms does with the points that it found: one order, one table, our units. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from characterization.physisorption.gases import gas_named, stored_name
from characterization.physisorption.table import ADSORPTION, DESORPTION, ISOTHERM
from characterization.physisorption.units import LoadingUnit
from labdb.ingest import text
from labdb.ingest.reader import ReaderError, Reading

LIMIT_BYTES = 32 * 1024**2
FEWEST_POINTS = 3
DEFAULT_MASS_MG = 1000.0
HIGHEST_RELATIVE_PRESSURE = 1.5  # vapour condenses at 1; what is above this is no p/p0
CUT_LINE = "the last line has no end and was left out: the file may be cut off"
NO_END = "the last line has no end: the file may be cut off"

Numbers = Sequence[float | None]


@dataclass(frozen=True)
class Points:
    """The points of a file, one a place in each sequence, in the order of the file.

    Attributes:
        loading: in the file's own unit.
        branch: of each point; None where the file does not say, and the highest pressure divides them.
        relative_pressure: p/p0, where the file has it.
        pressure_kpa, saturation_pressure_kpa: absolute, where the file has them.
    """

    loading: Numbers
    branch: Sequence[str] | None = None
    relative_pressure: Numbers | None = None
    pressure_kpa: Numbers | None = None
    saturation_pressure_kpa: Numbers | None = None


@dataclass(frozen=True)
class About:
    """What a file says of its points as a whole.

    Attributes:
        adsorbate: in the file's own words.
        sample_mass_mg: what the loadings were divided by, or have to be.
    """

    loading_unit: LoadingUnit
    adsorbate: str | None = None
    temperature_kelvin: float | None = None
    sample_mass_mg: float | None = None


def reading(
    name: str, points: Points, about: About, metadata: Mapping[str, Any], warnings: Sequence[str] = ()
) -> Reading:
    """A reading that keeps the promises of `ISOTHERM`.

    p/p0 is that of the file; else p over the file's p0; else p over the saturation pressure of the gas at the
    temperature of the file.

    Raises:
        ReaderError: there are too few points, or the pressures cannot be relative ones.
    """
    said = list(warnings)
    if about.loading_unit.assumed_stp:
        said.append("the volumes do not say at which temperature and pressure they are; 0 °C and 101.325 kPa was taken")
    if about.sample_mass_mg == DEFAULT_MASS_MG:
        said.append(
            "the sample mass is just 1 g, which programs fill in by themselves; enter the mass if it was another"
        )
    table = pl.DataFrame(
        {
            "relative_pressure": _numbers(points.relative_pressure, len(points.loading)),
            "pressure_kpa": _numbers(points.pressure_kpa, len(points.loading)),
            "saturation_pressure_kpa": _numbers(points.saturation_pressure_kpa, len(points.loading)),
            "loading": _numbers(points.loading, len(points.loading)),
            "branch": pl.Series(
                points.branch if points.branch is not None else [None] * len(points.loading), dtype=pl.String
            ),
        }
    )
    table = _complete(table, said)
    if table.height < FEWEST_POINTS:
        raise ReaderError(f"{name}: holds {table.height} points of an isotherm, too few; export the whole isotherm")
    table = _divided(table) if points.branch is None else table
    table = _relative(table, about, said)
    highest = table["relative_pressure"].max()
    if isinstance(highest, float) and highest > HIGHEST_RELATIVE_PRESSURE:
        raise ReaderError(
            f"{name}: its relative pressures go up to {highest:.4g}, so they are no p/p0; export p/p0 or the absolute"
            " pressure with its unit"
        )
    table = _specific(table, about, said)
    constants = {
        "adsorbate": pl.lit(stored_name(about.adsorbate), pl.String),
        "temperature_kelvin": pl.lit(about.temperature_kelvin, pl.Float64),
        "sample_mass_mg": pl.lit(about.sample_mass_mg, pl.Float64),
    }
    table = table.with_columns(**constants)
    empty = [column for column in ISOTHERM.optional if column in table.columns and column not in constants]
    table = table.drop(column for column in empty if table[column].null_count() == table.height)
    in_order = pl.concat([table.filter(branch=ADSORPTION), table.filter(branch=DESORPTION)])
    return Reading(ISOTHERM.conform(in_order), dict(metadata), tuple(said))


def _numbers(values: Numbers | None, count: int) -> pl.Series:
    values = values if values is not None else [None] * count
    return pl.Series(
        [float(v) if v is not None and math.isfinite(v) else None for v in values], dtype=pl.Float64, strict=False
    )


def _complete(table: pl.DataFrame, warnings: list[str]) -> pl.DataFrame:
    """Points that have a pressure and a loading."""
    pressure = pl.coalesce("relative_pressure", "pressure_kpa")
    kept = table.filter(pressure.is_not_null() & pl.col("loading").is_not_null())
    if kept.height < table.height:
        warnings.append(f"{table.height - kept.height} points without a pressure or a loading were left out")
    return kept


def _divided(table: pl.DataFrame) -> pl.DataFrame:
    """Adsorption up to the highest pressure, desorption after it."""
    pressure = table.select(pl.coalesce("relative_pressure", "pressure_kpa")).to_series()
    turn = int(pressure.arg_max() or 0)
    rows = pl.int_range(pl.len())
    return table.with_columns(branch=pl.when(rows <= turn).then(pl.lit(ADSORPTION)).otherwise(pl.lit(DESORPTION)))


def _relative(table: pl.DataFrame, about: About, warnings: list[str]) -> pl.DataFrame:
    """p/p0 of every point, where anything says it; and p0, where p and p/p0 do."""
    relative, pressure, saturation = (
        pl.col(name) for name in ("relative_pressure", "pressure_kpa", "saturation_pressure_kpa")
    )
    table = table.with_columns(
        saturation_pressure_kpa=pl.coalesce(saturation, pl.when(relative > 0).then(pressure / relative)),
        relative_pressure=pl.coalesce(relative, pl.when(saturation > 0).then(pressure / saturation)),
    )
    if not table["relative_pressure"].null_count():
        return table
    gas = gas_named(about.adsorbate)
    p0 = gas.saturation_pressure_kpa(about.temperature_kelvin) if gas else None
    if gas is not None and p0 is not None:
        warnings.append(
            f"p/p0 was computed with the saturation pressure of {gas.name} at {about.temperature_kelvin:g} K,"
            f" {p0:.2f} kPa"
        )
        return table.with_columns(relative_pressure=pl.coalesce(relative, pressure / p0))
    warnings.append("the file says neither p/p0 nor the saturation pressure; enter the saturation pressure")
    return table


def _specific(table: pl.DataFrame, about: About, warnings: list[str]) -> pl.DataFrame:
    unit = about.loading_unit
    mmol = pl.col("loading") * unit.mmol
    if unit.per_gram:
        return table.with_columns(loading_mmol_per_g=mmol)
    if about.sample_mass_mg is None:
        warnings.append("the loadings are those of the whole sample, and its mass is not in the file; enter the mass")
        return table.with_columns(loading_mmol=mmol, loading_mmol_per_g=pl.lit(None, pl.Float64))
    return table.with_columns(loading_mmol=mmol, loading_mmol_per_g=mmol / (about.sample_mass_mg / 1000))


@dataclass(frozen=True)
class Lines:
    """A text file as lines.

    Attributes:
        ended: the last of them has its line end; a file that was cut off usually does not.
    """

    lines: list[str]
    ended: bool
    warnings: tuple[str, ...]

    @property
    def whole(self) -> list[str]:
        """The lines without a last one that may be cut."""
        return self.lines if self.ended else self.lines[:-1]

    @property
    def doubt(self) -> list[str]:
        """What to say where a last line was left out."""
        return [] if self.ended else [CUT_LINE]


def lines_of(path: Path, name: str, sign_of: Mapping[str, str] | None = None) -> Lines:
    """A text file, whatever its encoding.

    Args:
        sign_of: encodings that are not told from the bytes alone, each by a word that stands in such a file.

    Raises:
        ReaderError: it is empty, binary, or too large for an isotherm.
    """
    if path.stat().st_size > LIMIT_BYTES:
        raise ReaderError(f"{name}: is larger than {LIMIT_BYTES // 1024**2} MiB, too large for an isotherm")
    raw = path.read_bytes()
    for encoding, word in (sign_of or {}).items():
        if word.encode(encoding) in raw:
            raw = raw.decode(encoding, errors="replace").encode()
    try:
        loaded = text.from_bytes(raw)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error
    content = loaded.data.decode("utf-8", errors="replace")
    return Lines(content.splitlines(), content.endswith(("\n", "\r")), loaded.warnings)


def number(field: str) -> float | None:
    """A field as a number, its decimal mark a point; None for what is none or not finite."""
    try:
        value = float(field) if "_" not in field else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def moment(begin: datetime | None) -> dict[str, str]:
    """When a measurement began, as metadata."""
    return {"start_time_local": begin.isoformat()} if begin else {}


def told(**words: str | None) -> dict[str, Any]:
    """Metadata of a file's own words; what it leaves empty, or masks as XXXX, is left out."""
    plain = {key: " ".join((value or "").split()) for key, value in words.items()}
    return {key: value for key, value in plain.items() if value and value.strip("xX*")}


def printed(area: str | None) -> dict[str, Any]:
    """The BET area that the instrument's own program printed, kept to compare with ours."""
    return {"instrument": {"BET surface area": " ".join(area.split())}} if area and area.strip() else {}
