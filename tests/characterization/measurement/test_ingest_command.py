"""`manage.py ingest`: a folder from the command line, with the same guess as the page's."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from characterization.measurement.models import SampleMeasurement
from labdb.files.models import RawFile
from tests.characterization.measurement.scale import FILE

pytestmark = pytest.mark.usefixtures("calls")


@pytest.fixture
def folder(tmp_path, batch, sample):
    """Of a batch and its sample, of nobody knows what, of nothing that is read, and of the system."""
    files = {
        "GP-NCM-B1/scale/w2.txt": FILE,
        "GP-NCM-B1/scale/1.txt": FILE + b"1.9\n",
        "scan.txt": FILE + b"2.0\n",
        "notes.md": b"it rained",
        "copy.txt": FILE,
        ".DS_Store": b"\x00\x00\x00\x01Bud1",
    }
    for name, data in files.items():
        path = tmp_path / "March" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "March"


def run(*arguments) -> list[str]:
    out = StringIO()
    call_command("ingest", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


UNKNOWN = "no reader recognises what is in this file; it is kept, choose what it is in the inbox"
FITS_NOTHING = "its name fits no batch, sample or cell of Porous cathodes: say what was measured"


def test_a_dry_run_prints_what_would_become_of_each_file_and_keeps_nothing(folder, project):
    assert run(folder, "--project", project, "--dry-run") == [
        "passed over    March/.DS_Store",
        f"in the inbox   March/copy.txt → Scale → recognised as scale text; {FITS_NOTHING}",
        "filed          March/GP-NCM-B1/scale/1.txt → Scale → recognised as scale text; on GP-NCM-B1",
        "filed          March/GP-NCM-B1/scale/w2.txt → Scale → recognised as scale text; on GP-NCM-B1-W2 (washed 2)",
        f"in the inbox   March/notes.md → ? → {UNKNOWN}",
        f"in the inbox   March/scan.txt → Scale → recognised as scale text; {FITS_NOTHING}",
        "Porous cathodes: 2 filed, 3 in the inbox, 1 passed over. Nothing was kept.",
    ]
    assert not RawFile.objects.exists()


def test_a_folder_is_taken_in_as_its_manager_and_twice_is_once(folder, project, ada):
    told = run(folder, "--project", project.pk)
    assert told[-1] == "Porous cathodes: 2 filed, 3 in the inbox, 1 passed over."
    assert [one.subject_words for one in SampleMeasurement.objects.with_subject().order_by("pk")] == [
        "GP-NCM-B1",
        "GP-NCM-B1-W2, washed 2",
    ]
    # The bytes of copy.txt waited in the inbox, until they came under a name that says more.
    kept = RawFile.objects.get(name="w2.txt")
    assert (kept.folder, kept.uploaded_by) == ("March/GP-NCM-B1/scale", ada)
    assert not RawFile.objects.filter(name="copy.txt").exists()
    again = run(folder, "--project", project)
    assert again[-1] == "Porous cathodes: 2 in the inbox, 3 known already, 1 passed over."
    assert "copy.txt: these bytes are here already, as w2.txt, uploaded by Ada Owner" in again[1]
    assert RawFile.objects.count() == 4


def test_one_file_that_cannot_be_taken_in_stops_none_of_the_others(folder, project, settings):
    (folder / "big.txt").write_bytes(FILE * 100)
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    settings.MAX_UPLOAD_BYTES = 200
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("ingest", str(folder), "--project", str(project), stdout=out)
    assert "refused        big.txt: larger than" in out.getvalue()
    assert "refused        gone.txt: there is no such file." in out.getvalue()
    assert "2 filed, 3 in the inbox, 2 refused" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere", "--project", "Porous cathodes"], "there is no such file or folder"),
        ([".", "--project", "Anodes"], "There is no project Anodes; there are: Porous cathodes."),
        ([".", "--project", "Porous cathodes", "--as", "nobody"], "There is nobody called nobody"),
        ([".", "--project", "Porous cathodes", "--as", "ben"], "Ben Colleague may not write in Porous cathodes"),
        ([".", "--project", "Porous cathodes", "--technique", "astrology"], "no technique named astrology"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_read(project, ben, arguments, says):
    with pytest.raises(CommandError, match=says):
        run(*arguments)
    assert not RawFile.objects.exists()
