"""A sheet of the reference study: 90 : 5 : 5 on 13 µm aluminium, and discs of 1 cm² of it."""

from __future__ import annotations

import pytest

from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.services import add_discs, save_sheet
from tests.conftest import batch_of

FORMULATION = [
    {"role": "active", "mass_fraction": 0.90},
    {"role": "conductive", "name": "Super P", "mass_fraction": 0.05},
    {"role": "binder", "name": "PVDF", "mass_fraction": 0.05},
]


@pytest.fixture
def sheet(project, ada):
    """Foil of 3 mg/cm², so that masses can be computed in the head."""
    made = ElectrodeSheet(
        project=project,
        code="GP-NCM-01-E1",
        batch=batch_of(project, "GP-NCM-01"),
        formulation=FORMULATION,
        foil_material="aluminium",
        foil_thickness_micrometer=13.0,
        foil_areal_mass_mg_per_cm2=3.0,
        coating_areal_mass_mg_per_cm2=8.0,
        specific_capacity_mah_per_g=200.0,
        specific_capacity_c_rate=0.1,
    )
    save_sheet(made, ada)
    return made


@pytest.fixture
def punch(sheet, ada):
    """Makes discs of 1 cm²: `punch(13.0, None)`, one a mass."""

    def punch(*masses: float | None, **said) -> list[ElectrodeDisc]:
        start = ElectrodeDisc.objects.count() + 1
        discs = [
            ElectrodeDisc(sheet=sheet, code=f"{sheet.code}-{n:02}", mass_mg=mass, **({"area_cm2": 1.0} | said))
            for n, mass in enumerate(masses, start=start)
        ]
        add_discs(discs, ada)
        return discs

    return punch
