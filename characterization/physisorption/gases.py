"""What is known of the gases that powders are measured with. Pure.

Source of the saturation pressures: the ancillary equations of the reference equations of state, ln(p0/pc) =
(Tc/T)·Σ nᵢ(1 − T/Tc)^kᵢ; R. Span et al., J. Phys. Chem. Ref. Data 29 (2000) 1361 (nitrogen) and Ch. Tegeler et al.,
J. Phys. Chem. Ref. Data 28 (1999) 779 (argon).
Source of the cross-sections: M. Thommes et al., Pure Appl. Chem. 87 (2015) 1051; K. S. W. Sing et al.,
Pure Appl. Chem. 57 (1985) 603.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

NITROGEN_BOILS_KELVIN = 77.355  # at 101.325 kPa
LIQUID_NITROGEN_G_PER_CM3 = 0.808  # at 77 K
KELVIN_OF_ZERO_CELSIUS = 273.15


@dataclass(frozen=True)
class Vapour:
    """The saturation line of a gas, from its triple point to its critical one.

    Attributes:
        terms: (coefficient, exponent) of the ancillary equation.
    """

    triple_kelvin: float
    critical_kelvin: float
    critical_kpa: float
    terms: tuple[tuple[float, float], ...]

    def saturation_pressure_kpa(self, temperature_kelvin: float) -> float | None:
        """p0 at a temperature; None where there is no liquid."""
        if not self.triple_kelvin <= temperature_kelvin < self.critical_kelvin:
            return None
        theta = 1 - temperature_kelvin / self.critical_kelvin
        total = sum(coefficient * theta**exponent for coefficient, exponent in self.terms)
        return self.critical_kpa * math.exp(self.critical_kelvin / temperature_kelvin * total)


@dataclass(frozen=True)
class Gas:
    """One adsorbate.

    Attributes:
        name: as stored.
        words: as files call it, in lower case.
        liquid_volume_cm3_per_mol: of the liquid that fills pores at its boiling point; None where no pore volume is
            computed from it.
        vapour: None where the file has to say p0.
        surface_tension_mn_per_m: of the liquid at its boiling point, for the Kelvin equation.
    """

    name: str
    words: tuple[str, ...]
    molar_mass_g_per_mol: float
    liquid_volume_cm3_per_mol: float | None = None
    surface_tension_mn_per_m: float | None = None
    vapour: Vapour | None = None

    def saturation_pressure_kpa(self, temperature_kelvin: float | None) -> float | None:
        """p0 at a temperature; None where nobody knows."""
        if self.vapour is None or temperature_kelvin is None:
            return None
        return self.vapour.saturation_pressure_kpa(temperature_kelvin)


NITROGEN = Gas(
    "nitrogen",
    ("nitrogen", "n2", "n₂", "stickstoff", "azote", "窒素"),
    28.0134,
    liquid_volume_cm3_per_mol=28.0134 / LIQUID_NITROGEN_G_PER_CM3,
    surface_tension_mn_per_m=8.88,
    vapour=Vapour(
        63.151,
        126.192,
        3395.8,
        ((-6.12445284, 1.0), (1.26327220, 1.5), (-0.765910082, 2.5), (-1.77570564, 5.0)),
    ),
)
ARGON = Gas(
    "argon",
    ("argon", "ar"),
    39.948,
    liquid_volume_cm3_per_mol=39.948 / 1.3954,
    vapour=Vapour(
        83.8058,
        150.687,
        4863.0,
        ((-5.9409785, 1.0), (1.3553888, 1.5), (-0.46497607, 2.0), (-1.5399043, 4.5)),
    ),
)
KRYPTON = Gas("krypton", ("krypton", "kr"), 83.798)
GASES = (
    NITROGEN,
    ARGON,
    KRYPTON,
    Gas("carbon dioxide", ("carbon dioxide", "co2", "co₂"), 44.0095),
    Gas("water", ("water", "h2o", "h₂o", "steam"), 18.0153),
    Gas("oxygen", ("oxygen", "o2", "o₂"), 31.9988),
    Gas("hydrogen", ("hydrogen", "h2", "h₂"), 2.01588),
    Gas("helium", ("helium", "he"), 4.0026),
    Gas("methane", ("methane", "ch4", "ch₄"), 16.0425),
    Gas("carbon monoxide", ("carbon monoxide", "co"), 28.0101),
    Gas("xenon", ("xenon", "xe"), 131.293),
    Gas("ethanol", ("ethanol", "c2h5oh", "etoh", "c2h6o"), 46.0684),
    Gas("methanol", ("methanol", "ch3oh", "meoh", "ch4o"), 32.0419),
    Gas("n-butane", ("n-butane", "butane", "c4h10"), 58.1222),
)


def gas_named(words: str | None) -> Gas | None:
    """The gas that a file or a person means; None for one that is not known here."""
    plain = re.sub(r"\s+", " ", (words or "").strip().strip("'\"").lower())
    plain = re.sub(r"\s*(gas)?\s*@.*$", "", plain)  # "N2 @ 77.35 K"
    return next((gas for gas in GASES if plain in gas.words), None)


def stored_name(words: str | None) -> str | None:
    """How an adsorbate is stored: by our name, by the file's own words where we have none, None where it says none."""
    plain = " ".join((words or "").split()).strip("'\"")
    if not plain:
        return None
    gas = gas_named(plain)
    return gas.name if gas else plain
