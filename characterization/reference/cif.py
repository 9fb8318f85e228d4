"""Crystallographic information files: what kind one is, its phases with cell and atoms, numbers like 2.8732(2). Pure.

A CIF is read by gemmi. It is one of three to labdb:

- the result of a *refinement* of a powder pattern (technique `rietveld`): it says how well a powder pattern was fitted
  (`_pd_proc_ls_…`, or `_refine_ls_…` beside tags of powder diffraction), or it is a phase that GSAS-II wrote
  ("# phase info for … follows") whose atoms have uncertainties;
- a *structure* (technique `reference`): cell and atoms, and nothing of that; also whatever a database has published
  (`_cod_…`, `_database_code_…`), for that is nobody's refinement of our sample;
- neither, where it has no atoms.

TOPAS writes CIFs of refined structures that say nothing of the fit; they are taken for structures, and a person who
files one as a refinement is believed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labdb.ingest.reader import FileHead, ReaderError

LARGEST_BYTES = 64 * 1024**2
LARGEST_CELL_ANGSTROM = 200.0
MOST_SITES = 5_000
NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:\((\d{1,12})\))?")
CELL_TAG = re.compile(r"^\s*_cell[._]length_a\s", re.MULTILINE | re.IGNORECASE)
SITE_TAG = re.compile(r"^\s*_atom_site[._]fract_x\s", re.MULTILINE | re.IGNORECASE)
DATA = re.compile(r"^\s*data_", re.MULTILINE | re.IGNORECASE)
POWDER_FIT = re.compile(r"^\s*_pd_proc_ls_\w+\s+[^\s?.]", re.MULTILINE | re.IGNORECASE)
FIT = re.compile(r"^\s*_refine_ls[._]\w+\s+[^\s?.]", re.MULTILINE | re.IGNORECASE)
POWDER = re.compile(r"^\s*_pd_\w+", re.MULTILINE | re.IGNORECASE)
PUBLISHED = re.compile(r"^\s*_(?:cod_|database_code_?)\w*\s+[^\s?.]", re.MULTILINE | re.IGNORECASE)
GSAS_PHASE = "# phase info for "
WITH_UNCERTAINTY = re.compile(r"\d\(\d+\)")
LENGTHS = ("a", "b", "c")
ANGLES = ("alpha", "beta", "gamma")


@dataclass(frozen=True)
class Measured:
    """A number with its standard uncertainty, where it has one.

    Attributes:
        refined: a program says that it refined it, though it gives no uncertainty.
    """

    value: float
    sd: float | None = None
    refined: bool = False

    @property
    def is_refined(self) -> bool:
        return self.refined or self.sd is not None


@dataclass(frozen=True)
class Site:
    """One atom of the asymmetric unit; `occupancy` is that of its site, 1 for a full one."""

    label: str
    element: str
    x: float
    y: float
    z: float
    occupancy: Measured = Measured(1.0)
    u_iso: Measured | None = None


@dataclass(frozen=True)
class Phase:
    """A phase as a file has it.

    Attributes:
        space_group: Hermann-Mauguin symbol with its setting, as gemmi writes it; empty where it is not known.
        cell: a, b, c in ångström, alpha, beta, gamma in degrees.
        tags: single values of its block by lower-case tag with underscores.
    """

    name: str
    space_group: str
    cell: Mapping[str, Measured]
    volume: Measured | None
    sites: Sequence[Site]
    tags: Mapping[str, str] = field(default_factory=dict)


def kind_of(head: FileHead) -> str:
    """What a CIF is: "refinement", "structure", or an empty string for what is no CIF of a crystal."""
    text = head.text
    if head.is_zip or not DATA.search(text) or not CELL_TAG.search(text):
        return ""
    if not SITE_TAG.search(text) and not (len(head.data) > 60_000 and POWDER.search(text)):
        return ""
    if PUBLISHED.search(text):
        return "structure"
    if POWDER_FIT.search(text) or (FIT.search(text) and POWDER.search(text)):
        return "refinement"
    if GSAS_PHASE in text and _has_uncertain_atoms(text):
        return "refinement"
    return "structure"


def _has_uncertain_atoms(text: str) -> bool:
    atoms = text[SITE_TAG.search(text).start() :] if SITE_TAG.search(text) else ""  # type: ignore[union-attr]
    return bool(WITH_UNCERTAINTY.search(atoms))


def measured(text: str | None) -> Measured | None:
    """A number as a CIF or a paper writes it: `2.8732(2)` is 2.8732 with an uncertainty of 0.0002.

    None for `?`, `.` and anything that is no number.
    """
    match = NUMBER.fullmatch((text or "").strip())
    if match is None:
        return None
    value, digits = float(match[1]), match[2]
    if not math.isfinite(value):
        return None
    if digits is None:
        return Measured(value)
    mantissa, _, exponent = match[1].lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return Measured(value, int(digits) * 10.0**-decimals if abs(decimals) < 100 else None)


def phases(path: Path, name: str) -> list[Phase]:
    """The phases of a CIF: its blocks that have a cell and atoms, in their order.

    Raises:
        ReaderError: it is no whole CIF, or a cell or an atom of it is impossible.
    """
    return phases_of(blocks(path, name), name)


def phases_of(data: Sequence[Any], name: str) -> list[Phase]:
    """The same of blocks that are read already."""
    return [phase for block in data if (phase := _phase(block, name)) is not None]


def doubts_about_end(path: Path, found: Sequence[Phase], name: str) -> list[str]:
    """What makes one think that the end of a CIF is missing.

    Returns:
        Sentences: an element of the formula has no atom, or the last line has no end.

    Raises:
        ReaderError: it is of GSAS-II, which writes the formula after the atoms, and has none.
    """
    data = path.read_bytes()
    if GSAS_PHASE.encode() in data and not all("_chemical_formula_sum" in phase.tags for phase in found):
        raise ReaderError(f"{name}: ends before the formula that GSAS-II writes; it is cut off, copy it again")
    doubts = []
    for phase in found:
        formula = phase.tags.get("_chemical_formula_sum", "")
        missing = {element_of(part) for part in formula.split()} - {site.element for site in phase.sites} - {""}
        if missing:
            doubts.append(f"the formula of {phase.name} has {', '.join(sorted(missing))}, of which there is no atom")
    if not data.endswith((b"\n", b"\r")):
        doubts.append("its last line has no end: it may be cut off")
    return doubts


def blocks(path: Path, name: str) -> list[Any]:
    """The data blocks of a CIF as gemmi has them.

    Raises:
        ReaderError: it is no whole CIF.
    """
    from gemmi import cif

    if path.stat().st_size > LARGEST_BYTES:
        raise ReaderError(
            f"{name}: is larger than {LARGEST_BYTES // 1024**2} MiB; upload the CIF of the structure alone"
        )
    try:
        return list(cif.read_string(path.read_bytes().decode("utf-8", "replace")))
    except (ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0].removeprefix("string:")
        raise ReaderError(f"{name}: is no whole CIF ({reason}); it may be cut off, copy it again") from error


def tags_of(block: Any) -> dict[str, str]:
    """The single values of a block by lower-case tag, dots as underscores; what is unknown is left out."""
    from gemmi import cif

    found = {}
    for item in block:
        if item.pair is not None and not cif.is_null(item.pair[1]):
            found[plain(item.pair[0])] = cif.as_string(item.pair[1]).strip()
    return found


def plain(tag: str) -> str:
    return tag.lower().replace(".", "_")


def _rows(block: Any, prefix: str) -> list[dict[str, str]]:
    """The rows of the loop whose first tag begins so."""
    from gemmi import cif

    for item in block:
        if item.loop is None:
            continue
        heads = [plain(tag) for tag in item.loop.tags]
        if not any(head.startswith(prefix) for head in heads):
            continue
        width, values = len(heads), item.loop.values
        if len(values) // width > MOST_SITES:
            return []
        return [
            {
                head: cif.as_string(value).strip()
                for head, value in zip(heads, values[start : start + width], strict=True)
                if not cif.is_null(value)
            }
            for start in range(0, len(values), width)
        ]
    return []


def _phase(block: Any, name: str) -> Phase | None:
    tags = tags_of(block)
    cell = {key: measured(tags.get(f"_cell_length_{key}")) for key in LENGTHS}
    cell |= {key: measured(tags.get(f"_cell_angle_{key}")) for key in ANGLES}
    rows = _rows(block, "_atom_site_fract_x")
    if not rows or cell["a"] is None:
        return None
    missing = [key for key, value in cell.items() if value is None]
    if missing:
        raise ReaderError(f"{name}: the cell of {block.name} has no {', '.join(missing)}; it is cut off or damaged")
    whole = {key: value for key, value in cell.items() if value is not None}
    if not all(0.5 < whole[key].value < LARGEST_CELL_ANGSTROM for key in LENGTHS) or not all(
        10 < whole[key].value < 170 for key in ANGLES
    ):
        raise ReaderError(f"{name}: the cell of {block.name} is none of a crystal; correct the file")
    sites = [_site(row, name) for row in rows]
    return Phase(
        name=tags.get("_pd_phase_name")
        or tags.get("_chemical_name_mineral")
        or tags.get("_chemical_name_common")
        or tags.get("_chemical_formula_structural")
        or block.name,
        space_group=space_group_of(block, tags),
        cell=whole,
        volume=measured(tags.get("_cell_volume")),
        sites=sites,
        tags=tags,
    )


def _site(row: Mapping[str, str], name: str) -> Site:
    label = row.get("_atom_site_label", "")
    place = [measured(row.get(f"_atom_site_fract_{axis}")) for axis in "xyz"]
    x, y, z = (value.value if value else float("nan") for value in place)
    if any(value is None for value in place):
        raise ReaderError(f"{name}: atom {label or '?'} has no place in the cell; it is cut off or damaged")
    u_iso = measured(row.get("_atom_site_u_iso_or_equiv"))
    b_iso = measured(row.get("_atom_site_b_iso_or_equiv"))
    if u_iso is None and b_iso is not None:
        eight_pi2 = 8 * 3.141592653589793**2
        u_iso = Measured(b_iso.value / eight_pi2, None if b_iso.sd is None else b_iso.sd / eight_pi2)
    occupancy = measured(row.get("_atom_site_occupancy")) or Measured(1.0)
    return Site(label, element_of(row.get("_atom_site_type_symbol") or label), x, y, z, occupancy, u_iso)


def element_of(text: str) -> str:
    """The element of "Ni2+", "Ni+2", "Ni1"; an empty string where there is none."""
    from gemmi import Element

    letters = re.match(r"[A-Za-z]{1,2}", text.strip())
    if letters is None:
        return ""
    for symbol in (letters[0].capitalize(), letters[0][0].upper()):
        if Element(symbol).atomic_number > 0:
            return str(symbol)
    return ""


def space_group_of(block: Any, tags: Mapping[str, str]) -> str:
    """By its symbol, else by its number or its operations, whichever gemmi can make out first."""
    import gemmi

    symbol = tags.get("_space_group_name_h-m_alt") or tags.get("_symmetry_space_group_name_h-m") or ""
    found = named_group(symbol, tags)
    if found:
        return found
    small = gemmi.make_small_structure_from_block(block)
    if small.spacegroup is not None:
        return str(small.spacegroup.xhm())
    number = tags.get("_space_group_it_number") or tags.get("_symmetry_int_tables_number") or ""
    known = gemmi.find_spacegroup_by_number(int(number)) if number.isdecimal() and len(number) < 4 else None
    return str(known.xhm()) if known else ""


def named_group(symbol: str, tags: Mapping[str, str] | None = None) -> str:
    """A space group by its Hermann-Mauguin symbol; a rhombohedral one by the angles of its cell."""
    import gemmi

    if not symbol.strip():
        return ""
    gamma = measured((tags or {}).get("_cell_angle_gamma"))
    alpha = measured((tags or {}).get("_cell_angle_alpha"))
    by_cell = (alpha.value, gamma.value) if alpha and gamma else (90.0, 120.0)
    found = gemmi.find_spacegroup_by_name(symbol.strip(), *by_cell)
    return str(found.xhm()) if found else ""
