"""Steps, cycles and counters where a file leaves them out: found from what it does say. Pure.

All of these take and give polars series of one test in the order of its records.
"""

from __future__ import annotations

import re

import numpy as np
import polars as pl

# A current below this share of the largest is no current: the offset of a cycler at rest.
REST_SHARE = 1e-3
# A file whose clock starts here begins with its test, so that its counters began at 0.
BEGINS_WITHIN_SECOND = 60.0

# Words of the vendors for what a step does, tried in order on the lower-case words.
STEP_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"\beis\b|impedance|geis|peis", "EIS"),
        (r"pulse|\bsim\b|dcir|gitt|脉冲", "PULSE"),
        (r"^rest|\brest\b|ocv|\bpause\b|\bidle\b|open circuit|搁置|静置|暂停", "REST"),
        (r"^(?:cp|cr|pccc)|power|resist|恒功率|恒阻", ""),
        (r"cc ?-?cv.*d(?:is|c)|恒流恒压放", "CCCV_DCHG"),
        (r"cc ?-?cv.*ch|恒流恒压充", "CCCV_CHG"),
        (r"\bcv.*d(?:is|c)|恒压放", "CV_DCHG"),
        (r"\bcv.*ch|恒压充", "CV_CHG"),
        (r"\bcc.*d(?:is|c)|恒流放", "CC_DCHG"),
        (r"\bcc.*ch|恒流充", "CC_CHG"),
        (r"^(?:end|cycle|control|stop|finish|jump|goto|message|set|循环|结束|控制)", "OTHER"),
    )
)


def step_type_of(text: str) -> str | None:
    """One of `STEP_TYPES` for a vendor's words: `"CC DChg"` → `CC_DCHG`.

    None for what has no such kind (constant power, an unknown word): the analysis looks at current and voltage then.
    """
    words = re.sub(r"[\s_]+", " ", text.strip().lower())
    return next((kind for pattern, kind in STEP_WORDS if pattern.search(words)), "") or None


def step_types(column: pl.Series) -> pl.Series:
    """The same for a whole column of words."""
    found = {value: step_type_of(value) for value in column.cast(pl.String).unique().drop_nulls()}
    return column.cast(pl.String).replace_strict(found, default=None, return_dtype=pl.String).rename("step_type")


def signed(current: pl.Series, step_type: pl.Series) -> tuple[pl.Series, bool]:
    """A current that carries the sign of its step, and whether the file left the sign to the step's name.

    Some exports write the amount of the current alone. A sign that is there is never changed.
    """
    discharge = step_type.cast(pl.String).str.ends_with("_DCHG").fill_null(value=False)
    if (current < 0).any() or not (current.filter(discharge) > 0).any():
        return current, False
    return (current * (1 - 2 * discharge.cast(pl.Int8))).rename(current.name), True


def time_over_steps(step_count: pl.Series, step_time: pl.Series) -> pl.Series:
    """Time since the test began, of a file that has only the time since each step began: one step after the other."""
    steps = pl.DataFrame({"step": step_count, "time": step_time})
    before = (
        steps.group_by("step", maintain_order=True)
        .agg(pl.col("time").max())
        .select("step", before=pl.col("time").cum_sum().shift(1, fill_value=0.0))
    )
    return (step_time + steps.join(before, on="step", how="left", maintain_order="left")["before"]).rename(
        "test_time_second"
    )


def runs(*columns: pl.Series) -> pl.Series:
    """Number the runs of equal values, from 1 on: a run ends where any of the columns changes."""
    changed = pl.Series([False]).new_from_index(0, len(columns[0]))
    for column in columns:
        changed = changed | column.ne_missing(column.shift(1)).fill_null(value=False)
    if len(changed):
        changed[0] = True
    return changed.cast(pl.Int32).cum_sum().cast(pl.Int32).rename("step_count")


def number_steps(table: pl.DataFrame) -> pl.Series:
    """Number the executed steps by what the table has of: step_id, step_type, cycle_count, step_time_second.

    A step that follows itself shows as a step time that falls back. Without any of them, a step is a run of
    charge, discharge or rest.
    """
    keys = [table[name] for name in ("step_id", "step_type", "cycle_count") if name in table.columns]
    if "step_time_second" in table.columns:
        time = table["step_time_second"]
        keys.append((time.diff() < -1e-6).fill_null(value=False).cast(pl.Int32).cum_sum())
    if "step_id" not in table.columns and "step_type" not in table.columns and "step_time_second" not in table.columns:
        keys.append(direction(table["current_ampere"]))
    return runs(*keys)


def direction(current: pl.Series) -> pl.Series:
    """+1 where a cell is charged, -1 where it is discharged, 0 at rest (below a thousandth of the largest current)."""
    largest = current.abs().max()
    limit = REST_SHARE * largest if isinstance(largest, float) else 0.0
    return ((current > limit).cast(pl.Int8) - (current < -limit).cast(pl.Int8)).rename("direction")


def count_cycles(current: pl.Series) -> pl.Series:
    """Number the cycles of a file that does not: a new one begins where the first direction comes back.

    A cell that starts with charge begins a cycle at each charge that follows a discharge, and the other way round.
    """
    way = direction(current)
    moving = way.replace(0, None).forward_fill()
    known = moving.drop_nulls()
    if known.is_empty():
        return pl.Series("cycle_count", [1], dtype=pl.Int32).new_from_index(0, len(current))
    begins = (moving != moving.shift(1)) & (moving == known[0]) & moving.shift(1).is_not_null()
    return (begins.fill_null(value=False).cast(pl.Int32).cum_sum() + 1).cast(pl.Int32).rename("cycle_count")


def counted(counter: pl.Series, test_time: pl.Series) -> pl.Series:
    """What a counter grew by at each record, whenever it is reset to 0; never negative.

    What stands in the first record counts only where the file begins with its test.
    """
    values = counter.fill_null(strategy="forward").fill_null(0.0).to_numpy().astype(np.float64, copy=True)
    if not len(values):
        return counter.cast(pl.Float64)
    growth = np.diff(values, prepend=values[0])
    before = np.concatenate(([0.0], values[:-1]))
    reset = (growth < 0) & (values < 0.5 * before)
    growth = np.where(reset, values, np.maximum(growth, 0.0))
    growth[0] = values[0] if (test_time[0] or 0.0) <= BEGINS_WITHIN_SECOND else 0.0
    return pl.Series(counter.name, np.maximum(growth, 0.0))


def since_step_began(
    step_count: pl.Series, test_time: pl.Series, charge: pl.Series, discharge: pl.Series, name: str
) -> pl.Series:
    """A counter of the step (`step_cumulative_capacity_ah`) from two that run over a cycle or the test.

    Args:
        step_count: as in the cycling table.
        test_time: as in the cycling table.
        charge: counter of the charge; never negative, reset at any step.
        discharge: counter of the discharge, likewise (its sign does not matter).
        name: of the result.
    """
    growth = counted(charge.abs(), test_time) + counted(discharge.abs(), test_time)
    return (
        pl.DataFrame({"step": step_count, "growth": growth})
        .select(pl.col("growth").cum_sum().over("step"))
        .to_series()
        .rename(name)
    )
