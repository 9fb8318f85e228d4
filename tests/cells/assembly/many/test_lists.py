"""Cells from a list: upload, verdicts, saving, who may."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from cells.assembly.many.columns import COLUMNS, lay_out
from cells.assembly.many.judge import NAMES
from cells.assembly.models import Cell
from labdb.files.models import RawFile

TEXT = """Code,template,positive electrode,active_mass_mg,glove box
L-1,"half, VC",{disc},,x
L-2,"half, VC",,9.5,
L-3,,,heavy,
"""


def upload(client, project, data: bytes, name: str = "cells.csv"):
    return client.post("/cells/import", {"project": project.pk, "file": SimpleUploadedFile(name, data)})


@pytest.fixture
def dry_run(client, ada, project, template, punch):
    """Ada uploads a list with two good rows and a bad one; the address of its dry run."""
    client.force_login(ada)
    [disc] = punch(13.0)
    return upload(client, project, TEXT.format(disc=disc.code).encode())["Location"]


def test_the_columns_are_the_fields_of_a_cell():
    assert set(COLUMNS) == set(NAMES)


def test_columns_are_found_whatever_their_case_and_others_are_named():
    layout = lay_out(["Code", "Positive Electrode", "", "elektrolyte"])
    assert layout.headers == {"code": "Code", "positive_electrode": "Positive Electrode"}
    assert layout.unknown == ("“elektrolyte”: there is no such column; is it electrolyte?",)


def test_an_uploaded_list_is_kept_filed_and_shown_with_verdicts(client, dry_run):
    file = RawFile.objects.get()
    assert (file.name, file.state, file.technique) == ("cells.csv", "filed", "cell list")
    page = client.get(dry_run).content.decode()
    assert "Enter a number." in page
    assert "“glove box”: there is no such column; is it glovebox?" in page
    assert "Save the 2 good rows" in page
    assert "heavy" not in client.get(f"{dry_run}?rows=good").content.decode()
    assert not Cell.objects.exists()


def test_the_good_rows_are_saved_as_they_were_shown(client, dry_run):
    digest = client.get(dry_run).context["run"].digest
    assert client.post(f"{dry_run}save", {"digest": digest, "which": "all"})["Location"] == dry_run
    assert not Cell.objects.exists()
    assert "/cells/made?cells=" in client.post(f"{dry_run}save", {"digest": digest, "which": "good"})["Location"]
    assert {cell.code: (cell.active_mass_mg, cell.case) for cell in Cell.objects.all()} == {
        "L-1": (pytest.approx(9.0), "CR2025"),
        "L-2": (9.5, "CR2025"),
    }
    assert {row.history_change_reason for row in Cell.history.all()} == {"from cells.csv"}
    assert "has a cell L-1 already" in client.get(dry_run).content.decode()


def test_what_changed_since_it_was_shown_is_not_saved(client, dry_run, template):
    digest = client.get(dry_run).context["run"].digest
    template.electrolyte = "LP57"
    template.save()
    answer = client.post(f"{dry_run}save", {"digest": digest, "which": "good"}, follow=True)
    assert "look at the verdicts again" in answer.content.decode()
    assert not Cell.objects.exists()


def test_the_template_of_a_list_is_taken_back_filled_in(client, ada, project):
    client.force_login(ada)
    book = load_workbook(io.BytesIO(client.get("/cells/import/template.xlsx").content))
    assert [cell.value for cell in book["cells"][1]] == list(COLUMNS)
    book["cells"].append({1: "X-1", 3: "pouch full cell", 8: 812.5})
    written = io.BytesIO()
    book.save(written)
    page = upload(client, project, written.getvalue(), "cells.xlsx")["Location"]
    [row] = client.get(page).context["run"].rows
    assert (row.errors, row.cell.format, row.cell.active_mass_mg) == ({}, "pouch_full", 812.5)
    assert client.get("/cells/import/template.csv").content.decode("utf-8-sig").startswith("code,template,format")


def test_a_file_that_is_no_list_is_refused_in_a_sentence(client, ada, project):
    client.force_login(ada)
    book = Workbook()
    written = io.BytesIO()
    book.save(written)
    page = upload(client, project, written.getvalue(), "empty.xlsx")["Location"]
    assert "holds nothing; fill in the template" in client.get(page).content.decode()


def test_ben_and_cleo_neither_upload_nor_save_a_list(client, dry_run, project, ben, cleo):
    for who, code in ((ben, 403), (cleo, 404)):
        client.force_login(who)
        assert client.get(dry_run).status_code == code
        assert client.post(f"{dry_run}save", {"digest": ""}).status_code == code
        assert "project" in upload(client, project, b"code\nB9\n").context["form"].errors
