"""An isotherm in labdb: uploaded, analysed, drawn, analysed again with another mass; who may what."""

from __future__ import annotations

from datetime import datetime

import plotly.graph_objects as go
import pytest
from django.core.exceptions import PermissionDenied

from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import change_measurement
from dashboards.demo.simulate.physisorption import PorousPowder, write_isotherm
from labdb.ingest.services import ingest
from synthesis.batch.models import Batch


@pytest.fixture(scope="module", autouse=True)
def library():
    """pyGAPS takes seconds to import, in which a run beside the test's transaction would wait for the database."""
    import pygaps.characterisation.area_bet  # noqa: F401


@pytest.fixture
def measured(tmp_path, project, ada, calls, django_capture_on_commit_callbacks):
    """A powder of 0.9 m²/g and 0.006 cm³/g, 2.5 g of it, measured for Ada's batch."""
    batch = Batch.objects.create(project=project, code="GP-NCM-B1", product="GP-NCM", created_by=ada)
    path = tmp_path / "bet.aif"
    write_isotherm(path, PorousPowder(0.9, 0.006), "GP-NCM-B1", datetime(2025, 9, 8, 10))
    with django_capture_on_commit_callbacks(execute=True):
        done = ingest(path, "bet.aif", project, ada, subject=batch, simulated=True)
    calls.run_all()
    assert done.measurement is not None, done.sentence
    return SampleMeasurement.objects.get(pk=done.measurement.pk)


def results(measurement) -> dict[str, float]:
    return {result.quantity: result.value for result in measurement.current_run.results.all()}


def test_an_uploaded_isotherm_has_its_results_tables_and_figures(measured, client, ada):
    assert measured.technique == "physisorption"
    found = results(measured)
    assert found["bet_area_m2_per_g"] == pytest.approx(0.9, rel=0.01)
    assert found["mean_pore_diameter_nm"] == pytest.approx(26.7, rel=0.02)
    assert set(measured.current_run.tables.values_list("name", flat=True)) == {"isotherm", "bet", "pore_size"}
    client.force_login(ada)
    page = client.get(measured.get_absolute_url())
    assert page.status_code == 200
    assert "BET area" in page.content.decode()
    for name in ("isotherm", "bet", "rouquerol", "pore_size"):
        figure = client.get(f"/measurements/{measured.pk}/figures/{name}.json").json()
        go.Figure(data=figure["data"], layout=figure["layout"])
        assert not figure["empty"]
    overlay = client.get("/measurements/compare/figures/isotherm.json?technique=physisorption")
    assert overlay.status_code == 200


def test_another_mass_and_range_are_a_new_run_beside_the_old_one(
    measured, ada, calls, django_capture_on_commit_callbacks
):
    before = measured.current_run
    with django_capture_on_commit_callbacks(execute=True):
        change_measurement(
            measured, ada, parameters={"sample_mass_mg": 1250.0, "p_low": 0.05, "p_high": 0.3}, reason="weighed again"
        )
    calls.run_all()
    measured.refresh_from_db()
    found = results(measured)
    assert found["bet_area_m2_per_g"] == pytest.approx(1.8, rel=0.01)
    assert (found["bet_p_low"], found["bet_p_high"]) == pytest.approx((0.06, 0.3))
    assert before.results.get(quantity="bet_area_m2_per_g").value == pytest.approx(0.9, rel=0.01)


def test_who_may_not_write_chooses_nothing(measured, client, ben, cleo):
    for user, status in ((ben, 200), (cleo, 404)):
        with pytest.raises(PermissionDenied):
            change_measurement(measured, user, parameters={"p_low": 0.1})
        client.force_login(user)
        assert client.get(measured.get_absolute_url()).status_code == status
        assert client.get(f"/measurements/{measured.pk}/figures/isotherm.json").status_code == status
