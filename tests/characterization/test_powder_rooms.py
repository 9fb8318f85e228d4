"""What is typed in of a powder becomes results of its sample, by the rooms that all techniques share."""

from __future__ import annotations

import pytest
from django.urls import reverse

from characterization.measurement.comparison import Selection, compare
from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import AgedCell, enter
from characterization.residual_lithium.presentation import RESIDUAL_LITHIUM
from dashboards.demo.simulate import powder
from tests.conftest import batch_of

TYPED = {
    "tap_density": (powder.tap_density(1.75, 0.03, seed=1), "tap_density_g_per_cm3", 1.75, "replicates"),
    "particle_size": (powder.particle_size(5.2, 10.3, 18.9, seed=1), "d50_micrometre", 10.3, "values"),
    "residual_lithium": (
        powder.residual_lithium(2100, 1600, seed=1),
        "residual_lithium_hydroxide_mg_per_kg",
        2100,
        "replicates",
    ),
    "moisture": (powder.moisture(280, seed=1), "water_content_mg_per_kg", 280, "replicates"),
    "fracture_census": (powder.census((0.759, 0.196, 0.045), 510, 30, seed=1), "intact_share", 0.759, "shares"),
}


@pytest.fixture
def typed(calls, django_capture_on_commit_callbacks):
    """Types values in as a person, and analyses them."""

    def made(technique: str, subject, rows, user) -> SampleMeasurement:
        with django_capture_on_commit_callbacks(execute=True):
            done = enter(technique, subject, rows, user)
        calls.run_all()
        assert done.measurement is not None, done.sentence
        return SampleMeasurement.objects.with_subject().get(pk=done.measurement.pk)

    return made


@pytest.mark.parametrize("technique", TYPED)
def test_typed_values_are_kept_read_analysed_and_drawn(technique, typed, project, ada, client):
    rows, quantity, value, figure = TYPED[technique]
    measured = typed(technique, batch_of(project, "GP-NCM-B1"), rows, ada)
    run = measured.current_run
    assert (run.state, run.error) == ("succeeded", "")
    assert run.results.get(quantity=quantity).value == pytest.approx(value, rel=0.01)
    client.force_login(ada)
    assert client.get(measured.get_absolute_url()).status_code == 200
    drawn = client.get(reverse("sample-measurement-figure", args=[measured.pk, figure])).json()
    assert (drawn["empty"], drawn["data"] != []) == (False, True)
    compared = client.get(reverse("measurement-compare-figure", args=[figure]), {"technique": technique})
    assert compared.json()["data"]


def test_who_may_not_see_the_project_sees_none_of_it(typed, project, ada, ben, cleo, client):
    measured = typed("tap_density", batch_of(project, "GP-NCM-B1"), TYPED["tap_density"][0], ada)
    client.force_login(ben)
    assert client.get(measured.get_absolute_url()).status_code == 200
    client.force_login(cleo)
    assert client.get(measured.get_absolute_url()).status_code == 404


def test_censuses_after_different_numbers_of_cycles_are_never_one_mean(typed, cell, ada):
    for cycles, intact in ((30, 0.76), (100, 0.37)):
        rows = powder.census((intact, 0.9 - intact, 0.1), 500, cycles, seed=cycles)
        typed("fracture_census", AgedCell(cell, cycles), rows, ada)
    found = compare(ada, Selection("fracture_census"))
    assert [about.name for about in found.columns][:2] == ["intact_share_at_30", "intact_share_at_100"]
    ((group, texts),) = found.groups
    assert (group, texts[0], texts[1]) == ("GP-NCM", "76.0 (1)", "37.0 (1)")


def test_a_census_of_another_cycle_than_the_cell_was_opened_at_says_so(typed, cell, ada):
    measured = typed("fracture_census", AgedCell(cell, 100), TYPED["fracture_census"][0], ada)
    assert measured.current_run.parameters["opened_after_cycle"] == 100
    assert any("the cell was opened after 100 cycles" in warning for warning in measured.current_run.warnings)


def test_a_value_that_cannot_be_is_refused_before_anything_is_kept(project, ada, client):
    from labdb.files.models import RawFile

    with pytest.raises(ValueError, match="row 1: Powder is 0"):
        enter("tap_density", batch_of(project, "GP-NCM-B1"), [{"mass_g": 0, "volume_cm3": 10}], ada)
    assert not RawFile.objects.exists()


def test_a_parameter_is_printed_with_its_unit_and_a_fraction_as_percent():
    from characterization.measurement.choices import printed
    from labdb.ingest.presentation import Choice

    assert printed("largest_relative_sd", 0.05) == ("Largest scatter", "5.0 %")
    assert printed("start_a_angstrom", 2.87, [Choice("start_a_angstrom", "Start a", unit="Å")]) == ("Start a", "2.87 Å")
    assert printed("second_volume", "from_first", RESIDUAL_LITHIUM.choices)[1] == "from the first endpoint"
