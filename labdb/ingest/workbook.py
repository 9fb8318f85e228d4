"""Reading spreadsheets (.xlsx, .xls) without trusting them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook


def first_rows(path: Path, rows: int) -> dict[str, list[list[Any]]]:
    """The first rows of each sheet; an unreadable workbook has none."""
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        return {name: workbook.get_sheet_by_name(name).to_python(nrows=rows) for name in workbook.sheet_names}
    except (CalamineError, OSError, ValueError):
        return {}
