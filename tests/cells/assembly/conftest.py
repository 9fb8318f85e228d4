"""Electrodes to build cells of."""

from __future__ import annotations

import pytest

from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.services import add_discs, save_sheet
from tests.cells.electrode.conftest import punch, sheet  # noqa: F401  fixtures


@pytest.fixture
def graphite(project, ada):
    """Graphite of 5 mg/cm² active and 350 mAh/g at C/10 (1.75 mAh/cm²); makes discs of an area."""
    made = ElectrodeSheet(
        project=project,
        code="MCMB-E1",
        polarity="negative",
        active_material="graphite MCMB (BTR)",
        formulation=[{"role": "active", "mass_fraction": 1.0}],
        foil_material="copper",
        foil_areal_mass_mg_per_cm2=8.0,
        coating_areal_mass_mg_per_cm2=5.0,
        specific_capacity_mah_per_g=350.0,
        specific_capacity_c_rate=0.1,
    )
    save_sheet(made, ada)

    def graphite(area_cm2: float = 1.1, code: str = "MCMB-E1-01") -> ElectrodeDisc:
        disc = ElectrodeDisc(sheet=made, code=code, area_cm2=area_cm2)
        add_discs([disc], ada)
        return disc

    return graphite
