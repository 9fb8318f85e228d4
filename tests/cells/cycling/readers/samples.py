"""One small test, written in the layouts of formats of which no instrument's file may be kept here.

Two cycles of a 1 mAh cell: rest, charge at 0.5 mA, hold at 4.2 V, rest, discharge at 0.5 mA. The numbers are made up so
that they can be followed by hand: capacity is current × time, and each step begins at the time at which the last ended.
Every writer below is ours, after the layout that the head of the reader describes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import openpyxl
import polars as pl

STEPS = (  # type, minutes, mA at begin and end, V at begin and end
    ("Rest", 2, 0.0, 0.0, 3.0, 3.0),
    ("CC Chg", 60, 0.5, 0.5, 3.2, 4.2),
    ("CV Chg", 20, 0.5, 0.1, 4.2, 4.2),
    ("Rest", 2, 0.0, 0.0, 4.15, 4.1),
    ("CC DChg", 70, -0.5, -0.5, 4.0, 3.0),
)
START = "2026-03-02 08:00:00"


@dataclass(frozen=True)
class Row:
    """One record, in the units of the exports: s, V, mA, mAh, mWh."""

    record: int
    cycle: int
    step: int
    executed: int
    kind: str
    step_time: float
    time: float
    voltage: float
    current: float
    capacity: float
    energy: float
    charge: float
    discharge: float
    date: str


def rows() -> list[Row]:
    """The records, one every ten minutes and at both ends of a step."""
    from datetime import datetime, timedelta

    begin = datetime.fromisoformat(START)
    found: list[Row] = []
    time, executed = 0.0, 0
    for cycle in (1, 2):
        charge = discharge = 0.0
        for number, (kind, minutes, current0, current1, voltage0, voltage1) in enumerate(STEPS, start=1):
            executed += 1
            points = sorted({0.0, *(600.0 * tenth for tenth in range(minutes // 10 + 1)), minutes * 60.0})
            capacity = energy = 0.0
            for before, now in zip([0.0, *points], points, strict=False):
                share, share_before = now / points[-1], before / points[-1]
                current = current0 + (current1 - current0) * share
                voltage = voltage0 + (voltage1 - voltage0) * share
                mean_current = (current + current0 + (current1 - current0) * share_before) / 2
                mean_voltage = (voltage + voltage0 + (voltage1 - voltage0) * share_before) / 2
                amount = abs(mean_current) * (now - before) / 3600
                capacity, energy = capacity + amount, energy + amount * mean_voltage
                charge += amount if mean_current > 0 else 0.0
                discharge += amount if mean_current < 0 else 0.0
                found.append(
                    Row(
                        len(found) + 1,
                        cycle,
                        number,
                        executed,
                        kind,
                        now,
                        time + now,
                        round(voltage, 4),
                        round(current, 6),
                        round(capacity, 8),
                        round(energy, 8),
                        round(charge, 8),
                        round(discharge, 8),
                        str(begin + timedelta(seconds=time + now)),
                    )
                )
            time += points[-1]
    return found


def expected() -> pl.DataFrame:
    """What every reader has to make of them."""
    return pl.DataFrame(
        [
            {
                "test_time_second": row.time,
                "voltage_volt": row.voltage,
                "current_ampere": row.current / 1000,
                "cycle_count": row.cycle,
                "step_count": row.executed,
                "step_cumulative_capacity_ah": row.capacity / 1000,
            }
            for row in rows()
        ]
    )


def clock(seconds: float, form: str = "{h:02d}:{m:02d}:{s:02d}") -> str:
    return form.format(h=int(seconds // 3600), m=int(seconds % 3600 // 60), s=int(seconds % 60))


def neware_flat() -> str:
    """As BTSDA 8 exports records, in A and Ah."""
    header = (
        "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(A),Voltage(V),Capacity(Ah),"
        "Spec. Cap.(mAh/g),Energy(Wh),Date,T1(?)"
    )
    lines = [
        f"{row.record},{row.cycle},{row.step},{row.kind},{clock(row.step_time)},{clock(row.time)},"
        f"{row.current / 1000:.8f},{row.voltage:.4f},{row.capacity / 1000:.10f},0.00,"
        f"{row.energy / 1000:.10f},{row.date},25.0"
        for row in rows()
    ]
    return "\n".join([header, *lines]) + "\n"


def neware_flat_other_units() -> str:
    """The same with other units and another order."""
    header = "DataPoint,Voltage(mV),Current(µA),Total Time(min),Time(s),Cycle Index,Step Index,Step Type,Capacity(mAs)"
    lines = [
        f"{row.record},{row.voltage * 1000:.1f},{row.current * 1000:.3f},{row.time / 60:.6f},{row.step_time:.0f},"
        f"{row.cycle},{row.step},{row.kind},{row.capacity * 3600:.6f}"
        for row in rows()
    ]
    return "\n".join([header, *lines]) + "\n"


def neware_chinese() -> str:
    """As a Chinese BTSDA exports records."""
    kinds = {"Rest": "搁置", "CC Chg": "恒流充电", "CV Chg": "恒压充电", "CC DChg": "恒流放电"}
    header = "数据序号,循环号,工步号,工步类型,时间,总时间,电流(mA),电压(V),容量(mAh),能量(mWh),绝对时间"
    lines = [
        f"{row.record},{row.cycle},{row.step},{kinds[row.kind]},{clock(row.step_time)},{clock(row.time)},{row.current:.5f},"
        f"{row.voltage:.4f},{row.capacity:.8f},{row.energy:.8f},{row.date}"
        for row in rows()
    ]
    return "\n".join([header, *lines]) + "\n"


def neware_nested(delimiter: str = ",", *, joined: bool = False, unsigned: bool = False) -> str:
    """The general report of BTS 7: cycles, steps and records below one another, no total time."""
    lines = [
        ["Cycle ID", "Cap_Chg(mAh)", "Cap_DChg(mAh)"],
        ["", "Step ID", "Step Name", "Step Time(h:min:s.ms)", "Capacity(mAh)"],
        [
            "",
            "",
            "Record ID",
            "Time(h:min:s.ms)",
            "Voltage(V)",
            "Current(mA)",
            "Capacity(mAh)",
            "Energy(mWh)",
            "Realtime",
        ],
    ]
    found = rows()
    for row in found:
        if row.step_time == 0:
            ends = [end for end in found if end.executed == row.executed][-1]
            step = [str(row.step), row.kind.replace(" ", "_"), clock(ends.step_time) + ".000", f"{ends.capacity:.4f}"]
            if row.step == 1:
                cycle = [end for end in found if end.cycle == row.cycle][-1]
                begin = [str(row.cycle), f"{cycle.charge:.4f}", f"{cycle.discharge:.4f}"]
                if joined:
                    lines.append([*begin, *step])
                else:
                    lines.extend([begin, ["", *step]])
            else:
                lines.append(["", *step])
        current = abs(row.current) if unsigned else row.current
        values = [clock(row.step_time) + ".000", f"{row.voltage:.4f}", f"{current:.6f}", f"{row.capacity:.8f}"]
        lines.append(["", "", str(row.record), *values, f"{row.energy:.8f}", row.date])
    return "\n".join(delimiter.join(line) for line in lines) + "\n"


def comma_decimals(text: str) -> str:
    """The same on a computer with a decimal comma: fields parted by semicolons."""
    return text.replace(",", ";").replace(".", ",")


def neware_workbook(path: Path, *, rows_a_sheet: int = 1_000_000) -> None:
    """The workbook of BTSDA: test, cycle, step, record sheets; durations as Excel keeps them."""
    from datetime import timedelta

    book = openpyxl.Workbook()
    test = book.active
    test.title = "test"
    test.append(["Test information"])
    test.append(["Start Time", START, "", "Barcode", "CELL-7"])
    test.append(["Builder", "Ada", "", "Active material", "12.5mg"])
    test.append(["Remarks", "first pouch"])
    book.create_sheet("cycle").append(["Cycle Index", "Chg. Cap.(mAh)", "DChg. Cap.(mAh)"])
    book.create_sheet("step").append(["Cycle Index", "Step Index", "Step Type", "Step Time"])
    header = ["DataPoint", "Cycle Index", "Step Index", "Step Type", "Time", "Total Time", "Current(mA)", "Voltage(V)"]
    found = rows()
    for part, start in enumerate(range(0, len(found), rows_a_sheet)):
        sheet = book.create_sheet(f"record{part or ''}")
        sheet.append([*header, "Capacity(mAh)", "Energy(mWh)", "Date"])
        for row in found[start : start + rows_a_sheet]:
            times = [timedelta(seconds=row.step_time), timedelta(seconds=row.time)]
            values = [row.current, row.voltage, row.capacity, row.energy, row.date]
            sheet.append([row.record, row.cycle, row.step, row.kind, *times, *values])
    book.save(path)


def arbin_csv(*, units: bool = True) -> str:
    """As MITS exports a channel; without units as its database names the columns. Capacities run over the cycle."""
    header = [
        *("Data_Point", "Date_Time", "Test_Time(s)", "Step_Time(s)", "Cycle_Index", "Step_Index", "Current(A)"),
        *("Voltage(V)", "Charge_Capacity(Ah)", "Discharge_Capacity(Ah)", "Charge_Energy(Wh)", "Discharge_Energy(Wh)"),
    ]
    if not units:
        header = [name.partition("(")[0] for name in header]
    lines = [
        f"{row.record},{row.date},{row.time},{row.step_time},{row.cycle},{row.step},{row.current / 1000:.9f},"
        f"{row.voltage},{row.charge / 1000:.12f},{row.discharge / 1000:.12f},0,0"
        for row in rows()
    ]
    return "\n".join([",".join(header), *lines]) + "\n"


def arbin_workbook(path: Path, *, sheets: tuple[str, ...] = ("Channel_7_1", "Channel_7_2")) -> None:
    """The workbook of MITS: Global_Info, the channel, which goes on in a second sheet, and a row a cycle."""
    from datetime import datetime

    book = openpyxl.Workbook()
    about = book.active
    about.title = "Global_Info"
    about.append(["", "", "", "TEST REPORT"])
    about.append(["Channel", "Start DateTime", "Schedule File Name", "Creator", "Comments", "Software Version"])
    about.append([7, datetime.fromisoformat(START), "formation.sdu", "Ada", "", "PV7.0"])
    header, *lines = arbin_csv().splitlines()
    half = len(lines) // 2
    for name, part in zip(sheets, (lines[:half], lines[half:]), strict=True):
        sheet = book.create_sheet(name)
        sheet.append(header.split(","))
        for line in part:
            values = line.split(",")
            sheet.append([float(values[0]), datetime.fromisoformat(values[1]), *map(float, values[2:])])
    book.create_sheet("Statistics_7").append(header.split(","))
    book["Statistics_7"].append([1, datetime.fromisoformat(START), 9240, 4200, 1, 5, -0.0005, 3.0, 0.6, 0.58, 0, 0])
    book.save(path)


LANDT_STATES = {"Rest": "R", "CC Chg": "C_CC", "CV Chg": "C_CV", "CC DChg": "D_CC"}


def landt_classic(delimiter: str = "\t", *, unsigned: bool = False) -> str:
    """One table, times in seconds."""
    header = (
        "Index,TestTime/Sec.,StepTime/Sec.,Voltage/V,Current/mA,Capacity/mAh,SCapacity/mAh/g,Energy/mWh,SysTime,State"
    )
    lines = []
    for row in rows():
        current = abs(row.current) if unsigned else row.current
        lines.append(
            f"{row.record},{row.time},{row.step_time},{row.voltage},{current},{row.capacity},0,{row.energy},{row.date},"
            f"{LANDT_STATES[row.kind]}"
        )
    return "\n".join([header, *lines]).replace(",", delimiter) + "\n"


def landt_steps() -> str:
    """A table a step, each below two lines about the step; times as days and hours."""
    lines = []
    for row in rows():
        if row.step_time == 0:
            lines.append("Index,Mode,Period,Capacity/mAh")
            lines.append(f"{row.executed},{LANDT_STATES[row.kind]},0-01:00:00,0")
            lines.append("Index,TestTime,StepTime,Current/mA,Capacity/mAh,Voltage/V,State")
        times = f"0-{clock(row.time)},0-{clock(row.step_time)}"
        lines.append(f"{row.record},{times},{row.current},{row.capacity},{row.voltage},{LANDT_STATES[row.kind]}")
    return "\n".join(lines) + "\n"


def landt_si() -> str:
    """The later csv in SI units."""
    header = (
        "channel_index,cycle_index,step_index,date_time_iso_string,test_time_s,step_time_s,current_a,voltage_v,"
        "charge_capacity_Ah,discharge_capacity_Ah"
    )
    lines = [
        f"1,{row.cycle},{row.step},{row.date.replace(' ', 'T')},{row.time},{row.step_time},{row.current / 1000},"
        f"{row.voltage},{row.charge / 1000:.12f},{row.discharge / 1000:.12f}"
        for row in rows()
    ]
    return "\n".join([header, *lines]) + "\n"


def landt_workbook(path: Path) -> None:
    """The workbook with a tab each for cycles, steps and records."""
    book = openpyxl.Workbook()
    book.active.title = "Cycle-Tab"
    book.create_sheet("Step-Tab").append(["CycleNo", "StepNo", "StepStatus", "Period/Sec"])
    sheet = book.create_sheet("Record-Tab")
    sheet.append(
        [
            "Record",
            "CycleNo",
            "StepNo",
            "StepStatus",
            "TestTime/Sec",
            "StepTime/Sec",
            "Current/mA",
            "Voltage/V",
            "Capacity/mAh",
        ]
    )
    kinds = {"Rest": "REST", "CC Chg": "CCC", "CV Chg": "CVC", "CC DChg": "CCD"}
    for row in rows():
        values = [row.time, row.step_time, row.current, row.voltage, row.capacity]
        sheet.append([row.record, row.cycle, row.step, kinds[row.kind], *values])
    book.save(path)


BDF_COLUMNS = {
    "test_time_second": "Test Time / s",
    "voltage_volt": "Voltage / V",
    "current_ampere": "Current / A",
    "cycle_count": "Cycle Count / 1",
    "step_count": "Step Count / 1",
    "step_cumulative_capacity_ah": "Step Cumulative Capacity / Ah",
}


def bdf(*, labels: bool = False) -> pl.DataFrame:
    """In the Battery Data Format, by machine names or printed labels."""
    return expected().rename(BDF_COLUMNS) if labels else expected()


def bdf_deprecated() -> pl.DataFrame:
    """By names that the format gave up."""
    return expected().select(
        pl.col("test_time_second").mul(1000).alias("test_time_millisecond"),
        "voltage_volt",
        "current_ampere",
        "cycle_count",
        pl.col("step_count").alias("step_index"),
        pl.col("step_cumulative_capacity_ah").alias("step_capacity_ah"),
    )


def plain() -> str:
    """A lab's own table below a free preamble."""
    lines = [
        "operator;Ada",
        "cell;c7",
        "mass;0.0012",
        "test_time;step_time;step;cycle;current;voltage;charge_capacity;discharge_capacity",
    ]
    lines += [
        f"{row.time};{row.step_time};{row.step};{row.cycle};{row.current / 1000};{row.voltage};"
        f"{row.charge / 1000:.12f};{row.discharge / 1000:.12f}"
        for row in rows()
    ]
    return "\n".join(lines) + "\n;;;;;;;\n;;;;;;;\n"
