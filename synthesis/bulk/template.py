"""The template of a list: an empty file with every column, to fill in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter


def csv_template(headers: Iterable[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerow(headers)
    return b"\xef\xbb\xbf" + written.getvalue().encode()  # spreadsheets take UTF-8 by this mark


def xlsx_template(title: str, columns: Sequence[tuple[str, str]]) -> bytes:
    """One sheet to fill in, one that explains its columns.

    Args:
        title: of the first sheet.
        columns: header, and what belongs there.
    """
    book = Workbook()
    sheet, about = book.active, book.create_sheet("columns")
    sheet.title = title
    about.append(["column", "what belongs there"])
    for number, (header, words) in enumerate(columns, start=1):
        sheet.cell(1, number, header).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = max(14, min(len(header) + 2, 40))
        about.append([header, words])
    sheet.freeze_panes = "B2"
    for column, width in (("A", 40), ("B", 90)):
        about.column_dimensions[column].width = width
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
