"""A nitrogen isotherm of a powder with few, wide pores, as an Adsorption Information File. Pure.

Model: up to p/p0 = 0.4 the BET equation with the powder's monolayer and C, so that the analysis finds the area back;
from there on a layer that thickens as Harkins and Jura found, and cylindrical pores of log-normal diameters that fill
where the Kelvin equation says, with a cylindrical meniscus in adsorption and a hemispherical one in desorption, which
is the hysteresis. The pores take what the layer leaves of the pore volume at the last point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

AVOGADRO = 6.02214076e23
CROSS_SECTION_NM2 = 0.162
LIQUID_CM3_PER_MMOL = 28.0134 / 0.808 / 1000
GAS_CM3_PER_MMOL = 22.41396954
KELVIN_NM = 0.957  # 2 γ V / (R T) of nitrogen at 77.355 K
SATURATION_TORR = 760.0
BET_UP_TO = 0.4
RISING = (0.008, 0.02, 0.04, 0.06, 0.08, 0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.275, 0.3, 0.325, 0.35, 0.375, 0.4)
ABOVE = (0.41, 0.46, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.84, 0.87, 0.9, 0.92, 0.94, 0.955, 0.97, 0.98, 0.986, 0.99)
FALLING = (0.985, 0.975, 0.965, 0.955, 0.945, 0.93, 0.91, 0.89, 0.87, 0.84, 0.81, 0.78, 0.74, 0.7, 0.65, 0.6, 0.55, 0.5)
TAIL = (0.46, 0.42, 0.38, 0.34, 0.3, 0.25, 0.2, 0.15, 0.1)
NOISE = 2e-4  # of the amount, standard deviation


@dataclass(frozen=True)
class PorousPowder:
    """What the isotherm is made of.

    Attributes:
        bet_area_m2_per_g, bet_c: of the BET equation.
        pore_volume_cm3_per_g: all that is adsorbed at p/p0 = 0.99, as liquid.
        pore_diameter_nm: median of the pores by volume.
        spread: standard deviation of the logarithms of the diameters.
        sample_mass_mg: degassed.
        seed: of the noise; the same seed gives the same bytes.
    """

    bet_area_m2_per_g: float
    pore_volume_cm3_per_g: float
    bet_c: float = 90.0
    pore_diameter_nm: float = 25.0
    spread: float = 0.5
    sample_mass_mg: float = 2500.0
    seed: int = 0

    @property
    def monolayer_mmol_per_g(self) -> float:
        return self.bet_area_m2_per_g / (AVOGADRO * CROSS_SECTION_NM2 * 1e-18) * 1000


def amounts(powder: PorousPowder, pressure: np.ndarray, *, desorption: bool) -> np.ndarray:
    """What is adsorbed, mmol/g, at relative pressures between 0 and 0.99, shape (n,), without noise.

    Raises:
        ValueError: the layer alone is more than the pore volume.
    """
    n_m, c = powder.monolayer_mmol_per_g, powder.bet_c
    inside = np.minimum(pressure, BET_UP_TO)
    layer = n_m * c * inside / ((1 - inside) * (1 - inside + c * inside))
    layer = layer * np.where(pressure > BET_UP_TO, _thickness_nm(pressure) / _thickness_nm(np.array(BET_UP_TO)), 1.0)
    last = np.array([ABOVE[-1]])
    pores = powder.pore_volume_cm3_per_g / LIQUID_CM3_PER_MMOL - _last_layer(powder)
    if pores <= 0:
        raise ValueError(
            f"a layer on {powder.bet_area_m2_per_g:g} m²/g fills more than {powder.pore_volume_cm3_per_g:g} cm³/g;"
            " give a larger pore volume or a smaller area"
        )
    filled = _filled(powder, pressure, desorption) / _filled(powder, last, desorption)
    return layer + pores * filled


def _thickness_nm(pressure: np.ndarray) -> np.ndarray:
    """Of the layer on the walls. Source: W. D. Harkins and G. Jura, J. Am. Chem. Soc. 66 (1944) 1366."""
    return np.sqrt(0.1399 / (0.034 - np.log10(pressure)))


def _last_layer(powder: PorousPowder) -> float:
    n_m, c, x = powder.monolayer_mmol_per_g, powder.bet_c, BET_UP_TO
    layer = n_m * c * x / ((1 - x) * (1 - x + c * x))
    return float(layer * _thickness_nm(np.array(ABOVE[-1])) / _thickness_nm(np.array(x)))


def _filled(powder: PorousPowder, pressure: np.ndarray, desorption: bool) -> np.ndarray:
    """The share of the pore volume that is filled: of all pores narrower than those that fill at the pressure."""
    radius = KELVIN_NM / -np.log(pressure) * (1.0 if desorption else 0.5)
    diameter = 2 * (radius + _thickness_nm(pressure))
    logarithms = np.log(diameter / powder.pore_diameter_nm) / powder.spread / math.sqrt(2)
    return np.array([0.5 * (1 + math.erf(value)) for value in logarithms])


def write_isotherm(path: Path, powder: PorousPowder, title: str, begin: datetime) -> None:
    """Write adsorption and desorption as `.aif`, pressures in torr and amounts in cm³(STP)/g.

    Args:
        title: of the sample, as the operator typed it.
        begin: by the instrument's clock.

    Raises:
        ValueError: as `amounts`.
    """
    draw = np.random.default_rng([powder.seed, 77])
    lines = [
        "data_simulated",
        "_audit_aif_version 'd546195'",
        "_exptl_operator 'SIMULATED'",
        f"_exptl_date {begin:%Y-%m-%dT%H:%M:%S}",
        "_exptl_instrument 'simulated'",
        "_exptl_adsorptive N2",
        "_exptl_temperature 77.355",
        f"_adsnt_sample_mass {powder.sample_mass_mg / 1000:.5f}",
        f"_adsnt_sample_id 'SIMULATED {title.replace(chr(39), ' ')}'",
        "_units_temperature K",
        "_units_pressure torr",
        "_units_mass g",
        "_units_loading 'cm3(STP) g-1'",
    ]
    for side, places in (("adsorp", RISING + ABOVE), ("desorp", FALLING + TAIL)):
        pressure = np.array(places)
        found = amounts(powder, pressure, desorption=side == "desorp")
        found = found * (1 + NOISE * draw.standard_normal(len(found))) * GAS_CM3_PER_MMOL
        lines += ["", "loop_", f"_{side}_pressure", f"_{side}_p0", f"_{side}_amount"]
        lines += [
            f"{p * SATURATION_TORR:.4f} {SATURATION_TORR:.3f} {n:.6f}" for p, n in zip(pressure, found, strict=True)
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
