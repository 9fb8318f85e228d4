"""axe has nothing to report on any page, in either theme."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from cells.cycling.services import NewCell
from labdb.accounts.models import ApiToken
from labdb.ingest.services import ingest, request_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lived_in(project, ada, work, real_data, tmp_path):
    """A project with a finished run and one that failed, one that waits, an inbox and tokens."""
    neware = real_data / "cycling" / "neware" / "nw4-120-6-1-36.ndax"
    done = ingest(neware, neware.name, project, ada, subject=NewCell())
    request_run(done.measurement, ada)
    truncated = tmp_path / "truncated.ndax"
    truncated.write_bytes(neware.read_bytes()[:20_000])
    ingest(truncated, truncated.name, project, ada, subject=NewCell())
    work()
    odd = tmp_path / "odd.bin"
    odd.write_bytes(b"what is this")
    waiting = ingest(odd, odd.name, project, ada)
    request_run(done.measurement, ada)
    ApiToken.create(ada, "notebook", timezone.now() + timedelta(days=30))
    return {"file": done.raw_file, "run": done.measurement.runs.order_by("pk")[1], "waiting": waiting.raw_file}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_reports_nothing(theme, lived_in, project, log_in):
    page = log_in("ada")
    page.emulate_media(color_scheme=theme)
    addresses = [
        "/",
        "/files/",
        "/files/?state=inbox&sort=name",
        lived_in["file"].get_absolute_url(),
        "/files/upload",
        "/files/inbox",
        f"/files/{lived_in['waiting'].pk}/choose",
        lived_in["run"].get_absolute_url(),
        "/profile",
        "/profile/password",
        "/projects/",
        project.get_absolute_url(),
        "/search?q=nw4",
        "/search?q=zzzz",
    ]
    reports = []
    for address in addresses:
        page.goto(address)
        found = Axe().run(page)
        if found.violations_count:
            reports.append(f"{address}\n{found.generate_report()}")
    assert not reports, "\n\n".join(reports)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_reports_nothing_before_the_log_in(theme, page, db):
    page.emulate_media(color_scheme=theme)
    page.goto("/login")
    found = Axe().run(page)
    assert not found.violations_count, found.generate_report()
