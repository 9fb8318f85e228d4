"""Maccor text exports in their locales and habits, each small enough to check by hand."""

from __future__ import annotations

import pytest

from cells.cycling.readers import READERS
from labdb.ingest.reader import FileHead, ReaderError, Reading

FIRST = (
    "Today's Date 10/10/2019  Date of Test:\t10/10/2019\t Filename:\tC:\\Data\\cell 7.052"
    " Procedure: formation.000\tComment/Barcode: 00001E"
)
HEADS = "Rec#\tCyc#\tStep\tTestTime\tStepTime\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tDPt Time"
# One hour of charge at 1 A, a minute of rest, half an hour of discharge at 1.2 A.
ROWS = (
    "1\t0\t1\t  0d 00:00:00.00\t  0d 00:00:00.00\t0.0\t0.0\t1.0\t3.5\tC\t1\t{day} 22:59:00",
    "2\t0\t1\t  0d 01:00:00.00\t  0d 01:00:00.00\t1.0\t3.8\t1.0\t4.2\tC\t133\t{day} 23:59:00",
    "3\t0\t2\t  0d 01:01:00.00\t  0d 00:01:00.00\t0.0\t0.0\t0.0\t4.1\tR\t133\t{next_day} 00:00:00",
    "4\t0\t3\t  0d 01:01:00.00\t  0d 00:00:00.00\t0.0\t0.0\t{sign}1.2\t4.0\tD\t1\t{next_day} 00:00:00",
    "5\t0\t3\t  0d 01:31:00.00\t  0d 00:30:00.00\t0.6\t2.2\t{sign}1.2\t3.0\tD\t133\t{next_day} 00:30:00",
)


def export(heads=HEADS, rows=ROWS, first=FIRST, sign="-", day="10/21/2019", next_day="10/22/2019", newline="\r\n"):
    lines = [row.format(sign=sign, day=day, next_day=next_day) for row in rows]
    return newline.join([first, heads, *lines, ""]).encode()


@pytest.fixture
def read(tmp_path):
    def read(content: bytes, name: str = "a.052") -> Reading:
        path = tmp_path / "stored"
        path.write_bytes(content)
        (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path, name))]
        assert reader.name == "maccor-text"
        return reader.read(path, name)

    return read


def ends(reading: Reading, column: str) -> list[float]:
    return reading.table.group_by("step_count", maintain_order=True).last()[column].to_list()


def test_a_signed_export_is_read_as_it_stands(read):
    reading = read(export())
    table = reading.table
    assert table["test_time_second"].to_list() == [0.0, 3600.0, 3660.0, 3660.0, 5460.0]
    assert table["current_ampere"].to_list() == [1.0, 1.0, 0.0, -1.2, -1.2]
    assert table["step_count"].to_list() == [1, 1, 2, 3, 3]
    assert ends(reading, "step_cumulative_capacity_ah") == [1.0, 0.0, 0.6]
    assert ends(reading, "step_cumulative_energy_wh") == pytest.approx([3.8, 0.0, 2.2])
    assert table["step_type"].cast(str).to_list() == [None, None, "REST", None, None]
    assert not reading.warnings


def test_an_unsigned_current_gets_its_sign_from_the_state(read):
    reading = read(export(sign=""))
    assert reading.table.equals(read(export()).table)
    assert any("without sign" in warning for warning in reading.warnings)


def test_a_charge_written_as_negative_is_turned(read):
    rows = [row.replace("\t1.0\t3.5", "\t-1.0\t3.5").replace("\t1.0\t4.2", "\t-1.0\t4.2") for row in ROWS]
    reading = read(export(rows=rows, sign=""))
    assert reading.table["current_ampere"].to_list() == [1.0, 1.0, 0.0, -1.2, -1.2]
    assert any("sign was turned" in warning for warning in reading.warnings)


def test_milliampere_heads_and_millivolts_under_volts(read):
    heads = HEADS.replace("Amp-hr", "mAmp-hr").replace("Watt-hr", "mWatt-hr").replace("Amps", "mAmps")
    rows = [
        row.replace("\t3.5\t", "\t3500.0\t").replace("\t4.2\t", "\t4200.0\t").replace("\t4.1\t", "\t4100.0\t")
        for row in ROWS
    ]
    reading = read(export(heads, rows[:3]))
    assert reading.table["voltage_volt"].to_list() == [3.5, 4.2, 4.1]
    assert reading.table["current_ampere"].max() == pytest.approx(1e-3)
    assert ends(reading, "step_cumulative_capacity_ah") == pytest.approx([1e-3, 0.0])
    assert any("taken as millivolts" in warning for warning in reading.warnings)


def test_the_metadata_of_the_first_line(read):
    metadata = read(export()).metadata
    assert metadata["protocol"] == "formation.000"
    assert metadata["sample"] == "00001E"
    assert metadata["start_time_local"] == "2019-10-21T22:59:00.000"
    assert metadata["instrument"] == {"Filename": "C:\\Data\\cell 7.052"}


def test_a_day_first_date_is_seen_by_its_days(read):
    reading = read(export(day="21/10/2019", next_day="22/10/2019"))
    assert reading.metadata["start_time_local"] == "2019-10-21T22:59:00.000"


def test_an_ambiguous_date_is_seen_by_the_time_elapsed(read):
    """The 5th and 6th of June, or the 6th of May and of June: only one night lies between the records."""
    reading = read(export(day="05/06/2019", next_day="06/06/2019"))
    assert reading.metadata["start_time_local"] == "2019-06-05T22:59:00.000"


KIT = (
    "Rec\tCycle P\tCycle C\tStep\tTestTime\tStepTime\tCap. [Ah]\tEner. [Wh]\tCurrent [A]\tVoltage [V]\tMd\tES\tDPT Time"
)
KIT_ROWS = (
    "1\t0\t1\t1\t0,000000\t0,000000\t0,00000000\t0,00000000\t1,50000000\t3,1377\tC\t0\t06/05/2021 11:23:46",
    "2\t0\t1\t1\t1,000000\t1,000000\t0,02500000\t0,07800000\t1,50000000\t3,1385\tC\t1\t06/05/2021 11:24:46",
    "3\t0\t1\t1\t2,000000\t2,000000\t0,05000000\t0,15700000\t1,50000000\t3,1394\tC\t1\t06/05/2021 11:25:46",
)


def kit(rows=KIT_ROWS, last_newline="\n"):
    head = "Name:\tKIT-7\nChannel:\t81\nTester\tMaccor #4\nProcedure\tSIMBA.000\n\n"
    return (head + KIT + "\n\n" + "\n".join(rows) + last_newline).encode()


def test_decimal_commas_and_a_time_whose_unit_only_the_stamps_tell(read):
    reading = read(kit())
    assert reading.table["test_time_second"].to_list() == [0.0, 60.0, 120.0]  # 1,000000 a minute
    assert reading.table["current_ampere"].to_list() == [1.5] * 3
    assert reading.table["voltage_volt"].to_list() == [3.1377, 3.1385, 3.1394]
    assert reading.metadata["device"] == "Maccor #4, channel 81"
    assert "start_time_local" not in reading.metadata
    assert any("06/05/2021" in warning for warning in reading.warnings)


@pytest.mark.parametrize("newline", ["", "\n"])
def test_a_last_line_that_is_cut_off_is_left_out_and_said_so(read, newline):
    reading = read(kit([*KIT_ROWS, "4\t0\t1\t1\t3,000000\t3,000000\t0,0"], newline))
    assert reading.table.height == 3
    assert any("cut off" in warning for warning in reading.warnings)


def test_thousands_marks_in_quotes(read):
    heads = '"Rec","Cycle C","Step","Test Time (sec)","Step Time (sec)","Current (mA)","Voltage (V)","DPT Time"'
    rows = [
        '"1","1","1","3,600.00","0.00","1,234.50","3.70","23-Nov-23 3:56:11 PM"',
        '"2","1","1","3,610.00","10.00","1,234.50","3.71","23-Nov-23 3:56:21 PM"',
    ]
    reading = read(export(heads, rows, first="Today's Date ,28-Nov-23"))
    assert reading.table["test_time_second"].to_list() == [3600.0, 3610.0]
    assert reading.table["current_ampere"].to_list() == pytest.approx([1.2345, 1.2345])
    assert reading.metadata["start_time_local"] == "2023-11-23T14:56:11.000"


BARE = "Rec,Cycle C,Step,Test Time (sec),Step Time (sec),Capacity,Energy,Current,Voltage,DPT Time"


def bare(*voltages: float) -> bytes:
    rows = [
        f"{n},1,{min(n, 2)},{n * 10}.0,{n}.0,0,0,{min(n - 1, 1)}.5,{v},23-Nov-23 3:56:11 PM"
        for n, v in enumerate(voltages, 1)
    ]
    return export(BARE, [row.replace("0.5", "0.0") for row in rows], first="Today's Date ,28-Nov-23")


def test_currents_without_sign_and_state_are_charge_only_where_the_voltage_rises(read):
    reading = read(bare(3.6, 3.7, 3.8))
    assert reading.table["current_ampere"].to_list() == [0.0, 1.5, 1.5]
    assert any("taken as charge" in warning for warning in reading.warnings)
    assert any("taken in A, V and Ah" in warning for warning in reading.warnings)
    with pytest.raises(ReaderError, match=r"a\.052: the current has no sign .* export the state"):
        read(bare(3.6, 3.5, 3.4))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (export(rows=()), "no records below the header"),
        (
            export(rows=[*ROWS[:2], ROWS[2].replace("4.1", "4..1"), *ROWS[3:]]),
            r"line 5: Volts is '4\.\.1', not a number",
        ),
        (export(rows=[ROWS[0], ROWS[1].replace("4.2", "nan"), *ROWS[2:]]), "the voltage of record 2 is nan"),
        (kit([row.rsplit("\t", 1)[0] + "\t" for row in KIT_ROWS]), "has no unit and the time stamps do not tell it"),
        (export(rows=[ROWS[0], ROWS[1] + "\t1\t2", *ROWS[2:]]), "more fields in line 4"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(read, content, sentence):
    with pytest.raises(ReaderError, match=f"^a\\.052: .*{sentence}"):
        read(content)
