"""The inventory: what is left in a lot, and what a lot refuses."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from synthesis.batch.services import start_batch, weigh
from synthesis.chemical.models import Chemical, Lot
from synthesis.chemical.services import LotError, correct_lot, left_in, save_chemical, save_lot


@pytest.fixture
def batch(project, ada, recipe_version):
    return start_batch(ada, project, "B-1", recipe_version)


def test_weighing_takes_from_the_lot(batch, lots, ada):
    weigh(batch, lots["flux"], 19.03, ada)
    assert left_in(lots["flux"]) == pytest.approx(980.97)
    assert left_in(lots["lithium"]) == 1000


def test_a_lot_is_never_weighed_below_zero_silently(batch, lots, ada):
    with pytest.raises(LotError, match=r"Only 1000 g of potassium sulfate flux-1 are left, 1000\.5 g"):
        weigh(batch, lots["flux"], 1000.5, ada)
    weigh(batch, lots["flux"], 1000.5, ada, reason="the container was overfilled")
    assert left_in(lots["flux"]) == pytest.approx(-0.5)


def test_an_expired_lot_needs_a_reason(batch, lots, ada):
    lots["flux"].expires_on = date(2026, 2, 1)
    save_lot(lots["flux"], ada)
    with pytest.raises(LotError, match="expired on 2026-02-01"):
        weigh(batch, lots["flux"], 1, ada)
    assert weigh(batch, lots["flux"], 1, ada, reason="assay checked again").reason == "assay checked again"


def test_a_correction_needs_a_reason_and_leaves_no_less_than_nothing(lots, ada):
    correct_lot(lots["flux"], ada, -100, "spilt")
    assert left_in(lots["flux"]) == 900
    with pytest.raises(LotError, match="needs its reason"):
        correct_lot(lots["flux"], ada, 5, " ")
    with pytest.raises(LotError, match="Only 900 g"):
        correct_lot(lots["flux"], ada, -901, "spilt")


def test_the_formula_of_a_weighed_chemical_stays(batch, lots, chemicals, ada):
    chemicals["flux"].formula = "Na2SO4"
    save_chemical(chemicals["flux"], ada)
    chemicals["flux"].formula = "K2SO4"
    save_chemical(chemicals["flux"], ada)
    weigh(batch, lots["flux"], 1, ada)
    chemicals["flux"].formula = "Na2SO4"
    with pytest.raises(LotError, match="make a new chemical instead"):
        save_chemical(chemicals["flux"], ada)


def test_the_amount_received_is_not_set_below_what_was_weighed(batch, lots, ada):
    weigh(batch, lots["flux"], 30, ada)
    lots["flux"].amount_g = 20
    with pytest.raises(LotError, match="10 g would be missing"):
        save_lot(lots["flux"], ada)


def test_a_certificate_is_kept_with_its_hash(lots, ada, tmp_path):
    path = tmp_path / "coa.pdf"
    path.write_bytes(b"abc")
    lot = save_lot(lots["flux"], ada, certificate=path, certificate_name="CoA K2SO4.pdf")
    assert lot.certificate_name == "CoA K2SO4.pdf"
    assert lot.certificate_key.startswith("raw/ba/ba7816bf")


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_a_viewer_and_an_outsider_write_no_inventory(who, chemicals, request):
    with pytest.raises(PermissionDenied):
        save_chemical(Chemical(name="x", formula="LiOH"), request.getfixturevalue(who))
    with pytest.raises(PermissionDenied):
        save_lot(Lot(chemical=chemicals["flux"], number="2", amount_g=1), request.getfixturevalue(who))


def test_the_lists_know_what_is_left_in_one_query(lots, batch, ada, django_assert_num_queries):
    weigh(batch, lots["flux"], 30, ada)
    correct_lot(lots["flux"], ada, -1, "spilt")
    with django_assert_num_queries(1):
        left = {lot.number: lot.left_g for lot in Lot.objects.with_amount_left()}
    assert left == {"flux-1": 969, "lithium-1": 1000, "precursor-1": 1000}


def test_every_change_of_a_lot_is_in_its_history(lots, ada):
    lots["flux"].assay_percent = 98.5
    save_lot(lots["flux"], ada)
    assert [h.assay_percent for h in lots["flux"].history.all()] == [98.5, 99]
