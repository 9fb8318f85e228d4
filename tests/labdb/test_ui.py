"""The parts that pages are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils.module_loading import import_string

from labdb.templatetags import ui


def drawn(template: str, **context) -> str:
    return Template("{% load ui %}" + template).render(Context(context))


def test_a_status_is_a_word_with_a_colour_and_a_shape():
    assert drawn('{% chip "running" 0.4 %}') == '<span class="chip busy half">running 40\u00a0%</span>'
    assert drawn('{% chip "succeeded" %}') == '<span class="chip good check">done</span>'
    assert (
        drawn("{% chip status %}", status="seen & unknown") == '<span class="chip idle plain">seen &amp; unknown</span>'
    )


def test_no_two_statuses_share_both_colour_and_shape_unless_they_mean_the_same():
    looks: dict[tuple[str, str], set[str]] = {}
    for status, (_, colour, shape) in ui.STATUS.items():
        looks.setdefault((colour, shape), set()).add(status)
    shared = [statuses for statuses in looks.values() if len(statuses) > 1]
    assert shared == [
        {"queued", "waiting"},
        {"succeeded", "active", "released", "approved", "in-date", "checked", "ok"},
        {"failed", "fail"},
        {"inbox", "warning", "expires-soon", "due-soon", "warn"},
        {"excluded", "expired", "revoked", "withdrawn", "retired"},
        {"past-date", "late"},
        {"no-expiry", "none-kept", "read-only"},
    ]


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (3_700_000, "3.7 MB"), (2_147_483_648, "2.15 GB"), (None, "–")],
)
def test_sizes_are_decimal_and_short(count, text):
    assert ui.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.42, "0.4 s"),
        (12.3, "12 s"),
        (200, "3 min 20 s"),
        (timedelta(minutes=15), "15 min"),
        (7500, "2 h 5 min"),
        (None, "–"),
    ],
)
def test_durations_have_two_parts_at_most(seconds, text):
    assert ui.duration(seconds) == text


def test_times_are_iso_with_the_zone_on_hover():
    html = ui.when(datetime(2026, 11, 22, 9, 43, 32, tzinfo=UTC))
    assert ">2026-11-22 09:43</time>" in html
    assert 'title="2026-11-22 09:43:32 UTC"' in html


def test_counts_are_grouped_by_thin_spaces_and_agree_with_their_noun():
    assert ui.grouped(1234567) == "1\u202f234\u202f567"
    assert ui.plural(1, "file,files") == "1 file"
    assert ui.plural(1000, "file,files") == "1\u202f000 files"


def test_numbers_and_units_come_from_their_quantity():
    assert ui.quantity_text(0.9481, "first_coulombic_efficiency") == "94.81"
    assert ui.quantity_unit("first_coulombic_efficiency") == "%"
    assert ui.quantity_unit("active_mass_mg") == "mg"
    assert ui.quantity_label("capacity_retention_at_100") == "Capacity retention at cycle 100"
    assert ui.quantity_text(521.0, "cycles") == "521"
    assert ui.parameter(None, "active_mass_mg") == "–"
    assert ui.parameter(True, "anything") == "yes"
    assert ui.percent_change(-0.0193) == "−1.93"


def test_what_a_file_says_of_its_time_is_read_without_effort():
    assert ui.said("2025-03-26T08:22:55.474+00:00") == "2025-03-26 08:22:55"
    assert ui.said("2025-03-26T09:22:52") == "2025-03-26 09:22:52"
    assert ui.said("BTS Client 8.0") == "BTS Client 8.0"
    assert ui.words("start_time_utc") == "start time (UTC)"


def test_a_sorted_column_turns_round_and_forgets_the_page():
    request = RequestFactory().get("/files/?sort=name&page=3&q=x")
    head = drawn('{% sort_head "name" "Name" %}{% sort_head "size" "Size" "MB" number=True %}', request=request)
    assert 'aria-sort="ascending"><a href="?sort=-name&amp;q=x">Name</a>' in head
    assert 'class="num"><a href="?sort=size&amp;q=x">Size <span class="unit">/ MB</span></a>' in head


class MassForm(forms.Form):
    active_mass_mg = forms.FloatField(label="Active mass", help_text="Without binder and carbon.")
    note = forms.CharField(required=False)


def test_a_field_has_its_unit_help_and_a_sentence_when_it_is_wrong():
    html = str(MassForm({"active_mass_mg": "heavy"}))
    assert '<span class="unit" aria-hidden="true">mg</span>' in html
    assert 'aria-describedby="id_active_mass_mg_helptext id_active_mass_mg_error"' in html
    assert 'aria-invalid="true"' in html
    assert "Enter a number." in html
    assert 'Note <span class="optional">(optional)</span>' in html


def test_every_entry_of_the_navigation_leads_somewhere_under_a_key_of_its_own():
    keys = [key for _, name, _, key in settings.NAVIGATION if reverse(name)]
    assert len(keys) == len(set(keys)) == len(settings.NAVIGATION)


def test_everything_that_rooms_contribute_is_there():
    for path in [*settings.WORKLIST, *settings.SEARCH, settings.SUBJECT_FORM]:
        assert callable(import_string(path)), path


def test_no_page_may_run_inline_scripts_or_styles(client, ada):
    client.force_login(ada)
    response = client.get("/")
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "'nonce-" in policy
    assert "default-src 'self'" in policy
    assert " style=" not in response.content.decode()


def test_a_missing_page_has_a_way_home(client, ada):
    client.force_login(ada)
    response = client.get("/nothing-here")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()
