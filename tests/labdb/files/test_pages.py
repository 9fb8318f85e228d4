"""The pages of files: list, one file, download, upload, inbox."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from labdb.accounts.models import Role
from labdb.accounts.services import create_project, set_member
from labdb.files.models import RawFile
from labdb.provenance.models import AnalysisRun
from tests.labdb.ingest.plain import FILE

pytestmark = pytest.mark.usefixtures("plain_techniques", "calls")


def sent(*files: tuple[str, bytes], project, **answers):
    uploads = [SimpleUploadedFile(name, data) for name, data in files]
    return {"project": project.pk, "onto": "new", "files": uploads, **answers}


def test_an_upload_is_kept_read_and_sent_to_analysis(client, ada, project):
    client.force_login(ada)
    page = client.post("/files/upload", sent(("p.csv", FILE), project=project)).content.decode()
    assert "p.csv: recognised as plain csv, being analysed." in page
    assert AnalysisRun.objects.get().measurement.project == project


def test_several_files_are_each_answered(client, ada, project):
    client.force_login(ada)
    files = ("a.csv", FILE), ("b.csv", FILE + b"4,5\n"), ("notes.txt", b"furnace was cold"), ("empty.csv", b"")
    page = client.post("/files/upload", sent(*files, project=project)).content.decode()
    assert "a.csv: recognised as plain csv" in page
    assert "b.csv: recognised as plain csv" in page
    assert "notes.txt: no reader recognises what is in this file" in page
    assert "empty.csv: the file is empty (0 bytes)" in page
    assert RawFile.objects.in_inbox().count() == 2


def test_the_script_gets_the_lines_of_one_file(client, ada, project):
    client.force_login(ada)
    response = client.post("/files/upload", sent(("p.csv", FILE), project=project), headers={"X-Labdb-Piece": "1"})
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert "/runs/" in response.content.decode()


def test_the_same_bytes_again_are_a_duplicate_and_the_answer_says_whose(client, ada, project):
    client.force_login(ada)
    client.post("/files/upload", sent(("p.csv", FILE), project=project))
    page = client.post("/files/upload", sent(("again.csv", FILE), project=project)).content.decode()
    assert "again.csv: these bytes are here already, as p.csv, uploaded by Ada Owner" in page
    assert RawFile.objects.count() == 1


def test_the_folder_of_a_file_is_kept_and_shown(client, ada, project):
    client.force_login(ada)
    client.post("/files/upload", sent(("p.csv", FILE), project=project, folder="GP-NCM-B1/XRD"))
    raw_file = RawFile.objects.get()
    assert (raw_file.folder, raw_file.name) == ("GP-NCM-B1/XRD", "p.csv")
    assert "GP-NCM-B1/XRD" in client.get(raw_file.get_absolute_url()).content.decode()


def test_a_person_says_the_technique(client, ada, project):
    client.force_login(ada)
    twin = ("t.csv", b"plain twin\n1,1\n")
    page = client.post("/files/upload", sent(twin, project=project, technique="twin")).content.decode()
    assert "t.csv: recognised as twin csv" in page
    assert RawFile.objects.get().technique == "twin"
    wrong = client.post("/files/upload", sent(("p.csv", FILE), project=project, technique="twin")).content.decode()
    assert "p.csv: no reader of Twin recognises it" in wrong


def test_decide_later_leaves_the_file_in_the_inbox(client, ada, project):
    client.force_login(ada)
    client.post("/files/upload", sent(("p.csv", FILE), project=project, onto="later"))
    assert RawFile.objects.get().inbox_reason == "subject"


def test_a_cell_that_is_not_there_is_said_at_its_field_and_nothing_is_lost(client, ada, project):
    client.force_login(ada)
    page = client.post("/files/upload", sent(("p.csv", FILE), project=project, onto="existing", cell="C-9"))
    assert "Porous cathodes has no cell C-9" in page.content.decode()
    assert not RawFile.objects.exists()


def test_a_viewer_is_told_that_there_is_no_project_to_upload_to(client, ben, project):
    client.force_login(ben)
    assert "There is no project you may upload to" in client.get("/files/upload").content.decode()
    client.post("/files/upload", sent(("p.csv", FILE), project=project))
    assert not RawFile.objects.exists()


def test_an_outsider_uploads_nothing_into_a_project_of_others(client, cleo, project):
    create_project(cleo, "Anodes")
    client.force_login(cleo)
    client.post("/files/upload", sent(("p.csv", FILE), project=project))
    assert not RawFile.objects.exists()


def test_a_file_over_the_limit_is_refused_in_a_sentence_and_not_kept(client, ada, project, settings):
    settings.MAX_UPLOAD_BYTES = 1024**2
    client.force_login(ada)
    page = client.post("/files/upload", sent(("big.bin", b"x" * (1024**2 + 10)), project=project)).content.decode()
    assert "big.bin: larger than the 1 MiB that this labdb takes" in page
    assert not RawFile.objects.exists()


def test_an_upload_that_says_it_is_over_the_limit_is_not_even_read(client, ada, project, settings):
    settings.MAX_UPLOAD_BYTES = 10
    client.force_login(ada)
    big = ("big.bin", b"x" * (2 * 1024**2))
    response = client.post("/files/upload", sent(big, project=project))
    assert response.status_code == 413
    assert "larger than" in response.content.decode()
    api = client.post("/api/v1/files/", sent(big, project=project))
    assert api.status_code == 413
    assert api.json()["errors"][0]["code"] == "too_large"


def test_the_download_is_the_bytes_that_were_uploaded(client, ada, ben, cleo, bring):
    raw_file = bring(FILE + b"\x00\xff", name="löffel 1.csv").raw_file
    for person in (ada, ben):
        client.force_login(person)
        response = client.get(reverse("raw-file-download", args=[raw_file.pk]))
        assert b"".join(response) == FILE + b"\x00\xff"
        assert "l%C3%B6ffel%201.csv" in response["Content-Disposition"]
    client.force_login(cleo)
    assert client.get(reverse("raw-file-download", args=[raw_file.pk])).status_code == 404


def test_a_file_page_names_hash_uploader_and_runs(client, ben, finished_run):
    raw_file = RawFile.objects.get()
    client.force_login(ben)
    page = client.get(raw_file.get_absolute_url()).content.decode()
    assert raw_file.sha256 in page
    assert "Ada Owner" in page
    assert f"run {finished_run.pk}" in page


def test_an_outsider_sees_neither_list_nor_page_nor_inbox(client, cleo, bring):
    raw_file = bring().raw_file
    waiting = bring(b"what is this", name="odd.bin").raw_file
    client.force_login(cleo)
    assert client.get(raw_file.get_absolute_url()).status_code == 404
    assert client.get(reverse("inbox-choose", args=[waiting.pk])).status_code == 404
    assert "p.csv" not in client.get("/files/").content.decode()
    assert "odd.bin" not in client.get("/files/inbox").content.decode()


def names(page) -> list[str]:
    return [row.name for row in page.context["page"]]


def test_the_list_filters_and_sorts_as_the_address_says(client, ada, bring):
    bring(name="b.csv")
    bring(FILE + b"4,5\n", name="a.csv")
    bring(b"what is this", name="odd.bin")
    client.force_login(ada)
    assert names(client.get("/files/?sort=name")) == ["a.csv", "b.csv", "odd.bin"]
    assert names(client.get("/files/?sort=-size")) == ["a.csv", "b.csv", "odd.bin"]
    assert names(client.get("/files/?sort=nonsense")) == ["odd.bin", "a.csv", "b.csv"]
    assert names(client.get("/files/?q=ODD")) == ["odd.bin"]
    assert names(client.get("/files/?state=inbox")) == ["odd.bin"]
    assert names(client.get("/files/?state=queued&sort=name")) == ["a.csv", "b.csv"]
    assert names(client.get("/files/?technique=plain&uploaded_to=2000-01-01")) == []
    digest = RawFile.objects.get(name="a.csv").sha256
    assert names(client.get(f"/files/?q={digest[:10]}")) == ["a.csv"]


def test_the_list_as_csv_has_every_row_and_no_formula(client, ada, bring):
    bring(name="=cmd.csv")
    client.force_login(ada)
    lines = b"".join(client.get("/files/?format=csv")).decode().splitlines()
    assert lines[0] == "name,technique,state,size_byte,sha256,project,uploaded_by,uploaded_at,simulated"
    assert lines[1].startswith("'=cmd.csv,plain,queued,25,")


def test_the_list_asks_the_database_as_often_for_fifty_files_as_for_one(client, ada, bring, django_assert_num_queries):
    client.force_login(ada)
    bring()
    client.get("/files/")
    with django_assert_num_queries(
        8
    ):  # session, user, projects of the frame, inbox, count, rows, saved views and whom to share with
        client.get("/files/")
    for number in range(30):
        bring(FILE + f"9,{number}\n".encode(), name=f"{number}.csv")
    with django_assert_num_queries(8):
        client.get("/files/")


def test_the_inbox_asks_the_database_as_often_for_many_files(client, ada, bring, django_assert_max_num_queries):
    for number in range(30):
        bring(f"odd {number}".encode(), name=f"{number}.bin")
    client.force_login(ada)
    with django_assert_max_num_queries(7):
        client.get("/files/inbox")


def test_the_inbox_files_a_file_as_a_person_says(client, ada, bring):
    waiting = bring(FILE, subject=None).raw_file
    client.force_login(ada)
    address = reverse("inbox-choose", args=[waiting.pk])
    page = client.get(address).content.decode()
    assert re.search(r'value="plain:plain-csv"\s+selected', page)
    response = client.post(address, {"reader": "plain:plain-csv", "onto": "new"})
    assert response["Location"] == "/files/inbox"
    waiting.refresh_from_db()
    assert waiting.state == "filed"


def test_an_answer_without_a_reader_keeps_what_was_typed(client, ada, bring):
    waiting = bring(b"what is this", name="odd.bin").raw_file
    client.force_login(ada)
    page = client.post(
        reverse("inbox-choose", args=[waiting.pk]), {"reader": "", "onto": "existing", "cell": "C-77"}
    ).content.decode()
    assert "This field is required" in page
    assert 'value="C-77"' in page


def test_ticked_files_go_on_new_cells_and_unknown_ones_stay(client, ada, bring):
    known, odd = bring(FILE, subject=None).raw_file, bring(b"what is this", name="odd.bin").raw_file
    client.force_login(ada)
    answer = {"id": [known.pk, odd.pk], "onto": "new"}
    page = client.post(reverse("inbox-file-ticked"), answer, follow=True).content.decode()
    assert "1 of 2 filed" in page
    assert "1 stay in the inbox" in page
    assert list(RawFile.objects.in_inbox()) == [odd]


def test_a_viewer_looks_at_the_inbox_but_files_nothing(client, ada, ben, project, bring):
    waiting = bring(FILE, subject=None).raw_file
    client.force_login(ben)
    assert "p.csv" in client.get("/files/inbox").content.decode()
    assert client.get(reverse("inbox-choose", args=[waiting.pk])).status_code == 403
    client.post(reverse("inbox-file-ticked"), {"id": [waiting.pk], "onto": "new"})
    assert RawFile.objects.in_inbox().count() == 1
    set_member(ada, project, ben, Role.RESEARCHER)
    assert client.get(reverse("inbox-choose", args=[waiting.pk])).status_code == 200
