"""The inventory's pages: who may, what they show, what they refuse at its field."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from synthesis.batch.services import start_batch, weigh
from synthesis.chemical.models import Chemical, Lot
from synthesis.chemical.services import save_lot


@pytest.fixture
def as_ada(client, ada, project):
    client.force_login(ada)
    return client


def page(response) -> str:
    return response.content.decode()


def lot_fields(lot: Lot, **changes) -> dict[str, object]:
    told = {
        "chemical": lot.chemical_id,
        "supplier": lot.supplier,
        "number": lot.number,
        "amount_g": lot.amount_g,
        "assay_percent": lot.assay_percent,
        "moisture_percent": lot.moisture_percent,
        "received_on": "2026-01-05",
    }
    return told | changes


def test_the_list_says_what_is_left_and_how_each_lot_stands(as_ada, ada, lots):
    today = timezone.localdate()
    for key, day in (("lithium", today - timedelta(days=1)), ("flux", today + timedelta(days=10))):
        Lot.objects.filter(pk=lots[key].pk).update(expires_on=day)
    shown = {row.number: (row.expiry, row.left_g) for row in as_ada.get("/inventory/").context["listing"].page}
    assert shown == {
        "precursor-1": ("no-expiry", 1000.0),
        "lithium-1": ("past-date", 1000.0),
        "flux-1": ("expires-soon", 1000.0),
    }


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("expiry=past-date", ["lithium-1"]),
        ("max_left_g=500", ["flux-1"]),
        ("min_assay_percent=99.5", ["precursor-1"]),
        ("q=potassium", ["flux-1"]),
        ("q=Ni0.83", ["precursor-1"]),
        ("filling=nearly-empty", ["flux-1"]),
        ("max_expires_on=2026-12-31", ["lithium-1"]),
        ("sort=-left_g&filling=some", ["precursor-1", "lithium-1", "flux-1"]),
    ],
)
def test_lots_are_found_by_text_choice_and_range(as_ada, ada, lots, query, numbers):
    Lot.objects.filter(pk=lots["lithium"].pk).update(expires_on=date(2026, 2, 1), amount_g=999)
    as_ada.post(reverse("lot-correct", args=[lots["flux"].pk]), {"amount_g": -950, "reason": "spilt"})
    shown = as_ada.get(f"/inventory/?{query}").context["listing"].page
    assert [row.number for row in shown] == numbers


def test_the_list_is_a_csv_in_stored_units_with_the_chosen_columns(as_ada, lots):
    answer = as_ada.get("/inventory/?as=csv&columns=left_g&columns=assay_percent&sort=lot")
    text = b"".join(answer.streaming_content).decode()
    assert text.splitlines() == [
        "lot,left_g,assay_percent", "flux-1,1000.0,99.0", "lithium-1,1000.0,99.0", "precursor-1,1000.0,100.0",
    ]  # fmt: skip


def test_the_list_costs_the_same_for_many_lots(as_ada, ada, chemicals, lots, django_assert_max_num_queries):
    for number in range(40):
        save_lot(Lot(chemical=chemicals["flux"], number=f"K-{number}", amount_g=10), ada)
    with django_assert_max_num_queries(10):
        assert len(as_ada.get("/inventory/").context["listing"].page) == 43


def test_a_viewer_and_an_outsider_look_and_do_not_write(client, ben, cleo, project, lots):
    lot = lots["flux"]
    for user in (ben, cleo):
        client.force_login(user)
        assert client.get("/inventory/").status_code == 200
        assert "New lot" not in page(client.get("/inventory/"))
        assert client.get(reverse("lot", args=[lot.pk])).status_code == 200
        for name, args in (
            ("lot-new", []), ("lot-change", [lot.pk]), ("chemical-new", []), ("chemical-change", [lot.chemical_id])
        ):  # fmt: skip
            assert client.get(reverse(name, args=args)).status_code == 403
        correction = client.post(reverse("lot-correct", args=[lot.pk]), {"amount_g": -1, "reason": "spilt"})
        assert correction.status_code == 403


def test_a_lot_is_entered_with_its_certificate_and_gives_it_back(as_ada, chemicals):
    certificate = SimpleUploadedFile("CoA 12.pdf", b"%PDF-1.4 assay 99.2 %")
    told = {
        "chemical": chemicals["flux"].pk, "number": "K-12", "supplier": "Greagent", "amount_g": "500",
        "assay_percent": "99.2", "moisture_percent": "0", "received_on": "2026-03-01", "certificate": certificate,
    }  # fmt: skip
    answer = as_ada.post(reverse("lot-new"), told)
    lot = Lot.objects.get(number="K-12")
    assert answer.url == lot.get_absolute_url()
    back = as_ada.get(reverse("lot-certificate", args=[lot.pk]))
    assert b"".join(back.streaming_content) == b"%PDF-1.4 assay 99.2 %"
    assert 'filename="CoA 12.pdf"' in back["Content-Disposition"]


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"amount_g": "-5"}, "amount_g", "greater than or equal to"),
        ({"assay_percent": "101"}, "assay_percent", "less than or equal to 100"),
        ({"number": "flux-1"}, "__all__", "in the inventory already"),
        ({"expires_on": "2020-01-01"}, "expires_on", "before it was received"),
    ],
)
def test_a_lot_that_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(as_ada, lots, change, field, says):
    answer = as_ada.post(reverse("lot-new"), lot_fields(lots["flux"], number="K-2", note="keep me") | change)
    assert answer.status_code == 200
    assert says in str(answer.context["form"].errors[field])
    assert "keep me" in page(answer)
    assert Lot.objects.count() == 3


def test_a_weighed_lot_changes_its_assay_only_with_a_reason_and_the_history_shows_both(
    as_ada, ada, project, recipe_version, lots
):
    batch = start_batch(ada, project, "B-1", recipe_version)
    weigh(batch, lots["flux"], 19.03, ada)
    url = reverse("lot-change", args=[lots["flux"].pk])
    refused = as_ada.post(url, lot_fields(lots["flux"], assay_percent="99.5"))
    assert "Say why" in str(refused.context["form"].errors["reason"])
    less = as_ada.post(url, lot_fields(lots["flux"], amount_g="10"))
    assert "9.03 g would be missing" in str(less.context["form"].errors["amount_g"])
    done = as_ada.post(url, lot_fields(lots["flux"], assay_percent="99.5", reason="as on the certificate"))
    assert done.status_code == 302
    change = as_ada.get(done.url).context["changes"][0]
    assert (change.what, change.who, change.why) == ("changed", "Ada Owner", "as on the certificate")
    assert change.lines == (("assay", "99", "99.5"),)


def test_a_lot_page_shows_the_batches_that_one_may_see_and_the_grams_of_the_rest(
    client, ada, cleo, project, recipe_version, lots
):
    weigh(start_batch(ada, project, "B-1", recipe_version), lots["flux"], 19.03, ada)
    url = lots["flux"].get_absolute_url()
    client.force_login(ada)
    assert "B-1" in page(client.get(url))
    client.force_login(cleo)
    assert "B-1" not in page(client.get(url))
    assert "A further 19.03 g went into batches of projects" in page(client.get(url))


def test_a_correction_needs_its_reason_and_leaves_no_less_than_nothing(as_ada, lots):
    url = reverse("lot-correct", args=[lots["flux"].pk])
    assert "required" in page(as_ada.post(url, {"amount_g": "-5"}))
    too_much = as_ada.post(url, {"amount_g": "-1001", "reason": "spilt"})
    assert "Only 1000 g" in page(too_much)
    assert "-1001" in page(too_much)
    assert as_ada.post(url, {"amount_g": "-5", "reason": "spilt"}).status_code == 302
    shown = as_ada.get(lots["flux"].get_absolute_url())
    assert "spilt" in page(shown)
    assert shown.context["lot"].left_g == pytest.approx(995)


def test_a_formula_is_weighed_while_one_types_and_said_where_it_is_none(as_ada):
    told = as_ada.get("/inventory/formula", {"text": "LiOH.H2O"}).json()
    # 6.94 + 2 × 15.999 + 3 × 1.008
    assert told["molar_mass_g_per_mol"] == pytest.approx(41.962, abs=1e-3)
    assert told["water"] == 1
    assert as_ada.get("/inventory/formula", {"text": "Xx2"}).json()["error"].endswith("there is no element Xx.")


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"formula": "Zz"}, "formula", "there is no element Zz"),
        ({"formula": "K2SO4", "role": "precursor"}, "role", "holds no transition metal"),
        ({"formula": "K2SO4", "role": "lithium"}, "role", "holds no lithium"),
        ({"name": "potassium sulfate"}, "name", "already exists"),
    ],
)
def test_a_chemical_that_cannot_be_is_refused_at_its_field(as_ada, chemicals, change, field, says):
    answer = as_ada.post(reverse("chemical-new"), {"name": "salt", "formula": "NaCl", "role": "other", **change})
    assert says in str(answer.context["form"].errors[field])
    assert Chemical.objects.count() == 3


def test_a_chemical_page_shows_its_mass_lots_recipes_and_changes(as_ada, recipe_version, lots):
    chemical = lots["precursor"].chemical
    as_ada.post(
        reverse("chemical-change", args=[chemical.pk]),
        {"name": "Ni83 hydroxide", "formula": chemical.formula, "role": "precursor", "cas_number": "189139-63-7",
         "reason": "from the label"},
    )  # fmt: skip
    shown = page(as_ada.get(chemical.get_absolute_url()))
    for words in ("92.5", "precursor-1", "GP-NCM", "189139-63-7", "from the label", "Ni 0.83"):
        assert words in shown


def test_search_and_worklist_know_the_inventory(client, ada, ben, project, lots):
    Lot.objects.filter(pk=lots["flux"].pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    client.force_login(ada)
    hits = {
        group.title: [hit.label for hit in group.hits] for group in client.get("/search?q=sulfate").context["groups"]
    }
    assert hits["Inventory"] == ["potassium sulfate"]
    assert "flux-1" in page(client.get("/search?q=flux-1"))
    assert [s.key for s in client.get("/").context["sections"]] == ["lots"]
    client.force_login(ben)
    assert client.get("/").context["sections"] == []
