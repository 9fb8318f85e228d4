"""Views of lists: kept under a name, shared with a project, removed by their owner."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from labdb.saved_views.models import SavedView
from labdb.saved_views.services import remove_view, save_view


def test_a_view_keeps_filters_columns_and_order_and_nothing_of_the_moment(ada):
    view = save_view(ada, "file-list", "Failed", "?q=&state=failed&sort=-name&page=3&format=csv&columns=a&columns=b")
    assert view.get_absolute_url() == "/files/?state=failed&sort=-name&columns=a&columns=b"


def test_a_view_of_the_same_name_is_replaced(ada):
    save_view(ada, "file-list", "Mine", "state=failed")
    save_view(ada, "file-list", "Mine", "state=inbox")
    assert SavedView.objects.get().query == "state=inbox"


@pytest.mark.parametrize(("page", "name"), [("no-such-list", "x"), ("file-list", " ")])
def test_a_view_needs_a_list_and_a_name(page, name, ada):
    with pytest.raises(ValueError, match=r"no list|a name"):
        save_view(ada, page, name, "")


def test_a_view_is_seen_by_its_owner_and_by_whom_it_is_shared_with(ada, ben, cleo, project):
    own = save_view(ada, "file-list", "Mine", "state=failed")
    shared = save_view(ada, "file-list", "Ours", "state=inbox", project)
    assert set(SavedView.objects.visible_to(ada)) == {own, shared}
    assert set(SavedView.objects.visible_to(ben)) == {shared}
    assert not SavedView.objects.visible_to(cleo).exists()
    with pytest.raises(PermissionDenied, match="only they remove it"):
        remove_view(shared, ben)


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_who_may_not_write_in_a_project_shares_no_view_with_it(who, project, request):
    with pytest.raises(PermissionDenied):
        save_view(request.getfixturevalue(who), "file-list", "Ours", "", project)


def test_a_list_shows_its_views_saves_one_and_removes_it(client, ada, ben, project):
    client.force_login(ada)
    said = {"page": "file-list", "name": "Failed ones", "query": "state=failed", "project": project.pk}
    answer = client.post("/views/save", said)
    assert answer.url == "/files/?state=failed"
    assert "Failed ones" in client.get("/files/").content.decode()
    client.force_login(ben)
    assert "Failed ones" in client.get("/files/").content.decode()
    view = SavedView.objects.get()
    assert client.post(f"/views/{view.pk}/remove").status_code == 403
    client.force_login(ada)
    assert client.post(f"/views/{view.pk}/remove").url == "/files/"
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_is_said_to_need_one(client, ada):
    client.force_login(ada)
    page = client.post("/views/save", {"page": "file-list", "name": "", "query": "state=failed"}, follow=True)
    assert "Give the view a name." in page.content.decode()


def test_cleo_sees_and_removes_no_view_of_others(client, cleo, ada, project):
    view = save_view(ada, "file-list", "Ours", "", project)
    client.force_login(cleo)
    assert client.post(f"/views/{view.pk}/remove").status_code == 404
    assert "Ours" not in client.get("/files/").content.decode()


def test_the_api_lists_saves_and_removes_views(api, ada, ben, project):
    script = api(ada)
    made = script.post(
        "/api/v1/views", {"page": "file-list", "name": "A", "query": "state=failed", "project": project.pk}
    )
    assert made.status_code == 201
    assert script.post("/api/v1/views", {"page": "nowhere", "name": "A", "query": ""}).status_code == 400
    assert [row["name"] for row in api(ben).get("/api/v1/views").json()["results"]] == ["A"]
    assert api(ben).delete(f"/api/v1/views/{made.json()['id']}").status_code == 403
    assert script.delete(f"/api/v1/views/{made.json()['id']}").status_code == 204
