"""The frame by keyboard: search, upload, navigation, list of keys, drawer, theme."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from labdb.files.models import RawFile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(project, ada) -> RawFile:
    return RawFile.objects.create(
        project=project,
        sha256="ab" * 32,
        name="odd.bin",
        size=12,
        uploaded_by=ada,
        uploaded_at=timezone.now(),
        inbox_reason="unknown",
        inbox_note="odd.bin: no reader recognises what is in this file.",
    )


def test_keys_reach_search_upload_and_rooms_but_not_while_typing(project, log_in):
    page = log_in("ada")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("u?")
    expect(page.get_by_role("searchbox")).to_have_value("u?")
    page.keyboard.press("Tab")
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page).to_have_title("Files · labdb")
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("u")
    expect(page).to_have_title("Upload · labdb")


def test_the_drawer_opens_at_the_right_and_esc_gives_the_focus_back(waiting, log_in):
    page = log_in("ada")
    page.goto("/files/inbox")
    page.get_by_role("link", name="Choose what odd.bin is").focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="What is it?")
    expect(drawer).to_be_visible()
    expect(drawer.get_by_label("What is in the file")).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("link", name="Choose what odd.bin is")).to_be_focused()


def test_ticking_rows_shows_what_can_be_done_with_them(waiting, log_in):
    page = log_in("ada")
    page.goto("/files/inbox")
    bar = page.locator(".action-bar")
    expect(bar).to_be_hidden()
    page.get_by_label("Tick odd.bin").check()
    expect(bar).to_contain_text("1 file ticked")
    page.get_by_role("button", name="Untick").click()
    expect(bar).to_be_hidden()


def test_the_theme_is_kept(project, log_in):
    page = log_in("ada")
    page.locator(".top-end summary").click()
    page.get_by_role("button", name="Dark").click()
    page.goto("/files/")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_on_a_phone_the_navigation_folds_away_and_nothing_overflows(project, waiting, log_in):
    page = log_in("ada")
    page.set_viewport_size({"width": 390, "height": 800})
    pages = ("/", "/files/", "/files/inbox", "/files/upload", waiting.get_absolute_url(), "/profile", "/projects/")
    files = page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Files")
    for address in pages:
        page.goto(address)
        expect(files).to_have_count(0)  # folded away, also for a screen reader
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    page.get_by_role("button", name="Navigation").click()
    files.click()
    expect(page).to_have_title("Files · labdb")
