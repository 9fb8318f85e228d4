"""The pages of analysis runs."""

from __future__ import annotations

import polars as pl
import pytest
from django.urls import reverse

from labdb.provenance.comparison import compare
from labdb.provenance.models import AnalysisRun
from tests.labdb.ingest.plain import FILE

pytestmark = pytest.mark.usefixtures("plain_techniques", "calls")


@pytest.fixture
def again(finished_run, ada, calls, django_capture_on_commit_callbacks):
    """The same measurement analysed again, after a person doubled the scale."""
    measurement = finished_run.measurement
    measurement.parameters = {"scale": 2.0}
    measurement.save()
    from labdb.ingest.services import request_run

    with django_capture_on_commit_callbacks(execute=True):
        run = request_run(measurement, ada)
    calls.run_all()
    return AnalysisRun.objects.get(pk=run.pk)


def test_a_run_page_names_everything_that_its_numbers_depend_on(client, ben, finished_run):
    client.force_login(ben)
    page = client.get(finished_run.get_absolute_url()).content.decode()
    for named in ("plain-csv, version 1", "version 3", "scale", finished_run.inputs[0]["sha256"], finished_run.key):
        assert named in page
    assert "Plain is plain" in page
    assert "Complete cycles of the test, all kinds." in page  # the definition beside the number
    assert '<td class="num">30 ' in page


def test_outsiders_get_a_404_and_viewers_may_not_analyse(client, ben, cleo, finished_run):
    addresses = [reverse(name, args=[finished_run.pk]) for name in ("run", "run-progress")]
    addresses += [reverse("run-table", args=[finished_run.pk, "time_series"])]
    addresses += [reverse("measurement", args=[finished_run.measurement_id])]
    client.force_login(cleo)
    for address in addresses:
        assert client.get(address).status_code == 404, address
    assert client.post(reverse("run-again", args=[finished_run.pk])).status_code == 404
    client.force_login(ben)
    assert "Analyse again" not in client.get(finished_run.get_absolute_url()).content.decode()
    assert client.post(reverse("run-again", args=[finished_run.pk])).status_code == 403
    assert AnalysisRun.objects.count() == 1


def test_analysing_again_adds_a_run_and_leaves_the_first_alone(client, ada, finished_run):
    client.force_login(ada)
    response = client.post(reverse("run-again", args=[finished_run.pk]))
    new = AnalysisRun.objects.order_by("-pk").first()
    assert response["Location"] == new.get_absolute_url()
    assert new.pk != finished_run.pk
    finished_run.refresh_from_db()
    assert finished_run.state == "succeeded"


def test_two_runs_show_what_changed_and_by_how_much(finished_run, again):
    changes = compare(finished_run, again)
    assert [(c.name, c.before, c.after) for c in changes.inputs] == [("scale", 1.0, 2.0)]
    assert [(c.about.name, c.before, c.after, c.relative) for c in changes.changed] == [("cycles", 30.0, 60.0, 1.0)]


def test_the_newer_run_shows_the_changes_since_the_older(client, ada, finished_run, again):
    client.force_login(ada)
    page = client.get(again.get_absolute_url()).content.decode()
    assert f"What changed since run {finished_run.pk}" in page
    assert "+100" in page
    older = client.get(finished_run.get_absolute_url()).content.decode()
    assert "What changed" not in older
    assert (
        f"What changed since run {again.pk}"
        in client.get(f"{finished_run.get_absolute_url()}?against={again.pk}").content.decode()
    )


def test_a_run_whose_parameters_were_overtaken_is_called_stale(client, ada, finished_run, again):
    client.force_login(ada)
    assert "stale" in client.get(finished_run.get_absolute_url()).content.decode()
    assert "stale" not in client.get(again.get_absolute_url()).content.decode()


def test_the_same_inputs_change_nothing_and_the_page_says_so(client, ada, finished_run, calls):
    from labdb.ingest.services import request_run

    run = request_run(finished_run.measurement, ada)
    calls.append(run.pk)
    calls.run_all()
    client.force_login(ada)
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Nothing: made from the same, it found the same 1 results." in page


def test_a_table_is_downloaded_as_it_is_kept(client, ben, finished_run, tmp_path):
    client.force_login(ben)
    response = client.get(reverse("run-table", args=[finished_run.pk, "time_series"]))
    path = tmp_path / "table.parquet"
    path.write_bytes(b"".join(response))
    assert pl.read_parquet(path)["y"].to_list() == [10.0, 20.0, 60.0]


def test_a_failed_run_says_whose_fault_it_was_and_what_was_kept(client, ada, bring, calls):
    done = bring(b"plain x,y\n", name="headless.csv")
    calls.append(done.run.pk)
    calls.run_all()
    client.force_login(ada)
    page = client.get(done.run.get_absolute_url()).content.decode()
    assert "The file could not be analysed." in page
    assert "headless.csv: no data rows below the header; export it again" in page
    assert "The original is kept" in page


def test_a_waiting_run_asks_for_itself_until_it_is_finished(client, ada, bring, calls):
    done = bring(FILE + b"4,4\n")
    client.force_login(ada)
    line = reverse("run-progress", args=[done.run.pk])
    assert f'hx-get="{line}"' in client.get(line).content.decode()
    assert 'hx-trigger="every 1500ms"' in client.get(done.run.get_absolute_url()).content.decode()
    calls.append(done.run.pk)
    calls.run_all()
    assert "hx-get" not in client.get(line).content.decode()
    assert 'hx-trigger="every' not in client.get(done.run.get_absolute_url()).content.decode()
