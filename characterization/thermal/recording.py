"""What the readers of thermal analysis share: words of columns, whole lines, and the checked table. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from labdb.ingest import numbers, text, units
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

HEAT, MASS, IONS = "heat flow", "mass", "ions"
LEAST_ROWS = 3
READ_LIMIT_BYTES = 64 * 1024**2
NUMBERS_BEGIN = re.compile(rb"[\s\"]*[-+.]*\d")
# No sample is colder or hotter in a calorimeter or a thermobalance.
COLDEST_CELSIUS, HOTTEST_CELSIUS = -273.15, 3000.0
# A recorded mass that begins this near to nothing is a change of mass, not a mass.
IS_CHANGE = 0.05


@dataclass(frozen=True)
class Format:
    """A file format of thermal analysis, for the technique that its columns belong to.

    Attributes:
        signals: which of `HEAT`, `MASS` and `IONS` a file of this format records; empty where it is no such file.
        read: path, name → reading.
        techniques: of which it can be a file at all.
    """

    name: str
    version: int
    label: str
    signals: Callable[[FileHead], frozenset[str]]
    read: Callable[[Path, str], Reading]
    techniques: tuple[str, ...] = ("dsc", "tga")


def technique_of(signals: frozenset[str]) -> str:
    """`dsc` where a heat flow is recorded, also beside a mass; `tga` where there is none; empty for no signal."""
    if HEAT in signals:
        return "dsc"
    return "tga" if signals else ""


def readers_of(formats: Sequence[Format], technique: str) -> list[Reader]:
    """The readers of one technique; of two formats that fit a file, the one that stands first is meant."""

    def reader(at: int, of: Format) -> Reader:
        def recognises(head: FileHead) -> bool:
            return technique_of(of.signals(head)) == technique and not any(
                before.signals(head) for before in formats[:at]
            )

        return Reader(f"{of.name}-{technique}", of.version, of.label, recognises, of.read)

    return [reader(at, of) for at, of in enumerate(formats) if technique in of.techniques]


@dataclass(frozen=True)
class Column:
    """What a column of a file holds: the column of our table it goes to, and how.

    Attributes:
        name: of our table; `sensitivity` for µV per mW, `per_mass` for µV per mg.
        convert: value → value in our unit.
    """

    name: str
    factor: float = 1.0
    offset: float = 0.0

    def of(self, values: np.ndarray) -> np.ndarray:
        return values * self.factor + self.offset


TIME_WORDS = re.compile(r"^(time|t|zeit)$")
TEMPERATURE_WORDS = re.compile(r"^(sample )?(temp|temperature|temperatur|ts|probentemperatur)$|^t$|^sample temp$")
HEAT_WORDS = re.compile(r"^(heat ?flow|dsc|wärmestrom|hf|normali[sz]ed heat ?flow|heat ?flow normali[sz]ed)\b")
MASS_WORDS = re.compile(r"^(sample )?(mass|weight|tg|tga|masse|gewicht|mass loss|mass change)$")
SENSITIVITY_WORDS = re.compile(r"^sensit")
HEAT_UNITS = {
    "mW": ("heat_flow_milliwatt", 1.0),
    "W": ("heat_flow_milliwatt", 1e3),
    "uW": ("heat_flow_milliwatt", 1e-3),
    "mW/mg": ("heat_flow_watt_per_gram", 1.0),
    "W/g": ("heat_flow_watt_per_gram", 1.0),
    "mW/g": ("heat_flow_watt_per_gram", 1e-3),
    "uV": ("heat_flow_microvolt", 1.0),
    "mV": ("heat_flow_microvolt", 1e3),
    "uV/mg": ("microvolt_per_mg", 1.0),
}
MASS_UNITS = {
    "mg": ("mass_milligram", 1.0),
    "g": ("mass_milligram", 1e3),
    "ug": ("mass_milligram", 1e-3),
    "%": ("mass_percent", 1.0),
}
OWN_NAMES = ("time_second", "temperature_celsius", "mass_milligram", "mass_percent", "sample_mass_mg",
             "heat_flow_milliwatt", "heat_flow_watt_per_gram", "heat_flow_microvolt")  # fmt: skip


def plain_unit(unit: str) -> str:
    """A unit without its habits: `Wg^-1` and `(W/g)` are `W/g`, micro is `u`."""
    plain = re.sub(r"[\s()\[\]]", "", unit).replace("µ", "u").replace("μ", "u").replace("\x91", "u")
    return re.sub(r"^(m?W|uV)(m?g)\^?-1$", r"\1/\2", plain)


def column_of(label: str, unit: str) -> Column | None:
    """What a header means; None for what is not kept.

    Args:
        label: its words in lower case (`labdb.ingest.units.words`).
        unit: as printed.
    """
    plain = plain_unit(unit)
    if SENSITIVITY_WORDS.match(label):
        return Column("sensitivity") if plain.lower() == "uv/mw" else None
    if HEAT_WORDS.match(label):
        found = HEAT_UNITS.get(plain)
        return Column(*found) if found else None
    if MASS_WORDS.match(label):
        found = MASS_UNITS.get(plain)
        return Column(*found) if found else None
    second = units.factor(unit, "s")
    if TIME_WORDS.match(label) and second is not None:
        return Column("time_second", second)
    if TEMPERATURE_WORDS.match(label):
        if plain == "K":
            return Column("temperature_celsius", 1.0, -273.15)
        if plain.endswith("F"):
            return Column("temperature_celsius", 1 / 1.8, -32 / 1.8)
        if plain.endswith("C"):
            return Column("temperature_celsius")
    return None


def signals_of(columns: Sequence[Column | None]) -> frozenset[str]:
    """Which signals columns record, where a temperature stands beside them."""
    names = {column.name for column in columns if column}
    if "temperature_celsius" not in names:
        return frozenset()
    heat = {"heat_flow_milliwatt", "heat_flow_watt_per_gram", "heat_flow_microvolt", "microvolt_per_mg"}
    found = {HEAT} if names & heat else set()
    return frozenset(found | ({MASS} if names & {"mass_milligram", "mass_percent"} else set()))


def load(path: Path, name: str) -> text.TextFile:
    """
    Raises:
        ReaderError: it is empty, binary, or larger than any thermogram.
    """
    if path.stat().st_size > READ_LIMIT_BYTES:
        raise ReaderError(f"{name}: is larger than {READ_LIMIT_BYTES // 1024**2} MiB; export it with fewer points.")
    try:
        return text.load(path)
    except text.TextError as error:
        raise ReaderError(f"{name}: {error}") from error


def whole_lines(path: Path, name: str) -> text.TextFile:
    """A text file without a last row of numbers that does not end: its last number may be half a number.

    Raises:
        ReaderError: as `load`.
    """
    loaded = load(path, name)
    end = loaded.data.rfind(b"\n") + 1
    if not NUMBERS_BEGIN.match(loaded.data[end:]):
        return loaded
    warning = "the last line does not end and was left out: the file may be cut off"
    return replace(loaded, data=loaded.data[:end], warnings=(*loaded.warnings, warning))


def lines_of(loaded: text.TextFile) -> list[str]:
    return [line.decode("utf-8", errors="ignore") for line in loaded.data.splitlines()]


def number(field: str, name: str, line: int, decimal_comma: bool = False) -> float:
    """
    Raises:
        ReaderError: it is none, or not finite; the sentence names its line.
    """
    try:
        value = float(field.replace(",", ".") if decimal_comma else field)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in field:
        raise ReaderError(f"{name}: {field.strip()[:40]!r} in line {line} is no number; export the file again.")
    return value


def stated_mass_mg(words: str, comma: bool = False) -> float | None:
    """A mass as a header states it ("7.244 mg", "8.91"), in mg; None where it states none, or nothing."""
    found = re.search(r"(\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s*(mg|µg|ug|g)?", words.replace("\u03bc", "µ"))
    if not found or ("," in found[1] and "." in found[1]):
        return None
    value = float(found[1].replace(",", ".")) * {"g": 1e3, "ug": 1e-3, "µg": 1e-3}.get(found[2] or "mg", 1.0)
    return value if value > 0 else None


def started(words: str, prefer: str = "") -> str | None:
    """A clock time as ISO 8601 without zone; None where its day and month could be the other way round."""
    moment: datetime | None = numbers.clock_start(words, prefer=prefer)
    return moment.isoformat() if moment else None


def recording(
    columns: Mapping[str, np.ndarray],
    name: str,
    *,
    sample_mass_mg: float | None = None,
    exothermic_up: bool | None = None,
    metadata: Mapping[str, Any] | None = None,
    warnings: Sequence[str] = (),
    first_line: int | None = None,
) -> Reading:
    """The checked table of a file.

    Args:
        columns: of our table, by name, all of one length; `sensitivity` (µV/mW) and `microvolt_per_mg` too.
        sample_mass_mg: as the file states it.
        exothermic_up: as the file states it.
        first_line: of the rows, for sentences about one of them.

    Raises:
        ReaderError: too few rows, a value missing, a time that runs backwards, or an impossible temperature.
    """
    told = list(warnings)
    found = dict(columns)
    rows = len(found["time_second"])
    if rows < LEAST_ROWS:
        raise ReaderError(f"{name}: has {rows} rows below its header, too few for a measurement; export it again.")
    where = "row {}" if first_line is None else "line {}"
    for column, values in found.items():
        wrong = np.flatnonzero(~np.isfinite(values))
        if len(wrong):
            at = where.format(int(wrong[0]) + (first_line or 1))
            raise ReaderError(f"{name}: {column} is missing in {at}; export the file again.")
    falls = np.flatnonzero(np.diff(found["time_second"]) < 0)
    if len(falls):
        at = where.format(int(falls[0]) + 1 + (first_line or 1))
        raise ReaderError(
            f"{name}: the time runs backwards in {at}; these are several measurements in one file, export each alone."
        )
    if found["time_second"][-1] <= found["time_second"][0]:
        raise ReaderError(f"{name}: the time stands still; export the file again.")
    temperature = found["temperature_celsius"]
    if not COLDEST_CELSIUS <= float(temperature.min()) <= float(temperature.max()) <= HOTTEST_CELSIUS:
        raise ReaderError(
            f"{name}: temperatures from {temperature.min():g} to {temperature.max():g} °C are none of a sample;"
            " the columns do not hold what their heads say."
        )
    _heat_flow(found, name, sample_mass_mg, told)
    _mass(found, name, sample_mass_mg)
    table = pl.DataFrame(found)
    if "heat_flow_milliwatt" in found or "heat_flow_watt_per_gram" in found or "heat_flow_microvolt" in found:
        table = table.with_columns(exothermic_up=pl.lit(exothermic_up, pl.Boolean))
    if sample_mass_mg is not None:
        table = table.with_columns(sample_mass_mg=pl.lit(sample_mass_mg, pl.Float64))
    return Reading(
        table, {key: value for key, value in (metadata or {}).items() if value not in (None, "")}, tuple(told)
    )


def _heat_flow(found: dict[str, np.ndarray], name: str, sample_mass_mg: float | None, told: list[str]) -> None:
    """Bring a sensor's voltage to a heat flow where its sensitivity is known."""
    per_mass = found.pop("microvolt_per_mg", None)
    sensitivity = found.pop("sensitivity", None)
    if per_mass is not None and "heat_flow_microvolt" not in found:
        if sample_mass_mg is None:
            raise ReaderError(
                f"{name}: gives the DSC signal in µV/mg without the sample mass; export it in mW/mg, or with the mass."
            )
        found["heat_flow_microvolt"] = per_mass * sample_mass_mg
    has_power = "heat_flow_milliwatt" in found or "heat_flow_watt_per_gram" in found
    if "heat_flow_microvolt" in found and sensitivity is not None and (sensitivity > 0).all() and not has_power:
        found["heat_flow_milliwatt"] = found.pop("heat_flow_microvolt") / sensitivity
        told.append("the heat flow is the DSC signal / the sensitivity that stands beside it in the file")
    elif "heat_flow_microvolt" in found and has_power:
        del found["heat_flow_microvolt"]
    if "heat_flow_milliwatt" in found:
        found.pop("heat_flow_watt_per_gram", None)


def _mass(found: dict[str, np.ndarray], name: str, sample_mass_mg: float | None) -> None:
    """A recorded change of mass becomes a mass."""
    mass = found.get("mass_milligram")
    if mass is None:
        return
    against = sample_mass_mg or float(np.abs(mass).max())
    if float(mass[0]) > IS_CHANGE * against:
        return
    if float(mass[0]) < -IS_CHANGE * against:
        raise ReaderError(f"{name}: begins with a mass of {mass[0]:g} mg; weigh again, or export the mass in %.")
    if sample_mass_mg is None:
        raise ReaderError(
            f"{name}: records the change of the mass and does not state the sample mass; export the mass in %."
        )
    found["mass_milligram"] = mass + sample_mass_mg
