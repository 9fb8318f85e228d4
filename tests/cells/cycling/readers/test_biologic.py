"""BioLogic in all its spellings: small exports that can be checked by hand, and pairs of .mpr and .mpt of one run."""

from __future__ import annotations

import builtins
import importlib
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from cells.cycling.readers import READERS, biologic_columns, biologic_mpl, biologic_mpr, biologic_mpt
from labdb.ingest.reader import FileHead, ReaderError, Reading
from tests import real_data
from tests.cells.cycling.readers.biologic_samples import HEADS, ROWS, columns, mpt, without

BIOLOGIC = "cycling/biologic/"
MPR = [path for path in real_data.files("cycling/biologic") if path.endswith(".mpr") and "223" not in path]
MPT = [path for path in real_data.files("cycling/biologic") if path.endswith(".mpt") and "no_header" not in path]


@pytest.fixture
def read(tmp_path):
    def read(content: bytes, name: str = "a.mpt") -> Reading:
        path = tmp_path / "stored"
        path.write_bytes(content)
        (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path, name))]
        return reader.read(path, name)

    return read


def test_milliampere_become_ampere_and_steps_follow_the_sequence(read):
    table = read(mpt()).table
    assert table["current_ampere"].to_list() == pytest.approx([0, 0, *[1e-3] * 3, 0, 0, *[-1e-3] * 3])
    assert table["step_count"].to_list() == [1, 1, 2, 2, 2, 3, 3, 4, 4, 4]
    assert table["step_id"].to_list() == [0, 0, 1, 1, 1, 2, 2, 3, 3, 3]
    kinds = table.group_by("step_count", maintain_order=True).agg(pl.col("step_type").first())["step_type"]
    assert kinds.cast(str).to_list() == ["REST", "CC_CHG", "REST", "CC_DCHG"]


def test_charge_is_counted_from_the_start_of_the_step_and_the_tail_belongs_to_the_step_before(read):
    table = read(mpt()).table
    ends = table.group_by("step_count", maintain_order=True).agg(pl.col("step_cumulative_capacity_ah").last() * 1000)
    # 1 mA for 3601 s, one of them seen only by the first record of the rest; 0.9 mAh and one second back.
    assert ends["step_cumulative_capacity_ah"].to_list() == pytest.approx([0.0, 3602 / 3600, 0.0, 0.9 + 1 / 3600])


@pytest.mark.parametrize(
    "content",
    [
        mpt(newline="\n"),
        mpt(comma=True),
        mpt(encoding="utf-8"),
        mpt(encoding="utf-16"),
        b"\xef\xbb\xbf" + mpt(encoding="utf-8"),
        mpt(settings=("Acquisition started on : 01.16.2025 14:05:54.213",)),
        mpt(settings=("Comments : 25 \u00b0C, 1 C \x85", "Acquisition started on : 01/16/2025 14:05:54.213")),
    ],
    ids=["LF", "decimal comma", "UTF-8", "UTF-16", "byte-order mark", "dotted date", "dots of Windows in a comment"],
)
def test_the_locale_of_the_computer_changes_nothing(read, content):
    assert read(content).table.equals(read(mpt()).table)
    assert read(content).metadata["start_time_local"] == "2025-01-16T14:05:54.213"


def test_the_settings_become_metadata(read):
    metadata = read(
        mpt(
            settings=(
                "Run on channel : D8 (SN 0892)",
                "User : Ada",
                "Acquisition started on : 01/16/2025 14:05:54.213",
                r"Loaded Setting File : C:\Settings\formation.mps",
                "Device : BCS-805 (SN 0709)",
                "BT-Lab for windows v1.79 (software)",
                "Comments : rest 12 h",
                "Comments : formation",
                "Mass of active material : 17.233 mg",
            )
        )
    ).metadata
    assert metadata["device"] == "BCS-805 (SN 0709), channel D8 (SN 0892)"
    assert metadata["software"] == "BT-Lab for windows v1.79"
    assert metadata["operator"] == "Ada"
    assert metadata["protocol"] == "formation.mps"
    assert metadata["comment"] == "rest 12 h\nformation"
    assert metadata["active_mass_mg"] == 17.233
    assert metadata["instrument"]["technique"] == "Galvanostatic Cycling with Potential Limitation"


@pytest.mark.parametrize("default", ["0.001 mg", "0,001 mg", "7000.000 mg"])
def test_the_mass_that_ec_lab_fills_in_is_no_mass_but_is_kept_as_written(read, default):
    metadata = read(mpt(settings=(f"Mass of active material : {default}",))).metadata
    assert "active_mass_mg" not in metadata
    assert metadata["instrument"]["Mass of active material"] == default


@pytest.mark.parametrize(("unit", "factor"), [("A", 1e-3), ("µA", 1e3), ("nA", 1e6)])
def test_the_unit_of_the_current_is_the_one_of_its_head(read, unit, factor):
    place = HEADS.index("<I>/mA")
    heads = [*HEADS[:place], f"<I>/{unit}", *HEADS[place + 1 :]]
    rows = [(*row[:place], row[place] * factor, *row[place + 1 :]) for row in ROWS]
    assert read(mpt(rows, heads)).table["current_ampere"].max() == pytest.approx(1e-3)


def test_without_a_measured_current_it_is_the_charge_over_the_time_and_said_so(read):
    reading = read(mpt(*without("<I>/mA")))
    assert reading.table["current_ampere"].to_list() == pytest.approx([0, 0, *[1e-3] * 3, 0, 0, *[-1e-3] * 3])
    assert any("no measured current" in warning for warning in reading.warnings)


def test_without_cycle_numbers_half_cycles_are_counted_in_twos_and_said_so(read):
    halves = [0] * 5 + [1] * 3 + [2] * 2
    reading = read(mpt([(*row[:-2], half) for row, half in zip(ROWS, halves, strict=True)], HEADS[:-1]))
    assert reading.table["cycle_count"].to_list() == [0] * 7 + [1] * 3  # the count lags a record behind the sequence
    assert any("half cycle // 2" in warning for warning in reading.warnings)


def test_without_any_count_cycles_are_counted_by_the_direction_and_said_so(read):
    reading = read(mpt(*without("half cycle", "cycle number")))
    assert reading.table["cycle_count"].unique().to_list() == [1]
    assert any("does not number its cycles" in warning for warning in reading.warnings)


def test_a_sequence_that_follows_itself_is_a_new_step_but_a_late_flag_is_not(read):
    """BT-Lab raises the flag of a change in the record after it."""
    late = [(row[0], flag, *row[2:]) for row, flag in zip(ROWS, (0, 0, 0, 1, 0, 0, 1, 0, 1, 0), strict=True)]
    assert read(mpt(late)).table["step_count"].to_list() == [1, 1, 2, 2, 2, 3, 3, 4, 4, 4]
    again = [(row[0], flag, *row[2:]) for row, flag in zip(ROWS, (0, 0, 1, 0, 1, 1, 0, 1, 0, 0), strict=True)]
    assert read(mpt(again)).table["step_count"].to_list() == [1, 1, 2, 2, 3, 4, 4, 5, 5, 5]


def test_absolute_time_stamps_are_counted_from_the_start_of_the_acquisition(read):
    place = HEADS.index("time/s")
    begin = datetime(2025, 1, 16, 14)
    stamps = [(begin + timedelta(seconds=row[place])).strftime("%m/%d/%Y %H:%M:%S.%f")[:-3] for row in ROWS]
    rows = [(*row[:place], stamp, *row[place + 1 :]) for row, stamp in zip(ROWS, stamps, strict=True)]
    content = mpt(rows, settings=("Acquisition started on : 01/16/2025 13:59:50.000",))
    times = read(content).table["test_time_second"]
    assert times.to_list() == pytest.approx([10.0 + row[place] for row in ROWS])


def test_impedance_rows_between_others_are_kept_as_steps_of_their_own(read):
    rows = [(*row, 1000.0 if row[2] == 2 else 0.0) for row in ROWS]
    table = read(mpt(rows, [*HEADS, "freq/Hz"], technique="Modulo Bat")).table
    assert table.height == len(ROWS)
    assert table.filter(pl.col("step_count") == 3)["step_type"].cast(str).to_list() == ["EIS", "EIS"]


def test_columns_without_the_header_are_read_the_same(read):
    bare = "\t".join(HEADS) + "\n" + columns(ROWS)
    assert read(bare.encode(), "a.txt").table.equals(read(mpt()).table)
    semicolons = ";" + ";".join(HEADS) + "\n"
    semicolons += columns([(number, *row) for number, row in enumerate(ROWS)], separator=";")
    assert read(semicolons.encode(), "a.csv").table.equals(read(mpt()).table)


def test_a_mode_printed_as_the_byte_of_all_flags_is_taken_apart(read):
    rows = [(row[0] | 0b1000_0100 | (row[1] << 5), row[0] | 0b1000_0100 | (row[1] << 5), *row[2:]) for row in ROWS]
    assert read(mpt(rows)).table.equals(read(mpt()).table)


def test_of_three_electrodes_the_controlled_potential_is_read(read):
    heads = [*HEADS, "Ece/V", "Ewe-Ece/V"]
    rows = [(*row, 0.2, row[6] - 0.2) for row in ROWS]
    against_reference = read(mpt(rows, heads, settings=("Potential control : Ewe",)))
    between = read(mpt(rows, heads, settings=("Potential control : Ewe-Ece",)))
    bare = read(("\t".join(heads) + "\n" + columns(rows)).encode())
    assert against_reference.table["voltage_volt"][0] == 3.0
    assert between.table["voltage_volt"][0] == bare.table["voltage_volt"][0] == pytest.approx(2.8)
    assert any("Ewe, against the reference" in warning for warning in against_reference.warnings)
    assert any("Ewe-Ece, that of the cell" in warning for warning in bare.warnings)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (mpt(technique="Cyclic Voltammetry"), "this is Cyclic Voltammetry, not galvanostatic cycling"),
        (mpt([]), "no data rows below the header"),
        (mpt(*without("Ewe/V")), "no column of voltage"),
        (mpt(*without("time/s")), "no line of column heads"),
        (mpt(*without("<I>/mA", "dq/mA.h")), "no column of current"),
        (mpt([*ROWS[:4], (*ROWS[4][:6], "4.x", *ROWS[4][7:]), *ROWS[5:]]), r"line 13: Ewe/V is '4\.x', not a number"),
        (mpt([*ROWS[:4], (*ROWS[4][:6], float("nan"), *ROWS[4][7:]), *ROWS[5:]]), "the voltage of record 5 is nan"),
        (mpt([*ROWS[:4], (*ROWS[4][:6], float("inf"), *ROWS[4][7:]), *ROWS[5:]]), "the voltage of record 5 is inf"),
        (mpt([*ROWS[:4], (*ROWS[4][:5], 4, 2, *ROWS[4][6:], 1), *ROWS[5:]]), "more fields in line 13 than columns"),
        (mpt()[:120], "no line of column heads"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(read, content, sentence):
    with pytest.raises(ReaderError, match=f"^a\\.mpt: .*{sentence}"):
        read(content)


def test_a_voltage_swept_in_every_row_is_no_cycling_even_where_no_technique_is_named(read):
    rows = [(2, float(n), 3.0 + n / 100, 0.1, 3.0 + n / 100) for n in range(9)]
    content = "\t".join(("mode", "time/s", "Ewe/V", "I/mA", "control/V")) + "\n" + columns(rows)
    with pytest.raises(ReaderError, match="the voltage is swept in every row"):
        read(content.encode())


def test_a_file_cut_in_a_line_is_read_up_to_there_and_says_so(read):
    reading = read(mpt()[:-60])
    assert reading.table.equals(read(mpt(ROWS[:-1])).table)
    assert any("the last line is cut off" in warning for warning in reading.warnings)


def test_an_impedance_file_is_left_to_the_readers_of_impedance(tmp_path):
    path = tmp_path / "eis.mpt"
    for content in (
        mpt(technique="Potentio Electrochemical Impedance Spectroscopy"),
        b"freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\ttime/s\t<Ewe>/V\t<I>/mA\n1.0\t1.0\t1.0\t0.0\t3.0\t0.1\n",
    ):
        path.write_bytes(content)
        assert not [reader for reader in READERS if reader.recognises(FileHead.of(path))]


def test_a_log_names_the_file_that_is_wanted(read):
    log = b"EC-Lab LOG FILE\r\n\r\nOpen Circuit Voltage\r\n\r\nSaved on :\r\n\tFile : cell_7_C01.mpr\r\n"
    with pytest.raises(
        ReaderError, match=r"^a\.mpl: this is a BioLogic log, .* upload cell_7_C01\.mpr or its export as \.mpt"
    ):
        read(log, "a.mpl")


@real_data.needs_real_data
def test_without_galvani_an_mpr_is_recognised_and_refused_with_the_name_of_the_extra(monkeypatch):
    def absent(name: str, package: str | None = None) -> None:
        raise ImportError(name)

    monkeypatch.setattr(biologic_mpr, "import_module", absent)
    path = real_data.ROOT / BIOLOGIC / "ocv.mpr"
    assert biologic_mpr.recognises(FileHead.of(path))
    with pytest.raises(ReaderError, match=r"ocv\.mpr: .*labdb\[biologic\].*export the file as \.mpt"):
        biologic_mpr.read(path, path.name)


def test_galvani_is_imported_by_the_reading_alone(monkeypatch):
    """The readers, and so the whole installation, are loaded without the GPL package."""
    real_import = builtins.__import__

    def watched(name, *args, **kwargs):
        assert not name.startswith("galvani")
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", watched)
    for module in (biologic_mpr, biologic_mpt, biologic_mpl, biologic_columns):
        importlib.reload(module)


@real_data.needs_real_data
@pytest.mark.parametrize("run", ["gcpl.issue_149", "gcpl.pr_182.1", "mb.issue_95", "cp", "ocv"])
def test_the_binary_and_the_text_of_one_run_agree(run):
    """The .mpt holds EC-Lab's own <I> and cycle number; the .mpr holds neither (but for `I` of MB and CP)."""
    (binary, text) = (
        reader.read(real_data.ROOT / BIOLOGIC / f"{run}.{suffix}", run)
        for reader, suffix in ((biologic_mpr, "mpr"), (biologic_mpt, "mpt"))
    )
    scale = float(text.table["current_ampere"].abs().max() or 0)
    for column in ("test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_count"):
        close = 1e-6 * scale if column == "current_ampere" else 1e-6
        assert (binary.table[column] - text.table[column]).abs().max() <= close, column
    if "step_cumulative_capacity_ah" in binary.table.columns:
        ours, theirs = (reading.table["step_cumulative_capacity_ah"] for reading in (binary, text))
        assert (ours - theirs).abs().max() <= 1e-3 * (theirs.max() or 1)


@real_data.needs_real_data
@pytest.mark.parametrize("relative", [*MPR, *MPT])
def test_the_clock_and_the_charge_are_those_that_yadg_saw(relative):
    """yadg gives the time of the first record (taking the clock as UTC) and the sums of dq by sign, in mAh."""
    values = real_data.expected()[relative]["values"]
    path = real_data.ROOT / relative
    reading = (biologic_mpr if path.suffix == ".mpr" else biologic_mpt).read(path, path.name)
    table = reading.table
    assert table["test_time_second"][0] == pytest.approx(values["time_first_s"], rel=1e-3)
    if values["start_unix_s"]:
        start = datetime.fromisoformat(reading.metadata["start_time_local"]).replace(tzinfo=UTC).timestamp()
        assert start + table["test_time_second"][0] == pytest.approx(values["start_unix_s"], abs=0.01)
    if "cycle number max" in values:
        assert table["cycle_count"].min() == values["cycle number min"]
        assert table["cycle_count"].max() == values["cycle number max"]
    elif "half cycle max" in values:
        assert table["cycle_count"].max() == values["half cycle max"] // 2
    if "eis_points" not in values and values.get("dQ_unit", "").startswith("mA"):
        moved = dict(
            table.group_by("step_count")
            .agg(pl.col("current_ampere").mean().sign(), pl.col("step_cumulative_capacity_ah").last() * 1000)
            .group_by("current_ampere")
            .agg(pl.col("step_cumulative_capacity_ah").sum())
            .iter_rows()
        )
        assert moved.get(1.0, 0.0) == pytest.approx(values["sum_positive_dQ"], rel=1e-3, abs=1e-9)
        assert moved.get(-1.0, 0.0) == pytest.approx(-values["sum_negative_dQ"], rel=1e-3, abs=1e-9)


@real_data.needs_real_data
@pytest.mark.parametrize(
    ("name", "set_ma"),
    [
        ("250116_kigr_gen6_01_02_GCPL_CD8.mpr", 1.2065),
        ("jdb11-1_c3_gcpl_5cycles_C09.mpr", 0.088796),
        ("jdb11-1_e1_s3_squidTest_data_C15.mpr", 0.01),
    ],
)
def test_the_current_from_charge_and_time_is_the_one_that_was_set(name, set_ma):
    """In the middle of a constant-current step; yadg gives the set value as `current_max`."""
    assert real_data.expected()[BIOLOGIC + name]["values"]["current_max"] == pytest.approx(set_ma)
    table = biologic_mpr.read(real_data.ROOT / BIOLOGIC / name, name).table
    charges = table.filter(pl.col("step_type").cast(str) == "CC_CHG")
    constant = charges.group_by("step_count").agg(pl.col("current_ampere").median() * 1000)
    assert constant["current_ampere"].to_list() == pytest.approx([set_ma] * constant.height, rel=2e-3)


@real_data.needs_real_data
@pytest.mark.parametrize(
    "name",
    [
        "250116_kigr_gen6_01_02_GCPL_CD8.mpr",
        "jdb11-1_c3_gcpl_5cycles_C09.mpr",
        "jdb11-1_e1_s3_squidTest_data_C15.mpr",
    ],
)
def test_the_first_charge_and_discharge_are_those_that_navani_saw(name):
    values = real_data.expected()[BIOLOGIC + name]["values"]["per_cycle_from_navani"]
    table = biologic_mpr.read(real_data.ROOT / BIOLOGIC / name, name).table
    half = (
        table.with_columns(sign=pl.col("current_ampere").mean().over("step_count").sign())
        .filter(pl.col("sign") != 0)
        .with_columns(half=(pl.col("sign") != pl.col("sign").shift(1)).fill_null(value=True).cum_sum())
        .group_by("half", "step_count", maintain_order=True)
        .agg(pl.col("sign").first(), pl.col("step_cumulative_capacity_ah").last() * 1000)
        .group_by("half", maintain_order=True)
        .agg(pl.col("sign").first(), pl.col("step_cumulative_capacity_ah").sum())
    )
    for word, sign in (("charge", 1), ("discharge", -1)):
        moved = half.filter(pl.col("sign") == sign)["step_cumulative_capacity_ah"]
        assert moved[0] == pytest.approx(values[f"first_cycle_{word}_mAh"], rel=1e-3)
