"""What a supervisor, a proxy or a container may ask without logging in."""

from __future__ import annotations

from collections import namedtuple

import pytest
from django.db import DatabaseError

from labdb import health


def test_alive_is_answered_without_the_database(client):
    answer = client.get("/healthz")  # no db fixture: a query would fail

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_when_database_migrations_files_and_disk_are(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"database": True, "migrations": True, "files": True, "disk": True},
        "oldest_waiting_second": None,
    }


@pytest.mark.django_db
def test_not_ready_on_a_full_disk(client, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: usage(10, 9, 1))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["disk"] is False


def test_not_ready_while_the_database_is_away(client, monkeypatch):
    def away(*args):
        raise DatabaseError("connection refused")

    monkeypatch.setattr(health.connection, "cursor", away)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": False, "migrations": False, "files": True, "disk": True}


@pytest.mark.django_db
def test_not_ready_while_migrations_wait(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *args: ["0002_more"])

    assert client.get("/readyz").json()["checks"]["migrations"] is False


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_health_is_only_read(client, method):
    assert getattr(client, method)("/healthz").status_code == 405
