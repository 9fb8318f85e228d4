"""The files of a folder: in order, and without what no instrument wrote."""

from __future__ import annotations

import pytest

from labdb.ingest.folder import below, passed_over


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("XRD/scan.xy", False),
        ("scan.xy", False),
        (".DS_Store", True),
        ("XRD/.hidden/scan.xy", True),
        ("Thumbs.db", True),
        ("XRD/thumbs.DB", True),
        ("desktop.ini", True),
        ("__MACOSX/scan.xy", True),
        ("~$results.xlsx", True),
    ],
)
def test_hidden_files_and_those_of_systems_are_passed_over(name, hidden):
    assert passed_over(name) is hidden


def test_files_come_in_the_order_in_which_a_person_counts_with_their_path_from_the_folder_on(tmp_path):
    folder = tmp_path / "March"
    for name in ("scan 10.xy", "scan 2.xy", "GP-NCM-B1/XRD/a.xy", ".DS_Store", "GP-NCM-B1/Thumbs.db"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    assert [(one.name, one.passed_over) for one in below(folder)] == [
        ("March/.DS_Store", True),
        ("March/GP-NCM-B1/Thumbs.db", True),
        ("March/GP-NCM-B1/XRD/a.xy", False),
        ("March/scan 2.xy", False),
        ("March/scan 10.xy", False),
    ]
    (alone,) = below(folder / "scan 2.xy")
    assert (alone.name, alone.path.read_text()) == ("scan 2.xy", "scan 2.xy")
