"""Lists of batches as files."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from labdb.files.models import RawFile
from synthesis.bulk.services import keep_list

HEADER = (
    "code,recipe,scale,started_on,mass_after_sintering_g,mass_after_washing_g,reason,"
    "lot of Ni83 hydroxide,mass of Ni83 hydroxide / g,lot of LiOH·H2O,mass of LiOH·H2O / g,"
    "lot of K2SO4,mass of K2SO4 / g"
)
GOOD = ",GP-NCM v1,lab,2026-03-02,,,,precursor-1,10,lithium-1,4.811,flux-1,1.903"


def text_of(*rows: str, header: str = HEADER) -> str:
    return "\r\n".join([header, *rows]) + "\r\n"


@pytest.fixture
def kept(project, ada, recipe_version, lots, tmp_path):
    """Keeps a list of Ada's: text, or rows of a workbook."""

    def kept(content, name: str = "batches.csv") -> RawFile:
        path = tmp_path / "upload"
        if isinstance(content, str):
            path.write_bytes(content.encode())
        else:
            book = Workbook()
            for row in content:
                book.active.append(row)
            book.save(path)
        return keep_list(path, name, project, ada)

    return kept
