"""Results of one quantity, taken at several cycles, rates or days, on one line."""

from __future__ import annotations

import pytest

from labdb.provenance.folded import folded
from labdb.provenance.models import Result
from labdb.quantities import base_of, quantity


def test_values_of_one_quantity_share_a_line_in_the_order_they_come():
    names = ("cycles", "capacity_retention_at_50", "specific_energy_wh_per_kg_at_0.33C", "capacity_retention_at_100")
    lines = folded(Result(quantity=name, value=float(number)) for number, name in enumerate(names))
    assert [line.about.name for line in lines] == ["cycles", "capacity_retention", "specific_energy_wh_per_kg"]
    assert lines[0].alone.value == 0.0
    assert [(where, result.value) for where, result in lines[1].values] == [("at cycle 50", 1.0), ("at cycle 100", 3.0)]
    assert lines[2].values[0][0] == "at 0.33 C"


def test_a_name_that_labdb_no_longer_knows_stands_for_itself():
    (line,) = folded([Result(quantity="of_old_at_3", value=1.0)])
    assert (line.about.label, line.alone.value) == ("of_old_at_3", 1.0)


@pytest.mark.parametrize(
    ("name", "base", "words"),
    [
        ("capacity_retention_at_100", "capacity_retention", "at cycle 100"),
        ("specific_energy_wh_per_kg_at_5C", "specific_energy_wh_per_kg", "at 5 C"),
        ("recovered_capacity_share_after_42_day", "recovered_capacity_share", "after 42 days"),
        ("capacity_retention", "capacity_retention", ""),
    ],
)
def test_a_name_says_where_a_quantity_is_taken(name, base, words):
    assert base_of(name) == (base, words)
    assert quantity(name).label == f"{quantity(base).label} {words}".strip()
