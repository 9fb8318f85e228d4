"""The chemicals, lots and recipe of the reference study, in Ada's project."""

from __future__ import annotations

from datetime import date

import pytest

from synthesis.chemical.models import Chemical, Lot
from synthesis.chemical.services import save_chemical, save_lot
from synthesis.recipe.models import RecipeVersion
from synthesis.recipe.services import create_recipe, save_version
from tests.cells.electrode.conftest import punch, sheet  # noqa: F401  fixtures
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


@pytest.fixture
def batch(project, ada, recipe_version, lots):
    """GP-NCM-01: 100 g of precursor wanted, nothing weighed."""
    from synthesis.batch.services import start_batch

    return start_batch(ada, project, "GP-NCM-01", recipe_version, lots=lots.values(), wanted_precursor_mass_g=100.0)


@pytest.fixture
def weighed(batch, lots, ada):
    """GP-NCM-01 as weighed: 100 g, 48.11 g, 19.5 g; the flux is 2.5 % over."""
    from synthesis.batch.services import weigh

    for key, mass in (("precursor", 100.0), ("lithium", 48.11), ("flux", 19.5)):
        weigh(batch, lots[key], mass, ada)
    return batch


@pytest.fixture
def furnace_log(tmp_path):
    """A csv of a furnace that follows the recipe's programme and overshoots by 3 °C."""
    from tests.synthesis.heat_treatment.test_furnace_log import write

    path = tmp_path / "furnace.csv"
    write(path, "Time (s),TC1 (°C),TC2 (°C)", lambda minute, c: f"{minute * 60:.0f},{c:.2f},{c - 4:.2f}")
    return path


@pytest.fixture
def log_of(calls, django_capture_on_commit_callbacks, ada):
    """Hangs a furnace log on a heat treatment, and has it analysed: `log_of(batch, path, number=1)`."""
    from labdb.ingest.services import ingest
    from synthesis.heat_treatment.services import HeatTreatmentOf

    def hang(batch, path, number=1, name=""):
        with django_capture_on_commit_callbacks(execute=True):
            done = ingest(path, name or path.name, batch.project, ada, subject=HeatTreatmentOf(batch, number))
        calls.run_all()
        assert done.measurement is not None, done.sentence
        return done.measurement

    return hang
