"""Units of pressure and of adsorbed amounts as instruments print them, and what they are in ours. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from characterization.physisorption.gases import KELVIN_OF_ZERO_CELSIUS, Gas

# Of an ideal gas at 273.15 K and 101.325 kPa. Source: CODATA 2018.
STP_CM3_PER_MMOL = 22.41396954

KPA_OF = {
    "pa": 1e-3,
    "hpa": 0.1,
    "kpa": 1.0,
    "mpa": 1e3,
    "mbar": 0.1,
    "millibar": 0.1,
    "bar": 100.0,
    "atm": 101.325,
    "torr": 101.325 / 760,
    "mmhg": 101.325 / 760,
    "psi": 6.894757,
}
RELATIVE = ("relative", "p/p0", "p/p°", "p/po", "p/p₀", "-", "1")
AMOUNT_MMOL = {"mmol": 1.0, "mol": 1e3, "umol": 1e-3, "kmol": 1e6}
VOLUME_CM3 = {"cm3": 1.0, "ml": 1.0, "cc": 1.0, "ccm": 1.0, "ncm3": 1.0, "l": 1e3, "dm3": 1e3, "mm3": 1e-3, "m3": 1e6}
MASS_G = {"mg": 1e-3, "g": 1.0, "kg": 1e3}
MASS_MG = {name: factor * 1e3 for name, factor in MASS_G.items()}
SUPERSCRIPTS = str.maketrans({"³": "3", "²": "2", "⁻": "-", "¹": "1", "µ": "u", "μ": "u", "·": " ", "_": " ", "^": ""})


@dataclass(frozen=True)
class LoadingUnit:
    """What one unit of a loading is.

    Attributes:
        mmol: so many mmol.
        per_gram: of a gram of sample; else of the sample as a whole.
        assumed_stp: a volume that does not say at which temperature and pressure.
    """

    mmol: float
    per_gram: bool
    assumed_stp: bool = False


def kpa_of(unit: str) -> float | None:
    """How many kPa one of this unit is; None for what is no unit of pressure."""
    return KPA_OF.get(re.sub(r"[\s.]", "", unit.lower()))


def is_relative(unit: str) -> bool:
    return unit.strip().lower() in RELATIVE


def loading_unit(text: str, gas: Gas | None = None, *, stp: bool = False) -> LoadingUnit | None:
    """`mmol/g`, `cm³/g STP`, `ml(STP) g-1`, `mol g^-1`, `mg/g`, `cc` …; None for what is none of them.

    Args:
        gas: for a loading in mass.
        stp: a volume is known to be at standard temperature and pressure.
    """
    words = text.lower().translate(SUPERSCRIPTS)
    said = stp or "stp" in words or "ncm3" in words or "nml" in words
    words = re.sub(r"[(\[{]?\bs\.?t\.?p\.?\b\.?[)\]}]?|@", " ", words.replace("(stp)", " ").replace("stp", " "))
    words = re.sub(r"[(){}\[\]]", " ", words).strip()
    match = re.fullmatch(r"([a-z]+3?)(?:\s*/\s*(mg|g|kg)|\s+(mg|g|kg)\s*-\s*1)?", re.sub(r"\s+", " ", words))
    if match is None:
        return None
    amount, material = match[1], match[2] or match[3]
    per_gram = 1 / MASS_G[material] if material else 1.0
    if amount in AMOUNT_MMOL:
        return LoadingUnit(AMOUNT_MMOL[amount] * per_gram, bool(material))
    if amount in VOLUME_CM3:
        return LoadingUnit(VOLUME_CM3[amount] / STP_CM3_PER_MMOL * per_gram, bool(material), assumed_stp=not said)
    if amount in MASS_MG and material and gas is not None:
        return LoadingUnit(MASS_MG[amount] / gas.molar_mass_g_per_mol * per_gram, True)
    return None


def kelvin(value: float, unit: str) -> float | None:
    """A temperature in K; None where its unit is neither K nor °C."""
    plain = unit.strip().strip("[]()°º ").lower()
    if plain in ("k", "kelvin"):
        return value
    if plain in ("c", "celsius", "degc", "℃"):
        return value + KELVIN_OF_ZERO_CELSIUS
    return None


NUMBER_AND_UNIT = re.compile(r"^\s*([+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s*[(\[]?\s*(.*?)\s*[)\]]?\s*$")


def number_and_unit(text: str) -> tuple[float, str] | None:
    """`0.0832 g` and `0,0304(g)`; None for what does not begin with a number."""
    match = NUMBER_AND_UNIT.match(text)
    return (float(match[1].replace(",", ".")), match[2]) if match else None


def mass_mg(text: str) -> float | None:
    """`0.0832 g` as 83.2; None for what is no mass above zero."""
    found = number_and_unit(text)
    if found is None or found[0] <= 0:
        return None
    factor = MASS_MG.get(found[1].lower())
    return found[0] * factor if factor else None


def temperature_kelvin(text: str) -> float | None:
    """`-195.850 °C` as 77.3; None for what is no temperature."""
    found = number_and_unit(text)
    return kelvin(*found) if found else None
