"""What GSAS-II would write of a refined layered oxide, for given results. Pure: nothing is refined here.

The listing has GSAS-II's own sections and columns, so that occupancies stand there with three decimals; the CIF has
them in full, with the residuals. Both say in their names and texts that they are simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dashboards.demo.simulate.xrd import OXYGEN_Z, Metals


@dataclass(frozen=True)
class Refinement:
    """The results that a simulated refinement is to have.

    Attributes:
        code: of the sample.
        li_ni_mixing: nickel on lithium's site, 0.0147 for 1.47 %, and its standard uncertainty.
        metals: shares of the transition metals, sum 1.
        rwp: a fraction, as `rexp`; the GOF is their ratio.
    """

    code: str
    a_angstrom: float
    c_angstrom: float
    li_ni_mixing: float
    li_ni_mixing_sd: float = 0.0008
    a_sd: float = 0.00004
    c_sd: float = 0.0004
    rwp: float = 0.0412
    rexp: float = 0.0268
    observations: int = 5_400
    parameters: int = 24
    metals: Metals = (("Ni", 0.83), ("Co", 0.11), ("Mn", 0.06))

    @property
    def gof(self) -> float:
        return self.rwp / self.rexp

    @property
    def volume_angstrom3(self) -> float:
        return float(np.sqrt(3) / 2 * self.a_angstrom**2 * self.c_angstrom)

    @property
    def volume_sd(self) -> float:
        a, c = 2 * self.a_sd / self.a_angstrom, self.c_sd / self.c_angstrom
        return self.volume_angstrom3 * float(np.hypot(a, c))

    @property
    def atoms(self) -> list[tuple[str, str, float, float, bool, float]]:
        """Label, ion, z, occupancy, whether that was refined, and Uiso."""
        x = self.li_ni_mixing
        atoms = [("Li1", "Li+1", 0.0, 1 - x, True, 0.0112), ("Ni1", "Ni+2", 0.0, x, True, 0.0112)]
        ions = {"Ni": "Ni+3", "Co": "Co+3", "Mn": "Mn+4"}
        for metal, share in dict(self.metals).items():
            mixed = metal == "Ni"
            atoms.append((f"{metal}2", ions.get(metal, metal), 0.5, share - (x if mixed else 0.0), mixed, 0.0041))
        return [*atoms, ("Li2", "Li+1", 0.5, x, True, 0.0041), ("O1", "O-2", OXYGEN_Z, 1.0, False, 0.0087)]


def write_lst(path: Path, refinement: Refinement) -> None:
    """Write the listing."""
    r, rule = refinement, "=" * 135
    chi2 = r.gof**2 * (r.observations - r.parameters)
    before = "".join(
        f"{label:>7s}{ion:>7s}     FU   0.00000   0.00000{z:10.5f}{occupancy:8.3f}-3m(100)    3    I{u:8.5f}\n"
        for label, ion, z, occupancy, _, u in r.atoms
    )
    after = "".join(
        f"{label:>7s}{ion:>7s}:\n values:   0.00000   0.00000{z:10.5f}{occupancy:8.3f}{u:8.5f}\n"
        f" sig   :{'':20s}{0.0002 if label == 'O1' else '':>10}{f'{r.li_ni_mixing_sd:.3f}' if refined else '':>8s}"
        f"{0.0004:8.5f} \n"
        for label, ion, z, occupancy, refined, u in r.atoms
    )
    cell = (r.a_angstrom, r.a_angstrom, r.c_angstrom)
    path.write_text(
        f"""{"*" * 80}
   General Structure Analysis System-II Crystal Structure Refinement
   SIMULATED by the demo of labdb: nothing was measured and nothing refined
{"*" * 80}
 Least squares controls:
 Refinement type: analytic Hessian

 Phases:

 Phase name: {r.code}
{rule}

 Space Group: R -3 m

 Atoms:
   name    type  refine?   x         y         z      frac site sym  mult I/A   Uiso
{"-" * 135}
{before}
 Unit cell: a = {cell[0]:.5f} b = {cell[1]:.5f} c = {cell[2]:.5f} alpha = 90.000 beta = 90.000 gamma = 120.000 \
volume = {r.volume_angstrom3:.3f} Refine? True

 Refinement results:
{"-" * 135}
 Number of function calls: 7 No. of observations: {r.observations} No. of parameters: {r.parameters} User rejected: 0
 wR = {100 * r.rwp:7.2f}%, chi**2 = {chi2:12.1f}, GOF = {r.gof:6.2f}
{"-" * 130}

 Phases:
 Result for phase: {r.code}
{rule}
 New unit cell:
  names :           a           b           c       alpha        beta       gamma      Volume
  values:{cell[0]:12.6f}{cell[1]:12.6f}{cell[2]:12.6f}{90:12.4f}{90:12.4f}{120:12.4f}{r.volume_angstrom3:12.3f}
  esds  :{r.a_sd:12.6f}{"":12s}{r.c_sd:12.6f}{"":36s}{r.volume_sd:12.3f}

 Atoms:
   name      x         y         z      frac   Uiso
{"-" * 135}
{after}
 Phase: {r.code} in histogram: PWDR {r.code}.xrdml Scan 1
{rule}
 Final refinement RF, RF^2 = 2.31%, 3.94% on 27 reflections

 Histogram: PWDR {r.code}.xrdml Scan 1 histogram Id: 0
{rule}
 PWDR histogram weight factor = 1.000
 Final refinement wR ={100 * r.rwp:6.2f}% on {r.observations} observations in this histogram
 Other residuals: R ={76 * r.rwp:6.2f}%, R-bkg ={90 * r.rwp:6.2f}%, wR-bkg ={100 * r.rwp:6.2f}% \
wRmin ={100 * r.rexp:6.2f}%
""",
        encoding="utf-8",
    )


def write_cif(path: Path, refinement: Refinement) -> None:
    """Write the CIF of the whole project."""
    r, metals = refinement, dict(refinement.metals)
    atoms = "".join(
        f"{label:6s} {ion[:2].rstrip('+-'):3s} 0.00000 0.00000 {z:.5f} "
        f"{_with_sd(occupancy, r.li_ni_mixing_sd) if refined else f'{occupancy:.4f}'} Uiso {_with_sd(u, 0.0004)} 3\n"
        for label, ion, z, occupancy, refined, u in r.atoms
    )
    path.write_text(
        f"""# SIMULATED by the demo of labdb: nothing was measured and nothing refined
data_{r.code.replace(" ", "_")}
_computing_structure_refinement 'GSAS-II (simulated)'
_refine_ls_goodness_of_fit_all {r.gof:.3f}
_refine_ls_number_parameters {r.parameters}
_pd_proc_ls_prof_R_factor {0.76 * r.rwp:.5f}
_pd_proc_ls_prof_wR_factor {r.rwp:.5f}
_pd_proc_ls_prof_wR_expected {r.rexp:.5f}
_pd_proc_number_of_points {r.observations}

# phase info for {r.code} follows
_pd_phase_name '{r.code}'
_cell_length_a {_with_sd(r.a_angstrom, r.a_sd)}
_cell_length_b {_with_sd(r.a_angstrom, r.a_sd)}
_cell_length_c {_with_sd(r.c_angstrom, r.c_sd)}
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 120
_cell_volume {_with_sd(r.volume_angstrom3, r.volume_sd)}
_symmetry_cell_setting trigonal
_symmetry_space_group_name_H-M "R -3 m"
loop_
   _atom_site_label
   _atom_site_type_symbol
   _atom_site_fract_x
   _atom_site_fract_y
   _atom_site_fract_z
   _atom_site_occupancy
   _atom_site_adp_type
   _atom_site_U_iso_or_equiv
   _atom_site_site_symmetry_multiplicity
{atoms}
_cell_formula_units_Z 3
_chemical_formula_sum "Co{metals.get("Co", 0):g} Li Mn{metals.get("Mn", 0):g} Ni{metals.get("Ni", 0):g} O2"
""",
        encoding="utf-8",
    )


def _with_sd(value: float, sd: float) -> str:
    """2.8732(2): the uncertainty with two digits where it begins with a 1, else with one."""
    decimals = int(-np.floor(np.log10(sd)))
    if sd * 10**decimals < 1.95:
        decimals += 1
    return f"{value:.{decimals}f}({round(sd * 10**decimals)})"
