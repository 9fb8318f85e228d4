"""What every reader of a refinement ends with: its phases as a `REFINEMENT` table. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from characterization.reference.cif import Measured, Site
from characterization.rietveld.table import CELL, CELL_SD, REFINEMENT, SITE
from labdb.ingest.reader import ReaderError

LARGEST_BYTES = 256 * 1024**2


@dataclass(frozen=True)
class RefinedPhase:
    """A phase as a program refined it.

    Attributes:
        cell: by the names of `CELL`; what the file does not say is left out.
        cell_refined: None where the file does not say.
        weight_fraction, r_bragg, r_f_squared: fractions of 1.
        mixing: only as a person typed it.
    """

    name: str
    space_group: str = ""
    cell: Mapping[str, Measured] = field(default_factory=dict)
    cell_refined: bool | None = None
    sites: Sequence[Site] = ()
    weight_fraction: Measured | None = None
    r_bragg: float | None = None
    r_f_squared: float | None = None
    mixing: Measured | None = None


@dataclass(frozen=True)
class Refined:
    """A whole refinement; residuals as fractions."""

    program: str
    phases: Sequence[RefinedPhase]
    rwp: float | None = None
    rp: float | None = None
    rexp: float | None = None
    gof: float | None = None
    observations: int | None = None
    refined_parameters: int | None = None


def text_of(path: Path, name: str) -> tuple[str, list[str]]:
    """The text of a file up to its last whole line, and a sentence about what is behind that.

    Raises:
        ReaderError: it is too large, or no text.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise ReaderError(f"{name}: is larger than {LARGEST_BYTES // 1024**2} MiB; upload its summary")
    data = path.read_bytes()
    if b"\x00" in data[:4096] or not data.strip():
        raise ReaderError(f"{name}: is no text of a refinement program; upload what the program wrote")
    text = data.decode("utf-8", "replace")
    if text.endswith(("\n", "\r")):
        return text, []
    return text[: text.rfind("\n") + 1], ["its last line has no end, may be cut off, and was left out"]


def number_of(text: str, name: str) -> float:
    """
    Raises:
        ReaderError: it is no number.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ReaderError(f"{name}: has {text.strip()!r} where a number should be; it is damaged, copy it again")
    return value


def spans(heads: Sequence[re.Match[str]], end: int) -> list[tuple[re.Match[str], int]]:
    """Headings of a text, each with where its part ends: at the next heading, the last one's at the end."""
    return list(zip(heads, [*(head.start() for head in heads[1:]), end], strict=False))


def table_of(refined: Refined, name: str) -> pl.DataFrame:
    """A `REFINEMENT` table.

    Raises:
        ReaderError: a cell is none of a crystal, or a residual or an occupancy is impossible.
    """
    for phase in refined.phases:
        lengths = [value.value for key, value in phase.cell.items() if key in CELL[:3]]
        angles = [value.value for key, value in phase.cell.items() if key in CELL[3:6]]
        if not all(0.5 < length < 200 for length in lengths) or not all(10 < angle < 170 for angle in angles):
            raise ReaderError(
                f"{name}: the cell of {phase.name} is none of a crystal; the file is damaged, copy it again"
            )
        if not all(-1 < site.occupancy.value < 10 for site in phase.sites):
            raise ReaderError(f"{name}: an occupancy of {phase.name} is impossible; the file is damaged")
    residuals = [value for value in (refined.rwp, refined.rp, refined.rexp) if value is not None]
    if not all(0 <= value < 10 for value in residuals) or not (refined.gof is None or 0 <= refined.gof < 1e4):
        raise ReaderError(f"{name}: a residual of the refinement is impossible; the file is damaged")
    whole = {
        "program": refined.program,
        "rwp": refined.rwp,
        "rp": refined.rp,
        "rexp": refined.rexp,
        "gof": refined.gof,
        "observations": refined.observations,
        "refined_parameters": refined.refined_parameters,
    }
    nothing: dict[str, object] = dict.fromkeys(SITE)
    rows = [{**whole, **_phase(phase), **site} for phase in refined.phases for site in (_sites(phase) or [nothing])]
    return pl.DataFrame(rows, schema=REFINEMENT.columns)


def _phase(phase: RefinedPhase) -> dict[str, object]:
    cell: dict[str, object] = {}
    for name, sd in zip(CELL, CELL_SD, strict=True):
        value = phase.cell.get(name)
        cell[name] = None if value is None else value.value
        cell[sd] = None if value is None else value.sd
    return {
        "phase": phase.name,
        "space_group": phase.space_group,
        **cell,
        "cell_refined": phase.cell_refined,
        "weight_fraction": phase.weight_fraction.value if phase.weight_fraction else None,
        "weight_fraction_sd": phase.weight_fraction.sd if phase.weight_fraction else None,
        "r_bragg": phase.r_bragg,
        "r_f_squared": phase.r_f_squared,
        "li_ni_mixing_typed": phase.mixing.value if phase.mixing else None,
        "li_ni_mixing_typed_sd": phase.mixing.sd if phase.mixing else None,
    }


def _sites(phase: RefinedPhase) -> list[dict[str, object]]:
    return [
        {
            "site": site.label,
            "element": site.element,
            "x": site.x,
            "y": site.y,
            "z": site.z,
            "occupancy": site.occupancy.value,
            "occupancy_sd": site.occupancy.sd,
            "occupancy_refined": site.occupancy.is_refined,
            "u_iso_angstrom2": site.u_iso.value if site.u_iso else None,
        }
        for site in phase.sites
    ]
