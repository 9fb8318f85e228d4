"""What each cell of the study is built of: sheets of electrodes, what was punched from them, the rest. Pure.

Loadings are those of the whole coating. Masses are such that the active mass is that of the specimen. Fields are named
as in `cells/electrode/models.py` and `cells/assembly/build.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cells.electrode.arithmetic import disc_area_cm2, foil_areal_mass_mg_per_cm2
from dashboards.demo.reported import reported
from dashboards.demo.simulate.products import N_P_RATIO
from dashboards.demo.simulate.specimens import Format, Specimen

COATED_ON = date(2025, 8, 20)
DISC_MM = 10.0
CATHODE_CM2, ANODE_CM2 = 19.25, 21.09  # of one piece in a pouch
NCM_PIECES, NI96_PIECES = 4, 2
ACTIVE_FRACTION = 0.90
GRAPHITE_FRACTION, GRAPHITE_MAH_PER_G = 0.95, 350.0
COMPOSITE_FRACTION, COMPOSITE_MG_PER_CM2 = 0.70, 30.0
PRESSED_G_PER_CM3 = {"NCM": 3.25, "Ni96": 3.4}
FOIL_MICROMETER = {"aluminium": 13.0, "copper": 10.0}

BUILT_ON = date(2025, 8, 29)
ELECTROLYTE = {
    "separator": "PE (Celgard)",
    "separator_thickness_micrometer": 16.0,
    "electrolyte": "1.2 M LiPF6 in EC:EMC 30:70 by mass + 2 wt% VC",
}
COIN = {
    "format": "coin_half",
    "case": "CR2025",
    "reference_electrode": "Li/Li+",
    "anode": "lithium",
    "anode_detail": "99.9 %, China Energy Lithium",
    "anode_thickness_micrometer": 1000.0,
    "anode_diameter_mm": DISC_MM,
    **ELECTROLYTE,
    "electrolyte_volume_microliter": 200.0,
    "lower_voltage_volt": 2.8,
    "upper_voltage_volt": 4.3,
    "test_temperature_celsius": 25.0,
}
POUCH = {
    "format": "pouch_full",
    "reference_electrode": "none",
    "anode": "graphite",
    "anode_detail": "MCMB (BTR), single coated",
    **ELECTROLYTE,
    "electrolyte_mass_g": 1.0,
    "upper_voltage_volt": 4.2,
    "test_temperature_celsius": 25.0,
}
SOLID = {
    "format": "solid_state",
    "case": "PEEK die ø 10 mm",
    "glovebox": "Ar",
    "reference_electrode": "Li-In",
    "anode": "lithium_indium",
    "anode_diameter_mm": DISC_MM,
    "solid_layers": [
        {"material": "Li3InCl6", "role": "separator", "mass_mg": 100.0, "pressed_at_megapascal": 100.0},
        {"material": "Li6PS5Cl", "role": "interlayer"},
        {"material": "Li3InCl6", "role": "catholyte"},
    ],
    "cathode_pressure_megapascal": 500.0,
    "stack_pressure_megapascal": 100.0,
    "test_temperature_celsius": 30.0,
    "lower_voltage_volt": 2.2,
    "upper_voltage_volt": 3.7,
}
# What new cells of the project begin with.
TEMPLATES: Mapping[str, Mapping[str, Any]] = {
    "Coin half cell, NCM": {**COIN, "nominal_specific_capacity_mah_per_g": 190.0},
    "Coin half cell, Ni96": {**COIN, "nominal_specific_capacity_mah_per_g": 245.0},
    "Pouch cell, NCM": {
        **POUCH,
        "nominal_specific_capacity_mah_per_g": 190.0,
        "lower_voltage_volt": 2.75,
        "pouch_layers": NCM_PIECES,
    },
    "Pouch cell, Ni96": {
        **POUCH,
        "nominal_specific_capacity_mah_per_g": 245.0,
        "lower_voltage_volt": 3.1,
        "pouch_layers": NI96_PIECES,
    },
    "Solid-state cell, NCM": {**SOLID, "nominal_specific_capacity_mah_per_g": 190.0},
}
NAMES = {Format.HALF: "Coin half cell", Format.POUCH: "Pouch cell", Format.SOLID_STATE: "Solid-state cell"}

CATHODE_FORMULATION = (
    {"role": "active", "name": "", "mass_fraction": 0.90, "density_g_per_cm3": 4.75},
    {"role": "conductive", "name": "Super P", "mass_fraction": 0.05, "density_g_per_cm3": 2.0},
    {"role": "binder", "name": "PVDF", "mass_fraction": 0.05, "density_g_per_cm3": 1.78},
)
CATHODE_DRYING = (
    {"temperature_celsius": 80.0, "duration_hour": 2.0},
    {"temperature_celsius": 120.0, "vacuum": True, "note": "overnight"},
)
GRAPHITE_FORMULATION = (
    {"role": "active", "name": "MCMB", "mass_fraction": GRAPHITE_FRACTION, "density_g_per_cm3": 2.24},
    {"role": "conductive", "name": "Super P", "mass_fraction": 0.02, "density_g_per_cm3": 2.0},
    {"role": "binder", "name": "CMC and SBR", "mass_fraction": 0.03, "density_g_per_cm3": 1.2},
)
COMPOSITE_FORMULATION = (
    {"role": "active", "name": "", "mass_fraction": COMPOSITE_FRACTION},
    {"role": "solid electrolyte", "name": "Li3InCl6", "mass_fraction": 1.0 - COMPOSITE_FRACTION},
)


@dataclass(frozen=True)
class Sheet:
    """One coating, or one mixed composite.

    Attributes:
        batch: code of the batch of its active material; empty for graphite.
        fields: of the record, beside these.
    """

    code: str
    batch: str
    fields: Mapping[str, Any] = field(hash=False, compare=False)


@dataclass(frozen=True)
class Disc:
    """What one cell takes of a sheet."""

    sheet: Sheet
    code: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Build:
    """A cell: its electrodes, of which a metal has no sheet, and the rest of its build sheet."""

    fields: Mapping[str, Any]
    positive: Disc
    negative: Disc | None = None


def build_of(specimen: Specimen) -> Build:
    """What a cell is built of."""
    fields = dict(TEMPLATES[f"{NAMES[specimen.kind.format]}, {_metal(specimen)}"])
    fields |= {
        "nominal_specific_capacity_mah_per_g": round(specimen.cell.one_c_a_per_g * 1000, 6),
        "lower_voltage_volt": specimen.program.limits.low_volt,
        "upper_voltage_volt": specimen.program.limits.high_volt,
        "built_on": BUILT_ON,
        "built_by": "simulated",
    }
    if specimen.kind.format is Format.SOLID_STATE:
        return Build(fields, _composite(specimen))
    if specimen.kind.format is Format.POUCH:
        return Build(fields, _stack(specimen), _graphite(specimen))
    return Build(fields, _coin(specimen))


def _metal(specimen: Specimen) -> str:
    return specimen.product.partition("-")[2]


def _capacity_mah_per_g(product: str) -> float:
    return reported(product, "half", "first_discharge_capacity_mah_per_g").value


def _foil_mg(material: str, area_cm2: float) -> float:
    return round((foil_areal_mass_mg_per_cm2(material, FOIL_MICROMETER[material]) or 0.0) * area_cm2, 2)


def _cathode(specimen: Specimen, coating_mg_per_cm2: float, pressed: bool) -> Sheet:
    """Of a batch, by its loading; pressed for pouch cells."""
    fields: dict[str, Any] = {
        "formulation": [dict(line) for line in CATHODE_FORMULATION],
        "solvent": "NMP",
        "solids_fraction": 0.5,
        "coating_method": "doctor blade",
        "foil_material": "aluminium",
        "foil_detail": "99.99 %",
        "foil_thickness_micrometer": FOIL_MICROMETER["aluminium"],
        "drying": [dict(line) for line in CATHODE_DRYING],
        "coating_areal_mass_mg_per_cm2": coating_mg_per_cm2,
        "specific_capacity_mah_per_g": _capacity_mah_per_g(specimen.product),
        "specific_capacity_c_rate": 0.1,
        "made_on": COATED_ON + timedelta(days=round(coating_mg_per_cm2)),
    }
    if pressed:
        density = PRESSED_G_PER_CM3[_metal(specimen)]
        fields |= {
            "calendered_density_g_per_cm3": density,
            "coating_thickness_micrometer": round(10 * coating_mg_per_cm2 / density, 1),
        }
    return Sheet(f"{specimen.batch}-C{coating_mg_per_cm2:.0f}{'p' if pressed else ''}", specimen.batch, fields)


def _coin(specimen: Specimen) -> Disc:
    area = disc_area_cm2(DISC_MM)
    loading = 17.0 if specimen.cell.active_mass_mg / ACTIVE_FRACTION / area > 12.0 else 7.0
    foil = _foil_mg("aluminium", area)
    fields = {
        "diameter_mm": DISC_MM,
        "mass_mg": round(specimen.cell.active_mass_mg / ACTIVE_FRACTION + foil, 3),
        "foil_mass_mg": foil,
    }
    return Disc(_cathode(specimen, loading, pressed=False), f"{specimen.code}-cathode", fields)


def _stack(specimen: Specimen) -> Disc:
    """As many pieces as the active mass needs, rounded: loadings of replicates scatter about that of the sheet."""
    loading, pieces = (11.0, NCM_PIECES) if _metal(specimen) == "NCM" else (17.0, NI96_PIECES)
    foil = _foil_mg("aluminium", CATHODE_CM2 * pieces)
    fields = {
        "area_cm2": CATHODE_CM2,
        "pieces": pieces,
        "mass_mg": round(specimen.cell.active_mass_mg / ACTIVE_FRACTION + foil, 1),
        "foil_mass_mg": foil,
    }
    return Disc(_cathode(specimen, loading, pressed=True), f"{specimen.code}-cathode", fields)


def _graphite(specimen: Specimen) -> Disc:
    """Its areal capacity is 1.1 of the cathode's; coated on one side."""
    positive = _stack(specimen)
    pieces = int(positive.fields["pieces"])
    areal_mah = specimen.cell.active_mass_mg / 1000 / (CATHODE_CM2 * pieces) * _capacity_mah_per_g(specimen.product)
    active = N_P_RATIO * areal_mah / GRAPHITE_MAH_PER_G * 1000 * ANODE_CM2 * pieces
    foil = _foil_mg("copper", ANODE_CM2 * pieces)
    loading = 7.0 if _metal(specimen) == "NCM" else 12.0
    sheet = Sheet(
        f"Graphite-{loading:.0f}",
        "",
        {
            "polarity": "negative",
            "active_material": "graphite MCMB (BTR)",
            "formulation": [dict(line) for line in GRAPHITE_FORMULATION],
            "solvent": "water",
            "foil_material": "copper",
            "foil_thickness_micrometer": FOIL_MICROMETER["copper"],
            "coating_areal_mass_mg_per_cm2": loading,
            "specific_capacity_mah_per_g": GRAPHITE_MAH_PER_G,
            "specific_capacity_c_rate": 0.1,
            "made_on": COATED_ON,
        },
    )
    fields = {
        "area_cm2": ANODE_CM2,
        "pieces": pieces,
        "mass_mg": round(active / GRAPHITE_FRACTION + foil, 1),
        "foil_mass_mg": foil,
    }
    return Disc(sheet, f"{specimen.code}-anode", fields)


def _composite(specimen: Specimen) -> Disc:
    sheet = Sheet(
        f"{specimen.batch}-composite",
        specimen.batch,
        {
            "formulation": [dict(line) for line in COMPOSITE_FORMULATION],
            "coating_method": "mixed and pressed",
            "foil_material": "none",
            "coating_areal_mass_mg_per_cm2": COMPOSITE_MG_PER_CM2,
            "specific_capacity_mah_per_g": reported(
                specimen.product, "solid-state", "first_discharge_capacity_mah_per_g"
            ).value,
            "specific_capacity_c_rate": 0.1,
            "made_on": COATED_ON + timedelta(days=40),
        },
    )
    fields = {"diameter_mm": DISC_MM, "mass_mg": round(specimen.cell.active_mass_mg / COMPOSITE_FRACTION, 3)}
    return Disc(sheet, f"{specimen.code}-cathode", fields)
