"""Pulse resistance and power against the state of charge, found inside a cycling test. Pure; docs/definitions.md.

R = |(V_t1 − V_t0) / I| and P = V_t1·|V_t0 − V_t1| / R, V_t0 being the voltage before the pulse, V_t1 that at its end.
Source: the pulse test of the US DOE (Battery Test Manual for Electric Vehicles, rev. 3, INL/EXT-15-34184, 2015),
whose power capability puts the voltage limit in the place of V_t1; both are given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from polars import col

from cells.cycling.part import Tested
from cells.hppc.pulses import LEAST_REST_SECOND, find_pulses, voltage_limits
from cells.hppc.state_of_charge import states_of_charge
from cells.hppc.table import PULSES
from cells.hppc.traces import traces_of
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
    rows = [
        {**pulse, **_measured(test, pulse), "state_of_charge": state}
        for pulse, state in zip(found.iter_rows(named=True), charged.states, strict=True)
    ]
    table = _table(pl.DataFrame(rows, infer_schema_length=None), test)
    tables = {"pulses": table}
    if (traces := traces_of(test.table, table, found)).height:
        tables["pulse_traces"] = traces
    return Analysis(_scalars(table), tables, (*charged.warnings, *_warnings(table)))


@dataclass(frozen=True)
class _Records:
    """The records of one pulse."""

    time: np.ndarray
    volt: np.ndarray
    ampere: np.ndarray


def _measured(test: Tested, pulse: dict[str, Any]) -> dict[str, float | None]:
    """Voltages and resistances of one pulse; None for what its records do not give."""
    begin, rows = int(pulse["first_row"]), int(pulse["rows"])
    before = begin - 1 if pulse["rest_before_second"] >= LEAST_REST_SECOND and begin > 0 else None
    records = _records(test.table, begin, rows)
    ampere = float(np.median(records.ampere))
    under = np.flatnonzero(np.abs(records.ampere) > UNDER_CURRENT * abs(ampere))
    first, last = int(under[0]), int(under[-1])
    told: dict[str, float | None] = {
        "current_ampere": ampere,
        "first_voltage_volt": float(records.volt[first]),
        "pulse_voltage_volt": float(records.volt[last]),
        "recovery_volt": None,
        "rest_after_second": None,
    }
    if before is not None:
        rest_time, rest_volt, _ = test.table.select("test_time_second", "voltage_volt", "current_ampere").row(before)
        ends = math.copysign(1.0, ampere) * (records.volt[[first, last]] - rest_volt)
        ohmic, whole = ends / np.abs(records.ampere[first]), ends / abs(ampere)
        told |= {
            "rest_voltage_volt": rest_volt,
            "first_record_second": float(records.time[first] - rest_time),
            # A voltage that goes against its current has no resistance.
            "pulse_resistance_ohm": float(whole[1]) if whole[1] > 0 else None,
            "pulse_ohmic_resistance_ohm": float(ohmic[0]) if last > first and ohmic[0] > 0 else None,
        }
    return told | _recovery(test, begin + rows, float(records.volt[last]), float(records.time[last]))


def _records(table: pl.DataFrame, begin: int, rows: int) -> _Records:
    part = table.slice(begin, rows)
    return _Records(*(part[name].to_numpy() for name in ("test_time_second", "voltage_volt", "current_ampere")))


def _recovery(test: Tested, after: int, pulse_volt: float, pulse_end: float) -> dict[str, float | None]:
    """How far the voltage went back in the rest that follows the pulse."""
    following = test.steps.filter(col("first_row") == after)
    if following.is_empty():
        return {}
    ends = after
    for step in test.steps.filter(col("first_row") >= after).head(4).iter_rows(named=True):
        if step["charge_capacity_mah"] or step["discharge_capacity_mah"] or step["step_type"] != "REST":
            break
        ends = int(step["first_row"] + step["rows"])
    if ends == after:
        return {}
    time, volt = test.table.select("test_time_second", "voltage_volt").row(ends - 1)
    return {"recovery_volt": abs(volt - pulse_volt), "rest_after_second": time - pulse_end}


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
    ends = (ageing["start_time_second"] + ageing["duration_second"]).to_list()
    begins = pulses.select(col("start_time_second").first().over("sequence")).to_series()
    return [sum(end <= begin for end in ends) for begin in begins]


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
