"""The pages of instruments."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from labdb.instruments.models import Calibration, Instrument
from labdb.instruments.services import save_instrument
from labdb.worklist.section import sections


@pytest.fixture
def as_ada(client, ada, project):
    client.force_login(ada)
    return client


def text(response) -> str:
    return response.content.decode()


def test_the_list_shows_how_each_stands_the_most_urgent_first(as_ada, ada, d8, calibrated):
    calibrated(d8, -10, 355)
    for name, kept in (("STOE", (-400, -35)), ("Balance", (-360, 5))):
        calibrated(save_instrument(Instrument(name=name), ada), *kept)
    save_instrument(Instrument(name="Ruler"), ada)
    shown = as_ada.get(reverse("instrument-list")).context["listing"].page
    assert [(row.name, row.state) for row in shown] == [
        ("STOE", "late"),
        ("Balance", "due-soon"),
        ("D8", "in-date"),
        ("Ruler", "none-kept"),
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=late", ["STOE"]),
        ("technique=cycling", ["D8"]),
        ("q=room+12", ["D8"]),
        ("max_due_on=2000-01-01", []),
        ("sort=-name", ["STOE", "D8"]),
    ],
)
def test_instruments_are_found_by_text_choice_and_range(as_ada, ada, d8, calibrated, query, names):
    calibrated(save_instrument(Instrument(name="STOE"), ada), -400, -35)
    shown = as_ada.get(f"{reverse('instrument-list')}?{query}").context["listing"].page
    assert [row.name for row in shown] == names


def test_the_list_is_a_csv(as_ada, d8):
    answer = as_ada.get(f"{reverse('instrument-list')}?as=csv&columns=maker&columns=state")
    assert b"".join(answer.streaming_content).decode().splitlines() == ["name,maker,state", "D8,Bruker,none-kept"]


def test_the_list_costs_the_same_for_many(as_ada, ada, d8, calibrated, django_assert_max_num_queries):
    for number in range(30):
        calibrated(save_instrument(Instrument(name=f"Balance {number}"), ada), -10, 355)
    with django_assert_max_num_queries(8):
        assert len(as_ada.get(reverse("instrument-list")).context["listing"].page) == 31


def test_an_instrument_is_entered_calibrated_and_changed(as_ada, project, today):
    told = {"name": "D8", "technique": "cycling", "maker": "Bruker", "location": "room 12"}
    done = as_ada.post(reverse("instrument-new"), told)
    d8 = Instrument.objects.get()
    assert done.url == d8.get_absolute_url()
    address = reverse("instrument-calibrate", args=[d8.pk])
    due = today + timedelta(days=365)
    fields = {"performed_on": today, "due_on": due, "outcome": "passed", "standard": "NIST SRM 640f"}
    assert as_ada.post(address, fields).status_code == 302
    page = text(as_ada.get(d8.get_absolute_url()))
    assert "NIST SRM 640f" in page
    assert f"{due:%Y-%m-%d}" in page
    assert "in date" in page
    as_ada.post(reverse("instrument-change", args=[d8.pk]), told | {"location": "room 14", "reason": "the lab moved"})
    change = as_ada.get(d8.get_absolute_url()).context["changes"][0]
    assert (change.what, change.lines, change.why) == (
        "changed", (("location", "room 12", "room 14"),), "the lab moved",
    )  # fmt: skip


def test_a_failed_calibration_is_noted_without_the_due_date_that_the_form_began_with(as_ada, d8, calibrated, today):
    calibrated(d8, -10, 355)
    form = as_ada.get(d8.get_absolute_url()).context["form"]
    start = {"performed_on": today, "due_on": form.initial["due_on"], "outcome": "failed"}
    assert start["due_on"] == today + timedelta(days=365)
    as_ada.post(reverse("instrument-calibrate", args=[d8.pk]), start)
    assert Calibration.objects.get(outcome="failed").due_on is None
    assert "It failed its last calibration" in text(as_ada.get(d8.get_absolute_url()))


def test_a_calibration_that_cannot_be_keeps_what_was_typed(as_ada, d8, today):
    fields = {"performed_on": today, "due_on": today, "outcome": "passed", "certificate": "K-77"}
    answer = as_ada.post(reverse("instrument-calibrate", args=[d8.pk]), fields)
    assert "It must be due after the day on which it was done." in text(answer)
    assert "K-77" in text(answer)
    assert not Calibration.objects.exists()


def test_a_calibration_is_corrected_with_a_reason(as_ada, d8, calibrated, today):
    kept = calibrated(d8, -10, 355)
    address = reverse("calibration-change", args=[kept.pk])
    fields = {"performed_on": kept.performed_on, "due_on": kept.due_on, "outcome": "passed", "certificate": "K-78"}
    assert "This field is required" in text(as_ada.post(address, fields))
    assert as_ada.post(address, fields | {"reason": "misread"}).url == d8.get_absolute_url()
    shown = as_ada.get(d8.get_absolute_url())
    assert [(change.what, change.why) for change in shown.context["changes"]] == [
        (f"calibration of {kept.performed_on} changed", "misread"),
        (f"calibration of {kept.performed_on} made", ""),
        ("made", ""),
    ]


def test_everybody_looks_and_only_researchers_write(client, ben, cleo, d8, calibrated):
    kept = calibrated(d8, -400, -35)
    for user in (ben, cleo):
        client.force_login(user)
        assert "D8" in text(client.get(reverse("instrument-list")))
        page = text(client.get(d8.get_absolute_url()))
        assert "It was due for calibration on" in page
        assert "Note the calibration" not in page
        for name, args in (("instrument-new", []), ("instrument-change", [d8.pk]), ("calibration-change", [kept.pk])):
            assert client.get(reverse(name, args=args)).status_code == 403
        assert client.post(reverse("instrument-calibrate", args=[d8.pk]), {}).status_code == 403
    assert Calibration.objects.count() == 1


def test_the_worklist_says_what_is_due_to_who_can_do_something(rf, ada, ben, d8, calibrated):
    calibrated(d8, -400, -35)
    for user, keys in ((ada, ["calibrations"]), (ben, [])):
        request = rf.get("/")
        request.user, request.session = user, {}
        assert [section.key for section in sections(request)] == keys


def test_the_home_page_shows_the_instrument_and_the_search_finds_it(as_ada, d8, calibrated):
    calibrated(d8, -400, -35)
    home = text(as_ada.get("/"))
    assert "Calibrations due" in home
    assert d8.get_absolute_url() in home
    assert d8.get_absolute_url() in text(as_ada.get("/search?q=bruker"))


def test_the_inventory_leads_to_the_instruments(as_ada):
    assert f'href="{reverse("instrument-list")}"' in text(as_ada.get("/inventory/"))
