"""Thermocouple logs of furnaces and data loggers, as csv, text or .xlsx.

There is no standard. Accepted is a table with one line of headers, one time column (or a date and a time column) and
one or more temperature columns:

    Date;Time;TC1 (°C);TC2 (°C);SP (°C)
    2026-03-02;08:00:00;24,8;25,1;25

Time: a date and time in any common order, a clock or a duration (hh:mm:ss), a number whose header has its unit
(s, min, h), or the days of a spreadsheet. Temperature: °C or K in the header, °C without a unit. A column whose header
says set, SP or program is the set-point. Lines above the header are kept as metadata.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import polars as pl

from labdb.ingest import numbers, text, units, workbook
from labdb.ingest.reader import FileHead, Reader, ReaderError, Reading
from synthesis.heat_treatment.table import CHANNELS

TIME = re.compile(r"\b(time|elapsed|duration|timestamp|datetime|clock|zeit|uhrzeit)\b")
DATE = re.compile(r"\b(date|day|datum)\b")
SETPOINT = re.compile(r"\b(set ?point|set ?value|set|sp|sv|program(me)?|target)\b")
TEMPERATURE = re.compile(
    r"\b(temp(erature)?|thermocouple|furnace|zone|sample|product|saggar|probe|pv)\b|\b(tc|t|ch|channel) ?\d+\b|\btc\b"
)
# What tells a cycler's or a calorimeter's file from a furnace log.
FOREIGN = re.compile(
    r"volt|current|capacity|potential|ampere|\bamp|\bcyc|heat ?flow|dsc|weight|mass|\btg\b|2 ?theta|angle|intensity|"
    r"counts|wavelength|pressure|frequency|impedance|unsubtracted"
)
CELSIUS_OF = {"k": lambda value: value - 273.15, "°f": lambda value: (value - 32) / 1.8}
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y")
CLOCKS = ("%H:%M:%S%.f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
GAP_INTERVALS, GAP_SECOND = 10, 120.0


def is_header(fields: Sequence[str]) -> bool:
    """One line of headers with a time and a temperature, and nothing that another instrument measures."""
    labels = [units.split_header(field)[0] for field in fields]
    if any(FOREIGN.search(label) for label in labels) or any(numeric(field) for field in fields):
        return False
    return any(TIME.search(label) for label in labels) and any(is_temperature(field) for field in fields)


def numeric(field: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?", field.strip()))


def is_temperature(header: str) -> bool:
    label, unit = units.split_header(header)
    if TIME.search(label) or DATE.search(label):
        return False
    known = unit.lower() in CELSIUS_OF or units.factor(unit, "degC") is not None
    return known if unit else bool(TEMPERATURE.search(label) or SETPOINT.search(label))


def recognises(head: FileHead) -> bool:
    if head.sheets:
        return any(_header_row(rows) is not None for rows in head.sheets.values())
    lines = text.decode(head.data).splitlines()[:60]
    return text.find_header(lines, is_header) is not None


def _header_row(rows: Sequence[Sequence[object]]) -> int | None:
    for number, row in enumerate(rows[:60]):
        if is_header([str(value) for value in row if value not in (None, "")]):
            return number
    return None


def read(path: Path, name: str) -> Reading:
    try:
        table, preamble, first_line, warnings = _load(path, name)
        return _convert(table, preamble, first_line, list(warnings), name)
    except (text.TextError, numbers.NumberError) as error:
        raise ReaderError(f"{name}: {error}") from error


def _load(path: Path, name: str) -> tuple[pl.DataFrame, Sequence[str], int, Sequence[str]]:
    """The log as columns of text or numbers, the lines above it, the line number of its first row."""
    head = FileHead.of(path, name)
    if head.is_zip:
        book = workbook.open_workbook(path, name)
        for sheet in book.sheet_names:
            rows = workbook.rows_of(book, sheet, name)
            at = _header_row(rows)
            if at is not None:
                headers = text.unique([str(value or "") for value in rows[at]])
                body = [row for row in rows[at + 1 :] if any(value not in (None, "") for value in row)]
                preamble = [" ".join(str(value) for value in row if value not in (None, "")) for row in rows[:at]]
                return workbook.frame(headers, body), preamble, at + 2, ()
        raise ReaderError(f"{name}: no sheet has a header with a time and a temperature; name its columns.")
    loaded = text.load(path)
    found = text.find_header(loaded.head, is_header)
    if found is None:
        raise ReaderError(f"{name}: no line names a time and a temperature column; put one above the numbers.")
    table = text.table(loaded, *found)
    return table.frame, table.preamble, table.first_line, table.warnings


def _convert(table: pl.DataFrame, preamble: Sequence[str], first_line: int, warnings: list[str], name: str) -> Reading:
    table = table.select(column for column in table.columns if column and table[column].null_count() < table.height)
    table = table.with_row_index("line", offset=first_line)
    table = table.filter(~pl.all_horizontal(pl.exclude("line").is_null()))
    if table.is_empty():
        raise ReaderError(f"{name}: no data rows below the header; export the log again.")
    _refuse_second_header(table, name)
    names = [column for column in table.columns if column != "line"]
    comma = numbers.comma_means(table[column] for column in names if is_temperature(column))
    try:
        channels, setpoint = _temperatures(table, names, comma)
        seconds, start = _time(table, names, comma, warnings)
    except numbers.NumberError as error:
        line = f" in line {table['line'][error.row]}" if error.row is not None else ""
        raise ReaderError(f"{name}: {error}{line}; correct it, or export the log again.") from error
    if not channels:
        raise ReaderError(f"{name}: no column holds a temperature.")
    if len(channels) > CHANNELS:
        warnings.append(f"only the first {CHANNELS} of {len(channels)} temperature columns are kept")
    kept = list(channels.items())[:CHANNELS]
    columns = {"test_time_second": seconds}
    columns |= {f"temperature_t{number}_celsius": values for number, (_, values) in enumerate(kept, start=1)}
    if setpoint is not None:
        columns["setpoint_celsius"] = setpoint
    made = pl.DataFrame(columns)
    made, dropped = _complete(made)
    if dropped:
        warnings.append(f"{dropped} rows without a time or a first temperature were left out")
    if made.height < 2:
        raise ReaderError(f"{name}: fewer than two complete rows; export the log again.")
    _refuse_backwards(made, name)
    warnings += _gaps(made)
    metadata: dict[str, object] = {
        "channels": [header for header, _ in kept],
        "instrument": {"preamble": [line for line in preamble if line.strip()][:30]},
    }
    if start is not None:
        metadata["start_time_local"] = start
    return Reading(made, metadata, tuple(warnings))


def _refuse_second_header(table: pl.DataFrame, name: str) -> None:
    """A logger that is started again appends a second header, and often another time zero."""
    texts = [column for column in table.columns if table.schema[column] == pl.String]
    if not texts:
        return
    repeated = table.filter(pl.any_horizontal(pl.col(column) == column for column in texts))
    if not repeated.is_empty():
        raise ReaderError(
            f"{name}: a second header stands in line {repeated['line'][0]}; these are two logs in one file, save each"
            " as a file of its own."
        )


def _temperatures(
    table: pl.DataFrame, names: Sequence[str], comma: str
) -> tuple[dict[str, pl.Series], pl.Series | None]:
    channels: dict[str, pl.Series] = {}
    setpoint = None
    for header in names:
        if not is_temperature(header):
            continue
        label, unit = units.split_header(header)
        values = numbers.to_float(table[header], comma)
        values = values.set(~values.is_finite(), None)
        if convert := CELSIUS_OF.get(unit.lower()):
            values = convert(values)
        if SETPOINT.search(label):
            setpoint = values if setpoint is None else setpoint
        else:
            channels[header] = values
    return channels, setpoint


def _time(table: pl.DataFrame, names: Sequence[str], comma: str, warnings: list[str]) -> tuple[pl.Series, str | None]:
    """Seconds since the first record, and when that was by the logger's clock (ISO 8601), where it says so."""
    labels = {header: units.split_header(header) for header in names}
    clock = next((h for h, (label, _) in labels.items() if TIME.search(label)), None)
    day = next((h for h, (label, _) in labels.items() if DATE.search(label) and h != clock), None)
    if clock is None:
        raise numbers.NumberError("no column is a time")
    column, unit = table[clock], labels[clock][1]
    if day is not None and table.schema[day] == pl.String and table.schema[clock] == pl.String:
        column = (table[day] + " " + table[clock]).rename(clock)
    if column.dtype == pl.String:
        if (found := _moments(column)) is not None:
            moments, certain = found
            start = moments.drop_nulls()[0]
            seconds = (moments - start).dt.total_microseconds() / 1e6
            if not certain:
                warnings.append(f"the date {column[0]!r} could have its day or its month first; it was not recorded")
            return seconds, start.isoformat() if certain else None
        if column.str.contains(":", literal=True).any():
            seconds = _past_midnight(numbers.to_seconds(column))
            return seconds - seconds[0], None
    values = numbers.to_float(column, comma)
    factor = units.factor(unit, "s") if unit else None
    if factor is None:
        first = values.drop_nulls().first()
        begun = numbers.excel_moment(float(first)) if isinstance(first, float) else None  # days of a spreadsheet
        if begun is None:
            raise numbers.NumberError(f"the header {clock!r} does not say what its numbers count; name it “Time (min)”")
        return (values - first) * 86400, begun.isoformat()
    return (values - values.drop_nulls().first()) * factor, None


def _moments(column: pl.Series) -> tuple[pl.Series, bool] | None:
    """A column of dates and times, and whether its date is certain; None where it is none.

    Of two readings that fit, the shorter log is meant: 03/04 to 04/04 is a day, not a month.
    """
    text_ = column.str.replace("T", " ", literal=True).str.strip_suffix("Z")
    text_ = text_.str.replace(r"^(\d+[-/.]\d+[-/.]\d+)$", "${1} 00:00:00")  # a spreadsheet's midnight has no time
    fitting: dict[tuple[float, str], pl.Series] = {}
    for form in (f"{date} {clock}" for date in DATES for clock in CLOCKS):
        read = text_.str.to_datetime(form, strict=False, time_unit="ms")
        if read.null_count() == column.null_count() and read.drop_nulls().is_sorted():
            length: timedelta = read.max() - read.min()  # type: ignore[assignment, operator]  # datetimes
            fitting.setdefault((length.total_seconds(), str(read[0])), read)
    if not fitting:
        return None
    shortest = min(length for length, _ in fitting)
    best = [series for (length, _), series in fitting.items() if length == shortest]
    return best[0], len(best) == 1


def _past_midnight(seconds: pl.Series) -> pl.Series:
    """Clock times without a date: each fall by more than half a day is a midnight."""
    midnights = (seconds.diff().fill_null(0.0) < -43_200).cast(pl.Int64).cum_sum()
    return seconds + midnights * 86_400


def _complete(table: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    kept = table.drop_nulls(["test_time_second", "temperature_t1_celsius"])
    return kept, table.height - kept.height


def _refuse_backwards(table: pl.DataFrame, name: str) -> None:
    falls = (table["test_time_second"].diff() < 0).arg_true()
    if len(falls):
        at = table["test_time_second"][int(falls[0])]
        raise ReaderError(
            f"{name}: the time runs backwards (to {at:g} s after the start, in record {int(falls[0]) + 1}); these are"
            " two logs in one file, save each as a file of its own."
        )


def _gaps(table: pl.DataFrame) -> list[str]:
    """Sentences about pauses of the logger; nothing is interpolated across them."""
    intervals = table["test_time_second"].diff().drop_nulls()
    limit = gap_limit_second(intervals)
    starts = table["test_time_second"].head(table.height - 1).filter(intervals > limit)
    lengths = intervals.filter(intervals > limit)
    return [
        f"no record for {length / 60:.3g} min from {start / 3600:.3g} h after the start on"
        for start, length in zip(starts.head(5), lengths.head(5), strict=True)
    ] + ([f"and {len(lengths) - 5} more gaps"] if len(lengths) > 5 else [])


def gap_limit_second(intervals: pl.Series) -> float:
    """From what interval on a pause is a gap: ten times the usual one, at least two minutes."""
    usual = intervals.median()
    return max(GAP_INTERVALS * float(usual) if isinstance(usual, float) else 0.0, GAP_SECOND)


READER = Reader("thermocouple-log", version=1, label="furnace thermocouple log", recognises=recognises, read=read)
