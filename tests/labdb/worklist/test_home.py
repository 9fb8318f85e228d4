"""Home is the worklist; the search looks into every room."""

from __future__ import annotations

import pytest
from django.urls import reverse

from labdb.accounts.services import create_project
from labdb.provenance.models import AnalysisRun
from tests.labdb.ingest.plain import FILE

pytestmark = pytest.mark.usefixtures("plain_techniques", "calls")


def test_the_first_visit_offers_the_first_step(client, cleo):
    client.force_login(cleo)
    assert "Make a project" in client.get("/").content.decode()
    create_project(cleo, "Anodes")
    assert "Upload the first files" in client.get("/").content.decode()


def test_a_viewer_of_an_empty_project_is_not_asked_to_upload(client, ben, project):
    client.force_login(ben)
    page = client.get("/").content.decode()
    assert "Nothing here yet" in page
    assert "Upload the first files" not in page


def test_the_worklist_shows_what_runs_failed_waits_and_finished(client, ben, bring, calls, finished_run):
    broken = bring(b"plain x,y\n", name="headless.csv").run
    calls.append(broken.pk)
    calls.run_all()
    bring(FILE + b"4,4\n", name="queued.csv", subject="Q")
    bring(b"what is this", name="odd.bin")
    client.force_login(ben)
    shown = {section.key: section for section in client.get("/").context["sections"]}
    assert [run.measurement.name for run in shown["running"].rows] == ["Q"]
    assert [run.pk for run in shown["failed"].rows] == [broken.pk]
    assert [file.name for file in shown["inbox"].rows] == ["odd.bin"]
    assert [run.pk for run in shown["finished"].rows] == [finished_run.pk]


def test_a_failure_that_was_mended_is_no_work_any_more(client, ada, bring, calls, finished_run):
    AnalysisRun.objects.filter(pk=finished_run.pk).update(state="failed")
    client.force_login(ada)
    assert "failed" in {section.key for section in client.get("/").context["sections"]}
    client.post(reverse("run-again", args=[finished_run.pk]))
    assert "failed" not in {section.key for section in client.get("/").context["sections"]}


def test_an_outsider_has_nothing_on_the_worklist(client, cleo, bring, finished_run):
    bring(b"what is this", name="odd.bin")
    client.force_login(cleo)
    assert client.get("/").context["sections"] == []


def test_an_open_page_is_told_nothing_while_nothing_changes(client, ada, bring):
    bring()
    client.force_login(ada)
    version = client.get("/").context["version"]
    assert client.get(f"/worklist?have={version}").status_code == 204
    AnalysisRun.objects.update(state="running", progress=0.4, doing="reading cycle 412 of 1,000")
    answer = client.get(f"/worklist?have={version}")
    assert answer.status_code == 200
    assert "reading cycle 412 of 1,000" in answer.content.decode()


def test_the_page_asks_often_only_while_something_runs(client, ada, finished_run):
    client.force_login(ada)
    assert "every 15s" in client.get("/").content.decode()
    AnalysisRun.objects.update(state="running")
    assert "every 1500ms" in client.get("/").content.decode()


def test_the_worklist_costs_the_same_for_many_rows(client, ada, bring, django_assert_max_num_queries):
    for number in range(20):
        bring(FILE + f"9,{number}\n".encode(), name=f"{number}.csv", subject=str(number))
        bring(f"odd {number}".encode(), name=f"{number}.bin")
    client.force_login(ada)
    with django_assert_max_num_queries(22):
        client.get("/")


def test_the_search_finds_files_projects_and_people(client, ada, ben, bring, project):
    raw_file = bring(name="GP-NCM.csv").raw_file
    client.force_login(ben)
    assert "GP-NCM.csv" in client.get("/search?q=gp-n").content.decode()
    assert "GP-NCM.csv" in client.get(f"/search?q={raw_file.sha256[:12]}").content.decode()
    assert project.get_absolute_url() in client.get("/search?q=porous").content.decode()
    assert "Ada Owner" in client.get("/search?q=ada+own").content.decode()


def test_the_search_finds_nothing_of_others(client, cleo, bring, project):
    bring(name="GP-NCM.csv")
    client.force_login(cleo)
    for text in ("GP-NCM", "Porous", "Ada"):
        assert client.get("/search", {"q": text}).context["groups"] == []
