"""CSV that is written as it is sent, and that no spreadsheet takes for formulas. Pure."""

from __future__ import annotations

from typing import Any


class Echo:
    """A file for `csv.writer` that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def safe_cell(value: Any) -> Any:
    """A text that a spreadsheet would compute (`=`, `+`, `-`, `@` first) is quoted; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
