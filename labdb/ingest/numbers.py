"""Numbers, durations and dates as instruments write them: decimal commas, thousands, days and hours. Pure.

Each function refuses what it cannot be sure of; a wrong number is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

import polars as pl

NUMBER_WITH_COMMA = r"^[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?$"
DECIMAL_POINT = r"^[+-]?\d*\.(?:\d{1,2}|\d{4,})(?:[eE][+-]?\d+)?$"  # three digits may be thousands
MISSING = ("", "-", "--", "---", "n/a", "N/A", "NA", "None", "null", "#N/A")
DURATION = r"^\s*(?:(\d+)\s*(?:[dD]\s*(?:ays?)?,?|-|\s)\s*)?(\d+):(\d{1,2})(?::(\d{1,2}(?:[.,:]\d+)?))?\s*$"
EXCEL_EPOCH = datetime(1899, 12, 30)
EXCEL_DAYS = (20_000.0, 80_000.0)  # 1954 to 2119

TIMES = ("%H:%M:%S.%f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M:%S.%f %p", "%I:%M %p")
YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y")
DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d.%m.%y")
NAMED_MONTH = ("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%a %b %d %Y")


class NumberError(ValueError):
    """A value is not what its column holds.

    Attributes:
        row: of the value, from 0; None where it is the whole column.
    """

    def __init__(self, sentence: str, row: int | None = None) -> None:
        super().__init__(sentence)
        self.row = row


def comma_means(columns: Iterable[pl.Series]) -> str:
    """What a comma in these text columns is: `decimal`, `thousands`, or an empty string where there is none.

    Raises:
        NumberError: it could be either ("1,234" and nothing else).
    """
    both, either, point = False, False, False
    for column in columns:
        if column.dtype != pl.String:
            continue
        point = point or bool(column.str.contains(DECIMAL_POINT).any())
        values = column.filter(column.str.contains(NUMBER_WITH_COMMA) & column.str.contains(",", literal=True))
        if values.is_empty():
            continue
        if values.str.contains(r"^[+-]?\d{1,3}(?:,\d{3})+\.\d*").any():
            both = True
            continue
        if values.str.contains(r"^[+-]?(?:0\d*|\d{4,}),\d|,\d{1,2}(?:[eE][+-]?\d+)?$|,\d{4,}|\.\d{3},").any():
            return "decimal"
        either = True
    if both or (either and point):  # where other columns have decimal points, a comma is no decimal mark
        return "thousands"
    if either:
        raise NumberError(
            "has numbers like 1,234, whose comma may be a decimal or a thousands mark; export it with a point"
        )
    return ""


def to_float(column: pl.Series, comma: str = "") -> pl.Series:
    """A column of text (or numbers) as numbers; blank stays null, NaN and infinity stay what they are.

    Raises:
        NumberError: a value is no number; its row is in the error.
    """
    if column.dtype.is_numeric() or column.dtype == pl.Null:
        return column.cast(pl.Float64)
    if column.dtype != pl.String:
        raise NumberError(f"{column.name} holds {column.dtype}, not numbers")
    text = column
    if comma and text.str.contains(",", literal=True).any():
        if comma == "decimal":
            plain = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
            text = plain.zip_with(text.str.contains(",", literal=True).fill_null(value=False), text)
        else:
            text = text.str.replace_all(",", "", literal=True)
    numbers = text.cast(pl.Float64, strict=False)
    if numbers.null_count() != text.null_count():
        text = text.str.strip_chars()
        text = text.set(text.is_in(MISSING), None)
        numbers = text.cast(pl.Float64, strict=False)
        wrong = (numbers.is_null() & text.is_not_null()).arg_true()
        if len(wrong):
            row = int(wrong[0])
            raise NumberError(f"{column.name} is {column[row]!r}, not a number", row)
    return numbers


def to_seconds(column: pl.Series, factor: float = 1.0, comma: str = "") -> pl.Series:
    """Durations as seconds: `144:02:18`, `1d 02:03:04.5`, `0-00:01:00`, or plain numbers times `factor`.

    Raises:
        NumberError: a value is neither a duration nor a number.
    """
    if column.dtype == pl.Duration:
        return column.dt.total_microseconds() / 1e6
    if column.dtype != pl.String or not column.str.contains(":", literal=True).any():
        return to_float(column, comma) * factor
    seconds = clock_seconds(column)
    if seconds.null_count() == column.null_count():
        return seconds
    parts = column.to_frame("text").select(
        pl.col("text").str.extract(DURATION, group).str.replace("[,:]", ".").cast(pl.Float64).alias(str(group))
        for group in (1, 2, 3, 4)
    )
    seconds = (parts["1"].fill_null(0) * 86400 + parts["2"] * 3600 + parts["3"] * 60 + parts["4"].fill_null(0)).rename(
        column.name
    )
    wrong = (seconds.is_null() & column.is_not_null()).arg_true()
    if len(wrong):
        row = int(wrong[0])
        raise NumberError(f"{column.name} is {column[row]!r}, not a time", row)
    return seconds


def clock_seconds(column: pl.Series) -> pl.Series:
    """The plain case, `144:02:18` or `0:00:01.5`, for long columns; null for all else."""
    hours, minutes, seconds = (
        column.to_frame("text")
        .select(pl.col("text").str.splitn(":", 3).struct.unnest())
        .with_columns(pl.all().cast(pl.Float64, strict=False))
    )
    proper = (hours >= 0) & minutes.is_between(0, 99) & seconds.is_between(0, 100)
    total = hours * 3600 + minutes * 60 + seconds
    return total.set(~proper.fill_null(value=False), None).rename(column.name)


def excel_moment(days: float) -> datetime | None:
    """A date that a spreadsheet or an Access database counts in days; None outside 1954 … 2119."""
    if not EXCEL_DAYS[0] < days < EXCEL_DAYS[1]:
        return None
    return EXCEL_EPOCH + timedelta(seconds=round(days * 86400, 3))


def moments(text: str) -> dict[str, datetime]:
    """The readings of a written date, by the order of its parts: `year`, `month`, `day` or `named` first."""
    text = re.sub(r"\s+", " ", text.strip().strip("\"'")).replace("T", " ", 1) if text else ""
    text = re.sub(r"(\d{2}:\d{2}:\d{2})[:,](\d+)", r"\1.\2", text)  # 12:00:00:500 and 12:00:00,500
    text = re.sub(r"(\.\d{6})\d+", r"\1", text).removesuffix("Z")
    found = {}
    for order, dates in (("year", YEAR_FIRST), ("named", NAMED_MONTH), ("month", MONTH_FIRST), ("day", DAY_FIRST)):
        for form in (f"{date} {time}".strip() for date in dates for time in ("", *TIMES)):
            try:
                found[order] = datetime.strptime(text, form)
                break
            except ValueError:
                continue
    return found


def clock_start(
    first: str | None, last: str | None = None, elapsed_second: float | None = None, prefer: str = ""
) -> datetime | None:
    """When a test began, by its own first and last time stamps.

    05/06/2021 is in May or in June: the order of the parts must fit the last stamp, and the time elapsed between
    both; where it still may be either, `prefer` (`month` or `day`, the habit of the vendor) decides, or nobody.
    """
    begins = moments(first or "")
    if len(set(begins.values())) > 1 and last:
        ends = moments(last)
        begins = {order: moment for order, moment in begins.items() if order in ends}
        if elapsed_second is not None:
            fits = {
                order: moment
                for order, moment in begins.items()
                if abs((ends[order] - moment).total_seconds() - elapsed_second) < max(3600.0, 0.2 * elapsed_second)
            }
            begins = fits or begins
    if len(set(begins.values())) == 1:
        return next(iter(begins.values()))
    return begins.get(prefer)
