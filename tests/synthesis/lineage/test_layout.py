"""The picture of a lineage: order, few crossings, 500 nodes."""

from __future__ import annotations

import pytest

from synthesis.lineage.layout import Edge, Node, lay_out


def nodes(*keys: str, kind: str = "batch") -> list[Node]:
    return [Node(key, kind, key) for key in keys]


def test_what_is_made_stands_to_the_right_of_what_it_is_made_from():
    picture = lay_out(
        nodes("lot", "a", "b", "blend"), [Edge("lot", "a"), Edge("lot", "b"), Edge("a", "blend"), Edge("b", "blend")]
    )
    assert [picture.placed[key].layer for key in ("lot", "a", "b", "blend")] == [0, 1, 1, 2]
    assert (picture.layers, picture.tallest) == (3, 2)


def test_a_late_source_stands_beside_what_it_goes_into():
    picture = lay_out(nodes("lot", "a", "b", "flux"), [Edge("lot", "a"), Edge("a", "b"), Edge("flux", "b")])
    assert picture.placed["flux"].layer == 1


def test_lines_that_need_not_cross_do_not():
    picture = lay_out(nodes("a", "b", "x", "y"), [Edge("a", "y"), Edge("b", "x")])
    upper = picture.placed["a"].place < picture.placed["b"].place
    assert (picture.placed["y"].place < picture.placed["x"].place) is upper


def test_a_comparison_orders_nothing():
    picture = lay_out(nodes("a", "b"), [Edge("a", "b", comparison=True), Edge("b", "a", comparison=True)])
    assert {placed.layer for placed in picture.placed.values()} == {0}


def test_a_control_that_shares_nothing_else_stands_beside_its_product():
    picture = lay_out(nodes("lot", "a", "control"), [Edge("lot", "a"), Edge("a", "control", comparison=True)])
    assert picture.placed["control"].layer == picture.placed["a"].layer == 1


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="comes from itself"):
        lay_out(nodes("a", "b"), [Edge("a", "b"), Edge("b", "a")])


def test_forty_cells_of_one_batch_are_one_node():
    cells = nodes(*(f"C-{number:02d}" for number in range(40)), kind="cell")
    picture = lay_out([*nodes("batch"), *cells], [Edge("batch", cell.key) for cell in cells])
    assert len(picture.placed) == 2
    many = picture.placed["many", "batch", "cell"].node
    assert (many.label, many.detail, many.stands_for) == ("40 cells", "C-00 … C-39", 40)
    assert "C-17" in many.holds


def test_five_hundred_batches_are_laid_out():
    keys = [f"B{number}" for number in range(500)]
    picture = lay_out(nodes(*keys), [Edge(keys[(number - 1) // 2], keys[number]) for number in range(1, 500)])
    assert len(picture.placed) == 500
    assert picture.layers == 9
