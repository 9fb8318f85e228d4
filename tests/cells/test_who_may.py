"""Every address that writes electrodes, cells, templates, exclusions and storage, as Ben (viewer) and Cleo meet it."""

from __future__ import annotations

import pytest

from cells.assembly.models import Cell, CellTemplate
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.exclusion.models import Exclusion
from cells.exclusion.services import leave_out
from cells.storage.models import StorageCheck, StoragePlan
from cells.storage.services import save_plan
from labdb.accounts.services import create_project
from labdb.provenance.models import AnalysisRun
from tests.cells.electrode.conftest import punch, sheet  # noqa: F401  fixtures

KEPT = (ElectrodeSheet, ElectrodeDisc, Cell, CellTemplate, Exclusion, StoragePlan, StorageCheck, AnalysisRun)


@pytest.fixture
def records(project, ada, cell, cycled, sheet, punch):  # noqa: F811
    """One of each, in Ada's project; their keys by the word in the address."""
    test = cycled(cell)
    plan = StoragePlan(cell=cell, temperature_celsius=60)
    save_plan(plan, [15], ada)
    return {
        "sheet": sheet.pk,
        "disc": punch(13.0)[0].pk,
        "cell": cell.pk,
        "template": CellTemplate.objects.create(project=project, name="T", created_by=ada).pk,
        "exclusion": leave_out(cell, ada, "leaked").pk,
        "plan": plan.pk,
        "test": test.pk,
        "file": test.raw_files.get().pk,
        "project": project.pk,
    }


def _kept():
    return [list(model.objects.order_by("pk").values()) for model in KEPT]


PAGES = [
    "/electrodes/{sheet}/change", "/electrodes/{sheet}/remove", "/electrodes/{sheet}/discs/new",
    "/electrodes/{sheet}/discs/weigh", "/electrodes/discs/{disc}/change", "/electrodes/discs/{disc}/remove",
    "/cells/{cell}/change", "/cells/{cell}/preview", "/cells/templates/{template}/",
    "/cells/templates/{template}/remove",
    "/exclusions/new?id={cell}", "/exclusions/new?test={test}", "/exclusions/{exclusion}/withdraw",
    "/storage-plans/new?id={cell}", "/storage-plans/{plan}/change", "/storage-plans/{plan}/end",
    "/storage-plans/{plan}/remove", "/cycling/{test}/kinds", "/cycling/{test}/step-kinds",
    "/cycling/{test}/nominal-capacity", "/cycling/{test}/analyse", "/cycling/{test}/files/{file}/split",
    "/cells/series?like={cell}",
]  # fmt: skip
POSTED = {
    "reason": "why", "masses": "13", "diameter_mm": "10", "pieces": "1", "code": "X", "name": "X", "first": "1",
    "last": "2", "first_step": "1", "last_step": "2", "kind": "rest", "nominal_capacity_mah": "2", "do": "make",
    "started_at": "2026-01-01T00:00", "temperature_celsius": "60", "check_days": "15", "pattern": "X-{1..2}",
    "coated_sides": "1", "polarity": "positive", "format": "coin-half", "component-TOTAL_FORMS": "0",
    "component-INITIAL_FORMS": "0", "drying-TOTAL_FORMS": "0", "drying-INITIAL_FORMS": "0",
}  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_who_may_not_write_changes_nothing_on_a_page(client, ben, cleo, records, address):
    before = _kept()
    for user, answers in ((ben, {403, 404}), (cleo, {404})):
        client.force_login(user)
        answer = client.post(address.format(**records), POSTED | {"project": records["project"]})
        assert answer.status_code in answers, user
    assert _kept() == before


API = [
    ("post", "electrodes", {"project": "{project}", "code": "X"}),
    ("patch", "electrodes/{sheet}", {"note": "X"}),
    ("delete", "electrodes/{sheet}?reason=x", {}),
    ("post", "electrode-discs", {"sheet": "{sheet}", "code": "X", "diameter_mm": 10}),
    ("post", "electrode-discs/bulk", [{"sheet": "{sheet}", "code": "X", "diameter_mm": 10}]),
    ("patch", "electrode-discs/{disc}", {"note": "X"}),
    ("delete", "electrode-discs/{disc}?reason=x", {}),
    ("post", "cells", {"project": "{project}", "code": "X"}),
    ("post", "cells/bulk", [{"project": "{project}", "code": "X"}]),
    ("patch", "cells/{cell}", {"note": "X"}),
    ("delete", "cells/{cell}", {}),
    ("post", "cell-templates", {"project": "{project}", "name": "X"}),
    ("patch", "cell-templates/{template}", {"note": "X"}),
    ("delete", "cell-templates/{template}", {}),
    ("post", "exclusions", {"cell": "{cell}", "reason": "X"}),
    ("post", "exclusions/{exclusion}/withdraw", {"reason": "X"}),
    ("post", "storage-plans", {"cell": "{cell}", "temperature_celsius": 60}),
    ("patch", "storage-plans/{plan}", {"note": "X"}),
    ("delete", "storage-plans/{plan}", {}),
    ("post", "storage-plans/{plan}/end", {}),
    ("patch", "tests/{test}", {"parameters": {"nominal_capacity_mah": 2}}),
    ("post", "tests/{test}/kinds", {"first_step": 1, "last_step": 2, "kind": "rest"}),
    ("post", "tests/{test}/split", {"file": "{file}"}),
]


def _filled(said, records):
    if isinstance(said, list):
        return [_filled(one, records) for one in said]
    return {name: records[v[1:-1]] if isinstance(v, str) and v[0] == "{" else v for name, v in said.items()}


@pytest.mark.parametrize(("method", "address", "said"), API)
def test_who_may_not_write_changes_nothing_over_rest(api, ben, cleo, records, method, address, said):
    before = _kept()
    send = f"/api/v1/{address.format(**records)}"
    answer = getattr(api(ben), method)(send, _filled(said, records), format="json")
    assert answer.status_code == 403

    hidden = getattr(api(cleo), method)(send, _filled(said, records), format="json")
    assert hidden.status_code == (404 if "{" in address else 400)
    nobody = dict.fromkeys(records, 999_999)
    absent = getattr(api(cleo), method)(f"/api/v1/{address.format(**nobody)}", _filled(said, nobody), format="json")
    assert absent.status_code == hidden.status_code
    if "{" in address:
        assert absent.json() == hidden.json()
    assert _kept() == before


def test_nothing_of_another_project_is_put_into_one(api, cleo, records, client):
    """Cleo writes in a project of hers, and names records of Ada's: they do not exist for her."""
    hers = create_project(cleo, "Elsewhere")
    said = {"project": hers.pk, "code": "X"}
    refused = [
        ("electrodes", {**said, "batch": ElectrodeSheet.objects.get(pk=records["sheet"]).batch_id}),
        ("cells", {**said, "batch_code": "GP-NCM-01"}),
        ("cells", {**said, "positive_electrode_code": ElectrodeDisc.objects.get(pk=records["disc"]).code}),
        ("cells/bulk", [{**said, "positive_electrode_code": ElectrodeDisc.objects.get(pk=records["disc"]).code}]),
    ]
    for address, body in refused:
        assert api(cleo).post(f"/api/v1/{address}", body, format="json").status_code == 400

    client.force_login(cleo)
    answer = client.post("/cells/series", POSTED | {"template": records["template"]})
    assert answer.status_code == 200
    assert not Cell.objects.filter(project=hers).exists()
