"""A stack on its page: from the upload to its sections, its figures and a sphere."""

from __future__ import annotations

import json

import pytest

from characterization.measurement.models import SampleMeasurement
from labdb.ingest.services import ingest
from synthesis.batch.models import Batch
from tests.characterization.tomography.stacks import ball, write_imagej


@pytest.fixture
def measured(project, ada, calls, tmp_path, django_capture_on_commit_callbacks):
    batch = Batch.objects.create(project=project, code="GP-NCM-B1", product="GP-NCM", created_by=ada)
    greys = ball(41, 17, {(20, 20, 20): 5, (20, 20, 31): 2})
    path = write_imagej(tmp_path / "particle.tif", greys)
    with django_capture_on_commit_callbacks(execute=True):
        done = ingest(path, "particle.tif", project, ada, subject=batch)
    calls.run_all()
    return SampleMeasurement.objects.get(pk=done.measurement.pk)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_shows_three_sections_the_pores_and_what_they_hang_on(client, ada, measured):
    client.force_login(ada)
    page = text_of(client.get(measured.get_absolute_url()))
    for words in ("FIB-SEM / CT stack of", "Largest pore", "Region", "Noise below"):
        assert words in page
    for name in ("xy", "xz", "yz"):
        address = f"/runs/{measured.current_run_id}/pictures/{name}.png"
        assert f'src="{address}"' in page
        assert b"".join(client.get(address).streaming_content).startswith(b"\x89PNG")
    assert 'data-slices="41"' in page
    for drawing in ("volumes", "classes", "radial", "porosity"):
        figure = client.get(f"/measurements/{measured.pk}/figures/{drawing}.json").json()
        assert not figure["empty"]


def test_a_sphere_that_the_page_wrote_makes_a_new_run(client, ada, measured, calls, django_capture_on_commit_callbacks):
    client.force_login(ada)
    before = measured.current_run_id
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/measurements/{measured.pk}/parameters", {"sphere": json.dumps([20, 20, 20, 7])})
    calls.run_all()
    measured.refresh_from_db()
    assert measured.current_run_id != before
    assert measured.current_run.parameters["sphere"] == [20, 20, 20, 7]
    assert measured.current_run.results.get(quantity="pore_number").value == 1
    refused = client.post(f"/measurements/{measured.pk}/parameters", {"sphere": "[1, 2]"})
    assert "four numbers in voxels" in text_of(refused)


def test_ben_sees_the_sections_without_the_sphere_and_cleo_sees_nothing(client, ben, cleo, measured):
    client.force_login(ben)
    page = text_of(client.get(measured.get_absolute_url()))
    assert 'data-section="xz"' in page
    assert "data-sphere" not in page
    assert client.post(f"/measurements/{measured.pk}/parameters", {"sphere": "[1, 2, 3, 4]"}).status_code == 403
    client.force_login(cleo)
    assert client.get(measured.get_absolute_url()).status_code == 404
    assert client.get(f"/runs/{measured.current_run_id}/pictures/xy.png").status_code == 404


def test_a_stack_that_is_cut_off_fails_with_a_sentence(
    project, ada, calls, tmp_path, django_capture_on_commit_callbacks
):
    batch = Batch.objects.create(project=project, code="GP-NCM-B2", created_by=ada)
    path = write_imagej(tmp_path / "whole.tif", ball(21, 8, {}))
    path.write_bytes(path.read_bytes()[:-500])
    with django_capture_on_commit_callbacks(execute=True):
        done = ingest(path, "cut.tif", project, ada, subject=batch)
    calls.run_all()
    run = SampleMeasurement.objects.get(pk=done.measurement.pk).runs.get()
    assert (run.state, run.fault) == ("failed", "file")
    assert run.error.startswith("cut.tif: ")
