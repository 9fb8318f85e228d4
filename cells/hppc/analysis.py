"""Pulse resistance and power against the state of charge, found inside a cycling test. Pure; docs/definitions.md.

R = |(V_t1 − V_t0) / I| and P = V_t1·|V_t0 − V_t1| / R, V_t0 being the voltage before the pulse, V_t1 that at its end.
Source: the pulse test of the US DOE (Battery Test Manual for Electric Vehicles, rev. 3, INL/EXT-15-34184, 2015),
whose power capability puts the voltage limit in the place of V_t1; both are given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from polars import col

from cells.cycling.part import Tested
from cells.hppc.pulses import LEAST_REST_SECOND, find_pulses, voltage_limits, way
from cells.hppc.state_of_charge import states_of_charge
from cells.hppc.table import PULSES
from cells.hppc.traces import Records, traces_of
from labdb.ingest.technique import Analysis, Scalar

UNDER_CURRENT = 0.5  # of the median current of a pulse; a record with less is of switching on or off
SAME_LENGTH, SAME_STRENGTH = 0.1, 0.1
HALF = 0.5
NEXT_TO_HALF = 0.005
SLOW_RECORD_SECOND = 0.5
# In a sequence: the column at 50 %, and the quantity it gives.
AT_HALF = {
    "discharge": {
        "pulse_resistance_ohm": "hppc_discharge_resistance_ohm",
        "pulse_ohmic_resistance_ohm": "hppc_discharge_ohmic_resistance_ohm",
        "pulse_power_watt": "hppc_discharge_power_watt",
        "pulse_power_w_per_kg": "hppc_discharge_power_w_per_kg",
        "power_capability_w_per_kg": "hppc_power_capability_w_per_kg",
    },
    "charge": {"pulse_resistance_ohm": "hppc_charge_resistance_ohm"},
}
# Of these every sequence gives a value, named by the ageing cycles before it.
AT_CYCLES = ("hppc_discharge_resistance_ohm", "hppc_discharge_power_w_per_kg", "hppc_power_capability_w_per_kg")
GROWTH_OF = "hppc_discharge_resistance_ohm"


def analyse(test: Tested) -> Analysis:
    """The pulses of a test, with the tables `pulses` and `pulse_traces`; nothing where it holds none."""
    found = find_pulses(test.steps)
    if found.is_empty():
        return Analysis()
    charged = states_of_charge(test, found)
    records = Records.of(test.table)
    rests = _rests_after(test.steps)
    rows = [
        {**pulse, **_measured(records, pulse, rests), "state_of_charge": state}
        for pulse, state in zip(found.iter_rows(named=True), charged.states, strict=True)
    ]
    table = _table(pl.DataFrame(rows, infer_schema_length=None), test)
    tables = {"pulses": table}
    if (traces := traces_of(records, table, found)).height:
        tables["pulse_traces"] = traces
    return Analysis(_scalars(table), tables, (*charged.warnings, *_warnings(table)))


def _measured(records: Records, pulse: dict[str, Any], rests: dict[int, int]) -> dict[str, float | None]:
    """Voltages and resistances of one pulse; None for what its records do not give."""
    begin, end = int(pulse["first_row"]), int(pulse["first_row"] + pulse["rows"])
    before = begin - 1 if pulse["rest_before_second"] >= LEAST_REST_SECOND and begin > 0 else None
    amperes = records.ampere[begin:end]
    ampere = float(np.median(amperes))
    under = begin + np.flatnonzero(np.abs(amperes) > UNDER_CURRENT * abs(ampere))
    first, last = int(under[0]), int(under[-1])
    told: dict[str, float | None] = {
        "current_ampere": ampere,
        "first_voltage_volt": float(records.volt[first]),
        "pulse_voltage_volt": float(records.volt[last]),
    }
    if before is not None:
        sign = math.copysign(1.0, ampere)
        ohmic = sign * (records.volt[first] - records.volt[before]) / abs(records.ampere[first])
        whole = sign * (records.volt[last] - records.volt[before]) / abs(ampere)
        told |= {
            "rest_voltage_volt": float(records.volt[before]),
            "first_record_second": float(records.time[first] - records.time[before]),
            # A voltage that goes against its current has no resistance.
            "pulse_resistance_ohm": float(whole) if whole > 0 else None,
            "pulse_ohmic_resistance_ohm": float(ohmic) if last > first and ohmic > 0 else None,
        }
    if end in rests:
        rested = rests[end] - 1
        told |= {
            "recovery_volt": float(abs(records.volt[rested] - records.volt[last])),
            "rest_after_second": float(records.time[rested] - records.time[last]),
        }
    return told


def _rests_after(steps: pl.DataFrame) -> dict[int, int]:
    """Where each rest begins in the records → where the steps at rest that follow each other end."""
    ends: dict[int, int] = {}
    after = None
    resting = steps.select(way() == 0).to_series().to_list()
    for first_row, rows, rests in reversed(list(zip(steps["first_row"], steps["rows"], resting, strict=True))):
        after = (after or first_row + rows) if rests else None
        if after is not None:
            ends[first_row] = after
    return ends


def _table(rows: pl.DataFrame, test: Tested) -> pl.DataFrame:
    mass_g = pl.lit(None if test.told.active_mass_mg is None else test.told.active_mass_mg / 1000, dtype=pl.Float64)
    one_c = pl.lit(None if test.told.one_c_mah is None else test.told.one_c_mah / 1000, dtype=pl.Float64)
    resistance, power = col("pulse_resistance_ohm"), col("pulse_power_watt")
    drop = (col("rest_voltage_volt") - col("pulse_voltage_volt")).abs()
    low, high = (pl.lit(limit, dtype=pl.Float64) for limit in voltage_limits(test.steps))
    limit = pl.when(col("direction").cast(pl.String) == "discharge").then(low).otherwise(high)
    room = pl.when(col("direction").cast(pl.String) == "discharge").then(1).otherwise(-1) * (
        col("rest_voltage_volt") - limit
    )
    rows = rows.with_columns(
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in PULSES.required.items()
        if name not in ("after_ageing_cycle", "compared")
    )
    usual = {
        name: (col(name).abs() - col(name).abs().median().over("sequence", "direction")).abs()
        <= share * col(name).abs().median().over("sequence", "direction")
        for name, share in (("duration_second", SAME_LENGTH), ("current_ampere", SAME_STRENGTH))
    }
    return PULSES.conform(
        rows.with_columns(
            pl.Series("after_ageing_cycle", _ageing_cycles(rows, test.cycles), dtype=pl.Int32),
            c_rate=col("current_ampere").abs() / one_c,
            pulse_resistance_ohm_gram=resistance * mass_g,
            pulse_power_watt=col("pulse_voltage_volt") * drop / resistance,
            power_capability_watt=pl.when(room > 0).then(limit * room / resistance),
            compared=usual["duration_second"] & usual["current_ampere"] & resistance.is_not_null(),
        ).with_columns(
            pulse_power_w_per_kg=power / mass_g * 1000,
            power_capability_w_per_kg=col("power_capability_watt") / mass_g * 1000,
        )
    )


def _ageing_cycles(pulses: pl.DataFrame, cycles: pl.DataFrame) -> list[int]:
    """How many ageing cycles were complete before the sequence of each pulse began."""
    ageing = cycles.filter(col("ageing_index").is_not_null())
    ends = np.sort((ageing["start_time_second"] + ageing["duration_second"]).to_numpy())
    begins = pulses.select(col("start_time_second").first().over("sequence")).to_series().to_numpy()
    return np.searchsorted(ends, begins, side="right").tolist()


def at_state_of_charge(pulses: pl.DataFrame, name: str, state: float = HALF) -> float | None:
    """A column of the pulses of one sequence and direction at a state of charge, on a straight line between its two
    neighbours; None where they do not lie on both sides of it.
    """
    known = pulses.filter(col("state_of_charge").is_not_null() & col(name).is_not_null()).sort("state_of_charge")
    if known.is_empty():
        return None
    states, values = known["state_of_charge"].to_numpy(), known[name].to_numpy()
    if states[0] <= state <= states[-1]:
        return float(np.interp(state, states, values))
    nearest = int(np.argmin(np.abs(states - state)))
    return float(values[nearest]) if abs(states[nearest] - state) <= NEXT_TO_HALF else None


def _scalars(table: pl.DataFrame) -> tuple[Scalar, ...]:
    """Of the first sequence by themselves, of each by the ageing cycles before it, and the growth to the last."""
    sequences = table.partition_by("sequence", maintain_order=True)
    scalars = [Scalar("hppc_sequences", float(len(sequences)))]
    found: list[dict[str, float]] = []
    for of_it in sequences:
        values = {
            quantity: value
            for direction, names in AT_HALF.items()
            for column, quantity in names.items()
            if (value := at_state_of_charge(_compared(of_it, direction), column)) is not None
        }
        if (lowest := _compared(of_it, "discharge")["pulse_resistance_ohm"].min()) is not None:
            values["hppc_lowest_resistance_ohm"] = float(lowest)  # type: ignore[arg-type]
        found.append(values)
    scalars += [Scalar(name, value) for name, value in found[0].items()]
    named: set[str] = set()
    for of_it, values in zip(sequences, found, strict=True):
        after = of_it["after_ageing_cycle"][0]
        for name, value in values.items():
            if after and name in AT_CYCLES and f"{name}_at_{after}" not in named:
                named.add(f"{name}_at_{after}")
                scalars.append(Scalar(f"{name}_at_{after}", value))
    measured = [values[GROWTH_OF] for values in found if GROWTH_OF in values]
    if len(measured) > 1:
        scalars.append(Scalar("hppc_resistance_growth", measured[-1] / measured[0] - 1))
    return tuple(scalars)


def _compared(pulses: pl.DataFrame, direction: str) -> pl.DataFrame:
    return pulses.filter(col("compared") & (col("direction").cast(pl.String) == direction))


def _warnings(table: pl.DataFrame) -> tuple[str, ...]:
    """What to look at before trusting the pulses, a sentence each."""
    sentences = []
    resting = table.filter(col("rest_voltage_volt").is_not_null())
    without_rest = table.filter(col("rest_voltage_volt").is_null())
    if without_rest.height:
        sentences.append(
            f"{_pulses(without_rest)} without a rest before: the voltage before was under current, so there is no"
            " resistance"
        )
    against = resting.filter(col("pulse_resistance_ohm").is_null())
    if against.height:
        sentences.append(
            f"the voltage goes against the current in {_pulses(against)}: the sign of the current may be wrong; no"
            " resistance was taken from there"
        )
    single = resting.filter(col("pulse_ohmic_resistance_ohm").is_null() & col("pulse_resistance_ohm").is_not_null())
    if single.height:
        sentences.append(
            f"{_pulses(single)} with one record under current: the resistance is that at this record, the ohmic part"
            " is not known"
        )
    slow = resting.filter(col("pulse_ohmic_resistance_ohm").is_not_null())["first_record_second"].median()
    if isinstance(slow, float) and slow > SLOW_RECORD_SECOND:
        sentences.append(
            f"the first record of a pulse comes {slow:.3g} s after the last at rest: the ohmic resistance holds some"
            " of the slower ones too"
        )
    other = table.filter(~col("compared") & col("pulse_resistance_ohm").is_not_null())
    if other.height:
        sentences.append(
            f"{_pulses(other)} shorter, longer or at another current than most of the sequence: in the table, not in"
            " figures and results"
        )
    return tuple(sentences)


def _pulses(rows: pl.DataFrame) -> str:
    """ "3 pulses (steps 4, 9, 12)"."""
    steps: Sequence[int] = rows["step_count"].to_list()
    names = ", ".join(map(str, steps[:5])) + (" …" if len(steps) > 5 else "")
    return f"1 pulse (step {names})" if len(steps) == 1 else f"{len(steps)} pulses (steps {names})"
