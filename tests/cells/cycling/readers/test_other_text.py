"""Novonix, PEC and BaSyTec exports, each small enough to check by hand."""

from __future__ import annotations

import pytest

from cells.cycling.readers import READERS
from labdb.ingest.reader import FileHead, ReaderError, Reading

NOVONIX_HEADS = (
    "Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V),Capacity (Ah),"
    "Temperature (°C),Energy (Wh),Step Number"
)
NOVONIX = """[Summary]
Novonix UHPC data file
Channel: 01
Description: cell 7
Mass (g): {mass}
Started: 2025-07-19 15:26:20
Version: 2.13.0
[End Summary]
[Protocol]
{{"Version":"UHPC Control: 2.13.0","ProtocolStepList":[{{"StepType":3}}]}}
[End Protocol]
[Data]
{heads}
2025-07-19 15:26:20,1,7,0.0000000,0.0000000,0.50000000,3.60000000,0.00000000,24.644,0.00000000,1
2025-07-19 17:26:20,1,7,2.0000000,2.0000000,0.50000000,4.20000000,1.00000000,24.644,3.90000000,1
2025-07-19 17:26:20,1,8,2.0000000,0.0000000,-1.00000000,4.10000000,1.00000000,24.650,3.90000000,2
2025-07-19 18:14:20,1,8,2.8000000,0.8000000,-1.00000000,3.00000000,0.20000000,24.650,1.00000000,2
"""

PEC_HEADS = (
    "Test,Cell,Cell ID,Step,Instruction Name,Cycle,Total Time (Hours in hh:mm:ss.xxx),Step Time (Seconds),Real Time,"
    "Voltage (V),Current (A),Charge Capacity (mAh),Discharge Capacity (mAh),Charge Energy (mWh),"
    "Discharge Energy (mWh),Temp (°C),"
)
PEC = """Request Year:,2026
Test:,25195
TestRegime Name:,cycle life
Number Of Cells:,1
Parameter names:,C-Rate (mAh),Mass (kg),Peak power (W)
Parameter values:,64000,1.161,500
Product ID:,JP3
Start Time:,{day} 23:00:00
{heads}
1,1,a,1,I-Charge,0,00:00:00.000,0,{day} 23:00:00,3.5,1,0,0,0,0,16.7,
1,1,a,1,I-Charge,0,01:00:00.000,3600,{next_day} 00:00:00,4.2,1,1000,0,3800,0,16.7,
1,1,a,2,Idle,0,25:00:00.000,86400,{after} 00:00:00,4.1,0,1000,0,3800,0,16.7,
1,1,a,3,I-Discharge,0,25:00:00.000,0,{after} 00:00:00,4.0,{sign}1,1000,0,3800,0,16.7,
1,{cell},a,3,I-Discharge,0,25:30:00.000,1800,{after} 00:30:00,3.0,{sign}1,1000,500,3800,1700,16.7,
"""

BASYTEC = """~Resultfile from Basytec Battery Test System
~Date and Time of Data Converting: 07.07.2023 10:55:58
~Battery: cell 7
~Testplan: plan.pln
~Testchannel: 1814 CH14
~Start of Test: 05.06.2023 17:56:53
~Operator (Test): Ada
~
~Time[{unit}]\tDataSet\tt-Step[{unit}]\tLine\tCommand\tU[V]\tI[A]\tAh[Ah]\tAh-Step\tWh-Step\tT1[°C]\tCyc-Count\tState
0\t1\t0\t3\tPause\t3.5\t0\t0\t0\t0\t25.4\t0\t3
1\t2\t1\t4\tCharge\t3.6\t0.5\t0\t0\t0\t25.4\t1\t1
3\t3\t3\t4\tCharge\t4.2\t0.5\t1\t1\t3.9\t25.4\t1\t1
3\t4\t0\t5\tDischarge\t4.1\t{sign}0.5\t1\t0\t0\t25.4\t1\t1
4\t5\t1\t5\tDischarge\t3.0\t{sign}0.5\t0.5\t{sign}0.5\t{sign}1.8\t25.4\t1\t1
"""


def novonix(mass="1.000") -> bytes:
    return NOVONIX.format(mass=mass, heads=NOVONIX_HEADS).encode()


def pec(sign="-", cell="1", day="01/06/2026", next_day="01/07/2026", after="01/08/2026") -> bytes:
    return PEC.format(heads=PEC_HEADS, sign=sign, cell=cell, day=day, next_day=next_day, after=after).encode()


def basytec(sign="-", unit="h") -> bytes:
    return BASYTEC.format(sign=sign, unit=unit).encode("latin-1")


@pytest.fixture
def read(tmp_path):
    def read(content: bytes, name: str = "a.csv") -> Reading:
        path = tmp_path / "stored"
        path.write_bytes(content)
        (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path, name))]
        return reader.read(path, name)

    return read


def ends(reading: Reading, column: str) -> list[float]:
    return reading.table.group_by("step_count", maintain_order=True).last()[column].to_list()


def test_novonix_hours_become_seconds_and_balances_are_counted_from_the_step(read):
    reading = read(novonix())
    assert reading.table["test_time_second"].to_list() == [0.0, 7200.0, 7200.0, 10080.0]
    assert reading.table["current_ampere"].to_list() == [0.5, 0.5, -1.0, -1.0]
    assert ends(reading, "step_cumulative_capacity_ah") == pytest.approx([1.0, 0.8])
    assert ends(reading, "step_cumulative_energy_wh") == pytest.approx([3.9, 2.9])
    assert reading.table["temperature_t1_celsius"][0] == 24.644


def test_novonix_metadata(read):
    metadata = read(novonix()).metadata
    assert metadata["start_time_local"] == "2025-07-19T15:26:20.000"
    assert metadata["device"] == "Novonix channel 01"
    assert metadata["software"] == "UHPC 2.13.0"
    assert metadata["sample"] == "cell 7"
    assert "active_mass_mg" not in metadata
    assert metadata["instrument"]["Mass (g)"] == "1.000"
    assert read(novonix(mass="0.012")).metadata["active_mass_mg"] == 12.0


def test_novonix_without_its_summary_is_read_too(read):
    bare = novonix().split(b"[Data]\n")[1]
    assert read(bare).table.equals(read(novonix()).table)


def test_pec_times_beyond_a_day_and_counters_of_the_cycle(read):
    reading = read(pec())
    assert reading.table["test_time_second"].to_list() == [0.0, 3600.0, 90000.0, 90000.0, 91800.0]
    assert reading.table["current_ampere"].to_list() == [1.0, 1.0, 0.0, -1.0, -1.0]
    assert ends(reading, "step_cumulative_capacity_ah") == pytest.approx([1.0, 0.0, 0.5])
    assert ends(reading, "step_cumulative_energy_wh") == pytest.approx([3.8, 0.0, 1.7])
    assert reading.metadata["start_time_local"] == "2026-01-06T23:00:00.000"
    assert reading.metadata["protocol"] == "cycle life"
    assert "active_mass_mg" not in reading.metadata  # the mass of the file is that of the cell
    assert reading.metadata["instrument"]["Mass (kg)"] == "1.161"


def test_pec_currents_without_sign_run_the_way_of_the_counter_that_grows(read):
    reading = read(pec(sign=""))
    assert reading.table.equals(read(pec()).table)
    assert any("without sign" in warning for warning in reading.warnings)


def test_pec_day_first_dates_are_seen_by_the_time_elapsed(read):
    reading = read(pec(day="06/01/2026", next_day="07/01/2026", after="08/01/2026"))
    assert reading.metadata["start_time_local"] == "2026-01-06T23:00:00.000"


def test_pec_files_of_several_cells_are_refused(read):
    with pytest.raises(ReaderError, match=r"a\.csv: the file holds several cells"):
        read(pec(cell="2"))


def test_basytec_signed(read):
    reading = read(basytec())
    assert reading.table["test_time_second"].to_list() == [0.0, 3600.0, 10800.0, 10800.0, 14400.0]
    assert reading.table["current_ampere"].to_list() == [0.0, 0.5, 0.5, -0.5, -0.5]
    assert ends(reading, "step_cumulative_capacity_ah") == [0.0, 1.0, 0.5]
    assert ends(reading, "step_cumulative_energy_wh") == [0.0, 3.9, 1.8]
    assert reading.table["cycle_count"].unique().to_list() == [1]  # the first record is written before the count
    assert reading.table["step_type"].cast(str).to_list() == ["REST", None, None, None, None]
    assert reading.metadata["start_time_local"] == "2023-06-05T17:56:53.000"  # day first
    assert reading.metadata["operator"] == "Ada"


def test_basytec_unsigned_currents_run_the_way_of_the_command(read):
    reading = read(basytec(sign=""))
    assert reading.table.equals(read(basytec()).table)
    assert any("without sign" in warning for warning in reading.warnings)


def test_basytec_seconds_and_decimal_commas(read):
    assert read(basytec(unit="s")).table["test_time_second"].to_list() == [0.0, 1.0, 3.0, 3.0, 4.0]
    comma = b"\n".join(line if line.startswith(b"~") else line.replace(b".", b",") for line in basytec().split(b"\n"))
    assert read(comma).table.equals(read(basytec()).table)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (novonix()[:200], "no \\[Data\\] section below the summary"),
        (novonix().split(b"2025-07-19 15:26:20,")[0], "no records below the header"),
        (novonix().replace(b"4.20000000", b"inf"), "the voltage of record 2 is inf"),
        (pec().split(b"1,1,a")[0], "no records below the header"),
        (pec().replace(b",4.2,", b",4.2V,"), r"line 11: Voltage \(V\) is '4\.2V', not a number"),
        (basytec().split(b"\n0\t1")[0], "no records below the header"),
        (basytec().replace(b"\t4.2\t", b"\tnan\t"), "the voltage of record 3 is nan"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(read, content, sentence):
    with pytest.raises(ReaderError, match=f"^a\\.csv: .*{sentence}"):
        read(content)


@pytest.mark.parametrize("content", [novonix(), pec(), basytec()], ids=["novonix", "pec", "basytec"])
def test_a_file_cut_in_its_last_line_says_so(read, content):
    whole = read(content)
    cut = read(content[:-40])
    assert cut.table.height == whole.table.height - 1
    assert any("cut off" in warning for warning in cut.warnings)
