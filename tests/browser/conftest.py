"""A real server, a real Chromium, and a page on which any complaint of the browser fails the test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from labdb.ingest import jobs, tasks

# Playwright runs an event loop in the test's thread, where Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
PASSWORD = "analytical-engine"

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    return live_server.url


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test on a script error, an error in the console, or a request outside the server."""
    complaints: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not _local(request.url):
            complaints.append(f"asked outside: {request.url}")

    page = context.new_page()
    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("request", asked)
    page.set_default_timeout(15_000)
    yield page
    page.close()
    assert complaints == []


def _local(url: str) -> bool:
    return url.startswith(("http://localhost:", "http://127.0.0.1:", "data:", "blob:"))


@pytest.fixture
def log_in(page: Page) -> Callable[[str], Page]:
    """Log in by the form, as a person does."""

    def log_in(username: str) -> Page:
        page.goto("/login")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("link", name="labdb")).to_be_visible()
        page.wait_for_load_state()  # the scripts have run
        return page

    return log_in


@pytest.fixture
def work(monkeypatch) -> Callable[[], int]:
    """What a worker would do, when the test says so: computes the runs that were asked for, and counts them."""
    waiting: list[int] = []
    monkeypatch.setattr(jobs, "call_worker", waiting.append)

    def work() -> int:
        done = 0
        while waiting:
            tasks.work(waiting.pop(0))
            done += 1
        return done

    return work
