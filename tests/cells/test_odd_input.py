"""Numbers and texts that nothing can have are refused with a sentence, over REST and on pages."""

from __future__ import annotations

import pytest

from cells.assembly.models import Cell, CellTemplate
from cells.electrode.models import ElectrodeDisc
from cells.exclusion.models import Exclusion
from cells.storage.models import StoragePlan
from tests.cells.electrode.conftest import punch, sheet  # noqa: F401  fixtures

LONG = "9" * 30


@pytest.mark.parametrize("field", ["diameter_mm", "mass_mg", "foil_mass_mg", "thickness_micrometer"])
def test_a_disc_of_a_size_that_nothing_has_is_refused_at_its_field(api, ada, sheet, field):  # noqa: F811
    said = {"sheet": sheet.pk, "code": "D-1", "diameter_mm": 10, "mass_mg": 13} | {field: 1e200}

    alone = api(ada).post("/api/v1/electrode-discs", said, format="json")
    in_bulk = api(ada).post("/api/v1/electrode-discs/bulk", [said], format="json")

    assert (alone.status_code, in_bulk.status_code) == (400, 400)
    assert field in str(alone.json())
    assert field in str(in_bulk.json())
    assert not ElectrodeDisc.objects.exists()


def test_a_sheet_of_a_size_that_nothing_has_is_refused(api, ada, sheet):  # noqa: F811
    answer = api(ada).patch(f"/api/v1/electrodes/{sheet.pk}", {"coating_areal_mass_mg_per_cm2": 1e300}, format="json")

    assert answer.status_code == 400
    assert "at most" in str(answer.json())


@pytest.mark.parametrize("nothing", ["", [], {}])
def test_an_empty_formulation_is_one_that_is_not_known(api, ada, project, nothing):
    said = {"project": project.pk, "code": "E-3", "formulation": nothing, "drying": nothing}

    answer = api(ada).post("/api/v1/electrodes", said, format="json")

    assert (answer.status_code, answer.json()["formulation"], answer.json()["drying"]) == (201, [], [])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"masses": "13\n-5"}, "Line 2"),
        ({"masses": "0"}, "over 0 mg"),
        ({"masses": "1e400"}, "too large"),
        ({"masses": "1e200"}, "at most"),
        ({"count": "2", "first": "9" * 99}, "at most 100 characters"),
        ({"count": "2", "diameter_mm": "1e200"}, "at most"),
    ],
)
def test_discs_that_cannot_be_are_refused_on_the_page_of_punching(client, ada, sheet, said, words):  # noqa: F811
    client.force_login(ada)
    for page in ("new", "preview"):
        answer = client.post(f"/electrodes/{sheet.pk}/discs/{page}", {"diameter_mm": "10", "pieces": "1"} | said)
        assert answer.status_code == 200
        if page == "new":
            assert words in answer.content.decode().replace("\u202f", " ")
    assert not ElectrodeDisc.objects.exists()


@pytest.mark.parametrize("address", ["/cells/new", "/cells/templates/new", "/cells/series"])
@pytest.mark.parametrize("name", ["like", "template"])
@pytest.mark.parametrize("key", [LONG, "9" * 5000, "²"])
def test_a_form_that_would_begin_with_no_record_begins_empty(client, ada, project, address, name, key):
    client.force_login(ada)

    assert client.get(address, {name: key}).status_code == 200


@pytest.mark.parametrize(("first", "last"), [(1, 10**10), (10**10, 10**10)])
def test_cycles_beyond_any_count_are_not_left_out(api, client, ada, cell, cycled, first, last):
    test = cycled(cell)
    client.force_login(ada)
    said = {"first_cycle": first, "last_cycle": last, "reason": "noise"}

    over_rest = api(ada).post("/api/v1/exclusions", {"test": test.pk, **said}, format="json")
    page = client.post(f"/exclusions/new?test={test.pk}", said)

    assert over_rest.status_code == 400
    assert "No test has so many cycles" in page.content.decode()
    assert not Exclusion.objects.exists()


def test_kinds_are_set_of_the_cycles_that_are_there(client, ada, cell, cycled, django_capture_on_commit_callbacks):
    test = cycled(cell)
    client.force_login(ada)

    beyond = client.post(f"/cycling/{test.pk}/kinds", {"first": LONG, "last": LONG, "kind": "rest"})
    answer = client.post(f"/cycling/{test.pk}/kinds", {"first": "9", "last": LONG, "kind": "check-up"})

    assert "has no cycle" in beyond.content.decode()
    assert answer.status_code == 302
    test.refresh_from_db()
    assert set(test.parameters["cycle_kinds"]) == {"9", "10", "11"}


@pytest.mark.parametrize("value", ["5", True, [5], {"a": 5}])
@pytest.mark.parametrize("name", ["active_mass_mg", "reference_potential_volt", "storage_temperature_celsius"])
def test_a_parameter_that_is_no_number_is_refused(api, ada, cell, cycled, name, value):
    test = cycled(cell)

    answer = api(ada).patch(f"/api/v1/tests/{test.pk}", {"parameters": {name: value}}, format="json")

    assert answer.status_code == 400
    assert f"{name} must be a number" in str(answer.json())


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("field", ["started_at", "ended_at"])
def test_storage_is_of_days_that_a_person_may_mean(api, ada, cell, field, moment):
    said = {"cell": cell.pk, "temperature_celsius": 60, "check_days": [15], field: moment}

    answer = api(ada).post("/api/v1/storage-plans", said, format="json")

    assert answer.status_code == 400
    assert field in str(answer.json())
    assert not StoragePlan.objects.exists()


def test_a_group_at_no_cycle_is_not_there(client, ada, cell, cycled):
    cycled(cell)
    client.force_login(ada)
    query = {"cells": cell.pk, "show": "mean", "group": cell.product}

    assert client.get("/compare/group", query | {"at": "1"}).status_code == 200
    assert client.get("/compare/group", query | {"at": "9" * 5000}).status_code == 404


def test_a_series_of_as_many_cells_as_are_allowed_is_made(client, ada, project):
    template = CellTemplate.objects.create(project=project, name="T", created_by=ada)
    client.force_login(ada)
    codes = [f"S-{number:03d}" for number in range(200)]
    rows = {
        f"row-{name}": [""] * 200 for name in ("positive_electrode", "negative_electrode", "active_mass_mg", "note")
    }

    client.post(
        "/cells/series", {"template": template.pk, "pattern": "S-{000..199}", "do": "make", "row-code": codes, **rows}
    )

    assert Cell.objects.filter(code__in=codes).count() == 200
