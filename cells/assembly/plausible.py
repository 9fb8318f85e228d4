"""Active masses that a cell of a format can have: outside of them somebody typed another unit. Pure."""

from __future__ import annotations

from cells.assembly.formats import COIN_FULL, COIN_HALF, POUCH_FULL, SOLID_STATE

# The least and the most, mg. A coin holds a disc of 20 mm, 3.1 cm2, of at most some 100 mg/cm2; a die is not wider;
# a pouch begins with one layer of a few square centimetres and ends with those of a car, some 200 Ah.
LIMITS_MG = {
    COIN_HALF: ("coin cell", 0.02, 500.0),
    COIN_FULL: ("coin cell", 0.02, 500.0),
    SOLID_STATE: ("mould cell", 0.02, 2000.0),
    POUCH_FULL: ("pouch cell", 1.0, 2_000_000.0),
}


def implausible_mass(cell_format: str, active_mass_mg: float | None) -> str:
    """Why a mass cannot be that of a cell of the format; empty where it can."""
    if active_mass_mg is None or cell_format not in LIMITS_MG:
        return ""
    words, least, most = LIMITS_MG[cell_format]
    if active_mass_mg > most:
        return (
            f"{active_mass_mg:g} mg is more active material than a {words} holds ({most:g} mg at most); give it in mg:"
            f" {active_mass_mg / 1000:g} for {active_mass_mg:g} µg."
        )
    if active_mass_mg < least:
        return (
            f"{active_mass_mg:g} mg is less active material than a {words} has ({least:g} mg at least); give it in mg:"
            f" {active_mass_mg * 1000:g} for {active_mass_mg:g} g."
        )
    return ""
