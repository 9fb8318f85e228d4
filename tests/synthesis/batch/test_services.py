"""Batches: from recipe to weighed masses to yield, and what they come from."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from synthesis.batch.models import Batch, BatchLink
from synthesis.batch.services import (
    BatchError,
    copy_batch,
    link,
    plan_lots,
    save_batch,
    start_batch,
    take_back_weighing,
    unlink,
    weigh,
)
from synthesis.batch.story import tell, weigh_lines, weigh_out_table
from synthesis.chemical.models import Chemical, Lot
from synthesis.chemical.services import LotError, left_in, save_chemical, save_lot


@pytest.fixture
def batch(project, ada, recipe_version):
    return start_batch(ada, project, "GP-NCM-01", recipe_version)


def test_the_weigh_out_table_for_100_g_of_precursor(recipe_version, lots):
    # As in test_arithmetic: 48.1098 g LiOH·H2O and 19.0267 g K2SO4, both 99 %.
    table = weigh_out_table(recipe_version, {lot.chemical_id: lot for lot in lots.values()}, 100)
    assert [line.mass_g for line in table] == pytest.approx([100, 48.1098, 19.0267], rel=1e-4)


def test_a_batch_starts_as_its_recipe_says(batch, recipe_version):
    assert batch.product == "GP-NCM"
    assert batch.process == recipe_version.process
    assert tell(batch).deviations == []


def test_what_was_weighed_has_its_ratios_verdicts_and_balance(batch, lots, ada):
    for key, mass in (("precursor", 100.0), ("lithium", 48.11), ("flux", 19.5)):
        weigh(batch, lots[key], mass, ada)
    batch.mass_after_sintering_g, batch.mass_after_washing_g = 124.0, 100.0
    save_batch(batch, ada)
    story = tell(batch)
    # 19.5 / 19.0267 = 1.02488: over the fail band of 2 %.
    assert [(r.name, r.verdict) for r in story.ratios] == [
        ("lithium hydroxide monohydrate", "ok"),
        ("potassium sulfate", "fail"),
    ]
    assert story.ratios[1].value == pytest.approx(0.102488, rel=1e-4)
    assert story.lithium_to_metals == pytest.approx(1.05, rel=1e-4)
    assert story.balance.product_yield == pytest.approx(100 / 105.3228, rel=1e-4)
    assert story.deviations == []


def test_two_lots_of_one_chemical_add_up_each_with_its_assay(batch, lots, ada, chemicals):
    weak = save_lot(Lot(chemical=chemicals["lithium"], number="weak", assay_percent=49.5, amount_g=100), ada)
    weigh(batch, lots["precursor"], 100, ada)
    weigh(batch, lots["lithium"], 24.0549, ada)  # half of what is needed, at 99 %
    weigh(batch, weak, 48.1098, ada)  # the other half, at 49.5 %
    assert tell(batch).ratios[0].value == pytest.approx(1.05, rel=1e-4)


def test_what_was_left_out_and_done_otherwise_is_listed(batch, lots, ada):
    weigh(batch, lots["precursor"], 100, ada)
    weigh(batch, lots["lithium"], 48.11, ada)
    batch.process = [dict(step) for step in batch.process]
    batch.process[2]["repeats"] = 3
    save_batch(batch, ada)
    assert [str(d) for d in tell(batch).deviations] == [
        "K2SO4: 0.1 → none",
        "wash with deionised water: wash 2 × with deionised water at 5 °C → wash 3 × with deionised water at 5 °C",
    ]


def test_more_out_than_in_is_refused_or_said(batch, lots, ada):
    weigh(batch, lots["precursor"], 10, ada)
    batch.mass_after_sintering_g = 12.0
    save_batch(batch, ada)
    assert tell(batch).problems == ["The mass after sintering is 12 g, but 10 g went in."]
    batch.mass_after_washing_g = 13.0
    with pytest.raises(BatchError, match="more than that after sintering"):
        save_batch(batch, ada)


@pytest.mark.parametrize("mass", [0, -1, float("nan")])
def test_a_mass_is_positive(batch, lots, ada, mass):
    with pytest.raises(LotError, match="must be over 0"):
        weigh(batch, lots["flux"], mass, ada)


def test_a_chemical_that_is_not_in_the_recipe_needs_a_reason(batch, ada, chemicals):
    salt = save_chemical(Chemical(name="sodium chloride", formula="NaCl"), ada)
    lot = save_lot(Lot(chemical=salt, number="1", amount_g=10), ada)
    with pytest.raises(LotError, match="is not in GP-NCM v1"):
        weigh(batch, lot, 1, ada)
    assert weigh(batch, lot, 1, ada, reason="a trial with a second flux")


def test_a_weighing_that_is_taken_back_gives_the_lot_its_mass_and_stays_in_the_history(batch, lots, ada):
    weighing = weigh(batch, lots["flux"], 19, ada)
    with pytest.raises(BatchError, match="needs its reason"):
        take_back_weighing(weighing, ada, "")
    take_back_weighing(weighing, ada, "typed twice")
    assert left_in(lots["flux"]) == 1000
    last = weighing.history.model.objects.first()
    assert (last.history_type, last.history_change_reason, last.mass_g) == ("-", "typed twice", 19)


def test_a_batch_does_not_come_from_itself(batch, project, ada, recipe_version):
    child = start_batch(ada, project, "child", recipe_version)
    grandchild = start_batch(ada, project, "grandchild", recipe_version)
    link(child, batch, BatchLink.Kind.SPLIT, ada, mass_g=50)
    link(grandchild, child, BatchLink.Kind.BLEND, ada)
    with pytest.raises(BatchError, match="GP-NCM-01 cannot come from grandchild"):
        link(batch, grandchild, BatchLink.Kind.REWORK, ada)
    with pytest.raises(BatchError):
        link(batch, batch, BatchLink.Kind.CONTROL, ada)
    link(batch, grandchild, BatchLink.Kind.CONTROL, ada)  # a comparison, not an origin


def test_a_copy_is_planned_alike_with_nothing_weighed(batch, lots, ada):
    weigh(batch, lots["flux"], 19, ada)
    copy = copy_batch(batch, ada, "GP-NCM-02")
    assert copy.process == batch.process
    assert not copy.weighings.exists()
    with pytest.raises(ValidationError, match="of that code already"):
        copy_batch(batch, ada, "GP-NCM-02")


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_a_viewer_and_an_outsider_change_no_batch(who, batch, lots, project, recipe_version, request):
    user = request.getfixturevalue(who)
    for act in (
        lambda: start_batch(user, project, "X", recipe_version),
        lambda: save_batch(batch, user),
        lambda: weigh(batch, lots["flux"], 1, user),
        lambda: copy_batch(batch, user, "X"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert Batch.objects.visible_to(user).exists() is (who == "ben")


def test_everything_that_needs_a_reason_is_said_at_once(batch, ada, chemicals):
    salt = save_chemical(Chemical(name="sodium chloride", formula="NaCl"), ada)
    lot = save_lot(Lot(chemical=salt, number="1", amount_g=10), ada)
    with pytest.raises(LotError, match=r"Only 10 g .* are left.* is not in GP-NCM v1"):
        weigh(batch, lot, 11, ada)


def test_the_weigh_lines_follow_the_precursor_as_weighed(batch, lots, ada):
    batch.wanted_precursor_mass_g = 100
    save_batch(batch, ada)
    planned = list(lots.values())
    before = weigh_lines(batch, tell(batch), [], planned)
    # As in test_arithmetic, from salts of 99 %.
    assert [line.mass_g for line in before] == pytest.approx([100, 48.1098, 19.0267], rel=1e-4)
    weigh(batch, lots["precursor"], 50, ada)
    weighings = list(batch.weighings.select_related("lot__chemical", "chemical"))
    after = weigh_lines(batch, tell(batch), weighings, planned)
    assert [line.mass_g for line in after] == pytest.approx([100, 24.0549, 9.51335], rel=1e-4)
    assert [line.still_g for line in after] == pytest.approx([50, 24.0549, 9.51335], rel=1e-4)


def test_what_was_weighed_beyond_the_recipe_has_a_line_without_target(batch, lots, ada, chemicals):
    salt = save_chemical(Chemical(name="sodium chloride", formula="NaCl"), ada)
    lot = save_lot(Lot(chemical=salt, number="1", amount_g=10), ada)
    weigh(batch, lot, 1, ada, reason="a second flux")
    weighings = list(batch.weighings.select_related("lot__chemical", "chemical"))
    last = weigh_lines(batch, tell(batch), weighings)[-1]
    assert (last.chemical, last.ratio, last.mass_g, last.weighed_g) == (salt, None, None, 1)


def test_one_lot_is_planned_for_a_chemical(batch, lots, ada, chemicals):
    other = save_lot(Lot(chemical=chemicals["flux"], number="flux-2", amount_g=10), ada)
    with pytest.raises(BatchError, match="are of one chemical"):
        plan_lots(batch, ada, [lots["flux"], other])
    plan_lots(batch, ada, [other])
    assert list(copy_batch(batch, ada, "copy").planned_lots.all()) == [other]


def test_the_verdict_of_a_batch_is_its_worst_ratio(batch, lots, ada):
    assert tell(batch).verdict is None
    for key, mass in (("precursor", 100.0), ("lithium", 48.11), ("flux", 19.2)):
        weigh(batch, lots[key], mass, ada)
    assert tell(batch).verdict == "warn"  # 19.2 / 19.0267: 0.9 % over


def test_a_link_is_made_once_and_taken_back_with_a_reason(batch, project, ada, recipe_version):
    child = start_batch(ada, project, "child", recipe_version)
    made = link(child, batch, BatchLink.Kind.CONTROL, ada)
    with pytest.raises(BatchError, match="is a control of GP-NCM-01 already"):
        link(child, batch, BatchLink.Kind.CONTROL, ada)
    with pytest.raises(BatchError, match="needs its reason"):
        unlink(made, ada, " ")
    unlink(made, ada, "the wrong batch")
    assert not child.links_up.exists()
    assert made.history.model.objects.first().history_change_reason == "the wrong batch"


def test_the_history_says_who_changed_a_batch_and_why(batch, ada):
    batch.furnace = "tube 2"
    save_batch(batch, ada, "tube 1 was cold")
    last = batch.history.first()
    assert (last.history_user, last.history_change_reason) == (ada, "tube 1 was cold")
