"""The columns of a list of cells, and its template."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cells.assembly.build import Build
from cells.assembly.layers import ROLES
from synthesis.bulk.template import csv_template, xlsx_template

FORMATS = ", ".join(str(label) for label in Build.Format.labels)
ANODES = ", ".join(str(label) for label in Build.Anode.labels)
REFERENCES = ", ".join(str(label) for label in Build.Reference.labels)
# Column → what belongs there; the order is that of the template. Names are those of the fields.
COLUMNS = {
    "code": "Of the cell, new in its project. Needed.",
    "template": "Name of a template; what the row says itself goes before it.",
    "format": f"{FORMATS}; empty: coin half cell, or that of the template.",
    "product": "What the material is called.",
    "batch": "Code of the batch that the cathode is made of; empty: that of the electrode.",
    "positive_electrode": "Code of the disc; mass, loading and batch follow it.",
    "negative_electrode": "Code of the disc, in a full cell.",
    "active_mass_mg": "In mg, of a cell without a weighed electrode.",
    "nominal_specific_capacity_mah_per_g": "What is called 1 C, in mA/g.",
    "anode": f"{ANODES}.",
    "anode_detail": "Purity, supplier.",
    "anode_thickness_micrometer": "In µm.",
    "anode_diameter_mm": "In mm.",
    "separator": "Name.",
    "separator_thickness_micrometer": "In µm.",
    "electrolyte": "Salt, solvents, additives.",
    "electrolyte_volume_microliter": "In µL; or by mass.",
    "electrolyte_mass_g": "In g; or by volume.",
    "solid_layers": f"role: material, mass, pressure; a semicolon between layers. Roles: {', '.join(ROLES)}.",
    "cathode_pressure_megapascal": "In MPa, of a solid-state cell.",
    "stack_pressure_megapascal": "In MPa, while it is cycled.",
    "test_temperature_celsius": "In °C.",
    "lower_voltage_volt": "In V.",
    "upper_voltage_volt": "In V.",
    "reference_electrode": f"{REFERENCES}.",
    "reference_potential_volt": "In V against Li/Li⁺, where it is not the usual one.",
    "case": "CR2025, say.",
    "pouch_layers": "Cathodes in a pouch.",
    "glovebox": "Which one, and its gas.",
    "built_on": "A date, 2026-11-22.",
    "built_by": "Who built it.",
    "note": "Anything else.",
}


@dataclass(frozen=True)
class Layout:
    """Which header of a file is which column.

    Attributes:
        headers: column → header.
        unknown: sentences about headers that are none, which are left out.
    """

    headers: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def lay_out(headers: Iterable[str]) -> Layout:
    """Find the columns by their names, whatever the case, with spaces for underscores."""
    found: dict[str, str] = {}
    unknown = []
    for header in headers:
        name = re.sub(r"[\s_]+", "_", header.strip().casefold())
        if name in COLUMNS and name not in found:
            found[name] = header
        elif header:
            near = difflib.get_close_matches(name, list(COLUMNS), n=1)
            unknown.append(f"“{header}”: there is no such column{f'; is it {near[0]}?' if near else '.'}")
    return Layout(found, tuple(unknown))


def template_csv() -> bytes:
    return csv_template(COLUMNS)


def template_xlsx() -> bytes:
    return xlsx_template("cells", list(COLUMNS.items()))
