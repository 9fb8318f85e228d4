"""The powder reflections of a structure: lattice spacings, and intensities from structure factors. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from characterization.reference.table import CELL, REFLECTIONS
from labdb.ingest.technique import Analysis, Progress, no_progress

# Cu Kα1, by whose polarisation and Lorentz factor the intensities are computed where nobody chooses another.
WAVELENGTH_ANGSTROM = 1.540593
HIGHEST_TWO_THETA_DEGREE = 140.0
MOST_REFLECTIONS = 100_000
FAINTEST = 1e-6  # of the strongest


def reflections(sites: pl.DataFrame, wavelength_angstrom: float = WAVELENGTH_ANGSTROM) -> pl.DataFrame:
    """The reflections of one phase up to 140° 2θ.

    I = m·|F|²·(1 + cos²2θ)/(sin²θ·cosθ), relative to the strongest: m the multiplicity, F the structure factor with
    the atoms' form factors, the real part of their anomalous dispersion and their isotropic displacement (none where
    the file has none), then polarisation and Lorentz factor of a diffractometer without monochromator. Absorption,
    texture and the
    imaginary part of the dispersion are left out: measured intensities differ by some per cent, and by much where the
    powder is textured.

    Source: International Tables for Crystallography C (2004), 6.1.1 and 6.2; D. T. Cromer and
    D. Liberman, Acta Cryst. A 37 (1981) 267; form factors and dispersion as gemmi computes them.

    Args:
        sites: a `STRUCTURE` table of one phase.

    Returns:
        A `REFLECTIONS` table; empty where the space group is not known, or the cell too large to be worked through.
    """
    import gemmi

    first = sites.row(0, named=True)
    group = gemmi.find_spacegroup_by_name(first["space_group"]) if first["space_group"] else None
    shortest = wavelength_angstrom / (2 * np.sin(np.radians(HIGHEST_TWO_THETA_DEGREE / 2)))
    structure = gemmi.SmallStructure()
    structure.cell = gemmi.UnitCell(*(first[name] for name in CELL))
    if group is None or 4.2 * structure.cell.volume / shortest**3 > MOST_REFLECTIONS:
        return pl.DataFrame(schema=REFLECTIONS.columns)
    structure.spacegroup_hm = group.xhm()
    structure.determine_and_set_spacegroup("s")
    for row in sites.iter_rows(named=True):
        site = gemmi.SmallStructure.Site()
        site.label, site.element = row["site"], gemmi.Element(row["element"])
        site.fract = gemmi.Fractional(row["x"], row["y"], row["z"])
        site.occ, site.u_iso = row["occupancy"], row["u_iso_angstrom2"] or 0.0
        structure.add_site(site)
    structure.setup_cell_images()
    structure.change_occupancies_to_crystallographic()
    factor = gemmi.StructureFactorCalculatorX(structure.cell)
    factor.addends.add_cl_fprime(gemmi.hc / wavelength_angstrom)
    operations = group.operations()
    rows = []
    for hkl in gemmi.make_miller_array(structure.cell, group, shortest):
        miller = [int(index) for index in hkl]
        d = float(structure.cell.calculate_d(miller))
        theta = np.arcsin(min(1.0, wavelength_angstrom / (2 * d)))
        amplitude = abs(factor.calculate_sf_from_small_structure(structure, miller))
        same = {tuple(operation.apply_to_hkl(miller)) for operation in operations.sym_ops}
        same |= {tuple(-index for index in one) for one in same}
        multiplicity = len(same)
        lorentz = (1 + np.cos(2 * theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))
        rows.append((_named(same), d, multiplicity, multiplicity * amplitude**2 * float(lorentz)))
    strongest = max((row[3] for row in rows), default=0.0)
    kept = [row for row in rows if row[3] > FAINTEST * strongest]
    return pl.DataFrame(
        {
            "phase": [first["phase"]] * len(kept),
            "hkl": [row[0] for row in kept],
            "d_spacing_angstrom": [row[1] for row in kept],
            "multiplicity": [row[2] for row in kept],
            "relative_intensity": [row[3] / strongest for row in kept],
        },
        schema=REFLECTIONS.columns,
    ).sort("d_spacing_angstrom", descending=True)


def _named(same: set[tuple[int, ...]]) -> str:
    """003, 104: of equal planes the one without negative indices and with the largest first ones.

    Indices of two digits or below zero are parted by blanks.
    """
    hkl = max(same, key=lambda one: (sum(index >= 0 for index in one), one))
    return ("" if all(0 <= index < 10 for index in hkl) else " ").join(map(str, hkl))


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """The reflections of every phase of a file.

    Args:
        table: a `STRUCTURE` table.
        parameters: `wavelength_angstrom`, by which intensities are computed; lattice spacings do not depend on it.
    """
    wavelength = float(parameters.get("wavelength_angstrom") or WAVELENGTH_ANGSTROM)
    phases = table.partition_by("phase", maintain_order=True)
    found, warnings = [], []
    for number, sites in enumerate(phases):
        name = sites["phase"][0]
        progress(number / len(phases), f"computing the reflections of {name}")
        computed = reflections(sites, wavelength)
        if not computed.height and sites["space_group"][0]:
            warnings.append(f"the cell of {name} is too large for its reflections to be computed")
        unknown = sites.filter(pl.col("element") == "")["site"].to_list()
        if unknown:
            warnings.append(f"no element is known for {', '.join(unknown[:5])}, which scatters nothing here")
        found.append(computed)
    return Analysis((), {"reflections": pl.concat(found)}, tuple(warnings))
