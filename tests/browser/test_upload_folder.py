"""A person uploads a folder: every file with its verdict, and nothing lost when one fails."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from characterization.measurement.models import SampleMeasurement
from labdb.files.models import RawFile
from synthesis.batch.models import Batch
from tests.characterization.measurement.conftest import scale
from tests.characterization.measurement.scale import FILE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scale", "work")]
__all__ = ["scale"]


@pytest.fixture
def batches(project, ada):
    return [Batch.objects.create(project=project, code=code, created_by=ada) for code in ("GP-NCM-B1", "GP-NCM-B2")]


@pytest.fixture
def folder(tmp_path):
    """Twelve scans of each batch in a folder of its own, two files that wait, and what the system left."""
    made = tmp_path / "March"
    files = {f"GP-NCM-B{batch}/scan {n}.txt": FILE + b"%d.%d\n" % (batch, n) for batch in (1, 2) for n in range(1, 13)}
    files |= {"notes.md": b"it rained", "scan.txt": FILE, "copy of scan.txt": FILE}
    files |= {".DS_Store": b"Bud1", "GP-NCM-B1/Thumbs.db": b"\x00"}
    for name, data in files.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(data)
    return made


def of_batches() -> dict[str, int]:
    rows = SampleMeasurement.objects.values_list("batch__code", flat=True)
    return {code: list(rows).count(code) for code in set(rows)}


def test_a_folder_is_filed_by_its_names_each_file_with_its_verdict(batches, log_in, folder):
    page = log_in("ada")
    page.goto("/files/upload")
    page.get_by_label("Choose a folder").set_input_files(folder)
    summary = page.locator(".upload-summary")
    expect(summary.get_by_role("status")).to_have_text("27 files: 24 filed, 3 in the inbox, 2 passed over.")
    assert of_batches() == {"GP-NCM-B1": 12, "GP-NCM-B2": 12}
    assert RawFile.objects.filter(folder="March/GP-NCM-B2").count() == 12
    lines = page.locator(".upload")
    expect(lines).to_have_count(27)
    expect(lines.nth(1)).to_contain_text("March/GP-NCM-B1/scan 1.txt")
    expect(lines.filter(has_text="March/GP-NCM-B1/scan 10.txt")).to_contain_text("on GP-NCM-B1")

    summary.get_by_role("button", name="3 in the inbox").click()
    expect(page.locator(".upload:visible")).to_have_count(3)
    expect(page.locator(".upload:visible").filter(has_text="notes.md")).to_contain_text("No reader recognises")
    summary.get_by_role("button", name="3 in the inbox").click()
    expect(page.locator(".upload:visible")).to_have_count(27)

    look(page)
    page.get_by_text("2 passed over: hidden, or left by the system").click()
    expect(page.get_by_text("March/GP-NCM-B1/Thumbs.db")).to_be_visible()

    copied = folder / "GP-NCM-B2" / "scan 13.txt"
    copied.write_bytes((folder / "GP-NCM-B2" / "scan 1.txt").read_bytes())
    page.get_by_label("Choose a folder").set_input_files(folder / "GP-NCM-B2")
    expect(page.get_by_role("status").first).to_have_text("13 files: 13 known already.")
    expect(page.locator(".upload").filter(has_text="GP-NCM-B2/scan 13.txt")).to_contain_text(
        "These bytes are here already, as scan 1.txt"
    )
    assert RawFile.objects.count() == 26

    page.goto("/files/inbox")
    look(page)
    page.goto(f"/files/{RawFile.objects.get(name='copy of scan.txt').pk}/choose")
    expect(page.get_by_label("Sample, batch or cell")).to_be_visible()
    look(page)


def look(page) -> None:
    """axe has nothing to report, in either theme."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(300)  # until colours have stopped fading into each other
        found = Axe().run(page)
        assert not found.violations_count, found.generate_report()


ENTRIES = """
() => {
  const file = (path, text) => ({
    isFile: true, isDirectory: false, fullPath: path,
    file: (found, failed) =>
      text === null ? failed(new Error("permission denied")) : found(new File([text], path.split("/").pop())),
  });
  const folder = (path, inside) => ({
    isFile: false, isDirectory: true, fullPath: path,
    createReader: () => {
      const left = [...inside];
      return { readEntries: (found) => found(left.splice(0, 100)) };  // as browsers hand them out
    },
  });
  const scans = [...Array(130).keys()].map((n) => file(`/GP-NCM-B1/XRD/${n}.txt`, `scale\\n1.${n}\\n`));
  const dropped = folder("/GP-NCM-B1", [folder("/GP-NCM-B1/XRD", scans), file("/GP-NCM-B1/locked.txt", null)]);
  const event = new Event("drop", { cancelable: true });
  event.dataTransfer = { items: [{ webkitGetAsEntry: () => dropped }], files: [] };
  document.querySelector(".drop").dispatchEvent(event);
}
"""


def test_a_dropped_folder_of_more_files_than_a_browser_hands_out_at_once(batches, log_in):
    page = log_in("ada")
    page.goto("/files/upload")
    page.evaluate(ENTRIES)
    status = page.locator(".upload-summary").get_by_role("status")
    expect(status).to_have_text("131 files: 130 filed, 1 not sent.", timeout=60_000)
    expect(page.locator(".upload").filter(has_text="locked.txt")).to_contain_text(
        "GP-NCM-B1/locked.txt could not be read (permission denied)."
    )
    assert of_batches() == {"GP-NCM-B1": 130}


# The connection is lost whenever a file of this name is sent, for as long as the test says so.
LOSE = """
() => {
  const send = XMLHttpRequest.prototype.send;
  window.lost = "scan 3.txt";
  XMLHttpRequest.prototype.send = function (body) {
    if (body instanceof FormData && body.get("files")?.name === window.lost) this.dispatchEvent(new Event("error"));
    else send.call(this, body);
  };
}
"""


def test_a_file_that_cannot_be_sent_stops_none_of_the_others_and_is_sent_again(batches, log_in, folder):
    page = log_in("ada")
    page.goto("/files/upload")
    page.evaluate(LOSE)
    page.get_by_label("Choose a folder").set_input_files(folder / "GP-NCM-B1")
    status = page.locator(".upload-summary").get_by_role("status")
    expect(status).to_have_text("12 files: 11 filed, 1 not sent, 1 passed over.")
    expect(page.locator(".upload").filter(has_text="scan 3.txt")).to_contain_text("The connection was lost")
    page.evaluate("() => { window.lost = '' }")
    page.get_by_role("button", name="Send it again").click()
    expect(status).to_have_text("12 files: 12 filed, 1 passed over.")
    assert of_batches() == {"GP-NCM-B1": 12}


def test_an_empty_folder_says_so(project, log_in, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".hidden").write_text("x")
    page = log_in("ada")
    page.goto("/files/upload")
    page.get_by_label("Choose a folder").set_input_files(tmp_path / "empty")
    expect(page.locator(".upload-summary")).to_contain_text("No files to upload")
    assert not RawFile.objects.exists()
