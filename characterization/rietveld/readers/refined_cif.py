"""The CIF of a refined powder pattern, as GSAS-II, FullProf, Jana and others write it.

Cell, space group and atoms with their uncertainties in brackets; residuals where the file has them:
`_pd_proc_ls_prof_wR_factor` (Rwp), `_pd_proc_ls_prof_R_factor` (Rp), `_pd_proc_ls_prof_wR_expected` (Rexp),
`_refine_ls_goodness_of_fit_all` (GOF; without it Rwp/Rexp), `_refine_ls_R_I_factor` (Bragg R). The CIF dictionary has
them as
fractions and some programs write per cent: a value above 1 is taken for per cent. Weight fractions are
`_pd_phase_mass_%`. A phase that GSAS-II exports alone has neither residuals nor uncertainties of the cell.

Seen from: GSAS-II 2.0.0 (phase). Others follow the powder CIF dictionary (B. H. Toby, International Tables G (2005),
3.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from characterization.reference.cif import (
    GSAS_PHASE,
    Measured,
    Phase,
    blocks,
    doubts_about_end,
    kind_of,
    measured,
    phases_of,
    plain,
    tags_of,
)
from characterization.rietveld.refined import Refined, RefinedPhase, table_of
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading

RWP = ("_pd_proc_ls_prof_wr_factor", "_refine_ls_wr_factor_all")
RP = ("_pd_proc_ls_prof_r_factor",)
REXP = ("_pd_proc_ls_prof_wr_expected",)
GOF = ("_refine_ls_goodness_of_fit_all", "_refine_ls_goodness_of_fit_obs", "_refine_ls_goodness_of_fit_ref")
R_BRAGG = ("_refine_ls_r_i_factor", "_pd_proc_ls_i_r_factor", "_refine_ls_r_fsqd_factor")
PROGRAM = ("_computing_structure_refinement", "_pd_calc_method", "_audit_creation_method")
PROGRAMS = ("GSAS-II", "GSAS", "FullProf", "TOPAS", "JANA", "Rietan", "MAUD", "Profex", "BGMN")
MASS = "_pd_phase_mass_%"


def recognises(head: FileHead) -> bool:
    return kind_of(head) == "refinement"


def read(path: Path, name: str) -> Reading:
    """
    Raises:
        ReaderError: it is no whole CIF, or has no phase with a cell and atoms.
    """
    data = blocks(path, name)
    phases = phases_of(data, name)
    if not phases:
        raise ReaderError(f"{name}: has no phase with a cell and atoms; it is cut off, or no refinement of a structure")
    warnings = doubts_about_end(path, phases, name)
    tags: dict[str, str] = {}
    for block in data:
        tags = {**tags_of(block), **tags}
    rwp, rp, rexp, gof = (_first(tags, keys) for keys in (RWP, RP, REXP, GOF))
    rwp, rp, rexp = (_fraction(value) for value in (rwp, rp, rexp))
    if gof is None and rwp and rexp:
        gof = rwp / rexp
    if rwp is None:
        warnings.append(
            "the file says neither Rwp nor GOF; upload the listing of the refinement as well, if there is one"
        )
    if all(phase.cell["a"].sd is None for phase in phases):
        warnings.append("the file gives no uncertainties of the cell, and does not say whether it was refined")
    masses = _masses(data)
    refined = Refined(
        _program(path, tags),
        [_phase(phase, masses[number] if len(masses) == len(phases) else None) for number, phase in enumerate(phases)],
        rwp,
        rp,
        rexp,
        gof,
        observations=_whole(tags.get("_pd_proc_number_of_points")),
        refined_parameters=_whole(tags.get("_refine_ls_number_parameters")),
    )
    return Reading(table_of(refined, name), {"software": refined.program}, tuple(warnings))


def _first(tags: Mapping[str, str], keys: Sequence[str]) -> float | None:
    return next((found.value for key in keys if (found := measured(tags.get(key))) is not None), None)


def _fraction(value: float | None) -> float | None:
    """A residual as a fraction; none is above 100 %, so what is above 1 is in per cent."""
    return None if value is None else value / 100 if value > 1 else value


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 12 else None


def _program(path: Path, tags: Mapping[str, str]) -> str:
    said = " ".join(tags.get(key, "") for key in PROGRAM).lower()
    for program in PROGRAMS:
        if program.lower() in said:
            return program
    with open(path, "rb") as file:
        start = file.read(65_536).decode("utf-8", "replace")
    return "GSAS-II" if GSAS_PHASE in start or "GSAS-II" in start else ""


def _masses(data: Sequence[Any]) -> list[Measured]:
    """The weight fractions of the phases, in the order of their loop."""
    from gemmi import cif

    for block in data:
        for item in block:
            if item.loop is None:
                continue
            heads = [plain(tag) for tag in item.loop.tags]
            if MASS in heads:
                at, width, values = heads.index(MASS), len(heads), item.loop.values
                found = [measured(cif.as_string(value)) for value in values[at::width]]
                known = [one for one in found if one is not None]
                scale = 100 if sum(one.value for one in known) > 1.5 else 1
                return [Measured(one.value / scale, None if one.sd is None else one.sd / scale) for one in known]
    return []


def _phase(phase: Phase, mass: Measured | None) -> RefinedPhase:
    cell = {f"{key}_{'degree' if len(key) > 1 else 'angstrom'}": value for key, value in phase.cell.items()}
    if phase.volume is not None:
        cell["volume_angstrom3"] = phase.volume
    uncertain = any(value.sd is not None for value in phase.cell.values())
    return RefinedPhase(
        phase.name,
        phase.space_group,
        cell,
        cell_refined=True if uncertain else None,
        sites=phase.sites,
        weight_fraction=mass,
        r_bragg=_fraction(_first(phase.tags, R_BRAGG)),
    )


READER = Reader("cif-refinement", version=1, label="Refinement (CIF)", recognises=recognises, read=read)
