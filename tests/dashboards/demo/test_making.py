"""The demo study's making: recipes that differ as the article says, batches with the scatter of a real line."""

from __future__ import annotations

import pytest

from dashboards.demo.making import make
from dashboards.demo.study import VERIFIER, prepare
from labdb.accounts.models import User
from labdb.provenance.models import Result
from synthesis.batch.models import Batch, BatchLink
from synthesis.batch.story import tell
from synthesis.recipe.difference import differences
from synthesis.recipe.models import RecipeVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(calls):
    project, owner = prepare()
    runs = make(project, owner, User.objects.get(username=VERIFIER), lambda sentence: None)
    calls[:] = [run.pk for run in runs]
    calls.run_all()
    return project


def version(code: str) -> RecipeVersion:
    return RecipeVersion.objects.get(recipe__code=code)


def test_the_control_differs_in_the_flux_alone(made):
    assert [str(d) for d in differences(version("GP-NCM").plan, version("P-NCM").plan)] == ["K2SO4: 0.1 → none"]
    assert BatchLink.objects.filter(kind="control", child__code="P-NCM-B1", parent__code="GP-NCM-B1").exists()


def test_the_pilot_product_differs_in_composition_and_sintering_temperature(made):
    found = [str(d) for d in differences(version("GP-NCM").plan, version("GP-Ni96").plan)]
    assert found[0] == "target composition: LiNi0.83Co0.11Mn0.06O2 → LiNi0.96Co0.02Mn0.02O2"
    assert "ramp 5 °C/min to 760 °C in O2 → ramp 5 °C/min to 700 °C in O2" in found[-1]
    assert len(found) == 3  # and the precursor that follows from the composition


def test_twelve_pilot_batches_of_100_kg_have_their_two_bad_days(made):
    batches = {batch.code: batch for batch in Batch.objects.filter(product="GP-Ni96", scale="pilot")}
    assert len(batches) == 12
    stories = {code: tell(batch) for code, batch in batches.items()}
    assert all(99_000 < story.weighed[0].mass_g < 101_000 for story in stories.values())
    failed = [code for code, story in stories.items() if any(ratio.verdict == "fail" for ratio in story.ratios)]
    assert failed == ["GP-Ni96-B9"]
    overshoots = Result.objects.filter(quantity="overshoot_celsius", value__gt=10)
    assert [r.run.measurement.furnacelog.batch.code for r in overshoots] == ["GP-Ni96-B7"]
    assert all(0.9 < story.balance.product_yield < 1 for story in stories.values())


def test_everything_made_is_marked_as_simulated(made):
    assert set(Batch.objects.values_list("simulated", flat=True)) == {True}
    assert set(made.raw_files.values_list("simulated", flat=True)) == {True}


def test_a_pilot_batch_has_its_saggars_and_a_retained_sample(made):
    batch = Batch.objects.get(code="GP-Ni96-B1")
    assert batch.samples.filter(stage="sub_lot").count() == 6
    assert {sample.furnace_zone for sample in batch.samples.filter(stage="sub_lot")} == {"1", "2", "3"}
    assert batch.samples.filter(stage="retained").count() == 1
