"""Filters, order and pages, as every list has them; tried on cells."""

from __future__ import annotations

import csv
import io

import pytest

from cells.assembly.models import Cell


@pytest.fixture
def cells(project, ada):
    return Cell.objects.bulk_create(
        Cell(project=project, code=f"C-{n:03}", active_mass_mg=10 + n % 5, created_by=ada) for n in range(250)
    )


def pages(client, url):
    while url:
        page = client.get(url).json()
        yield page["results"]
        url = page["next"]


@pytest.mark.parametrize("ordering", ["id", "-id", "code", "-code"])
def test_the_pages_hold_every_row_once_in_order(api, ada, cells, ordering):
    found = list(pages(api(ada), f"/api/v1/cells/?limit=60&ordering={ordering}"))
    assert [len(page) for page in found] == [60, 60, 60, 60, 10]
    codes = [row["code"] for page in found for row in page]
    assert codes == sorted((cell.code for cell in cells), reverse=ordering.startswith("-"))


def test_rows_that_come_in_between_shift_no_page(api, ada, project, cells):
    found = []
    for page in pages(api(ada), "/api/v1/cells/?limit=100&ordering=-id"):
        found += [row["code"] for row in page]
        Cell.objects.create(project=project, code=f"new {len(found)}", created_by=ada)
    assert found == [cell.code for cell in reversed(cells)]


def test_rows_of_the_same_value_are_told_apart_by_id(api, ada, cells, monkeypatch):
    from cells.assembly.api import CellViewSet

    monkeypatch.setattr(CellViewSet, "orderings", {"active_mass_mg": "active_mass_mg"})
    found = [row for page in pages(api(ada), "/api/v1/cells/?limit=40&ordering=-active_mass_mg") for row in page]
    assert [row["id"] for row in found] == [
        cell.pk for cell in sorted(cells, key=lambda cell: (cell.active_mass_mg, cell.pk), reverse=True)
    ]


def test_a_deep_page_asks_as_few_queries_as_the_first(api, ada, cells, django_assert_num_queries):
    client = api(ada)
    first = client.get("/api/v1/cells/?limit=10").json()
    with django_assert_num_queries(2):  # the token, the page
        second = client.get(first["next"]).json()
    with django_assert_num_queries(2):
        client.get(second["next"].replace("limit=10", "limit=1000"))


def test_ranges_and_several_values_filter(api, ada, cells):
    client = api(ada)

    def count(query):
        return len(client.get(f"/api/v1/cells/?limit=1000&{query}").json()["results"])

    assert count("active_mass_mg__gte=13") == 100
    assert count("active_mass_mg__gte=11&active_mass_mg__lte=12") == 100
    assert count("active_mass_mg=11&active_mass_mg=12") == 100
    assert count("code=C-007&code=C-008") == 2
    assert count("code__contains=c-00") == 10


@pytest.mark.parametrize(
    ("query", "attr", "part"),
    [
        ("mass__gte=3", "mass__gte", "known are: id, project, code"),
        ("active_mass_mg__gte=abc", "active_mass_mg__gte", "'abc' is not a number"),
        ("active_mass_mg__gte=nan", "active_mass_mg__gte", "'nan' is not a number"),
        ("id=99999999999999999999", "id", "not a whole number"),
        ("created_at__gte=yesterday", "created_at__gte", "2026-11-22"),
        ("code=%00", "code", "is not a text"),
        ("limit=1001", "limit", "from 1 to 1000"),
        ("limit=-1", "limit", "from 1 to 1000"),
        ("cursor=abc", "cursor", "start again without it"),
        ("cursor=bm9ib2R5", "cursor", "start again without it"),
        ("ordering=note", "ordering", "known are: id, -id, code, -code"),
        ("format=xlsx", "format", "one of: json, csv"),
        ("active_mass_mg__gte=1&active_mass_mg__gte=2", "active_mass_mg__gte", "once"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_so(api, ada, project, query, attr, part):
    response = api(ada).get(f"/api/v1/cells/?{query}")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["attr"] == attr
    assert part in error["detail"]


def test_a_cursor_of_another_order_is_refused(api, ada, cells):
    client = api(ada)
    url = client.get("/api/v1/cells/?limit=10&ordering=code").json()["next"]
    assert client.get(url.replace("ordering=code", "ordering=-id")).status_code == 400


def test_csv_holds_every_row_and_no_formula(api, ada, project, cells):
    Cell.objects.create(project=project, code="=cmd()", note="-1 V first", created_by=ada)
    response = api(ada).get("/api/v1/cells/?format=csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert len(rows) == 251
    odd = next(row for row in rows if "cmd" in row["code"])
    assert odd["code"] == "'=cmd()"
    assert odd["note"] == "'-1 V first"
    assert odd["active_mass_mg"] == ""
    assert rows[-1]["active_mass_mg"] in {"10.0", "11.0", "12.0", "13.0", "14.0"}


def test_an_address_that_is_none_answers_in_json(api, ada):
    response = api(ada).get("/api/v1/batteries/")
    assert response.status_code == 404
    assert "GET /api/v1/" in response.json()["errors"][0]["detail"]
