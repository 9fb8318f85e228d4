"""Uploads of which nobody says what they are of: labdb finds it out, or asks."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from characterization.measurement.models import SampleMeasurement
from labdb.files.models import RawFile
from labdb.ingest import installed
from labdb.ingest.reader import Reader, Reading
from synthesis.batch.models import Batch
from synthesis.heat_treatment.models import FurnaceLog
from synthesis.sample.models import Sample
from tests.cells.cycling.readers.samples import neware_flat
from tests.characterization.measurement.scale import FILE, SCALE
from tests.synthesis.heat_treatment.test_furnace_log import write
from tests.synthesis.recipe.test_process import process

pytestmark = pytest.mark.usefixtures("calls")


def read_named(path, name):
    first, *masses = path.read_text().splitlines()
    return Reading(pl.DataFrame({"mass_g": [float(mass) for mass in masses]}), {"sample": first.partition(" ")[2]})


# Its files say of which sample they are: "named GP-NCM-B1".
NAMED = dataclasses.replace(
    SCALE,
    name="named",
    label="Named scale",
    readers=[Reader("named-text", 1, "named text", lambda head: head.data.startswith(b"named"), read_named)],
)
# A picture could be of anything.
PICTURE = dataclasses.replace(
    SCALE,
    name="picture",
    label="Picture",
    readers=[Reader("picture-text", 1, "picture", lambda head: head.data.startswith(b"picture"), read_named)],
    only_when_said=True,
)


@pytest.fixture(autouse=True)
def more_techniques(scale, settings):
    here = "tests.characterization.measurement.test_upload"
    settings.TECHNIQUES = [*settings.TECHNIQUES, f"{here}.NAMED", f"{here}.PICTURE"]
    installed.techniques.cache_clear()


@pytest.fixture
def b12(project, ada):
    return Batch.objects.create(project=project, code="GP-NCM-B12", product="GP-NCM", created_by=ada)


@pytest.fixture
def c14(project, ada, batch):
    return Cell.objects.create(project=project, code="C-014", batch=batch, created_by=ada)


@pytest.fixture
def send(client, ada, project):
    """Uploads a file by the page as Ada, onto what labdb finds out; the answer is the page."""

    def send(name: str, data: bytes = FILE, **answers) -> str:
        client.force_login(ada)
        said = {"project": project.pk, "onto": "auto", "files": [SimpleUploadedFile(name, data)], **answers}
        return client.post("/files/upload", said).content.decode()

    return send


def subjects() -> list[str]:
    return [one.subject_words for one in SampleMeasurement.objects.with_subject().order_by("pk")]


def note() -> str:
    return RawFile.objects.in_inbox().get().inbox_note


def test_finding_out_is_what_the_page_begins_with(client, ada, project):
    client.force_login(ada)
    form = client.get("/files/upload").context["form"]
    assert form["onto"].initial == "auto"
    assert form.fields["onto"].choices[0] == ("auto", "As labdb finds out, by content and name")


@pytest.mark.parametrize(
    ("name", "folder", "words"),
    [
        ("gp-ncm_b1.txt", "", "GP-NCM-B1"),
        ("gp-ncm_b1_w2.txt", "", "GP-NCM-B1-W2, washed 2"),
        ("scan 3.txt", "GP-NCM-B1/XRD", "GP-NCM-B1"),
        ("w2.txt", "GP-NCM-B1/XRD", "GP-NCM-B1-W2, washed 2"),
        ("C-014 after 100 cycles.txt", "", "C-014 after 100 cycles"),
    ],
)
def test_a_file_is_hung_on_what_its_name_or_folder_says(send, batch, sample, c14, name, folder, words):
    page = send(name, folder=folder)
    assert "recognised as scale text; on " in page
    assert subjects() == [words]


def test_a_name_that_fits_two_waits_with_both_of_them_told(send, client, batch, b12):
    send("GP-NCM-B1 against GP-NCM-B12.txt")
    assert note() == (
        "GP-NCM-B1 against GP-NCM-B12.txt: recognised as scale text; the name fits GP-NCM-B12 and GP-NCM-B1: say which."
    )
    waiting = RawFile.objects.get()
    form = client.get(reverse("inbox-choose", args=[waiting.pk])).context["about"]
    assert (form.initial["onto"], form.initial["specimen"]) == ("specimen", "GP-NCM-B12")
    answer = {"reader": "scale:scale-text", "onto": "specimen", "specimen": "gp-ncm-b1"}
    assert client.post(reverse("inbox-choose", args=[waiting.pk]), answer).status_code == 302
    assert subjects() == ["GP-NCM-B1"]


def test_a_name_of_nothing_waits_and_says_so(send, batch):
    send("scan 3.txt")
    assert note() == (
        "scan 3.txt: recognised as scale text;"
        " its name fits no batch, sample or cell of Porous cathodes: say what was measured."
    )


def test_a_wash_of_which_there_is_no_sample_is_asked_for(send, batch, sample):
    send("GP-NCM-B1_w3.txt")
    assert "the name fits GP-NCM-B1, which has no sample “washed 3”" in note()


def test_a_batch_without_samples_takes_its_washes_itself(send, batch):
    send("GP-NCM-B1_w3.txt")
    assert subjects() == ["GP-NCM-B1"]


def test_what_a_file_says_of_its_sample_helps_where_its_name_does_not(send, batch, b12):
    send("scan 3.txt", b"named GP-NCM-B12\n1.7\n")
    send("GP-NCM-B1 or GP-NCM-B12.txt", b"named gp-ncm-b1\n1.8\n")
    send("GP-NCM-B1.txt", b"named GP-NCM-B12\n1.9\n")
    assert subjects() == ["GP-NCM-B12", "GP-NCM-B1", "GP-NCM-B1"]


def test_codes_of_other_projects_mean_nothing_here(send, cleo):
    from labdb.accounts.services import create_project

    elsewhere = create_project(cleo, "Cleo's own")
    Batch.objects.create(project=elsewhere, code="GP-NCM-B1", created_by=cleo)
    send("GP-NCM-B1.txt")
    assert "fits no batch" in note()


def test_a_cycling_file_goes_on_the_cell_in_its_name_else_on_a_new_one(send, batch, c14):
    content = neware_flat().encode()
    assert "on cell C-014, being analysed" in send("c014 formation.csv", content)
    assert "on a cell named after it, being analysed" in send("GP-NCM-B1 first.csv", content + b"\n")
    assert [test.cell.code for test in CyclingTest.objects.order_by("pk")] == ["C-014", "GP-NCM-B1 first"]


def test_a_cycling_file_of_two_cells_waits(send, project, ada, c14):
    Cell.objects.create(project=project, code="C-15", created_by=ada)
    send("C-014 and C-15.csv", neware_flat().encode())
    assert "the name fits cell C-014 and cell C-15: say which" in note()
    assert not CyclingTest.objects.exists()


def furnace(tmp_path) -> bytes:
    path = tmp_path / "furnace.csv"
    write(path, "Time (s),TC1 (°C)", lambda m, c: f"{m * 60:.0f},{c:.2f}")
    return path.read_bytes()


def test_a_furnace_log_goes_on_the_batch_in_its_name(send, batch, tmp_path):
    page = send("GP-NCM-B1 tube furnace.csv", furnace(tmp_path))
    assert "on GP-NCM-B1, being analysed" in page
    assert FurnaceLog.objects.get().batch == batch


def test_a_furnace_log_of_a_batch_that_was_heated_twice_waits_with_the_first_without_a_log(
    send, client, batch, tmp_path
):
    Batch.objects.filter(pk=batch.pk).update(process=process())  # sintering, and a second heat after the wash
    told = {"technique": "furnace", "name": "one", "heat_treatment": 1, "created_by": batch.created_by}
    FurnaceLog.objects.create(project=batch.project, batch=batch, **told)
    send("GP-NCM-B1.csv", furnace(tmp_path))
    assert "the name fits GP-NCM-B1, which has 2 heat treatments: say which" in note()
    form = client.get(reverse("inbox-choose", args=[RawFile.objects.get().pk])).context["about"]
    assert form.initial == {"onto": "batch", "batch": "GP-NCM-B1", "heat_treatment": 2}


def test_a_picture_is_one_only_where_a_person_says_so(send, api, ada, project, batch):
    picture = b"picture\n1.7\n"
    assert "no reader recognises" in send("GP-NCM-B1.tif", picture)
    page = send("GP-NCM-B1.tif", picture, technique="picture")
    assert "recognised as picture; on GP-NCM-B1" in page
    body = {"project": project.pk, "technique": "picture", "subject": "auto"}
    files = {"file": SimpleUploadedFile("gp-ncm-b1 eds.tif", picture + b"1.8\n")}
    (told,) = api(ada).post("/api/v1/files/", body | files, format="multipart").json()["results"]
    assert told["file"]["technique"] == "picture"
    assert subjects() == ["GP-NCM-B1", "GP-NCM-B1"]


def test_a_script_gets_the_same_guess(api, ada, project, batch, sample):
    body = {"project": project.pk, "subject": "auto", "folder": "GP-NCM-B1", "file": SimpleUploadedFile("w2.txt", FILE)}
    (told,) = api(ada).post("/api/v1/files/", body, format="multipart").json()["results"]
    assert told["sentence"] == "w2.txt: recognised as scale text; on GP-NCM-B1-W2 (washed 2), being analysed."
    assert subjects() == ["GP-NCM-B1-W2, washed 2"]


def test_a_script_answers_the_inbox_by_letting_labdb_find_out_again(send, api, ada, project):
    send("GP-NCM-B7.txt")
    waiting = RawFile.objects.get()
    answer = {"technique": "scale", "reader": "scale-text", "subject": "auto"}
    address = f"/api/v1/files/{waiting.pk}/choose/"
    assert api(ada).post(address, answer).json()["file"]["state"] == "inbox"
    Batch.objects.create(project=project, code="GP-NCM-B7", created_by=ada)
    assert api(ada).post(address, answer).json()["file"]["state"] == "filed"


def test_ticked_files_are_filed_where_they_are_clear_by_now(send, client, project, ada, batch, b12):
    send("GP-NCM-B7.txt")
    send("GP-NCM-B1 or GP-NCM-B12.txt", FILE + b"1.9\n")
    Batch.objects.create(project=project, code="GP-NCM-B7", created_by=ada)
    ids = list(RawFile.objects.values_list("pk", flat=True))
    page = client.post(reverse("inbox-file-ticked"), {"id": ids, "onto": "auto"}, follow=True).content.decode()
    assert "1 of 2 filed" in page
    assert "1 stay in the inbox" in page
    assert subjects() == ["GP-NCM-B7"]


# What a person says.


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"specimen": "gp-ncm-b1"}, "GP-NCM-B1"),
        ({"specimen": "GP-NCM-B1-W2"}, "GP-NCM-B1-W2, washed 2"),
        ({"specimen": "C-014", "cycle_count": "100"}, "C-014 after 100 cycles"),
        ({"specimen": "cell C-014"}, "C-014"),
        ({"specimen": "GP-NCM-B1  F9"}, "GP-NCM-B1 F9, final"),
    ],
)
def test_a_person_types_a_sample_a_batch_or_a_cell(send, batch, sample, c14, ada, said, words):
    Sample.objects.create(batch=batch, code="F9", created_by=ada)
    send("scan.txt", onto="specimen", **said)
    assert subjects() == [words]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"specimen": ""}, "Give the code of a sample, a batch or a cell."),
        ({"specimen": "GP-NCM-B9"}, "has no sample, batch or cell GP-NCM-B9"),
        ({"specimen": "GP-NCM-B1", "cycle_count": "100"}, "GP-NCM-B1 is no cell, so it made no cycles"),
        ({"specimen": "F9"}, "2 batches have a sample F9; write the code of the batch before it: GP-NCM-B1 F9."),
        ({"specimen": "GP-NCM-B12"}, "write “batch GP-NCM-B12” or “cell GP-NCM-B12”"),
        ({"specimen": "sample GP-NCM-B1"}, "has no sample, batch or cell GP-NCM-B1"),
    ],
)
def test_a_code_that_means_nothing_or_two_things_is_said_at_its_field(send, ada, project, batch, b12, said, says):
    for of in (batch, b12):
        Sample.objects.create(batch=of, code="F9", created_by=ada)
    Cell.objects.create(project=project, code="GP-NCM-B12", created_by=ada)
    assert says in send("scan.txt", onto="specimen", **said)
    assert not RawFile.objects.exists()


def test_the_page_suggests_what_may_be_typed(client, ada, batch, sample, c14):
    client.force_login(ada)
    page = client.get("/files/upload").content.decode()
    for code in ("GP-NCM-B1", "GP-NCM-B1-W2", "C-014"):
        assert f'<option value="{code}">' in page


def test_a_viewer_and_an_outsider_file_nothing(client, api, ben, cleo, project, batch):
    for user in (ben, cleo):
        client.force_login(user)
        files = [SimpleUploadedFile("GP-NCM-B1.txt", FILE)]
        client.post("/files/upload", {"project": project.pk, "onto": "auto", "files": files})
        body = {"project": project.pk, "subject": "auto", "file": SimpleUploadedFile("GP-NCM-B1.txt", FILE)}
        assert api(user).post("/api/v1/files/", body, format="multipart").status_code in (400, 403)
    assert not RawFile.objects.exists()


def test_a_guess_asks_as_often_for_many_codes(send, project, ada, batch):
    with CaptureQueriesContext(connection) as few:
        send("GP-NCM-B1 one.txt")
    for number in range(30):
        of = Batch.objects.create(project=project, code=f"GP-NCM-C{number}", created_by=ada)
        Sample.objects.create(batch=of, code=f"GP-NCM-C{number}-F1", created_by=ada)
    with CaptureQueriesContext(connection) as many:
        send("GP-NCM-B1 two.txt", FILE + b"1.9\n")
    assert len(many) <= len(few)
