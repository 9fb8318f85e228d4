"""What EC-Lab and BT-Lab mean by their columns, in text and in binary. Pure.

Columns are headed `label/unit` ("Ewe/V", "<I>/mA", "(Q-Qo)/mA.h"), and the case of a label counts:

=========================  ==========================================================================
`Ewe`, `<Ewe>`, `Ecell`    voltage; the angle brackets are a mean since the record before
`I`, `<I>`                 current, positive charges. A GCPL .mpr stores neither: `<I>` is dq/dt
`control`                  what was set, never what was measured
`dq`                       charge since the record before; `dQ` since the step began, `DQ` of the cycle
`(Q-Qo)`                   the running balance of all charge; begins again when linked techniques loop
`Q charge`, `Q discharge`  counters of the half cycle
`half cycle`               from 0, one more at each change of direction; cycle number = half cycle // 2
`mode`                     1 current, 2 voltage, 3 open circuit; some exports print the byte of all flags
`Ns`                       sequence of the technique: the step's number in the program
`freq`                     above 0 in the impedance rows of a Modulo Bat
=========================  ==========================================================================

Time is counted from the start of the acquisition, which linked techniques share: the second file of a
series does not begin at 0. Seen: EC-Lab 11.30 to 11.61, BT-Lab 1.65 to 1.80.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from polars import col

from cells.cycling.readers.finish import finish
from cells.cycling.readers.steps import runs
from labdb.ingest import numbers, units
from labdb.ingest.reader import ReaderError, Reading

VOLTAGES = ("Ewe", "<Ewe>", "Ecell", "<Ecell>")
CELL_VOLTAGES = ("Ewe-Ece", "<Ewe-Ece>", "Ecell", "<Ecell>", "Ewe", "<Ewe>")
CURRENTS = ("I", "<I>")
TEMPERATURES = ("Temperature", "T")

MODE_FLAGS = 0b11
NS_CHANGES_FLAG = 0b10_0000
MODES = {1: "CC", 2: "CV", 3: "REST"}

OPEN_CIRCUIT = "Open Circuit Voltage"
IMPEDANCE = re.compile("impedance", re.IGNORECASE)
NOT_CYCLING = re.compile(
    r"voltammetry|voltamperometry|corrosi|tafel|pitting|passivation|polarization resistance|zero resistance",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Head:
    """A column as it is headed: `"(Q-Qo)/mA.h"` is the label `(Q-Qo)` in `mA.h`."""

    name: str
    label: str
    unit: str

    @classmethod
    def of(cls, name: str) -> Head:
        label, slash, unit = name.strip().rpartition("/")
        return cls(name, label.strip(), unit.strip()) if slash and label else cls(name, name.strip(), "")


@dataclass(frozen=True)
class Heads:
    """The columns of a file by their labels; of a label that is there twice, the first."""

    by_label: Mapping[str, Head]

    @classmethod
    def of(cls, names: Sequence[str]) -> Heads:
        by_label: dict[str, Head] = {}
        for head in map(Head.of, names):
            by_label.setdefault(head.label, head)
        return cls(by_label)

    def first(self, *labels: str) -> Head | None:
        return next((self.by_label[label] for label in labels if label in self.by_label), None)

    @property
    def is_cycling(self) -> bool:
        """Time and voltage, and either no impedance or the columns of a technique that also cycles."""
        if self.first("time") is None or self.first(*CELL_VOLTAGES) is None:
            return False
        return self.first("freq") is None or self.first("mode", "dq", "Ns changes") is not None


@dataclass(frozen=True)
class Export:
    """A BioLogic file on its way into our table.

    Attributes:
        name: as uploaded.
        frame: text or numbers by head.
        technique: its name as EC-Lab prints it, empty where the file does not say.
        started: the clock at test time 0, where the file says.
        cell_voltage: whether the voltage is the one between the electrodes rather than against the reference.
        metadata, warnings: as of the reading.
        first_line: line number of the first row, None where rows have none.
    """

    name: str
    frame: pl.DataFrame
    technique: str = ""
    started: datetime | None = None
    cell_voltage: bool = False
    metadata: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    first_line: int | None = None


def reading_of(export: Export) -> Reading:
    """Make a cycling reading of an export.

    Raises:
        ReaderError: it is of another technique, or lacks what a cycling table cannot be without.
    """
    refuse_other_techniques(export.name, export.technique)
    if export.frame.is_empty():
        raise ReaderError(f"{export.name}: no data rows below the header; export the records of the technique too")
    heads = Heads.of(export.frame.columns)
    said = list(export.warnings)
    values = _Values.of(export)
    metadata = dict(export.metadata or {})

    voltage = heads.first(*(CELL_VOLTAGES if export.cell_voltage else VOLTAGES), *CELL_VOLTAGES)
    if heads.first("time") is None or voltage is None:
        lacking = "time" if heads.first("time") is None else "voltage (Ewe/V or Ecell/V)"
        raise ReaderError(f"{export.name}: no column of {lacking}; export it again with time, voltage and current")
    if not heads.is_cycling:
        raise ReaderError(f"{export.name}: the columns are those of an impedance spectrum, not of a cycling test")
    time, started = _test_time(export, values, heads.by_label["time"])
    if started is not None:
        metadata["start_time_local"] = started.isoformat(timespec="milliseconds")
    table = pl.DataFrame({"test_time_second": time, "voltage_volt": values.of_base(voltage, "V")})
    third = heads.first("Ece", "<Ece>")
    if third is not None and voltage.label in ("Ewe-Ece", "<Ewe-Ece>", "Ecell"):
        said.append(f"three electrodes: the voltage is {voltage.label}, that of the cell")
    elif third is not None:
        said.append(f"three electrodes: the voltage is {voltage.label}, against the reference electrode")

    mode, flagged = _flags(values, heads)
    if mode is not None:
        refuse_sweep(export, mode, values, heads)
    frequency = values.optional(heads.first("freq"))
    charge = values.charge(heads.first("dq"))
    current, sentence = _current(export, values, heads, time, charge, mode)
    table = table.with_columns(current)
    if sentence:
        said.append(sentence)

    cycle, sentence = _cycle_count(values, heads, current)
    if cycle is not None:
        table = table.with_columns(cycle)
    if sentence:
        said.append(sentence)
    sequence = values.optional(heads.first("Ns"))
    if sequence is not None:
        table = table.with_columns(sequence.rename("step_id"))
    # The half cycle lags a record behind the sequence, so it separates steps only where there is no sequence.
    half = values.optional(heads.first("half cycle")) if sequence is None else None
    keys = [key for key in (sequence, _repeats(sequence, flagged), mode, half) if key is not None]
    if keys:
        table = table.with_columns(runs(*keys))
        if cycle is not None:
            table = table.with_columns(_without_lag(table))
        if mode is not None:
            table = table.with_columns(_step_type(table, mode, frequency))
    table = table.with_columns(_counters(table, values, heads, charge, mode))
    temperature = values.optional(heads.first(*TEMPERATURES), "degC")
    if temperature is not None and (temperature != 0).any():
        table = table.with_columns(temperature.rename("temperature_t1_celsius"))
    return finish(table, export.name, metadata, said)


def refuse_other_techniques(name: str, technique: str) -> None:
    """Refuse what EC-Lab writes in the same format but is no cycling."""
    if IMPEDANCE.search(technique) or NOT_CYCLING.search(technique):
        raise ReaderError(f"{name}: this is {technique}, not galvanostatic cycling; upload it under that technique")


def refuse_sweep(export: Export, mode: pl.Series, values: _Values, heads: Heads) -> None:
    """Refuse a file that does not name its technique and sweeps the voltage from the first row to the last."""
    control = heads.first("control", "control/V")
    if export.technique or control is None or len(mode) < 3 or not (mode == 2).all():
        return
    column = values.optional(control)
    if column is not None and column.drop_nulls().n_unique() > len(mode) / 2:
        raise ReaderError(f"{export.name}: the voltage is swept in every row; this is voltammetry, not a cycling test")


@dataclass(frozen=True)
class _Values:
    """The columns of an export as numbers."""

    export: Export
    comma: str

    @classmethod
    def of(cls, export: Export) -> _Values:
        heads = Heads.of(export.frame.columns)
        used = (heads.first(label) for label in (*CELL_VOLTAGES, *CURRENTS, "time", "dq"))
        try:
            comma = numbers.comma_means(export.frame[head.name] for head in used if head)
        except numbers.NumberError as error:
            raise ReaderError(f"{export.name}: {error}") from error
        return cls(export, comma)

    def of_base(self, head: Head, base: str) -> pl.Series:
        """A column in a base unit.

        Raises:
            ReaderError: its unit is not one of that kind, or a value is no number.
        """
        factor = units.factor(head.unit, base)
        if factor is None:
            raise ReaderError(f"{self.export.name}: column '{head.name}' is not in a unit of {base}; export it again")
        try:
            return numbers.to_float(self.export.frame[head.name], self.comma) * factor
        except numbers.NumberError as error:
            where = ""
            if error.row is not None and self.export.first_line is not None:
                where = f"line {self.export.first_line + error.row}: "
            raise ReaderError(f"{self.export.name}: {where}{error}; the file is damaged, export it again") from error

    def optional(self, head: Head | None, base: str = "1") -> pl.Series | None:
        """The same for a column that may be missing or empty."""
        if head is None or self.export.frame[head.name].null_count() == len(self.export.frame):
            return None
        plain = head if base != "1" else Head(head.name, head.label, "")
        return self.of_base(plain, base)

    def charge(self, head: Head | None, base: str = "Ah") -> pl.Series | None:
        return self.optional(head, base)


def _test_time(export: Export, values: _Values, head: Head) -> tuple[pl.Series, datetime | None]:
    """Seconds, and the clock at second 0; of absolute time stamps, since the acquisition began."""
    column = export.frame[head.name]
    if column.dtype != pl.String or not column.str.contains(":", literal=True).any():
        return values.of_base(head, "s"), export.started
    text = column.str.replace(",", ".", literal=True)
    for form in ("%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d.%m.%Y", "%m.%d.%Y", "%Y-%m-%d", "%Y/%m/%d"):
        stamps = text.str.to_datetime(f"{form} %H:%M:%S%.f", strict=False, time_unit="us")
        if stamps.null_count() == column.null_count():
            break
    else:
        example = column.drop_nulls().first()
        raise ReaderError(f"{export.name}: the time stamp {example!r} is no date and time; export it again")
    first = stamps.drop_nulls().first()
    if not isinstance(first, datetime):
        raise ReaderError(f"{export.name}: the time column is empty; export it again")
    started = export.started
    if started is None or not 0 <= (first - started).total_seconds() < 366 * 86400:
        started = first
    return (stamps - started).dt.total_microseconds() / 1e6, started


def _flags(values: _Values, heads: Heads) -> tuple[pl.Series | None, pl.Series | None]:
    """The mode, and the records that say that the sequence has changed."""
    mode = values.optional(heads.first("mode"))
    changes = values.optional(heads.first("Ns changes"))
    packed = mode is not None and bool((mode > MODE_FLAGS).any())
    if mode is not None:
        whole = mode.fill_null(0).fill_nan(0).clip(0, 255).cast(pl.Int64)
        mode = (whole & MODE_FLAGS) if packed else whole
    if changes is not None:
        whole = changes.fill_null(0).fill_nan(0).clip(0, 255).cast(pl.Int64)
        changes = (whole & NS_CHANGES_FLAG) > 0 if packed else whole > 0
    return mode, changes


def _repeats(sequence: pl.Series | None, flagged: pl.Series | None) -> pl.Series | None:
    """How often a sequence followed itself: flagged as a change, in the record of the change or the one after."""
    if flagged is None:
        return None
    frame = pl.DataFrame({"flag": flagged, "ns": sequence if sequence is not None else flagged.clear(len(flagged))})
    changed = (col("ns") != col("ns").shift(1)).fill_null(value=False)
    again = col("flag") & ~col("flag").shift(1, fill_value=False) & ~changed & ~changed.shift(1, fill_value=False)
    return frame.select(again.cast(pl.Int32).cum_sum()).to_series()


def _current(
    export: Export, values: _Values, heads: Heads, time: pl.Series, charge: pl.Series | None, mode: pl.Series | None
) -> tuple[pl.Series, str]:
    """The measured current; of a file that stores none, the charge between two records over the time between them."""
    name = "current_ampere"
    for label in CURRENTS:
        head = heads.first(label)
        measured = values.optional(head, "A")
        if measured is not None:
            return measured.rename(name), ""
    if charge is not None:
        frame = pl.DataFrame({"q": charge, "t": time}).with_columns(interval=col("t").diff())
        mean = pl.when(col("interval") > 0).then(col("q") * 3600 / col("interval"))
        current = frame.select(
            pl.when(col("q") == 0).then(0.0).otherwise(mean).fill_null(strategy="backward").fill_null(0.0).alias(name)
        ).to_series()
        if mode is not None:  # the first record of a rest carries charge that flowed before it
            current = current.set(mode == 3, 0.0)
        return current, (
            "the file stores no measured current, only the one that was set: the current is the charge between two"
            " records over the time between them (EC-Lab's <I>)"
        )
    if export.technique == OPEN_CIRCUIT or (mode is not None and bool((mode == 3).all())):
        return pl.Series(name, [0.0]).new_from_index(0, len(time)).rename(name), ""
    raise ReaderError(f"{export.name}: no column of current (I/mA, <I>/mA) or charge (dq/mA.h); export one of them")


def _cycle_count(values: _Values, heads: Heads, current: pl.Series) -> tuple[pl.Series | None, str]:
    """As EC-Lab counts, from 0; None where the file gives nothing to count by."""
    name = "cycle_count"
    cycle = values.optional(heads.first("cycle number"))
    if cycle is not None:
        return cycle.rename(name), ""
    half = values.optional(heads.first("half cycle"))
    if half is not None:
        said = "the file numbers half cycles; cycle = half cycle // 2, from 0, as EC-Lab counts"
        return (half // 2).rename(name), said
    if (current == 0).all():
        return pl.Series(name, [0], dtype=pl.Int32).new_from_index(0, len(current)).rename(name), ""
    return None, ""


def _without_lag(table: pl.DataFrame) -> pl.Series:
    """The cycle of each record; the first record of a step has that of the second, when it is counted late."""
    step, cycle = col("step_count"), col("cycle_count")
    late = (step != step.shift(1)) & (step == step.shift(-1)) & (cycle != cycle.shift(-1))
    return table.select(pl.when(late.fill_null(value=False)).then(cycle.shift(-1)).otherwise(cycle)).to_series()


def _step_type(table: pl.DataFrame, mode: pl.Series, frequency: pl.Series | None) -> pl.Series:
    """From the mode, and the direction in which each step runs as a whole."""
    kind = mode.replace_strict(MODES, default=None, return_dtype=pl.String)
    frame = table.select("step_count", "current_ampere").with_columns(
        kind=kind, eis=(frequency.fill_null(0.0) > 0) if frequency is not None else pl.lit(False)
    )
    mean = col("current_ampere").mean().over("step_count")
    found = (
        pl.when(col("eis").any().over("step_count"))
        .then(pl.lit("EIS"))
        .when(col("kind").is_null())
        .then(pl.lit("OTHER"))
        .when((col("kind") == "REST") | (mean == 0))
        .then(pl.lit("REST"))
        .when(mean > 0)
        .then(col("kind") + "_CHG")
        .otherwise(col("kind") + "_DCHG")
    )
    return frame.select(found.alias("step_type")).to_series()


def _counters(
    table: pl.DataFrame, values: _Values, heads: Heads, charge: pl.Series | None, mode: pl.Series | None
) -> list[pl.Series]:
    """Charge and energy: of the step from `dq`, else the counters of the half cycle, which `finish` turns into it."""
    counters = []
    if charge is not None and "step_count" in table.columns:
        current = table["current_ampere"]
        if mode is not None:
            current = current.set(mode == 3, 0.0)
        counters.append(_charge_of_step(table["step_count"], charge, current))
    else:
        charged, discharged = values.charge(heads.first("Q charge")), values.charge(heads.first("Q discharge"))
        half, balance = values.charge(heads.first("Capacity")), values.charge(heads.first("(Q-Qo)"))
        if charged is not None and discharged is not None:
            counters += [charged.rename("charge_capacity_ah"), discharged.rename("discharge_capacity_ah")]
        elif half is not None:
            counters += [half.rename("charge_capacity_ah"), (half * 0.0).rename("discharge_capacity_ah")]
        elif balance is not None and "step_count" in table.columns:
            frame = pl.DataFrame({"step": table["step_count"], "q": balance})
            since = (col("q") - col("q").first().over("step")).abs().alias("step_cumulative_capacity_ah")
            counters.append(frame.select(since).to_series())
    charged = values.optional(heads.first("Energy charge"), "Wh")
    discharged = values.optional(heads.first("Energy discharge"), "Wh")
    if charged is not None and discharged is not None:
        counters += [charged.rename("charge_energy_wh"), discharged.rename("discharge_energy_wh")]
    return counters


def _charge_of_step(step_count: pl.Series, charge: pl.Series, current: pl.Series) -> pl.Series:
    """Charge since the step began.

    The first record of a step carries the charge since the last record of the step before. Where it rests, or runs
    the other way, that charge flowed in the step before and is counted there.
    """
    frame = pl.DataFrame({"step": step_count, "q": charge.fill_null(0.0), "i": current})
    first = col("step") != col("step").shift(1)
    late = pl.when(first & (col("q") * col("i") <= 0)).then(col("q")).otherwise(0.0).fill_null(0.0)
    return (
        frame.with_columns(late=late)
        .with_columns(q=col("q") - col("late") + col("late").shift(-1, fill_value=0.0))
        .select(col("q").cum_sum().over("step").abs().alias("step_cumulative_capacity_ah"))
        .to_series()
    )
