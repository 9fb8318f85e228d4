"""Lists of batches in the browser's terms: upload, verdicts, saving, who may."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from labdb.files.models import RawFile
from synthesis.batch.models import Batch
from tests.synthesis.bulk.conftest import GOOD, text_of


def upload(client, project, text: str):
    file = SimpleUploadedFile("batches.csv", text.encode())
    return client.post(reverse("batch-import"), {"project": project.pk, "file": file})


@pytest.fixture
def dry_run(client, ada, project, recipe_version, lots):
    """Ada uploads a list with a good and a bad row; the address of its dry run."""
    client.force_login(ada)
    return upload(client, project, text_of(f"B1{GOOD}", f"B2{GOOD.replace('lab', 'plant')}"))["Location"]


def test_an_uploaded_list_is_kept_filed_and_shown_with_verdicts(client, dry_run):
    file = RawFile.objects.get()
    assert (file.name, file.state, file.technique) == ("batches.csv", "filed", "batch list")
    page = client.get(dry_run).content.decode()
    assert "“plant” is neither lab nor pilot." in page
    assert "Save the 1 good row" in page
    assert not Batch.objects.exists()
    assert "B1" not in client.get(f"{dry_run}?rows=bad").content.decode().partition("<tbody>")[2].replace("B1{", "")


def test_the_good_rows_are_saved_and_the_page_then_says_so(client, dry_run):
    digest = client.get(dry_run).context["run"].digest
    assert client.post(f"{dry_run}save", {"digest": digest, "which": "all"})["Location"] == dry_run
    assert not Batch.objects.exists()
    assert client.post(f"{dry_run}save", {"digest": digest, "which": "good"})["Location"] == reverse("batch-list")
    assert list(Batch.objects.values_list("code", flat=True)) == ["B1"]
    assert "1 batch was saved from this file by Ada Owner" in client.get(dry_run).content.decode()


def test_a_stale_page_saves_nothing_and_shows_the_verdicts_again(client, dry_run):
    answer = client.post(f"{dry_run}save", {"digest": "0" * 64, "which": "good"}, follow=True)
    assert "look at the verdicts again" in answer.content.decode()
    assert not Batch.objects.exists()


def test_ben_and_cleo_neither_upload_nor_save_a_list(client, dry_run, project, ben, cleo):
    for who, code in ((ben, 403), (cleo, 404)):
        client.force_login(who)
        assert client.get(dry_run).status_code == code
        assert client.post(f"{dry_run}save", {"digest": ""}).status_code == code
        refused = upload(client, project, "code\nB9\n")
        assert "project" in refused.context["form"].errors
    assert not Batch.objects.exists()


def test_what_is_no_list_says_so_on_its_page(client, ada, project):
    client.force_login(ada)
    page = client.get(upload(client, project, "code\n")["Location"]).content.decode()
    assert "batches.csv has a header and no rows below it." in page


def test_the_templates_have_the_columns_of_the_labs_chemicals_and_can_be_uploaded(client, ada, project, chemicals):
    client.force_login(ada)
    book = load_workbook(io.BytesIO(client.get("/batches/import/template.xlsx").content))
    header = [cell.value for cell in book["batches"][1]]
    assert header[0] == "code"
    assert {"lot of potassium sulfate", "mass of potassium sulfate / g"} <= set(header)
    assert "columns" in book.sheetnames
    text = client.get("/batches/import/template.csv").content.decode("utf-8-sig")
    assert text.strip().split(",") == header
    page = client.get(upload(client, project, text.strip() + "\r\nB1\r\n")["Location"])
    assert page.context["run"].unknown == ()
    assert not page.context["run"].bad
