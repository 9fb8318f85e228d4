"""Projects and members over the API."""

from __future__ import annotations

from labdb.accounts.models import Membership, Project


def test_who_makes_a_project_manages_it(api, ada):
    response = api(ada).post("/api/v1/projects/", {"name": "Pilot line", "description": "100 kg a batch"})
    assert response.status_code == 201
    assert response.json()["role"] == "researcher"
    assert Membership.objects.get(user=ada).manages


def test_a_colleague_reads_and_a_manager_changes_a_project(api, ada, ben, project):
    url = f"/api/v1/projects/{project.pk}/"
    assert api(ben).get(url).json()["role"] == "viewer"
    refused = api(ben).patch(url, {"description": "mine"})
    assert refused.status_code == 403
    assert "manager" in refused.json()["errors"][0]["detail"]
    assert api(ada).patch(url, {"description": "GP-NCM"}).json()["description"] == "GP-NCM"


def test_an_outsider_finds_no_project(api, cleo, project):
    client = api(cleo)
    assert client.get("/api/v1/projects/").json()["results"] == []
    for address in ("", "members/"):
        assert client.get(f"/api/v1/projects/{project.pk}/{address}").status_code == 404
    assert client.post(f"/api/v1/projects/{project.pk}/members/", {"user": "cleo"}).status_code == 404


def test_a_manager_adds_changes_and_removes_a_member(api, ada, cleo, project):
    client, url = api(ada), f"/api/v1/projects/{project.pk}/members/"
    added = client.post(url, {"user": "cleo", "role": "viewer"}).json()
    assert {"user": "cleo", "name": "Cleo Outsider", "role": "viewer", "manages": False} in added
    changed = client.post(url, {"user": "cleo", "role": "verifier"}).json()
    assert [row["role"] for row in changed if row["user"] == "cleo"] == ["verifier"]
    assert client.delete(f"{url}cleo").status_code == 204
    assert not Project.objects.visible_to(cleo).exists()


def test_the_last_manager_stays(api, ada, project):
    refused = api(ada).delete(f"/api/v1/projects/{project.pk}/members/ada")
    assert refused.status_code == 409
    assert "only manager" in refused.json()["errors"][0]["detail"]


def test_the_name_of_a_project_is_taken_once(api, cleo, project):
    refused = api(cleo).post("/api/v1/projects/", {"name": project.name})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == "name"
