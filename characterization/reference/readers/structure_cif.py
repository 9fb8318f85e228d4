"""A structure as a CIF: of a database (COD, ICSD, Materials Project), of a paper, or a model to refine from.

Cell, space group and atoms with occupancy and isotropic displacement; anisotropic displacements are left out. The
result of a refinement is another technique's (`characterization.reference.cif.kind_of`). Seen from: COD, pymatgen,
GSAS-II, by hand.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from characterization.reference.cif import Phase, doubts_about_end, kind_of, phases
from characterization.reference.table import STRUCTURE
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading


def recognises(head: FileHead) -> bool:
    return kind_of(head) == "structure"


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: it is no whole CIF, or has no atoms.
    """
    found = phases(path, name)
    if not found:
        raise ReaderError(f"{name}: has no cell with atoms; upload the CIF of a structure")
    warnings = [*doubts_about_end(path, found, name)]
    warnings += [
        f"the space group of {phase.name} is not known, so that no reflections are computed"
        for phase in found
        if not phase.space_group
    ]
    rows = [row for phase in found for row in _rows(phase)]
    formula = next(
        (phase.tags["_chemical_formula_sum"] for phase in found if "_chemical_formula_sum" in phase.tags), ""
    )
    metadata = {"sample": ", ".join(phase.name for phase in found)}
    if formula:
        metadata["comment"] = formula
    return Reading(pl.DataFrame(rows, schema=STRUCTURE.columns), metadata, tuple(warnings))


def _rows(phase: Phase) -> list[dict[str, object]]:
    constants = {
        "phase": phase.name,
        "space_group": phase.space_group,
        **{f"{key}_angstrom": phase.cell[key].value for key in "abc"},
        **{f"{key}_degree": phase.cell[key].value for key in ("alpha", "beta", "gamma")},
    }
    return [
        {
            **constants,
            "site": site.label,
            "element": site.element,
            "x": site.x,
            "y": site.y,
            "z": site.z,
            "occupancy": site.occupancy.value,
            "u_iso_angstrom2": site.u_iso.value if site.u_iso else None,
        }
        for site in phase.sites
    ]


READER = Reader("cif-structure", version=1, label="Structure (CIF)", recognises=recognises, read=read)
