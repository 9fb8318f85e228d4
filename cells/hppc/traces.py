"""The voltage of each pulse from the record before it into the rest after it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from cells.hppc.table import PULSE_TRACES

POINTS = 150  # of each pulse
MOST_PULSES = 2000
AFTER_SECOND = 60.0


@dataclass(frozen=True)
class Records:
    """The records of a test, as arrays."""

    time: np.ndarray
    volt: np.ndarray
    ampere: np.ndarray

    @classmethod
    def of(cls, table: pl.DataFrame) -> Records:
        """From a `CYCLING` table."""
        return cls(*(table[name].to_numpy() for name in ("test_time_second", "voltage_volt", "current_ampere")))


def traces_of(records: Records, pulses: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The traces of the pulses that have a rest before them.

    Args:
        records: of the test.
        pulses: the `PULSES` table of the test.
        found: its `PULSE_STEPS`, in the same order.

    Returns:
        A `PULSE_TRACES` table: up to 150 records of each pulse and of the minute after it, evenly chosen in the
        order in which they were written; of the first 2,000 pulses.
    """
    time, volt, ampere = records.time, records.volt, records.ampere
    resting = pulses["rest_voltage_volt"].is_not_null().to_list()
    parts = []
    for row, rests in zip(found.head(MOST_PULSES).iter_rows(named=True), resting, strict=False):
        if not rests:
            continue
        before, end = int(row["first_row"]) - 1, int(row["first_row"] + row["rows"])
        # The next pulse begins a trace of its own.
        until = int(np.searchsorted(time, time[end - 1] + AFTER_SECOND, side="right"))
        flows = np.flatnonzero(np.abs(ampere[end:until]) > np.abs(ampere[end - 1]) / 10)
        until = end + int(flows[0]) if flows.size else until
        chosen = np.unique(np.linspace(before, until - 1, min(POINTS, until - before)).astype(int))
        parts.append(
            pl.DataFrame(
                {
                    "pulse_time_second": time[chosen] - time[before],
                    "voltage_volt": volt[chosen],
                    "voltage_change_volt": volt[chosen] - volt[before],
                    "current_ampere": ampere[chosen],
                }
            ).with_columns(sequence=pl.lit(row["sequence"]), pulse=pl.lit(row["pulse"]))
        )
    if not parts:
        return pl.DataFrame(schema=dict(PULSE_TRACES.required))
    return PULSE_TRACES.conform(pl.concat(parts))
