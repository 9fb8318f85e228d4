"""The OpenAPI document and its page."""

from __future__ import annotations

import io

import yaml
from django.core.management import call_command


def test_the_document_is_valid_and_without_a_warning():
    written = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=written)
    assert "/api/v1/cycles/" in yaml.safe_load(written.getvalue())["paths"]


def test_the_document_lists_filters_pages_and_errors(api, ada):
    document = api(ada).get("/api/v1/schema/?format=json").json()
    cycles = document["paths"]["/api/v1/cycles/"]["get"]
    assert {"cell", "discharge_capacity_mah_per_g__gte", "cursor", "limit"} <= {p["name"] for p in cycles["parameters"]}
    assert {"200", "400", "401"} <= set(cycles["responses"])
    upload = document["paths"]["/api/v1/files/"]["post"]
    assert "413" in upload["responses"]
    fields = upload["requestBody"]["content"]["multipart/form-data"]["schema"]["$ref"].rpartition("/")[2]
    assert {"file", "project", "cell", "test", "new_cell"} <= set(
        document["components"]["schemas"][fields]["properties"]
    )


def test_its_page_has_nothing_inline_and_nothing_from_elsewhere(client, ada):
    client.force_login(ada)
    page = client.get("/api/v1/docs/").content.decode()
    assert "<style" not in page
    assert "<script>" not in page
    assert "://" not in page.replace("http://testserver", "")
    assert client.get("/api/v1/docs/?script=")["Content-Type"].startswith("application/javascript")


def test_the_document_needs_a_log_in(client, db):
    assert client.get("/api/v1/schema/").status_code == 401
