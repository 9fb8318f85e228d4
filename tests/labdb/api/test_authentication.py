"""Who may ask: sessions and tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from labdb.accounts.models import ApiToken
from labdb.accounts.services import create_project
from labdb.api.authentication import FAILURES_A_MINUTE


@pytest.fixture(autouse=True)
def forget_failures():
    cache.clear()


def sentence(response) -> str:
    return response.json()["errors"][0]["detail"]


def test_without_a_log_in_the_answer_is_401_and_says_how_to_get_in(db):
    response = APIClient().get("/api/v1/projects/")
    assert response.status_code == 401
    assert "Authorization: Bearer labdb_" in sentence(response)
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_token_stands_for_its_owner(api, ada, project):
    assert [row["name"] for row in api(ada).get("/api/v1/projects/").json()["results"]] == ["Porous cathodes"]


def test_a_session_needs_the_csrf_token_to_change_something(ada, project):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.get("/api/v1/projects/").status_code == 200
    assert client.post("/api/v1/projects/", {"name": "Another"}).status_code == 403


def test_an_expired_token_is_refused_and_says_when_it_expired(api, ada):
    response = api(ada, expires_at=timezone.now() - timedelta(days=1)).get("/api/v1/me")
    assert response.status_code == 401
    assert "expired on" in sentence(response)


def test_a_revoked_token_is_refused(api, ada):
    client = api(ada)
    ApiToken.objects.update(revoked_at=timezone.now())
    response = client.get("/api/v1/me")
    assert response.status_code == 401
    assert "revoked" in sentence(response)


def test_the_token_of_a_closed_account_is_refused(api, ada):
    client = api(ada)
    ada.is_active = False
    ada.save()
    assert client.get("/api/v1/me").status_code == 401


def test_a_read_only_token_reads_and_is_told_why_it_does_not_write(api, ada, project):
    client = api(ada, read_only=True)
    assert client.get("/api/v1/projects/").status_code == 200
    response = client.post("/api/v1/projects/", {"name": "Another"})
    assert response.status_code == 403
    assert "may only read" in sentence(response)


def test_a_token_limited_to_a_project_sees_that_one_alone(api, ada, project):
    other = create_project(ada, "Pilot line")
    client = api(ada, project=project)
    assert [row["id"] for row in client.get("/api/v1/projects/").json()["results"]] == [project.pk]
    assert client.get(f"/api/v1/projects/{other.pk}/").status_code == 404
    assert client.post("/api/v1/projects/", {"name": "A third"}).status_code == 403
    assert client.post("/api/v1/cells/", {"project": other.pk, "code": "X"}).status_code == 400


def test_the_use_of_a_token_is_noted_at_most_once_a_minute(api, ada, django_assert_num_queries):
    client = api(ada)
    client.get("/api/v1/me")
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    with django_assert_num_queries(1):
        client.get("/api/v1/me")
    assert ApiToken.objects.get().last_used_at == first


def test_wrong_tokens_are_throttled_by_address_and_right_ones_are_not(api, ada):
    guess = APIClient()
    guess.credentials(HTTP_AUTHORIZATION="Bearer labdb_guess")
    answers = [guess.get("/api/v1/me") for _ in range(FAILURES_A_MINUTE + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {401}
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "60"
    assert api(ada).get("/api/v1/me").status_code == 200


def test_me_tells_whose_token_it_is_and_what_it_may(api, ada):
    told = api(ada, read_only=True).get("/api/v1/me").json()
    assert told["username"] == "ada"
    assert told["token"]["read_only"] is True
    assert "digest" not in told["token"]
