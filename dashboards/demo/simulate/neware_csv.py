"""Write a simulated test as Neware's BTSDA exports the records of a real one. Pure.

The format is the flat record layer: one header line, comma separated, a line a record, UTF-8, decimal points. Units
stand in the header and are those of a small cell: mA, mAh, mWh. `Time` counts from the begin of the step, `Total Time`
from that of the file, both as hours:minutes:seconds.milliseconds; `Capacity` and `Energy` are the cycler's own
counters of the step; `Current` is negative in a discharge; `Date` is the instrument's clock. A step begins and ends
with a record, and records in between come where voltage or charge have changed enough, so that the counters are exact
however few they are. `Remarks` says in the first record that nothing here was measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from dashboards.demo.simulate.recorder import Recorded

SIMULATED = "SIMULATED"
MILLISECOND = 1000.0


def write(path: Path, steps: Iterable[Recorded], begin: datetime, remark: str) -> datetime:
    """Write the file.

    Args:
        path: where to.
        steps: in order; cycles may begin anywhere and are counted from 1, as a cycler does after a restart.
        begin: the instrument's clock at the first record.
        remark: what the operator calls the cell; `SIMULATED` is put before it.

    Returns:
        The clock at the last record.
    """
    executed = list(steps)
    lengths = np.array([len(step.time_second) for step in executed])
    step_ms = np.round(np.concatenate([step.time_second for step in executed]) * MILLISECOND).astype(np.int64)
    ends = np.array([round(float(step.time_second[-1]) * MILLISECOND) for step in executed], dtype=np.int64)
    begins = np.concatenate([[0], np.cumsum(ends)[:-1]])
    total_ms = step_ms + np.repeat(begins, lengths)
    first_cycle = executed[0].cycle
    table = pl.DataFrame(
        {
            "DataPoint": np.arange(1, len(step_ms) + 1),
            "Cycle Index": np.repeat([step.cycle - first_cycle + 1 for step in executed], lengths),
            "Step Index": np.repeat([step.program_step for step in executed], lengths),
            "Step Type": pl.Series(np.repeat([step.kind.value for step in executed], lengths)),
            "Time": _clock(step_ms),
            "Total Time": _clock(total_ms),
            "Current(mA)": np.round(np.concatenate([step.current_ma for step in executed]), 5),
            "Voltage(V)": np.round(np.concatenate([step.voltage_volt for step in executed]), 4),
            "Capacity(mAh)": np.round(np.concatenate([step.capacity_mah for step in executed]), 5),
            "Energy(mWh)": np.round(np.concatenate([step.energy_mwh for step in executed]), 5),
            "Date": pl.Series(np.datetime64(begin, "ms") + total_ms.astype("timedelta64[ms]")),
        }
    )
    table = table.with_columns(
        pl.col("Date").dt.strftime("%Y-%m-%d %H:%M:%S"),
        pl.when(pl.col("DataPoint") == 1).then(pl.lit(f"{SIMULATED} {remark}")).alias("Remarks"),
    )
    table.write_csv(path, line_terminator="\n")
    return begin + timedelta(milliseconds=int(total_ms[-1]))


def _clock(milliseconds: np.ndarray) -> pl.Series:
    """`102:03:04.567`; hours do not end at 24."""
    ms = pl.col("ms")
    return (
        pl.DataFrame({"ms": milliseconds})
        .select(
            pl.concat_str(
                (ms // 3_600_000).cast(pl.String).str.zfill(2),
                pl.lit(":"),
                (ms // 60_000 % 60).cast(pl.String).str.zfill(2),
                pl.lit(":"),
                (ms // 1000 % 60).cast(pl.String).str.zfill(2),
                pl.lit("."),
                (ms % 1000).cast(pl.String).str.zfill(3),
            )
        )
        .to_series()
    )
