"""The chemicals, lots and recipe of the reference study, in Ada's project."""

from __future__ import annotations

from datetime import date

import pytest

from synthesis.chemical.models import Chemical, Lot
from synthesis.chemical.services import save_chemical, save_lot
from synthesis.recipe.models import RecipeVersion
from synthesis.recipe.services import create_recipe, save_version
from tests.synthesis.recipe.test_process import process


@pytest.fixture
def chemicals(project, ada):
    """Name → chemical: precursor, lithium source, flux."""
    made = {
        "precursor": ("Ni83 hydroxide", "Ni0.83Co0.11Mn0.06(OH)2", Chemical.Role.PRECURSOR),
        "lithium": ("lithium hydroxide monohydrate", "LiOH·H2O", Chemical.Role.LITHIUM),
        "flux": ("potassium sulfate", "K2SO4", Chemical.Role.FLUX),
    }
    return {
        key: save_chemical(Chemical(name=name, formula=formula, role=role), ada)
        for key, (name, formula, role) in made.items()
    }


@pytest.fixture
def lots(chemicals, ada):
    """Name → lot: 1 kg each, the salts at 99 %."""
    return {
        key: save_lot(
            Lot(
                chemical=chemical,
                supplier="Supplier",
                number=f"{key}-1",
                assay_percent=100 if key == "precursor" else 99,
                amount_g=1000,
                received_on=date(2026, 1, 5),
            ),
            ada,
        )
        for key, chemical in chemicals.items()
    }


@pytest.fixture
def recipe_version(project, ada, chemicals):
    """GP-NCM v1: 1 : 1.05 : 0.1, 760 °C."""
    recipe = create_recipe(ada, project, "GP-NCM")
    version = RecipeVersion(recipe=recipe, composition="LiNi0.83Co0.11Mn0.06O2", process=process())
    lines = [(chemicals["precursor"], 1.0), (chemicals["lithium"], 1.05), (chemicals["flux"], 0.1)]
    return save_version(version, lines, ada)
