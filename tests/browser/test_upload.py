"""A person uploads a real file, watches it finish, and opens it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from labdb.files.models import RawFile

pytestmark = pytest.mark.django_db(transaction=True)
NDAX = "cycling/neware/nw4-120-6-1-36.ndax"


def test_ada_logs_in_uploads_a_real_file_watches_it_finish_and_opens_it(project, log_in, work, real_data):
    page = log_in("ada")
    page.get_by_role("link", name="Upload files").click()
    page.get_by_label("Choose files").set_input_files(real_data / NDAX)
    line = page.locator(".upload").filter(has_text="nw4-120-6-1-36.ndax")
    expect(line).to_contain_text("being analysed")
    expect(line).to_contain_text("queued")

    page.goto("/")
    expect(page.get_by_role("heading", name="In progress")).to_be_visible()
    assert work() == 1
    expect(page.get_by_role("heading", name="Finished in the last three days")).to_be_visible()
    expect(page.get_by_role("heading", name="In progress")).to_have_count(0)

    page.get_by_role("link", name=re.compile(r"^run \d+$")).click()
    expect(page.get_by_text("First discharge capacity").first).to_be_visible()
    expect(page.get_by_text(RawFile.objects.get().sha256)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download nw4-120-6-1-36.ndax").click()
    assert download.value.path().read_bytes() == (real_data / NDAX).read_bytes()


def test_several_files_are_answered_in_place_each_by_a_sentence(project, log_in, work, tmp_path):
    paths = []
    for name, data in {"notes.txt": "the furnace was cold", "empty.csv": ""}.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(data)
    page = log_in("ada")
    page.goto("/files/upload")
    page.get_by_label("Choose files").set_input_files(paths)
    expect(page.locator("#uploads")).to_contain_text("notes.txt: no reader recognises what is in this file")
    expect(page.locator("#uploads")).to_contain_text("empty.csv: the file is empty (0 bytes)")
    page.get_by_label("Choose files").set_input_files(paths[0])
    expect(page.locator(".upload")).to_have_count(3)
    expect(page.locator(".upload").first).to_contain_text("in the inbox")


def test_a_file_over_the_limit_is_refused_before_it_is_sent(project, log_in, settings, tmp_path):
    settings.MAX_UPLOAD_BYTES = 1024**2
    big = tmp_path / "big.ndax"
    big.write_bytes(b"x" * (1024**2 + 1))
    page = log_in("ada")
    page.goto("/files/upload")
    page.get_by_label("Choose files").set_input_files(big)
    expect(page.locator(".upload")).to_contain_text("big.ndax is larger than the 1 MiB that this labdb takes")
    assert not RawFile.objects.exists()


def test_a_wrong_cell_code_is_said_at_the_file_and_the_form_keeps_it(project, log_in, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1,2\n")
    page = log_in("ada")
    page.goto("/files/upload")
    expect(page.get_by_label("Cell code")).to_be_hidden()
    page.get_by_label("On a cell that is here already").check()
    page.get_by_label("Cell code").fill("C-404")
    page.get_by_label("Choose files").set_input_files(path)
    expect(page.locator(".upload")).to_contain_text("Porous cathodes has no cell C-404")
    expect(page.get_by_label("Cell code")).to_have_value("C-404")
