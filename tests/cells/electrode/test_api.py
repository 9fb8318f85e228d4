"""Electrodes over REST, as Ada, Ben and Cleo meet them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cells.assembly.models import Cell
from cells.assembly.services import save_cell
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.sql import with_loading, with_masses
from tests.cells.electrode.conftest import FORMULATION

SHEETS, DISCS = "/api/v1/electrodes", "/api/v1/electrode-discs"


def test_a_sheet_is_described_read_changed_and_removed(api, ada, project, sheet):
    made = api(ada).post(
        SHEETS,
        {
            "project": project.pk,
            "code": "E-2",
            "batch": sheet.batch_id,
            "formulation": FORMULATION,
            "foil_material": "aluminium",
            "foil_thickness_micrometer": 13,
            "coating_areal_mass_mg_per_cm2": 17,
            "coating_thickness_micrometer": 50,
            "drying": [{"temperature_celsius": 80, "duration_hour": 2}],
        },
        format="json",
    )
    assert made.status_code == 201
    row = made.json()
    assert row["areal_loading_mg_per_cm2"] == pytest.approx(15.3)
    assert (row["active_fraction"], row["coating_density_g_per_cm3"]) == pytest.approx((0.9, 3.4))
    assert (row["batch_code"], row["created_by"], row["discs"]) == ("GP-NCM-01", "ada", [])
    address = f"{SHEETS}/{row['id']}"
    changed = api(ada).patch(address, {"solvent": "NMP", "reason": "was missing"}, format="json")
    assert changed.json()["solvent"] == "NMP"
    assert ElectrodeSheet.objects.get(pk=row["id"]).history.first().history_change_reason == "was missing"
    assert api(ada).delete(address).status_code == 400
    assert api(ada).delete(f"{address}?reason=twice").status_code == 204


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"code": "GP-NCM-01-E1"}, "non_field_errors", "code"),
        ({"formulation": [{"role": "active", "mass_fraction": 0.5}]}, "formulation", "add up to 50 %"),
        ({"formulation": "90:5:5"}, "formulation", "list of objects"),
        ({"drying": [{"duration_hour": 2}]}, "drying", "temperature is missing"),
        ({"foil_thickness_micrometer": -13}, "foil_thickness_micrometer", "greater than"),
        ({"batch": 999_999}, "batch", "no 999999"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused_at_its_field(api, ada, project, sheet, said, field, words):
    answer = api(ada).post(SHEETS, {"project": project.pk, "code": "E-2", **said}, format="json")

    assert answer.status_code == 400
    assert words in str(answer.json()).replace("\\xa0", " ")
    assert field in str(answer.json())


def test_many_discs_at_once_bad_rows_refused_each_with_its_reason(api, ada, sheet, punch):
    punch(13.0)
    rows = [
        {"sheet": sheet.pk, "code": "D1", "diameter_mm": 10, "mass_mg": 8.5},
        {"sheet": sheet.pk, "code": "D1", "diameter_mm": 10},
        {"sheet": sheet.pk, "code": "GP-NCM-01-E1-01", "diameter_mm": 10},
        {"sheet": sheet.pk, "code": "D2"},
        {"sheet": sheet.pk, "code": "D3", "area_cm2": 1, "mass_mg": 2.5},
        {"sheet": 999_999, "code": "D4", "area_cm2": 1},
        "D5",
    ]
    answer = api(ada).post(f"{DISCS}/bulk", rows, format="json")

    assert answer.status_code == 207
    told = answer.json()
    assert (told["made"], told["refused"]) == (1, 6)
    said = [str(row["errors"]) for row in told["results"]]
    for number, words in enumerate(
        ("{}", "of that code already", "of that code already", "or the area", "leaves no coating", "may see", "Invalid")
    ):
        assert words in said[number]
    assert ElectrodeDisc.objects.count() == 2


def test_bulk_asks_as_many_queries_for_many_as_for_one(api, ada, sheet):
    def asked(*codes: str) -> int:
        rows = [{"sheet": sheet.pk, "code": code, "diameter_mm": 10, "mass_mg": 8.5} for code in codes]
        with CaptureQueriesContext(connection) as queries:
            assert api(ada).post(f"{DISCS}/bulk", rows, format="json").status_code == 201
        return len(queries)

    assert asked("A") == asked(*(f"B{n}" for n in range(20)))


def test_weighing_over_rest_moves_the_cell(api, ada, cell, punch):
    [disc] = punch(13.0)
    cell.positive_electrode = disc
    save_cell(cell, ada)
    row = api(ada).patch(f"{DISCS}/{disc.pk}", {"mass_mg": 23.0, "reason": "tared"}, format="json").json()

    assert (row["active_mass_mg"], row["weighed"], row["positive_of"]) == (pytest.approx(18.0), True, cell.pk)
    assert Cell.objects.get().active_mass_mg == pytest.approx(18.0)
    refused = api(ada).patch(f"{DISCS}/{disc.pk}", {"mass_mg": 2.0}, format="json")
    assert "leaves no coating" in str(refused.json())
    assert api(ada).delete(f"{DISCS}/{disc.pk}?reason=x").status_code == 409


def test_discs_are_filtered_by_mass_loading_and_use(api, ada, cell, punch):
    used, light, unweighed = punch(13.0, 8.0, None)
    cell.positive_electrode = used
    save_cell(cell, ada)

    def found(query: str) -> list[int]:
        return [row["id"] for row in api(ada).get(f"{DISCS}?ordering=id&{query}").json()["results"]]

    assert found("active_mass_mg__gte=5&weighed=true") == [used.pk]
    assert found("areal_loading_mg_per_cm2__lte=5") == [light.pk]
    assert found("mass_mg__missing=true") == [unweighed.pk]
    assert found("free=true") == [light.pk, unweighed.pk]
    assert found("free=false") == [used.pk]


def test_the_database_computes_what_python_computes(api, ada, sheet, punch, project):
    ElectrodeSheet.objects.create(project=project, code="bare", created_by=ada)
    for metal in ("aluminium", "copper", "nickel", "steel", "other", "none", ""):
        ElectrodeSheet.objects.create(
            project=project,
            code=f"foil {metal}",
            foil_material=metal,
            foil_thickness_micrometer=12,
            formulation=FORMULATION,
            active_fraction=0.9,
            coated_sides=2,
            coating_areal_mass_mg_per_cm2=6.0,
            created_by=ada,
        )
    for number, of in enumerate(ElectrodeSheet.objects.all()):
        for mass in (None, 4.0, 60.0):
            disc = ElectrodeDisc(project=project, sheet=of, code=f"{number}-{mass}", mass_mg=mass, created_by=ada)
            disc.diameter_mm, disc.pieces = 12.0, 2
            disc.save()
    punch(13.0, foil_mass_mg=2.0)

    for found in with_loading(ElectrodeSheet.objects.all()):
        numbers = found.numbers
        assert (found.loading, found.density) == pytest.approx(
            (numbers.areal_loading_mg_per_cm2, numbers.coating_density_g_per_cm3)
        )
    discs = list(with_masses(ElectrodeDisc.objects.select_related("sheet")))
    assert len(discs) == 28
    for disc in discs:
        numbers = disc.numbers
        assert (disc.active_mg, disc.loading, disc.coated_area, disc.foil_mg) == pytest.approx(
            (numbers.active_mass_mg, numbers.areal_loading_mg_per_cm2, numbers.coated_area_cm2, numbers.foil_mass_mg)
        )
        assert disc.weighed == numbers.weighed


def test_who_may_read_and_who_may_write(api, ada, ben, cleo, sheet, punch):
    [disc] = punch(13.0)
    for user, read, write in ((ada, 200, 200), (ben, 200, 403), (cleo, 404, 404)):
        for address in (f"{SHEETS}/{sheet.pk}", f"{DISCS}/{disc.pk}"):
            assert api(user).get(address).status_code == read
            assert api(user).patch(address, {"note": "x"}, format="json").status_code == write
    row = {"sheet": sheet.pk, "code": "D", "area_cm2": 1}
    assert api(ben).post(DISCS, row, format="json").status_code == 403
    assert api(cleo).post(DISCS, row, format="json").status_code == 400
    assert api(ben).post(f"{DISCS}/bulk", [row], format="json").status_code == 403
    assert api(cleo).get(DISCS).json()["results"] == api(cleo).get(SHEETS).json()["results"] == []
    assert len(api(ben).get(DISCS).json()["results"]) == len(api(ben).get(SHEETS).json()["results"]) == 1
