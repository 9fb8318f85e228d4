"""The page of the API's document works under our content security policy."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_document_opens_and_an_answer_is_tried_out(project, log_in):
    page = log_in("ada")
    page.goto("/api/v1/docs/")
    expect(page.get_by_role("heading", name=re.compile("^labdb"))).to_be_visible()
    page.locator("#operations-tag-projects").click()
    projects = page.locator("#operations-projects-projects_list")
    projects.locator(".opblock-summary-control").click()
    projects.get_by_role("button", name="Try it out").click()
    projects.get_by_role("button", name="Execute").click()
    expect(projects.locator(".live-responses-table")).to_contain_text("Porous cathodes")
