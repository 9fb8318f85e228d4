"""Labels on paper: every size holds what is printed on it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from labdb.labels.sheet import A4, SIZES, Content, sheets

CSS = Path(__file__).parents[3] / "labdb" / "static" / "labdb" / "css" / "labels.css"


@pytest.mark.parametrize("size", SIZES.values(), ids=list(SIZES))
def test_labels_lie_inside_their_page_and_texts_inside_their_label(size):
    content = Content(
        "http://lab/s/batch/114", "GP-Ni96-P7-S03", ("sub-lot 3, saggar 3, zone 2",) * 6, "foot " * 20, "Lab"
    )
    width, height = size.page_size
    (page,) = sheets(size, [content] * size.count)
    for label in page:
        assert 0 <= label.x <= width - size.width + 0.01
        assert 0 <= label.y <= height - size.height + 0.01
        assert label.text_x + 5 < size.width
        assert label.qr_size >= 15  # a telephone reads half a millimetre a module
        baselines = [line.y for line in label.lines]
        assert baselines == sorted(baselines)
        assert baselines[-1] < size.height
        assert ("Lab" in [line.text for line in label.lines]) is (size.height >= 25)
        assert all(later - earlier >= 1.3 for earlier, later in pairwise(baselines))
    corners = {(label.x, label.y) for label in page}
    assert len(corners) == size.count


def test_every_size_has_its_page_in_the_print_style():
    css = CSS.read_text()
    for size in SIZES.values():
        measures = "x".join(f"{side:g}mm" for side in size.page_size).replace("x", " ")
        assert f"@page {size.page} {{ size: {measures}; margin: 0; }}" in css
        assert f".sheets.{size.page} {{ page: {size.page}; }}" in css
    assert SIZES["a4-24"].page_size == A4


def test_a_partly_used_sheet_begins_where_one_says_and_goes_on_on_the_next():
    content = Content("http://lab/s/batch/114", "B", (), "")
    pages = sheets(SIZES["a4-24"], [content] * 8, start=20)
    assert [len(page) for page in pages] == [5, 3]
    assert (pages[0][0].x, pages[0][0].y) == SIZES["a4-24"].place(19)
