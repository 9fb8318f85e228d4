"""One test in every layout gives one table: delimiters, encodings, units, locales, sheets (see samples.py)."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cells.cycling.readers import READERS
from cells.cycling.table import CYCLING
from labdb.ingest.reader import FileHead, ReaderError, Reading
from tests.cells.cycling.readers import samples

TEXTS = {
    "neware flat": ("neware-text", samples.neware_flat().encode()),
    "neware flat, latin-1": ("neware-text", samples.neware_flat_other_units().encode("latin-1")),
    "neware flat, utf-16": ("neware-text", samples.neware_flat().encode("utf-16")),
    "neware flat, tabs and CRLF": (
        "neware-text",
        samples.neware_flat().replace(",", "\t").replace("\n", "\r\n").encode(),
    ),
    "neware flat, decimal comma": ("neware-text", samples.comma_decimals(samples.neware_flat()).encode("utf-8-sig")),
    "neware, chinese": ("neware-text", samples.neware_chinese().encode("gb18030")),
    "neware, chinese, utf-8": ("neware-text", samples.neware_chinese().encode("utf-8-sig")),
    "neware nested": ("neware-text", samples.neware_nested().encode()),
    "neware nested, tabs": ("neware-text", samples.neware_nested("\t").encode()),
    "neware nested, double tabs": ("neware-text", samples.neware_nested("\t\t").encode()),
    "neware nested, step on the cycle's line": ("neware-text", samples.neware_nested(joined=True).encode()),
    "neware nested, unsigned current": ("neware-text", samples.neware_nested(unsigned=True).encode()),
    "arbin": ("arbin-csv", samples.arbin_csv().encode("utf-8-sig")),
    "arbin, as in the database": ("arbin-csv", samples.arbin_csv(units=False).encode()),
    "landt": ("landt-text", samples.landt_classic().encode()),
    "landt, csv": ("landt-text", samples.landt_classic(",").encode()),
    "landt, unsigned current": ("landt-text", samples.landt_classic(unsigned=True).encode()),
    "landt, a table a step": ("landt-text", samples.landt_steps().encode()),
    "landt, SI": ("landt-text", samples.landt_si().encode()),
    "bdf": ("bdf-csv", samples.bdf().write_csv().encode()),
    "bdf, labels": ("bdf-csv", samples.bdf(labels=True).write_csv().encode()),
    "bdf, old names": ("bdf-csv", samples.bdf_deprecated().write_csv().encode()),
    "bdf, gz": ("bdf-csv", gzip.compress(samples.bdf().write_csv().encode())),
    "plain": ("plain-csv", samples.plain().encode()),
}

# Classic Landt exports number records, not cycles; where a rest belongs is then the reader's choice.
WITHOUT_CYCLES = ("landt", "landt, csv", "landt, unsigned current", "landt, a table a step")


def reading_of(path: Path, expected_reader: str) -> Reading:
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    assert reader.name == expected_reader
    return reader.read(path, path.name)


def assert_is_the_test(reading: Reading, *, numbers_cycles: bool = True) -> None:
    """Every column of the sample, to the digits that its layout writes."""
    expected = samples.expected()
    if not numbers_cycles:
        expected = expected.drop("cycle_count")
        assert reading.table["cycle_count"].unique(maintain_order=True).to_list() == [1, 2]
        assert any("does not number its cycles" in warning for warning in reading.warnings)
    assert_frame_equal(
        reading.table.select(expected.columns),
        expected.cast({name: CYCLING.columns[name] for name in expected.columns}),
        rel_tol=1e-5,
        abs_tol=2e-9,
    )


@pytest.mark.parametrize("layout", TEXTS)
def test_every_layout_of_one_test_gives_the_same_table(layout, tmp_path):
    reader, data = TEXTS[layout]
    path = tmp_path / "export"
    path.write_bytes(data)
    assert_is_the_test(reading_of(path, reader), numbers_cycles=layout not in WITHOUT_CYCLES)


@pytest.mark.parametrize("rows_a_sheet", [1_000_000, 20])
def test_a_neware_workbook_is_read_over_all_its_record_sheets(rows_a_sheet, tmp_path):
    path = tmp_path / "export.xlsx"
    samples.neware_workbook(path, rows_a_sheet=rows_a_sheet)
    reading = reading_of(path, "neware-xlsx")
    assert_is_the_test(reading)
    assert reading.metadata["active_mass_mg"] == 12.5
    assert reading.metadata["sample"] == "CELL-7"
    assert reading.metadata["operator"] == "Ada"
    assert reading.metadata["start_time_local"] == "2026-03-02T08:00:00.000"


def test_an_arbin_channel_goes_on_in_the_next_sheet(tmp_path):
    path = tmp_path / "export.xlsx"
    samples.arbin_workbook(path)
    reading = reading_of(path, "arbin-xlsx")
    assert_is_the_test(reading)
    assert reading.metadata["protocol"] == "formation.sdu"
    assert reading.metadata["start_time_local"] == "2026-03-02T08:00:00.000"


def test_two_arbin_channels_in_one_workbook_are_refused(tmp_path):
    path = tmp_path / "two.xlsx"
    samples.arbin_workbook(path, sheets=("Channel_7_1", "Channel_8_1"))
    with pytest.raises(ReaderError, match=r"two\.xlsx: holds 2 channels \(7, 8\)"):
        reading_of(path, "arbin-xlsx")


def test_a_landt_workbook_is_read_from_its_record_tab(tmp_path):
    path = tmp_path / "export.xlsx"
    samples.landt_workbook(path)
    assert_is_the_test(reading_of(path, "landt-xlsx"))


def test_a_bdf_parquet_file_is_read_and_a_cut_one_refused(tmp_path):
    path = tmp_path / "a.bdf.parquet"
    samples.bdf(labels=True).write_parquet(path)
    assert_is_the_test(reading_of(path, "bdf-parquet"))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ReaderError, match=r"a\.bdf\.parquet: the Parquet file is damaged or cut off"):
        reading_of(path, "bdf-parquet")


def test_unsigned_currents_are_said(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(samples.neware_nested(unsigned=True))
    assert any("amount of the current" in warning for warning in reading_of(path, "neware-text").warnings)


def test_step_types_of_the_file_are_kept(tmp_path):
    path = tmp_path / "export.csv"
    for text, reader in ((samples.neware_flat(), "neware-text"), (samples.landt_classic(), "landt-text")):
        path.write_text(text)
        kinds = reading_of(path, reader).table.unique("step_count", maintain_order=True)["step_type"].to_list()
        assert kinds == ["REST", "CC_CHG", "CV_CHG", "REST", "CC_DCHG"] * 2


def test_a_number_that_is_none_is_named_with_its_line(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(samples.neware_flat().replace(",3.2000,", ",3.x,", 1))
    with pytest.raises(ReaderError, match=r"export\.csv: line 4: Voltage\(V\) is '3\.x', not a number"):
        reading_of(path, "neware-text")


def test_a_unit_that_is_none_is_refused(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(samples.neware_flat().replace("Current(A)", "Current(C)"))
    with pytest.raises(ReaderError, match=r"'Current\(C\)' has 'C', which is no unit of A"):
        reading_of(path, "neware-text")


def test_a_header_without_rows_is_refused(tmp_path):
    path = tmp_path / "export.csv"
    for text, reader in (
        (samples.neware_flat(), "neware-text"),
        (samples.arbin_csv(), "arbin-csv"),
        (samples.landt_classic(), "landt-text"),
        (samples.bdf().write_csv(), "bdf-csv"),
    ):
        path.write_text(text.splitlines()[0] + "\n")
        with pytest.raises(ReaderError, match=r"export\.csv: no records below the header"):
            reading_of(path, reader)


def test_units_are_converted_to_the_same_numbers(tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes(samples.neware_flat_other_units().encode())
    table = reading_of(path, "neware-text").table
    assert table["current_ampere"].max() == pytest.approx(0.0005)
    assert table.filter(pl.col("step_count") == 2)["step_cumulative_capacity_ah"].max() == pytest.approx(0.0005)
