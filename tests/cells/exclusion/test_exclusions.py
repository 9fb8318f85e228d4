"""What is left out of means: who may, what is refused, and what stays."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cells.assembly.models import Cell
from cells.cycling.models import CycleRow
from cells.exclusion.left_out import left_out_of
from cells.exclusion.models import Exclusion
from cells.exclusion.services import ExclusionError, leave_out, leave_out_cells, withdraw
from labdb.accounts.models import Role
from labdb.accounts.services import set_member
from labdb.provenance.models import Result
from tests.cells.cycling.made import made_run, made_table


@pytest.fixture
def test_(cell, ada):
    """A finished test of 8 cycles."""
    made_run(cell, ada, made_table(8))
    return cell.cycling_tests.get()


def test_a_cell_is_left_out_with_who_when_and_why(cell, ada):
    made = leave_out(cell, ada, "  the electrolyte   leaked ")
    assert (made.reason, made.created_by, made.current, made.what) == ("the electrolyte leaked", ada, True, "all of it")
    assert left_out_of([cell.pk]).whole(cell.pk) == made


def test_cycles_of_a_test_are_left_out_and_the_rest_counts(cell, ada, test_):
    leave_out(cell, ada, "power cut", test=test_, first_cycle=4, last_cycle=6)
    found = left_out_of([cell.pk])
    assert found.whole(cell.pk, test_.pk) is None
    assert found.ranges(cell.pk, test_.pk) == ((4, 6),)


def test_what_the_run_found_stays_as_it_was(cell, ada, test_):
    def stored():
        return list(Result.objects.values_list("quantity", "value")), list(CycleRow.objects.values())

    before = stored()
    leave_out(cell, ada, "power cut", test=test_, first_cycle=1, last_cycle=8)
    leave_out(cell, ada, "leaked")
    assert stored() == before


def test_a_viewer_and_an_outsider_leave_nothing_out_and_withdraw_nothing(cell, ada, ben, cleo):
    made = leave_out(cell, ada, "leaked")
    for user in (ben, cleo):
        with pytest.raises(PermissionDenied):
            leave_out(cell, user, "leaked")
        with pytest.raises(PermissionDenied):
            withdraw(made, user, "did not leak")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": " "}, "Say why"),
        ({"reason": "x" * 501}, "500 characters"),
        ({"first_cycle": 2}, "Say of which test"),
        ({"last_cycle": 2}, "Say from which cycle on"),
        ({"of_test": True, "first_cycle": 6, "last_cycle": 5}, "ends before it begins"),
        ({"of_test": True, "first_cycle": 9, "last_cycle": 12}, "The test has no cycles 9 to 12"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(cell, ada, test_, given, said):
    given = {"reason": "why", **given}
    if given.pop("of_test", False):
        given["test"] = test_
    with pytest.raises(ExclusionError, match=said):
        leave_out(cell, ada, **given)
    assert not Exclusion.objects.exists()


def test_a_test_of_another_cell_is_refused(cell, ada, project, test_):
    other = Cell.objects.create(project=project, code="C-002", created_by=ada)
    with pytest.raises(ExclusionError, match="another cell"):
        leave_out(other, ada, "leaked", test=test_)


def test_what_is_left_out_already_is_not_left_out_twice(cell, ada, test_):
    leave_out(cell, ada, "power cut", test=test_, first_cycle=4, last_cycle=6)
    with pytest.raises(ExclusionError, match=r"Cycles 4 to 6 of .* left out already: power cut"):
        leave_out(cell, ada, "again", test=test_, first_cycle=5)
    leave_out(cell, ada, "more of it", test=test_, first_cycle=6, last_cycle=8)
    leave_out(cell, ada, "all of it", test=test_)
    leave_out(cell, ada, "leaked")
    with pytest.raises(ExclusionError, match="All of it is left out already: leaked"):
        leave_out(cell, ada, "again")


def test_withdrawn_it_counts_again_and_both_reasons_stay(cell, ada, ben, project):
    set_member(ada, project, ben, Role.RESEARCHER)
    made = leave_out(cell, ada, "leaked")
    done = withdraw(made, ben, "the drop was water")
    assert (done.reason, done.withdrawn_reason, done.withdrawn_by) == ("leaked", "the drop was water", ben)
    assert left_out_of([cell.pk]).whole(cell.pk) is None
    assert [(row.history_change_reason, row.history_user) for row in done.history.order_by("history_id")] == [
        ("leaked", ada),
        ("the drop was water", ben),
    ]
    leave_out(cell, ada, "it did leak")


def test_it_is_withdrawn_once_and_with_a_reason(cell, ada):
    made = leave_out(cell, ada, "leaked")
    with pytest.raises(ExclusionError, match="Say why it counts again"):
        withdraw(made, ada, "")
    withdraw(made, ada, "did not leak")
    with pytest.raises(ExclusionError, match="withdrawn before"):
        withdraw(made, ada, "did not leak")


def test_several_cells_are_left_out_all_or_none(cell, ada, project):
    other = Cell.objects.create(project=project, code="C-002", created_by=ada)
    leave_out(other, ada, "leaked")
    with pytest.raises(ExclusionError), transaction.atomic():
        leave_out_cells([cell, other], ada, "the glove box was wet")
    assert Exclusion.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"first_cycle": 1, "last_cycle": 2},
        {"withdrawn_reason": "nobody said so"},
    ],
)
def test_the_database_refuses_rows_that_say_nothing(cell, ada, wrong):
    row = {"project": cell.project, "cell": cell, "reason": "leaked", "created_by": ada, **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Exclusion.objects.create(**row)
