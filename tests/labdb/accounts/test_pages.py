"""The pages of people: log-in, tokens, projects and members, as Ada, Ben and Cleo meet them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from labdb.accounts.models import ApiToken, Membership, Project, Role

PASSWORD = "analytical-engine"


def test_every_page_sends_a_stranger_to_the_log_in(client, project):
    for name in ("home", "file-list", "upload", "inbox", "profile", "project-list", "search"):
        response = client.get(reverse(name))
        assert response.status_code == 302, name
        assert response["Location"].startswith("/login?next="), name


def test_a_part_of_a_page_sends_the_whole_page_to_the_log_in(client, db):
    response = client.get("/worklist", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/files/"})
    assert response.status_code == 204
    assert response["HX-Redirect"] == "/login?next=/files/"


def test_the_right_password_leads_home(client, ada):
    response = client.post("/login", {"username": "ada", "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"] == "/"


def test_a_wrong_password_says_so_at_the_form(client, ada):
    page = client.post("/login", {"username": "ada", "password": "difference-engine"}).content.decode()
    assert "Please enter a correct username and password" in page


def test_the_log_in_closes_after_five_wrong_passwords_and_says_for_how_long(client, ada):
    for _ in range(5):
        response = client.post("/login", {"username": "ada", "password": "difference-engine"})
    assert response.status_code == 429
    assert "Too many wrong passwords" in response.content.decode()
    assert client.post("/login", {"username": "ada", "password": PASSWORD}).status_code == 429


def test_logging_out_needs_a_click_and_ends_the_session(client, ada):
    client.force_login(ada)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 302
    assert client.get("/").status_code == 302


def test_a_new_token_shows_its_secret_once(client, ada):
    client.force_login(ada)
    answer = {"form": "token", "token-name": "notebook", "token-days": "30", "token-read_only": "on"}
    page = client.post("/profile", answer)
    token = ApiToken.objects.get()
    assert token.prefix in page.content.decode()
    assert page.context["secret"].startswith(token.prefix)
    assert page.context["secret"] not in client.get("/profile").content.decode()
    assert token.read_only
    assert token.expires_at - timezone.now() == pytest.approx(timedelta(days=30), abs=timedelta(minutes=1))


def test_a_token_cannot_be_limited_to_a_project_of_others(client, cleo, project):
    client.force_login(cleo)
    answer = {"form": "token", "token-name": "spy", "token-days": "30", "token-project": project.pk}
    assert client.post("/profile", answer).status_code == 200
    assert not ApiToken.objects.exists()


def test_a_revoked_token_stays_listed_and_only_its_owner_may_revoke_it(client, ada, ben):
    token, _ = ApiToken.create(ada, "notebook", timezone.now() + timedelta(days=1))
    client.force_login(ben)
    assert client.post(reverse("token-revoke", args=[token.pk])).status_code == 404
    client.force_login(ada)
    assert client.post(reverse("token-revoke", args=[token.pk])).status_code == 302
    token.refresh_from_db()
    assert token.state == "revoked"
    assert "revoked" in client.get("/profile").content.decode()


def test_who_makes_a_project_manages_it(client, cleo):
    client.force_login(cleo)
    client.post("/projects/", {"name": "Anodes", "description": "Graphite."})
    membership = Membership.objects.get(project__name="Anodes")
    assert (membership.user, membership.manages) == (cleo, True)


def test_members_see_a_project_and_outsiders_get_a_404(client, ben, cleo, project):
    client.force_login(ben)
    assert client.get(project.get_absolute_url()).status_code == 200
    client.force_login(cleo)
    assert client.get(project.get_absolute_url()).status_code == 404
    assert client.post(reverse("member-add", args=[project.pk]), {"person": "cleo"}).status_code == 404
    assert project.name not in client.get("/projects/").content.decode()


def test_only_a_manager_changes_members(client, ada, ben, cleo, project):
    bens = Membership.objects.get(project=project, user=ben)
    client.force_login(ben)
    assert client.post(reverse("member-add", args=[project.pk]), {"person": "cleo"}).status_code == 403
    assert client.post(reverse("member-change", args=[project.pk, bens.pk]), {"role": "verifier"}).status_code == 403
    assert client.post(reverse("project-change", args=[project.pk]), {"name": "Mine"}).status_code == 403

    client.force_login(ada)
    client.post(reverse("member-add", args=[project.pk]), {"person": "CLEO", "role": "researcher"})
    assert project.role_of(cleo) == Role.RESEARCHER
    client.post(reverse("member-change", args=[project.pk, bens.pk]), {"role": "verifier"})
    assert project.role_of(ben) == Role.VERIFIER
    client.post(reverse("member-change", args=[project.pk, bens.pk]), {"remove": "1"})
    assert project.role_of(ben) is None


def test_the_last_manager_cannot_leave_and_is_told_why(client, ada, project):
    client.force_login(ada)
    adas = Membership.objects.get(project=project, user=ada)
    page = client.post(reverse("member-change", args=[project.pk, adas.pk]), {"remove": "1"}, follow=True)
    assert "is the only manager" in page.content.decode()
    assert project.role_of(ada) == Role.RESEARCHER


def test_an_unknown_person_is_refused_at_the_field(client, ada, project):
    client.force_login(ada)
    page = client.post(reverse("member-add", args=[project.pk]), {"person": "grace", "role": "viewer"})
    assert "Nobody here has the user name or e-mail grace" in page.content.decode()


def test_the_chosen_project_narrows_the_lists_until_it_is_left(client, ada, project):
    other = Project.objects.create(name="Other")
    client.force_login(ada)
    client.post("/projects/switch", {"project": project.pk, "next": "/files/"})
    assert client.get("/files/").context["frame"].project == project
    client.post("/projects/switch", {"project": other.pk})  # not a member
    assert client.get("/files/").context["frame"].project is None


def test_switching_the_project_goes_nowhere_else(client, ada, project):
    client.force_login(ada)
    response = client.post("/projects/switch", {"project": project.pk, "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"
