"""Tables of impedances with heads: Parstat, PowerSuite, CH Instruments, Ivium, NOVA, a lab's own.

    Potential (V)<tab>Current (A)<tab>Elapsed Time (s)<tab>Frequency (Hz)<tab>Zre (ohms)<tab>Zim (ohms)…    Parstat
    Frequency<tab> Zre<tab> Zimg                                                                       PowerSuite
    Freq/Hz, Z'/ohm, Z"/ohm, Z/ohm, Phase/deg                     CH Instruments, below a preamble with its model
    freq. /Hz<tab>Z1 /ohm<tab>Z2 /ohm                                                                Ivium, as text
    Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)                                          Autolab NOVA
    frequency_hertz,real_impedance_ohm,imaginary_impedance_ohm                                        ours, and BDF

A head with a minus is turned here; Z2 of Ivium and all others have their sign. Units in brackets or behind a slash;
where there are none, Hz and ohm are taken. Records of direct current in a Parstat file have the frequency 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cells.cycling.readers import READERS as CYCLING_READERS
from cells.impedance.readers.rows import Lines, columns_of, lines_of
from cells.impedance.readers.spectrum import ended_early, number, reading, started
from labdb.ingest import text, units
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

SEARCHED_LINES = 200
HERTZ = {"": 1.0, "Hz": 1.0, "hz": 1.0, "mHz": 1e-3, "kHz": 1e3, "MHz": 1e6, "hertz": 1.0}
UNIT = re.compile(r"^(?P<label>.*?)\s*(?:[(\[](?P<bracket>[^()\[\]]*)[)\]]|/\s*(?P<slash>[^/\s]+))\s*$")
LABELS = {
    "frequency_hertz": {"freq", "freq.", "frequency", "f", "frequencyhertz"},
    "real_impedance_ohm": {
        "z'", "zre", "zreal", "z real", "re(z)", "re z", "rez", "real", "real(z)", "z1", "zr", "realimpedanceohm", "z′",
        "real impedance", "zdash",
    },
    "imaginary_impedance_ohm": {
        "z''", 'z"', "zim", "zimg", "zimag", "z imag", "im(z)", "im z", "imz", "imag", "imaginary", "imag(z)",
        "z2", "zi", "imaginaryimpedanceohm", "z″", "z′′", "imaginary impedance",
    },
    "voltage_volt": {"potential", "voltagevolt", "potential applied", "dc voltage", "dc potential"},
    "current_ampere": {"current", "currentampere", "dc current"},
    "test_time_second": {"elapsed time", "time", "testtimesecond"},
}  # fmt: skip
NEEDED = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
BASES = {"voltage_volt": "V", "current_ampere": "A", "test_time_second": "s"}
MINUS = ("-", "−", "–")
CHI_MODEL = re.compile(r"^Instrument Model:\s*(CHI\S*)", re.MULTILINE)
CHI_LOW = re.compile(r"^Low Frequency \(Hz\)\s*=\s*(\S+)", re.MULTILINE)
WORDS = {"frequency_hertz": "frequency", "real_impedance_ohm": "Z'", "imaginary_impedance_ohm": "Z''"}


@dataclass(frozen=True)
class Heading:
    """A line of heads.

    Attributes:
        index: of the line.
        delimiter: between its fields.
        at: column → place.
        factors: column → what its numbers are multiplied by, the sign among it.
        bare: heads of impedances and frequencies that name no unit.
    """

    index: int
    delimiter: str
    at: dict[str, int]
    factors: dict[str, float]
    bare: tuple[str, ...]


def split(line: str, delimiter: str) -> list[str]:
    """Fields; a quote inside a field (Z") is part of it."""
    fields = [field.strip() for field in line.split(delimiter)]
    return [field[1:-1].strip() if len(field) > 1 and field[0] == field[-1] == '"' else field for field in fields]


def named(field: str) -> tuple[str, str, float, str] | None:
    """What a head is: (column, label, factor with sign, unit as written); None for a column of no interest."""
    sign = 1.0
    written = field.strip()
    if written[:1] in MINUS:
        sign, written = -1.0, written[1:].strip()
    for label, unit in ((written, ""), *_with_unit(written)):
        plain = " ".join(label.casefold().split())
        for column, labels in LABELS.items():
            if plain in labels or plain.replace("_", "") in labels:
                if column in BASES:
                    factor = units.factor(unit, BASES[column]) if unit else 1.0
                elif column == "frequency_hertz":
                    factor = HERTZ.get(unit)
                else:
                    factor = units.factor(unit, "ohm") if unit else 1.0
                if factor is not None:
                    return column, label, sign * factor, unit
    return None


def _with_unit(written: str) -> list[tuple[str, str]]:
    match = UNIT.match(written)
    if match is None:
        return []
    return [(match["label"].strip(), (match["bracket"] or match["slash"] or "").strip())]


def heading(lines: Sequence[str], needed: Sequence[str] = NEEDED) -> Heading | None:
    """The first line whose fields are the heads of what is needed."""
    for index, line in enumerate(lines[:SEARCHED_LINES]):
        for delimiter in text.DELIMITERS:
            if delimiter not in line:
                continue
            at: dict[str, int] = {}
            factors: dict[str, float] = {}
            bare: list[str] = []
            for place, field in enumerate(split(line, delimiter)):
                found = named(field)
                if found is None or found[0] in at:
                    continue
                column, _, factor, unit = found
                if factor < 0 and column != "imaginary_impedance_ohm":
                    continue
                at[column], factors[column] = place, factor
                if column in needed and not unit and column not in field.casefold():
                    bare.append(field)
            if all(column in at for column in needed):
                return Heading(index, delimiter, at, factors, tuple(bare))
    return None


def is_parstat(lines: Sequence[str]) -> bool:
    return (
        bool(lines) and re.match(r"Potential \(V\)\tCurrent \(A\)\t.*Zre \(ohms\)\tZim \(ohms\)", lines[0]) is not None
    )


def is_powersuite(lines: Sequence[str]) -> bool:
    return bool(lines) and [field.strip() for field in lines[0].split("\t")][:3] == ["Frequency", "Zre", "Zimg"]


def is_chi(lines: Sequence[str]) -> bool:
    beginning = "\n".join(lines[:40])
    return bool(CHI_MODEL.search(beginning)) and ("A.C. Impedance" in beginning or "Freq/Hz, Z'" in beginning)


def is_ivium(lines: Sequence[str]) -> bool:
    return any(line.replace(" ", "").startswith("freq./Hz\tZ1/ohm\tZ2/ohm") for line in lines[:SEARCHED_LINES])


def is_other(lines: Sequence[str]) -> bool:
    """A table that is none of the makers', nor a format that names itself in its first line."""
    if not lines or re.match(r'\s*(EXPLAIN|"?Z(60|Plot)|(EC|BT)-Lab ASCII|# labdb entry)', lines[0], re.IGNORECASE):
        return False
    if any(line.strip() == "Name=VersaStudio" for line in lines[:30]):
        return False
    if any(is_maker(lines) for is_maker in (is_parstat, is_powersuite, is_chi, is_ivium)):
        return False
    return heading(lines) is not None


def read(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    where = heading(found.lines)
    if where is None:
        raise ReaderError(f"{name}: {lacking(found)}")

    def fields(line: str) -> list[str]:
        return split(line, where.delimiter)

    columns, said = columns_of(found, where.index + 1, None, fields, where.at, name, commas=where.delimiter != ",")
    columns = {column: values * where.factors[column] for column, values in columns.items()}
    if where.bare and not is_powersuite(found.lines):
        said.append(f"the columns {', '.join(where.bare)} name no unit and were taken in Hz and ohm")
    preamble = "\n".join(found.lines[: where.index])
    metadata: dict[str, Any] = {}
    if model := CHI_MODEL.search(preamble):
        moment = re.match(r"(\w{3})\.? (\d{1,2}, \d{4})\s+(\d{1,2}:\d{2}:\d{2})", found.lines[0])
        metadata = {
            "device": model[1],
            "start_time_local": started(f"{moment[1]} {moment[2]}", moment[3]) if moment else None,
            "comment": next((line[5:].strip() for line in found.lines[: where.index] if line.startswith("Note:")), ""),
        }
        low = CHI_LOW.search(preamble)
        said += ended_early(columns, number(low[1]) if low else None)
    return reading(columns, name, metadata, said)


def lacking(found: Lines) -> str:
    """What is missing in a table that is no spectrum: its frequencies, or an impedance."""
    for column in NEEDED:
        others = [one for one in NEEDED if one != column]
        if heading(found.lines, others) is not None:
            return (
                f"has no column of {WORDS[column]}; a spectrum needs frequency, Z' and Z'', export it again with them"
            )
    return (
        "no line has the heads of a spectrum (frequency, Z', Z''), or the file is cut off above them; export it again"
    )


def recogniser(is_one: Callable[[Sequence[str]], bool]) -> Callable[[FileHead], bool]:
    return lambda head: not head.is_zip and is_one(head.lines)


def recognises_other(head: FileHead) -> bool:
    """A time series of a cycler that holds impedances as well is one of cycling."""
    if head.is_zip or not is_other(head.lines):
        return False
    return not any(reader.recognises(head) for reader in CYCLING_READERS)


PARSTAT = Reader("parstat-text", version=1, label="Parstat (.txt)", recognises=recogniser(is_parstat), read=read)
POWERSUITE = Reader(
    "powersuite-text", version=1, label="PowerSuite (.txt)", recognises=recogniser(is_powersuite), read=read
)
CHI = Reader(
    "chi-impedance", version=1, label="CH Instruments impedance (.txt)", recognises=recogniser(is_chi), read=read
)
IVIUM = Reader("ivium-text", version=1, label="Ivium impedance (text)", recognises=recogniser(is_ivium), read=read)
TABLE = Reader("impedance-table", version=1, label="Table of impedances", recognises=recognises_other, read=read)
