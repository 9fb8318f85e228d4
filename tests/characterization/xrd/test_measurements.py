"""A pattern, a structure and a refinement of a sample in labdb: uploaded, chosen for, drawn; who sees what."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import change_measurement, enter
from characterization.xrd.presentation import XRD
from dashboards.demo.simulate.rietveld import Refinement, write_cif
from dashboards.demo.simulate.xrd import Powder, write_xrdml
from labdb.ingest.services import ingest
from synthesis.batch.models import Batch
from tests.characterization.rietveld.test_readers import TYPED
from tests.characterization.xrd import samples

STRUCTURE = """data_layered
_cell_length_a 2.87
_cell_length_b 2.87
_cell_length_c 14.2
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 120
_symmetry_space_group_name_H-M 'R -3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
Li1 Li 0 0 0 1
Ni1 Ni 0 0 0.5 1
O1 O 0 0 0.259 1
"""


@pytest.fixture
def batch(project, ada):
    return Batch.objects.create(project=project, code="GP-NCM-B1", product="GP-NCM", created_by=ada)


@pytest.fixture
def measure(batch, project, ada, calls, django_capture_on_commit_callbacks):
    def measured(path) -> SampleMeasurement:
        with django_capture_on_commit_callbacks(execute=True):
            done = ingest(path, path.name, project, ada, subject=batch)
        calls.run_all()
        assert done.measurement is not None, done.sentence
        return SampleMeasurement.objects.get(pk=done.measurement.pk)

    return measured


def results(measurement) -> dict[str, float]:
    return {result.quantity: result.value for result in measurement.current_run.results.all()}


@pytest.fixture
def scan(tmp_path):
    path = tmp_path / "scan.xrdml"
    write_xrdml(path, Powder("GP-NCM-B1", 2.8745, 14.2010, 0.0147), datetime(2025, 9, 1, 8))
    return path


def test_a_pattern_is_analysed_and_its_figures_are_for_those_who_may_see_them(measure, scan, client, ada, ben, cleo):
    measurement = measure(scan)
    assert measurement.technique == "xrd"
    assert results(measurement)["lattice_a_angstrom"] == pytest.approx(2.8745, rel=1e-4)
    assert {table.name for table in measurement.current_run.tables.all()} == {"pattern", "peaks", "fit"}
    for user, answer in ((ada, 200), (ben, 200), (cleo, 404)):
        client.force_login(user)
        assert client.get(f"/measurements/{measurement.pk}/page").status_code == answer
        for drawing in XRD.drawings:
            figure = client.get(reverse("sample-measurement-figure", args=[measurement.pk, drawing.name]))
            assert figure.status_code == answer
            assert answer == 404 or not figure.json()["empty"]


def test_a_wavelength_that_is_entered_makes_a_new_run_with_a_cell(
    measure, tmp_path, ada, calls, django_capture_on_commit_callbacks
):
    measurement = measure(samples.columns(tmp_path / "scan.xy"))
    assert "the file says no wavelength" in " ".join(measurement.current_run.warnings)
    with django_capture_on_commit_callbacks(execute=True):
        change_measurement(measurement, ada, parameters={"wavelength_angstrom": 1.540593, "k_alpha2": "doublet"})
    calls.run_all()
    measurement.refresh_from_db()
    assert "the file says no wavelength" not in " ".join(measurement.current_run.warnings)
    assert measurement.runs.count() == 2


def test_a_refinement_and_a_structure_are_techniques_of_their_own(measure, tmp_path):
    write_cif(tmp_path / "refined.cif", Refinement("GP-NCM", 2.8745, 14.2010, 0.0147))
    refined = measure(tmp_path / "refined.cif")
    assert (refined.technique, results(refined)["li_ni_mixing"]) == ("rietveld", pytest.approx(0.0147))
    text = (tmp_path / "refined.cif").read_text()
    plain = "".join(line for line in text.splitlines(True) if not line.startswith(("_pd_", "_refine", "# phase")))
    (tmp_path / "plain.cif").write_text(plain)
    structure = measure(tmp_path / "plain.cif")
    assert (structure.technique, results(structure)) == ("reference", {})
    assert {table.name for table in structure.current_run.tables.all()} == {"structure", "reflections"}


def test_a_refinement_is_typed_in_with_its_evidence(batch, ada, calls, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        done = enter("rietveld", batch, [TYPED], ada)
    calls.run_all()
    measurement = SampleMeasurement.objects.get(pk=done.measurement.pk)
    assert results(measurement)["li_ni_mixing"] == pytest.approx(0.0147)
    assert measurement.current_run.metadata["protocol"] == "typed in from: notebook 12, page 40"


def test_a_reference_structure_is_drawn_below_the_patterns_of_a_comparison(measure, scan, client, ada, cleo, tmp_path):
    measure(scan)
    structure = tmp_path / "layered.cif"
    structure.write_text(STRUCTURE)
    reference = measure(structure)
    assert reference.technique == "reference"
    client.force_login(ada)
    page = client.get("/measurements/compare?technique=xrd").content.decode()
    assert f'<option value="{reference.pk}">layered.cif</option>' in page
    address = f"/measurements/compare/figures/{XRD.drawings[0].name}.json?technique=xrd"
    alone, with_it = client.get(address).json(), client.get(f"{address}&beside={reference.pk}").json()
    assert len(with_it["data"]) > len(alone["data"])
    client.force_login(cleo)
    assert client.get(f"{address}&beside={reference.pk}").json()["empty"]
