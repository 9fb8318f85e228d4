"""ICP measurements in labdb: one file of several samples, the batch's own target, typed values, who may what."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from characterization.icp.services import analysis_parameters
from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import change_measurement, enter, measure_also
from dashboards.demo.simulate.icp import Digest, write_qtegra
from labdb.ingest.services import ingest
from synthesis.sample.models import Sample
from synthesis.sample.services import Series, add_series
from tests.synthesis.conftest import batch, chemicals, lots, recipe_version  # noqa: F401  # fixtures

RATIOS = {"Li": 1.02, "Ni": 0.83, "Co": 0.11, "Mn": 0.06}
MASSES = {"sample_mass_mg": 50.0, "volume_ml": 100.0}


@pytest.fixture
def washed(batch, ada):  # noqa: F811
    """GP-NCM-01-W1 and -W2, after the first and the second wash."""
    made = [add_series(batch, ada, Series(Sample.Stage.WASHED, stage_number=number))[0] for number in (1, 2)]
    assert [sample.code for sample in made] == ["GP-NCM-01-W1", "GP-NCM-01-W2"]
    return made


@pytest.fixture
def run_file(tmp_path):
    """One run over both samples: 900 mg/kg of potassium after the first wash, 250 after the second."""
    path = tmp_path / "icp.csv"
    left = {"GP-NCM-01-W1": 900.0, "GP-NCM-01-W2": 250.0}
    write_qtegra(path, [Digest(label, RATIOS, {"K": amount}) for label, amount in left.items()], seed=1)
    return path


@pytest.fixture
def measured(washed, run_file, calls, django_capture_on_commit_callbacks, project, ada):
    """The file, hung on both samples and analysed."""
    with django_capture_on_commit_callbacks(execute=True):
        first = ingest(run_file, "icp.csv", project, ada, subject=washed[0], parameters=MASSES)
        assert first.measurement is not None, first.sentence
        measure_also(first.raw_file, washed[1], ada, MASSES)
    calls.run_all()
    return list(SampleMeasurement.objects.order_by("pk"))


def results(measurement) -> dict[str, float]:
    return {result.quantity: result.value for result in measurement.current_run.results.all()}


def test_one_file_hung_on_two_samples_gives_each_its_own_numbers(measured):
    first, second = map(results, measured)
    assert first["residual_potassium_mg_per_kg"] == pytest.approx(900, rel=0.01)
    assert second["residual_potassium_mg_per_kg"] == pytest.approx(250, rel=0.01)
    for found in (first, second):
        assert found["li_per_tm"] == pytest.approx(1.02, rel=0.01)
        assert found["composition_deviation"] < 0.005
    for measurement in measured:
        assert measurement.current_run.metadata["comment"] == "SIMULATED"
        assert any("taken to be" in warning for warning in measurement.current_run.warnings)


def test_the_target_is_that_of_the_recipe_and_the_label_that_of_the_sample(measured, batch):  # noqa: F811
    assert analysis_parameters(measured[0]) == {
        "known_as": ["GP-NCM-01-W1", "GP-NCM-01 GP-NCM-01-W1"],
        "target_composition": "LiNi0.83Co0.11Mn0.06O2",
    }
    assert measured[0].current_run.parameters["target_composition"] == "LiNi0.83Co0.11Mn0.06O2"
    measured[0].sample = None
    measured[0].save()
    assert analysis_parameters(measured[0])["known_as"] == ["GP-NCM-01"]


def test_a_cell_is_known_by_its_own_code_and_has_the_target_of_its_batch(measured, batch, cell):  # noqa: F811
    cell.batch = batch
    cell.save()
    opened = SampleMeasurement.objects.create(
        project=cell.project, technique="icp", name="harvested", cell=cell, created_by=cell.created_by
    )
    assert analysis_parameters(opened) == {
        "known_as": [cell.code],
        "target_composition": "LiNi0.83Co0.11Mn0.06O2",
    }


def test_a_batch_without_a_recipe_has_no_target(measured, project, ada):
    from synthesis.batch.models import Batch

    bare = Batch.objects.create(project=project, code="X-1", created_by=ada)
    found = SampleMeasurement.objects.create(project=project, technique="icp", name="x", batch=bare, created_by=ada)
    assert analysis_parameters(found) == {"known_as": ["X-1"]}


TYPED = [
    {"element": "Li", "content": "7.30", "unit": "wt%"},
    {"element": "Ni", "content": "48.9", "unit": "wt%"},
    {"element": "Co", "content": "6.5", "unit": "wt%"},
    {"element": "Mn", "content": "3.3", "unit": "wt%"},
    {"element": "K", "content": "<20", "unit": "mg/kg"},
]


def test_typed_contents_are_a_measurement_like_any_other(
    batch,  # noqa: F811
    ada,
    calls,
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks(execute=True):
        done = enter("icp", batch, TYPED, ada)
    calls.run_all()
    measurement = SampleMeasurement.objects.get(pk=done.measurement.pk)
    found = results(measurement)
    # 48.9 / 58.693 = 0.8331, 6.5 / 58.933 = 0.1103, 3.3 / 54.938 = 0.0601, 7.30 / 6.94 = 1.0519; ΣTM = 1.0035.
    assert found["ni_per_tm"] == pytest.approx(0.8302, abs=1e-4)
    assert found["li_per_tm"] == pytest.approx(1.0482, abs=2e-3)
    assert found["residual_potassium_mg_per_kg"] == 20
    assert any("20 mg/kg is an upper bound" in warning for warning in measurement.current_run.warnings)


def test_who_may_not_write_enters_hangs_and_changes_nothing(measured, batch, ben, cleo):  # noqa: F811
    for user in (ben, cleo):
        with pytest.raises(PermissionDenied):
            enter("icp", batch, TYPED, user)
        with pytest.raises(PermissionDenied):
            measure_also(measured[0].raw_files.get(), batch, user, MASSES)
        with pytest.raises(PermissionDenied):
            change_measurement(measured[0], user, parameters={"sample_label": "GP-NCM-01-W2"})
    assert SampleMeasurement.objects.count() == 2
    visible = {user: SampleMeasurement.objects.visible_to(user).count() for user in (ben, cleo)}
    assert visible == {ben: 2, cleo: 0}
