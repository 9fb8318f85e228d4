"""What a refinement says, as numbers that can be compared: never one that was not refined. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from characterization.rietveld.table import PHASES, SITE, SITES
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress

SAME_PLACE = 0.002  # of the cell: atoms so near to each other share a site
FULL = 0.02  # by so much the occupancies of a site may differ from 1


@dataclass(frozen=True)
class Share:
    """How much of one metal sits on the site of the other; a fraction of the atoms there.

    Attributes:
        refined: False where the model has such atoms but nobody refined how many.
    """

    value: float
    sd: float | None
    refined: bool
    site_total: float


def mixing(sites: pl.DataFrame) -> dict[str, Share]:
    """Nickel on the lithium site, and lithium on that of the metals, as far as the sites of a phase say.

    Atoms at one place share a site; the lithium site is where lithium is more than half of the atoms, the metals'
    where nickel, cobalt, manganese and aluminium are. The share is the occupancy of the other atom over those of all
    atoms of the site, so that it does not depend on how a program normalises occupancies. It is refined where the
    program says so of that atom or of the one that it is exchanged for, whose uncertainty it then has.

    Args:
        sites: the atoms of one phase, a `SITES` table.

    Returns:
        `li_ni_mixing` and `lithium_on_metal_site`, each only where such atoms are in the model.
    """
    found: dict[str, Share] = {}
    for site in _by_place(sites.drop_nulls(["element", "occupancy"]).to_dicts()):
        total = sum(atom["occupancy"] for atom in site)
        lithium = sum(atom["occupancy"] for atom in site if atom["element"] == "Li")
        metals = sum(atom["occupancy"] for atom in site if atom["element"] in METALS)
        if total <= 0:
            continue
        if lithium > total / 2 and any(atom["element"] == "Ni" for atom in site):
            found["li_ni_mixing"] = _share(site, "Ni", total)
        elif metals > total / 2 and any(atom["element"] == "Li" for atom in site):
            found["lithium_on_metal_site"] = _share(site, "Li", total)
    return found


METALS = ("Ni", "Co", "Mn", "Al")


def _by_place(atoms: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    sites: list[list[dict[str, Any]]] = []
    for atom in atoms:
        for site in sites:
            if all(abs((site[0][axis] - atom[axis] + 0.5) % 1 - 0.5) < SAME_PLACE for axis in "xyz"):
                site.append(atom)
                break
        else:
            sites.append([atom])
    return sites


def _share(site: Sequence[dict[str, Any]], element: str, total: float) -> Share:
    guests = [atom for atom in site if atom["element"] == element]
    value = sum(atom["occupancy"] for atom in guests) / total
    said = [atom for atom in guests if atom["occupancy_refined"]] or [
        atom for atom in site if atom["occupancy_refined"]
    ]
    deviations = [atom["occupancy_sd"] for atom in said if atom["occupancy_sd"] is not None]
    return Share(value, max(deviations) / total if deviations else None, bool(said), total)


def main_phase(phases: pl.DataFrame) -> int:
    """The row of the phase that the numbers are of: the heaviest where weights are known, else the first."""
    weights = phases["weight_fraction"]
    return int(weights.arg_max() or 0) if weights.null_count() < len(weights) else 0


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """The main phase's cell, Li/Ni mixing and residuals; all phases and sites as tables.

    A cell of which the file says that it was not refined, and an occupancy that was not, give no number but a sentence.

    Args:
        table: a `REFINEMENT` table.
        parameters: `phase`, the name of the phase that the numbers are of; the main one where it is empty.
    """
    progress(0.5, "taking over what was refined")
    phases = PHASES.conform(table.unique("phase", keep="first", maintain_order=True))
    sites = table.filter(pl.col("site").is_not_null()).select(["phase", *SITE])
    warnings: list[str] = []
    wanted = parameters.get("phase")
    at = main_phase(phases)
    if wanted:
        named = phases.with_row_index().filter(pl.col("phase") == wanted)["index"]
        if len(named):
            at = int(named[0])
        else:
            warnings.append(f"there is no phase {wanted}; there are {', '.join(phases['phase'])}")
    phase = phases.row(at, named=True)
    if phases.height > 1 and not wanted:
        why = "the heaviest" if phase["weight_fraction"] is not None else "the first in the file"
        warnings.append(f"the numbers are of {phase['phase']}, {why} of {phases.height} phases")
    scalars = [*_cell(phase, warnings), *_mixing(phase, sites.filter(pl.col("phase") == phase["phase"]), warnings)]
    scalars += [
        Scalar(name, float(phase[name])) for name in ("rwp", "rexp", "gof", "r_bragg") if phase[name] is not None
    ]
    if phase["weight_fraction"] is not None and phases.height > 1:
        scalars.append(Scalar("phase_weight_fraction", phase["weight_fraction"], phase["weight_fraction_sd"]))
    return Analysis(tuple(scalars), {"phases": phases, "sites": SITES.conform(sites)}, tuple(warnings))


def _cell(phase: Mapping[str, Any], warnings: list[str]) -> list[Scalar]:
    if phase["cell_refined"] is False:
        warnings.append(f"the cell of {phase['phase']} was not refined, so it is no result")
        return []
    found = []
    for axis in "abc":
        value, sd = phase[f"{axis}_angstrom"], phase[f"{axis}_sd_angstrom"]
        if value is None or (axis == "b" and value == phase["a_angstrom"]):
            continue
        found.append(Scalar(f"rietveld_{axis}_angstrom", value, sd))
    if phase["volume_angstrom3"] is not None:
        found.append(Scalar("rietveld_volume_angstrom3", phase["volume_angstrom3"], phase["volume_sd_angstrom3"]))
    return found


def _mixing(phase: Mapping[str, Any], sites: pl.DataFrame, warnings: list[str]) -> list[Scalar]:
    if phase["li_ni_mixing_typed"] is not None:
        return [Scalar("li_ni_mixing", phase["li_ni_mixing_typed"], phase["li_ni_mixing_typed_sd"])]
    found = []
    for name, share in mixing(sites).items():
        where = "nickel on the lithium site" if name == "li_ni_mixing" else "lithium on the metals' site"
        if not share.refined:
            warnings.append(f"the model has {share.value:.2%} {where}, but that was not refined, so it is no result")
            continue
        found.append(Scalar(name, share.value, share.sd))
        if share.sd is None:
            warnings.append(f"the file gives no uncertainty of the {where}")
        if name == "li_ni_mixing" and abs(share.site_total - 1) > FULL:
            warnings.append(
                f"the occupancies of the lithium site add up to {share.site_total:.3g}; the mixing is the share of"
                " nickel in them"
            )
    return found
