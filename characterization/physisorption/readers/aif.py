"""Adsorption Information Format (`.aif`): a STAR file, read with gemmi.

One data block holds one isotherm: pairs of names and values (`_exptl_adsorptive`, `_exptl_temperature`,
`_adsnt_sample_mass`, `_units_…`), and a loop for each branch (`_adsorp_pressure`, `_adsorp_p0`, `_adsorp_amount`, and
`_desorp_…`). Units are those under `_units_pressure`, `_units_loading`, `_units_mass`, `_units_temperature`.
Source: J. D. Evans et al., Langmuir 37 (2021) 4222. Seen: raw2aif of BELSORP files.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from characterization.physisorption.gases import gas_named
from characterization.physisorption.readers.points import (
    CUT_LINE,
    About,
    Lines,
    Points,
    lines_of,
    moment,
    number,
    reading,
    told,
)
from characterization.physisorption.table import ADSORPTION, DESORPTION
from characterization.physisorption.units import MASS_MG, is_relative, kelvin, kpa_of, loading_unit
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

BRANCHES = {"_adsorp": ADSORPTION, "_desorp": DESORPTION}
SIGNS = ("_adsorp_pressure", "_desorp_pressure", "_audit_aif_version", "_exptl_adsorptive")


def recognises(head: FileHead) -> bool:
    lines = [line.strip().lower() for line in head.lines[:400]]
    begun = next((line for line in lines if line and not line.startswith("#")), "")
    return begun.startswith("data_") and any(line.startswith(SIGNS) for line in lines)


def read(path: Path, name: str) -> Reading:
    found = lines_of(path, name)
    document, warnings = _parsed(found, name)
    blocks = [block for block in document if any(block.find_values(f"{side}_pressure") for side in BRANCHES)]
    if not blocks:
        raise ReaderError(f"{name}: holds no points of an isotherm (no _adsorp_pressure); export the whole isotherm")
    if len(blocks) > 1:
        raise ReaderError(f"{name}: holds {len(blocks)} isotherms; save each as a file of its own")
    return _reading(_Block(blocks[0]), name, [*found.warnings, *warnings])


def _parsed(found: Lines, name: str) -> tuple[Any, list[str]]:
    """The document, without a last line that is cut."""
    from gemmi import cif

    attempts: list[tuple[list[str], list[str]]] = [(found.lines[:-1], [CUT_LINE])]
    if found.ended:
        attempts.insert(0, (found.lines, []))
    problem = ""
    for lines, warnings in attempts:
        try:
            return cif.read_string("\n".join(lines) + "\n"), warnings
        except (ValueError, RuntimeError) as error:
            problem = problem or str(error).splitlines()[0] if str(error) else "no STAR file"
    raise ReaderError(f"{name}: is damaged or cut off ({problem}); copy it again, or export it again")


class _Block:
    """A data block as plain values."""

    def __init__(self, block: Any) -> None:
        self.block = block

    def text(self, *names: str) -> str:
        """The first value of a name that has one; an empty string where none has."""
        from gemmi import cif

        for tag in names:
            value = self.block.find_value(tag)
            if value is not None and not cif.is_null(value):
                return str(cif.as_string(value)).strip()
        return ""

    def number(self, *names: str) -> float | None:
        return number(self.text(*names))

    def column(self, tag: str) -> list[float | None]:
        from gemmi import cif

        values = [cif.as_number(value) for value in self.block.find_values(tag)]
        return [value if value == value else None for value in values]


def _reading(block: _Block, name: str, warnings: Sequence[str]) -> Reading:
    loading: list[float | None] = []
    pressure: list[float | None] = []
    saturation: list[float | None] = []
    branch: list[str] = []
    constant = block.number("_exptl_p0")
    for side, of in BRANCHES.items():
        amounts, pressures = block.column(f"{side}_amount"), block.column(f"{side}_pressure")
        if len(amounts) != len(pressures):
            raise ReaderError(
                f"{name}: has {len(pressures)} pressures and {len(amounts)} amounts of {of}; export it again"
            )
        own = block.column(f"{side}_p0")
        loading, pressure = loading + amounts, pressure + pressures
        saturation += own if len(own) == len(amounts) else [constant] * len(amounts)
        branch += [of] * len(amounts)
    unit = block.text("_units_pressure")
    kpa = kpa_of(unit)
    if kpa is None and not is_relative(unit):
        raise ReaderError(f"{name}: its unit of pressure {unit!r} is none that labdb knows; export in kPa or p/p0")
    adsorbate = block.text("_exptl_adsorptive", "_exptl_adsorptive_name")
    amount = loading_unit(block.text("_units_loading"), gas_named(adsorbate))
    if amount is None:
        raise ReaderError(
            f"{name}: its unit of loading {block.text('_units_loading')!r} is none that labdb knows; export in mmol/g"
        )
    points = (
        Points(loading, branch, relative_pressure=pressure)
        if kpa is None
        else Points(
            loading,
            branch,
            pressure_kpa=[p * kpa if p is not None else None for p in pressure],
            saturation_pressure_kpa=[p * kpa if p is not None else None for p in saturation],
        )
    )
    temperature, mass = block.number("_exptl_temperature"), block.number("_adsnt_sample_mass")
    about = About(
        amount,
        adsorbate,
        kelvin(temperature, block.text("_units_temperature") or "K") if temperature is not None else None,
        mass * MASS_MG.get(block.text("_units_mass") or "g", 1e3) if mass else None,
    )
    metadata = {
        **moment(clock_start(block.text("_exptl_date"))),
        **told(
            device=block.text("_exptl_instrument"),
            operator=block.text("_exptl_operator"),
            sample=block.text("_adsnt_sample_id") or block.text("_adsnt_material_id"),
            comment=block.text("_exptl_comment", "_adsnt_comment"),
            protocol=block.text("_exptl_method"),
        ),
    }
    return reading(name, points, about, metadata, warnings)


READER = Reader("aif", version=1, label="Adsorption Information Format", recognises=recognises, read=read)
