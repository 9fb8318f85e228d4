"""Numbers, durations and dates: read, or refused, never guessed."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from labdb.ingest.numbers import NumberError, clock_start, comma_means, excel_moment, to_float, to_seconds


def test_a_decimal_comma_is_seen_from_the_numbers():
    column = pl.Series("U", ["3,1091569", "-0,5", "3"])
    assert comma_means([column]) == "decimal"
    assert to_float(column, "decimal").to_list() == [3.1091569, -0.5, 3.0]


def test_thousands_are_seen_from_the_point_behind_them():
    column = pl.Series("t", ["1,234.5", "999"])
    assert comma_means([column]) == "thousands"
    assert to_float(column, "thousands").to_list() == [1234.5, 999.0]


def test_a_comma_that_may_be_either_is_refused():
    with pytest.raises(NumberError, match="decimal or a thousands mark"):
        comma_means([pl.Series("t", ["1,234", "2,345"])])


def test_points_and_commas_of_a_german_export():
    assert to_float(pl.Series("t", ["1.234,5", "0.5"]), "decimal").to_list() == [1234.5, 0.5]


def test_words_are_not_numbers_and_blanks_are_missing():
    assert to_float(pl.Series("I", ["1", None, "-", " 2 "])).to_list() == [1.0, None, None, 2.0]
    with pytest.raises(NumberError, match="I is 'abc', not a number") as error:
        to_float(pl.Series("I", ["1", "abc"]))
    assert error.value.row == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:01:00", 60),
        ("144:02:18", 518538),
        ("0d 00:00:01.5", 1.5),
        ("1d 02:03:04", 93784),
        ("2-00:00:00", 172800),
        ("00:00:01,250", 1.25),
        ("00:00:05:500", 5.5),
        ("0-00:00:01.000", 1),
        ("01:30", 5400),
    ],
)
def test_durations_become_seconds(text, seconds):
    assert to_seconds(pl.Series("t", [text])).to_list() == [seconds]


def test_plain_numbers_take_the_unit_of_their_header():
    assert to_seconds(pl.Series("t", ["1.5"]), factor=3600).to_list() == [5400]


def test_a_word_is_no_duration():
    with pytest.raises(NumberError, match="not a time"):
        to_seconds(pl.Series("t", ["00:00:01", "soon"]))


def test_an_excel_day_is_a_date():
    assert excel_moment(42587.5) == datetime(2016, 8, 5, 12)
    assert excel_moment(3.7) is None


def test_the_order_of_a_date_is_seen_from_the_time_elapsed():
    may, june = datetime(2021, 5, 6, 12), datetime(2021, 6, 5, 12)
    assert clock_start("05/06/2021 12:00:00", "05/07/2021 12:00:00", 86400) == may
    assert clock_start("05/06/2021 12:00:00", "06/06/2021 12:00:00", 86400) == june
    assert clock_start("05/06/2021 12:00:00", "05/06/2021 13:00:00", 3600) is None
    assert clock_start("05/06/2021 12:00:00", "05/06/2021 13:00:00", 3600, prefer="month") == may
    assert clock_start("10/21/2019 23:59:59") == datetime(2019, 10, 21, 23, 59, 59)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-26 09:22:52",
        "2025/03/26 09:22:52.000",
        "26-Mar-25 9:22:52 AM",
        "03/26/2025 09:22:52",
        "26.03.2025 09:22:52",
    ],
)
def test_written_dates_of_many_kinds_are_one_moment(text):
    assert clock_start(text) == datetime(2025, 3, 26, 9, 22, 52)


def test_decimal_points_elsewhere_make_a_comma_a_thousands_mark():
    assert comma_means([pl.Series("t", ["1,234", "2,345"]), pl.Series("U", ["3.8682", "3.9"])]) == "thousands"
    with pytest.raises(NumberError):  # three digits behind a point may be thousands too
        comma_means([pl.Series("t", ["1,234"]), pl.Series("U", ["3.868"])])
