"""Furnace logs: made by hand, read in the spellings of several loggers, measured against their programme."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import openpyxl
import pytest

from labdb.ingest.reader import FileHead, ReaderError
from synthesis.heat_treatment.readers.thermocouple import READER
from synthesis.heat_treatment.technique import FURNACE_LOG

PROGRAMME = [
    {"kind": "ramp", "target_celsius": 760, "rate_celsius_per_min": 5, "atmosphere": "O2"},
    {"kind": "hold", "hold_hour": 12},
    {"kind": "cool", "target_celsius": 300, "rate_celsius_per_min": 2},
    {"kind": "natural cooling"},
]
BEGIN = datetime(2026, 3, 2, 8, 0)


def log(overshoot: float = 3.0, minutes: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Minutes and °C of a furnace that follows the programme, with an overshoot in the first hour of the hold."""
    at = np.arange(0, (147 + 720 + 230) + 1, minutes, dtype=float)
    celsius = np.interp(at, [0, 147, 147 + 720, 147 + 720 + 230], [25, 760, 760, 300])
    celsius[(at >= 150) & (at < 200)] += overshoot
    return at, celsius


def write(path, header: str, row) -> None:
    minutes, celsius = log()
    path.write_text(
        "\n".join([header, *(row(m, c) for m, c in zip(minutes, celsius, strict=True))]) + "\n", encoding="utf-8"
    )


SPELLINGS = {
    "seconds": ("Time (s),TC1 (°C)", lambda m, c: f"{m * 60:.0f},{c:.2f}"),
    "hours and kelvin": ("Elapsed time [h]\tSample temperature [K]", lambda m, c: f"{m / 60:.6f}\t{c + 273.15:.2f}"),
    "iso": ("timestamp,temperature", lambda m, c: f"{(BEGIN + timedelta(minutes=m)).isoformat()},{c:.2f}"),
    "german": (
        "Datum;Uhrzeit;TC1 (°C)",
        lambda m, c: f"{BEGIN + timedelta(minutes=m):%d.%m.%Y;%H:%M:%S};" + f"{c:.2f}".replace(".", ","),
    ),
    "clock only": ("Time,Zone 1", lambda m, c: f"{BEGIN + timedelta(minutes=m):%H:%M:%S},{c:.2f}"),
    "duration": ("Time,PV", lambda m, c: f"{int(m // 60)}:{int(m % 60):02d}:00,{c:.2f}"),
    "spreadsheet days": ("Date Time,TC1", lambda m, c: f"{46083.3333333 + m / 1440:.8f},{c:.2f}"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_log_is_read_in_many_spellings_of_time(spelling, tmp_path):
    header, row = SPELLINGS[spelling]
    path = tmp_path / "log.csv"
    write(path, header, row)
    assert READER.recognises(FileHead.of(path))
    reading = READER.read(path, path.name)
    table = FURNACE_LOG.schema.conform(reading.table)
    assert table["test_time_second"][-1] == pytest.approx(1097 * 60, abs=1)
    assert table["temperature_t1_celsius"].max() == pytest.approx(763, abs=0.01)
    assert table["temperature_t1_celsius"][0] == pytest.approx(25, abs=0.01)


def test_a_workbook_with_several_columns_is_read(tmp_path):
    minutes, celsius = log(minutes=5)
    book = openpyxl.Workbook()
    book.active.append(["Tube furnace 2"])
    book.active.append(["Date and time", "Zone 1 (°C)", "Sample (°C)", "SP (°C)"])
    for m, c in zip(minutes, celsius, strict=True):
        book.active.append([BEGIN + timedelta(minutes=m), c + 2, c, round(c)])
    path = tmp_path / "log.xlsx"
    book.save(path)
    assert READER.recognises(FileHead.of(path))
    reading = READER.read(path, path.name)
    assert reading.metadata["channels"] == ["Zone 1 (°C)", "Sample (°C)"]
    assert reading.metadata["start_time_local"] == "2026-03-02T08:00:00"
    assert reading.table.columns == [
        "test_time_second",
        "temperature_t1_celsius",
        "temperature_t2_celsius",
        "setpoint_celsius",
    ]


def scalars(table, **parameters):
    found = FURNACE_LOG.analyse(table, {"channel": 1, "programme": PROGRAMME, **parameters}, lambda *_: None)
    return {scalar.quantity: scalar.value for scalar in found.scalars}, found.warnings


def test_a_log_is_measured_against_its_programme(tmp_path):
    header, row = SPELLINGS["seconds"]
    write(tmp_path / "log.csv", header, row)
    found, warnings = scalars(READER.read(tmp_path / "log.csv", "log.csv").table)
    assert found["peak_temperature_celsius"] == pytest.approx(763, abs=0.01)
    assert found["set_temperature_celsius"] == 760
    assert found["overshoot_celsius"] == pytest.approx(3, abs=0.01)
    # At 755 °C one minute before the hold (5 °C/min) and 2.5 minutes after it (2 °C/min): 723.5 min.
    assert found["time_above_set_hour"] == pytest.approx(723.5 / 60, rel=1e-3)
    assert found["soak_time_hour"] == pytest.approx(723.5 / 60, rel=1e-3)
    assert found["heating_rate_celsius_per_min"] == pytest.approx(5, rel=1e-3)
    assert found["cooling_rate_celsius_per_min"] == pytest.approx(2, rel=1e-3)
    assert found["heating_rate_deviation"] == pytest.approx(0, abs=1e-3)
    assert warnings == ()


def test_one_bad_record_is_no_peak(tmp_path):
    header, row = SPELLINGS["seconds"]
    write(tmp_path / "log.csv", header, row)
    table = READER.read(tmp_path / "log.csv", "log.csv").table
    spoiled = table["temperature_t1_celsius"].set(table["test_time_second"] == 30_000, 1300.0)
    found, _ = scalars(table.with_columns(temperature_t1_celsius=spoiled))
    assert found["peak_temperature_celsius"] == pytest.approx(763, abs=0.01)


def test_a_gap_is_said_and_not_counted(tmp_path):
    header, row = SPELLINGS["seconds"]
    write(tmp_path / "log.csv", header, row)
    lines = (tmp_path / "log.csv").read_text().splitlines()
    (tmp_path / "gap.csv").write_text("\n".join(lines[:401] + lines[461:]) + "\n")  # records 400 … 459 min are gone
    reading = READER.read(tmp_path / "gap.csv", "gap.csv")
    assert reading.warnings == ("no record for 61 min from 6.65 h after the start on",)
    found, _ = scalars(reading.table)
    assert found["time_above_set_hour"] == pytest.approx((723.5 - 61) / 60, rel=1e-3)
    assert found["soak_time_hour"] == pytest.approx((867 + 2.5 - 460) / 60, rel=1e-3)


def test_a_furnace_that_never_arrived_is_said(tmp_path):
    header, row = SPELLINGS["seconds"]
    write(tmp_path / "log.csv", header, row)
    table = READER.read(tmp_path / "log.csv", "log.csv").table
    cold = table.with_columns(temperature_t1_celsius=table["temperature_t1_celsius"] * 0.9)
    found, warnings = scalars(cold)
    assert found["time_above_set_hour"] == 0
    assert any("never came within 5 °C of 760 °C" in sentence for sentence in warnings)


def test_without_a_programme_there_is_only_the_peak(tmp_path):
    header, row = SPELLINGS["seconds"]
    write(tmp_path / "log.csv", header, row)
    found, warnings = scalars(READER.read(tmp_path / "log.csv", "log.csv").table, programme=[])
    assert list(found) == ["peak_temperature_celsius"]
    assert len(warnings) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Time (s),TC1 (°C)\n", "no data rows"),
        ("Time (s),TC1 (°C)\n0,25\n60,30\nTime (s),TC1 (°C)\n0,25\n", "a second header stands in line 4"),
        ("Time (s),TC1 (°C)\n0,25\n60,30\n0,25\n60,30\n", "time runs backwards"),
        ("Time (s),TC1 (°C)\n0,25\n60,hot\n", "'hot', not a number in line 3"),
        ("Time,TC1\n0,25\n60,30\n", "does not say what its numbers count"),
    ],
)
def test_a_log_that_is_not_one_is_refused_with_a_sentence(content, says, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(ReaderError, match=says):
        READER.read(path, "bad.csv")


def test_no_real_file_of_another_technique_is_a_furnace_log(real_data):
    mistaken = [
        path.name for path in sorted(real_data.rglob("*")) if path.is_file() and READER.recognises(FileHead.of(path))
    ]
    assert mistaken == []
