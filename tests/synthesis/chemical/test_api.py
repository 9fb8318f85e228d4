"""Chemicals and lots over the API."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from synthesis.batch.services import start_batch, weigh
from synthesis.chemical.models import Chemical, Lot


def errors(response) -> dict[str, str]:
    return {error["attr"]: error["detail"] for error in response.json()["errors"]}


def test_a_chemical_is_added_with_its_molar_mass(api, ada, project):
    made = api(ada).post("/api/v1/chemicals/", {"name": "LiOH·H2O", "formula": "LiOH.H2O", "role": "lithium"})
    assert made.status_code == 201
    assert made.json()["molar_mass_g_per_mol"] == pytest.approx(41.962, abs=1e-3)
    wrong = api(ada).post("/api/v1/chemicals/", {"name": "X", "formula": "Xx"})
    assert "no element Xx" in errors(wrong)["formula"]
    role = api(ada).post("/api/v1/chemicals/", {"name": "X", "formula": "K2SO4", "role": "lithium"})
    assert "holds no lithium" in errors(role)["role"]


def test_lots_are_listed_with_what_is_left_and_filtered_by_it(api, ada, project, recipe_version, lots):
    weigh(start_batch(ada, project, "B-1", recipe_version), lots["flux"], 19.03, ada)
    rows = api(ada).get("/api/v1/lots/?left_g__lte=990").json()["results"]
    assert [(row["number"], row["left_g"], row["expiry"]) for row in rows] == [("flux-1", 980.97, "no-expiry")]
    assert [row["number"] for row in api(ada).get("/api/v1/lots/?role=lithium").json()["results"]] == ["lithium-1"]
    csv = b"".join(api(ada).get("/api/v1/lots/?format=csv").streaming_content).decode()
    assert "left_g" in csv.splitlines()[0]


def test_a_lot_is_added_changed_corrected_and_refused_at_its_field(api, ada, project, recipe_version, lots):
    client, lot = api(ada), lots["flux"]
    told = {"chemical": lot.chemical_id, "number": "K-2", "amount_g": 500, "assay_percent": 99.2}
    made = client.post("/api/v1/lots/", told)
    assert made.status_code == 201
    assert made.json()["left_g"] == 500
    assert (
        "100" in errors(client.post("/api/v1/lots/", told | {"number": "K-3", "assay_percent": 120}))["assay_percent"]
    )
    weigh(start_batch(ada, project, "B-1", recipe_version), lot, 19.03, ada)
    url = f"/api/v1/lots/{lot.pk}/"
    assert "Say why" in errors(client.patch(url, {"assay_percent": 99.5}))["reason"]
    done = client.patch(url, {"assay_percent": 99.5, "reason": "as on the certificate"})
    assert done.json()["assay_percent"] == 99.5
    assert lot.history.first().history_change_reason == "as on the certificate"
    assert lot.history.first().history_user == ada
    less = client.post(f"{url}corrections/", {"amount_g": -5, "reason": "spilt"})
    assert less.status_code == 201
    assert less.json()["left_g"] == pytest.approx(975.97)
    assert (
        "cannot be taken away"
        in errors(client.post(f"{url}corrections/", {"amount_g": -5000, "reason": "x"}))["amount_g"]
    )


def test_the_certificate_goes_in_and_comes_back(api, ada, lots):
    url = f"/api/v1/lots/{lots['flux'].pk}/certificate/"
    assert api(ada).get(url).status_code == 404
    told = {"file": SimpleUploadedFile("CoA.pdf", b"assay 99.2 %")}
    put = api(ada).put(url, told, format="multipart")
    assert put.status_code == 200
    assert put.json()["certificate_name"] == "CoA.pdf"
    back = api(ada).get(url)
    assert b"".join(back.streaming_content) == b"assay 99.2 %"


def test_everybody_reads_and_only_researchers_write(api, ben, cleo, ada, project, lots):
    lot = lots["flux"]
    told = {"chemical": lot.chemical_id, "number": "K-2", "amount_g": 500}
    for user in (ben, cleo):
        client = api(user)
        assert len(client.get("/api/v1/lots/").json()["results"]) == 3
        for refused in (
            client.post("/api/v1/lots/", told),
            client.patch(f"/api/v1/lots/{lot.pk}/", {"note": "mine"}),
            client.post(f"/api/v1/lots/{lot.pk}/corrections/", {"amount_g": 1, "reason": "x"}),
            client.put(f"/api/v1/lots/{lot.pk}/certificate/", {}, format="multipart"),
            client.post("/api/v1/chemicals/", {"name": "X", "formula": "NaCl"}),
            client.patch(f"/api/v1/chemicals/{lot.chemical_id}/", {"note": "mine"}),
        ):
            assert refused.status_code == 403
            assert "written by researchers" in refused.json()["errors"][0]["detail"]
    limited = api(ada, project=project).post("/api/v1/lots/", told)
    assert "limited to one project" in limited.json()["errors"][0]["detail"]
    assert (Lot.objects.count(), Chemical.objects.count()) == (3, 3)


def test_a_page_of_lots_costs_the_same_for_many(api, ada, chemicals, lots, django_assert_max_num_queries):
    for number in range(50):
        Lot.objects.create(chemical=chemicals["flux"], number=str(number), amount_g=1, created_by=ada)
    client = api(ada)
    client.get("/api/v1/lots/")
    with django_assert_max_num_queries(2):
        assert len(client.get("/api/v1/lots/").json()["results"]) == 53
