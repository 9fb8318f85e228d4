"""Units come from the words of a header."""

from __future__ import annotations

import pytest

from labdb.ingest.units import factor, split_header


@pytest.mark.parametrize(
    ("unit", "base", "expected"),
    [
        ("mA", "A", 1e-3),
        ("µA", "A", 1e-6),
        ("\u03bcA", "A", 1e-6),
        ("uA", "A", 1e-6),
        ("mV", "V", 1e-3),
        ("mAs", "Ah", 1e-3 / 3600),
        ("mA.h", "Ah", 1e-3),
        ("mA·h", "Ah", 1e-3),
        ("mAmp-hr", "Ah", 1e-3),
        ("mWs", "Wh", 1e-3 / 3600),
        ("kWh", "Wh", 1e3),
        ("J", "Wh", 1 / 3600),
        ("ms", "s", 1e-3),
        ("min", "s", 60),
        ("h", "s", 3600),
        ("Sec", "s", 1),
        ("Sec.", "s", 1),
        ("mOhm", "ohm", 1e-3),
        ("℃", "degC", 1),
    ],
)
def test_a_unit_is_so_many_of_its_base(unit, base, expected):
    assert factor(unit, base) == pytest.approx(expected)


@pytest.mark.parametrize(("unit", "base"), [("mAh/g", "Ah"), ("V", "A"), ("", "A"), ("K", "degC"), ("mh", "s")])
def test_another_unit_is_not_converted(unit, base):
    assert factor(unit, base) is None


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("Current(mA)", ("current", "mA")),
        ("Test_Time(s)", ("test time", "s")),
        ("I/mA", ("i", "mA")),
        ("Cap. [Ah]", ("cap", "Ah")),
        ("Chg. Cap.(Ah)", ("chg cap", "Ah")),
        ("Test Time / s", ("test time", "s")),
        ("电流(mA)", ("电流", "mA")),
        ("Aux_Temperature_1 (C)", ("aux temperature 1", "C")),
        ("Step Type", ("step type", "")),
        ("~Time[s]", ("time", "s")),
    ],
)
def test_a_header_is_words_and_a_unit(header, parts):
    assert split_header(header) == parts
