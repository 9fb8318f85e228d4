"""How cells are built, their electrodes and their templates, over the API."""

from __future__ import annotations

import pytest

from cells.assembly.models import Cell, CellTemplate
from tests.cells.assembly.test_api import errors
from tests.cells.assembly.test_build import HALF, POUCH, SOLID


@pytest.mark.parametrize("said", [HALF, POUCH, SOLID])
def test_what_is_sent_of_a_cell_is_what_is_told(api, ada, project, said):
    made = api(ada).post("/api/v1/cells/", {"project": project.pk, "code": "C-7", **said}).json()
    told = api(ada).get(f"/api/v1/cells/{made['id']}/").json()
    assert {name: told[name] for name in said} == said
    [row] = api(ada).get("/api/v1/cells/").json()["results"]
    assert {name: row[name] for name in said} == said


def test_a_cell_tells_its_electrodes_its_loading_and_its_balance(api, ada, project, punch, graphite):
    [disc], negative = punch(13.0), graphite()
    told = {
        "project": project.pk, "code": "C-7", "format": "coin_full", "positive_electrode_code": disc.code,
        "negative_electrode_code": negative.code,
    }  # fmt: skip
    made = api(ada).post("/api/v1/cells/", told).json()
    assert made["positive_electrode"] == disc.pk
    assert made["active_mass_mg"] == pytest.approx(9.0)
    assert made["active_mass_source"] == "weighed"
    assert made["batch_code"] == "GP-NCM-01"
    assert made["areal_loading_mg_per_cm2"] == pytest.approx(9.0)
    assert made["n_p_ratio"] == pytest.approx(1.75 / 1.8)
    assert made["balance"]["electrode_area_ratio"] == pytest.approx(1.1)
    assert api(ada).get("/api/v1/cells/?n_p_ratio__lte=1&areal_loading_mg_per_cm2__gte=8.9").json()["results"]
    assert not api(ada).get("/api/v1/cells/?n_p_ratio__gte=1").json()["results"]


@pytest.mark.parametrize(
    ("change", "attr", "part"),
    [
        ({"format": "solid_state", "electrolyte": "LP57"}, "electrolyte", "no liquid electrolyte"),
        ({"positive_electrode_code": "nowhere"}, "positive_electrode_code", "has no electrode nowhere"),
        ({"solid_layers": [{"role": "separator"}]}, "solid_layers", "needs its material"),
        ({"solid_layers": "LPSC"}, "solid_layers", "must be a list"),
        ({"electrolyte_mass_g": 1, "electrolyte_volume_microliter": 1}, "electrolyte_mass_g", "not both"),
        ({"stack_pressure_megapascal": -1, "format": "solid_state"}, "stack_pressure_megapascal", "greater than"),
    ],
)
def test_a_build_that_cannot_be_is_refused_at_its_field(api, ada, project, change, attr, part):
    response = api(ada).post("/api/v1/cells/", {"project": project.pk, "code": "C-8", **change})
    assert response.status_code == 400
    assert part in " ".join(error["detail"] for error in response.json()["errors"] if error["attr"].startswith(attr))


def test_a_change_is_judged_with_what_stays(api, ada, project):
    cell = Cell.objects.create(project=project, code="C-9", created_by=ada, **HALF)
    refused = api(ada).patch(f"/api/v1/cells/{cell.pk}/", {"format": "solid_state"})
    assert "no liquid electrolyte" in errors(refused)["electrolyte"]
    assert api(ada).patch(f"/api/v1/cells/{cell.pk}/", {"note": "dented"}).status_code == 200


def test_an_electrode_goes_into_one_cell(api, ada, project, punch):
    [disc] = punch(13.0)
    row = {"project": project.pk, "positive_electrode_code": disc.code}
    assert api(ada).post("/api/v1/cells/", {**row, "code": "C-1"}).status_code == 201
    assert (
        "in C-1 already" in errors(api(ada).post("/api/v1/cells/", {**row, "code": "C-2"}))["positive_electrode_code"]
    )


def test_many_cells_are_built_of_many_electrodes_and_an_electrode_named_twice_is_refused(api, ada, project, punch):
    first, second = punch(13.0, 23.0)
    rows = [
        {"project": project.pk, "code": "C-1", "positive_electrode_code": first.code},
        {"project": project.pk, "code": "C-2", "positive_electrode_code": second.code},
        {"project": project.pk, "code": "C-3", "positive_electrode_code": second.code},
        {"project": project.pk, "code": "C-4", "positive_electrode_code": "nowhere"},
    ]
    told = api(ada).post("/api/v1/cells/bulk/", rows).json()
    assert (told["made"], told["refused"]) == (2, 2)
    assert "in row 1 already" in told["results"][2]["errors"]["positive_electrode_code"][0]
    assert "has no electrode nowhere" in told["results"][3]["errors"]["positive_electrode_code"][0]
    masses = dict(Cell.objects.values_list("code", "active_mass_mg"))
    assert masses == {"C-1": pytest.approx(9.0), "C-2": pytest.approx(18.0)}


def test_many_cells_with_electrodes_ask_as_many_queries_as_one(api, ada, project, punch, django_assert_max_num_queries):
    client = api(ada)
    client.get("/api/v1/me")
    for n in (1, 12):
        discs = punch(*[13.0] * n)
        rows = [
            {"project": project.pk, "code": f"N-{n}-{k}", "positive_electrode_code": disc.code}
            for k, disc in enumerate(discs)
        ]
        with django_assert_max_num_queries(15):  # as without electrodes, and twice whether they are free
            assert client.post("/api/v1/cells/bulk/", rows).status_code == 201


def test_templates_are_kept_over_the_api(api, ada, ben, cleo, project):
    told = {"project": project.pk, "name": "half, VC", **HALF}
    response = api(ada).post("/api/v1/cell-templates/", told)
    assert response.status_code == 201
    made = response.json()
    assert {name: made[name] for name in HALF} == HALF
    url = f"/api/v1/cell-templates/{made['id']}/"
    assert api(ben).get(url).json()["name"] == "half, VC"
    assert api(ben).patch(url, {"name": "mine"}).status_code == 403
    assert api(ben).delete(url).status_code == 403
    assert api(cleo).get(url).status_code == 404
    assert api(cleo).get("/api/v1/cell-templates/").json()["results"] == []
    assert "no case" in errors(api(ada).patch(url, {"format": "pouch_full"}))["case"]
    assert api(ada).patch(url, {"electrolyte": "LP57"}).json()["electrolyte"] == "LP57"
    assert api(ada).delete(url).status_code == 204
    assert not CellTemplate.objects.exists()
