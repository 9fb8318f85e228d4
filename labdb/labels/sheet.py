"""Labels on paper, in millimetres: sizes of sheets, places on them, and how text fits beside a QR code. Pure.

The sizes are those of common label sheets, named by their measures; a size whose page is the label itself is for a
label printer. `labels.css` holds the page of each for printing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import segno

A4 = (210.0, 297.0)
PADDING_MM = 2.0
GAP_MM = 1.8
QUIET_MODULES = 2  # on the label; its padding is the rest of the quiet zone of four
LETTER_WIDTH = 0.6  # of a letter's height, about, in the widest of the usual sans-serif fonts
BOLD_WIDTH = 0.76  # so are capitals and digits of a code
LINE = 1.25
LEAST_FONT_MM = 1.55
LEAST_HEIGHT_WITH_LAB_MM = 25.0


@dataclass(frozen=True)
class LabelSize:
    """One kind of label.

    Attributes:
        name: in addresses.
        page: name of its page in labels.css.
        left, top: of the first label on the page.
        pitch_x, pitch_y: from one label to the next.
    """

    name: str
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0.0
    top: float = 0.0
    pitch_x: float = 0.0
    pitch_y: float = 0.0
    page: str = "a4"

    @property
    def page_size(self) -> tuple[float, float]:
        return A4 if self.page == "a4" else (self.width, self.height)

    @property
    def count(self) -> int:
        return self.columns * self.rows

    @property
    def single(self) -> bool:
        return self.page != "a4"

    @property
    def title(self) -> str:
        measures = f"{self.width:g} × {self.height:g} mm"
        return f"Label printer, {measures}" if self.single else f"A4 sheet, {self.count} labels of {measures}"

    def place(self, number: int) -> tuple[float, float]:
        """The upper left corner of a label on its page, counted from 0 along the rows."""
        row, column = divmod(number, self.columns)
        return round(self.left + column * self.pitch_x, 3), round(self.top + row * self.pitch_y, 3)


SIZES = {
    size.name: size
    for size in (
        LabelSize("a4-24", 70, 37, 3, 8, 0, 0.5, 70, 37),
        LabelSize("a4-21", 63.5, 38.1, 3, 7, 7.25, 15.15, 66.0, 38.1),
        LabelSize("a4-14", 99.1, 38.1, 2, 7, 4.65, 15.15, 101.6, 38.1),
        LabelSize("a4-40", 48.5, 25.4, 4, 10, 8.0, 21.5, 48.5, 25.4),
        LabelSize("a4-65", 38.1, 21.2, 5, 13, 4.65, 10.7, 40.65, 21.2),
        LabelSize("single-62x29", 62, 29, page="label-62x29"),
        LabelSize("single-50x25", 50, 25, page="label-50x25"),
        LabelSize("single-89x36", 89, 36, page="label-89x36"),
    )
}
DEFAULT_SHEET, DEFAULT_SINGLE = "a4-24", "single-62x29"


@dataclass(frozen=True)
class Line:
    """A line of text on a label; y is its baseline."""

    text: str
    y: float
    font: float
    bold: bool = False


@dataclass(frozen=True)
class Label:
    """One label: its place on the page, its code as SVG, its lines."""

    x: float
    y: float
    qr: str
    qr_size: float
    qr_y: float
    text_x: float
    lines: tuple[Line, ...]
    address: str
    name: str


@dataclass(frozen=True)
class Content:
    """What a label says.

    Attributes:
        address: in the QR code.
        code: printed large.
        lines: below it, the important first.
        foot: the last line, kept where others do not fit.
        lab: above it, where the label is not of the smallest.
    """

    address: str
    code: str
    lines: Sequence[str]
    foot: str
    lab: str = ""


def qr_code(address: str) -> str:
    """A QR code as an SVG element that fills what it stands in; error correction M or better."""
    return segno.make(address, error="m", micro=False).svg_inline(
        border=QUIET_MODULES, omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff"
    )


def sheets(size: LabelSize, contents: Sequence[Content], start: int = 1) -> list[list[Label]]:
    """The labels of each page.

    Args:
        start: the first free label of the first page, counted from 1.
    """
    pages: list[list[Label]] = []
    for number, content in enumerate(contents, start=min(max(start, 1), size.count) - 1):
        page, place = divmod(number, size.count)
        while len(pages) <= page:
            pages.append([])
        pages[page].append(label(size, content, *size.place(place)))
    return pages


def label(size: LabelSize, content: Content, x: float = 0.0, y: float = 0.0) -> Label:
    """One label: the QR code on the left, the text on its right, both inside the padding."""
    height = size.height - 2 * PADDING_MM
    qr_size = min(height, (size.width - 2 * PADDING_MM) * 0.46)
    text_x = PADDING_MM + qr_size + GAP_MM
    width = size.width - PADDING_MM - text_x
    large = min(height / 4.2, width / (BOLD_WIDTH * max(len(content.code), 1)), 5.5)
    large = max(large, LEAST_FONT_MM * 1.1)
    small = max(min(height / 8.2, 3.2), LEAST_FONT_MM)
    lines = [Line(fitted(content.code, width, large, BOLD_WIDTH), PADDING_MM + large, large, bold=True)]
    last = [content.lab, content.foot] if content.lab and size.height >= LEAST_HEIGHT_WITH_LAB_MM else [content.foot]
    room = int((height - large * LINE) / (small * LINE)) - len(last)
    wrapped = [part for line in content.lines if line for part in wrap(line, width, small)]
    baseline = PADDING_MM + large
    for text in wrapped[: max(room, 0)]:
        baseline += small * LINE
        lines.append(Line(text, round(baseline, 3), small))
    foot = max(small * 0.85, LEAST_FONT_MM * 0.9)
    for place, text in enumerate(reversed(last)):
        baseline = size.height - PADDING_MM - 0.3 - place * foot * LINE
        lines.insert(len(lines) - place, Line(fitted(text, width, foot), round(baseline, 3), foot))
    return Label(
        x,
        y,
        qr_code(content.address),
        qr_size,
        (size.height - qr_size) / 2,
        text_x,
        tuple(lines),
        content.address,
        content.code,
    )


def fitted(text: str, width: float, font: float, letter: float = LETTER_WIDTH) -> str:
    """As much of a text as fits a line."""
    room = max(int(width / (font * letter)), 1)
    return text if len(text) <= room else f"{text[: room - 1].rstrip(' ,')}…"


def wrap(text: str, width: float, font: float) -> list[str]:
    """A text over at most two lines, broken behind a comma, else at a blank."""
    room = max(int(width / (font * LETTER_WIDTH)), 1)
    if len(text) <= room:
        return [text]
    comma = text.rfind(", ", 0, room)
    cut = comma + 1 if comma > 0 else text.rfind(" ", 0, room + 1)
    if cut < room / 3:
        return [fitted(text, width, font)]
    return [text[:cut].rstrip(" ,"), fitted(text[cut + 1 :], width, font)]
