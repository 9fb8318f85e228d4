"""Hot and calendar storage: what a cell still gives after it, and what it gives when charged again. Pure.

Definitions in docs/definitions.md. Retained is the first discharge after a storage, without a charge; recovered is the
next one from a full charge. Both are compared with a discharge before the storage between the same voltages, at the
same rate where there is one. A storage that is broken by checks counts on, and is compared with what was before all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cells.cycling.part import Tested
from cells.storage.discharges import Discharge, Discharges, discharges_of
from cells.storage.periods import find_periods
from cells.storage.table import STORAGE
from labdb.ingest.technique import Analysis, Scalar

MOST_CHECKS = 5  # discharges between two periods of one storage; after more of them another one begins
NEAR_PLANNED_DAY, NEAR_PLANNED_SHARE = 1.0, 0.05  # a check this near to a planned one is that one
OTHER_TEMPERATURE_CELSIUS = 5.0  # a file that differs from the plan by more is doubted
HOLE_SHARE = 0.1  # of a period; records with a longer hole do not tell its temperature
# The chamber first, then what is nearest to the cell.
TEMPERATURES = (
    "ambient_temperature_celsius",
    "surface_temperature_celsius",
    "temperature_t1_celsius",
    "temperature_t2_celsius",
    "temperature_t3_celsius",
)
# The numbers of the last check, and at each check.
LAST = ("retained_capacity_share", "recovered_capacity_share", "self_discharge_share")
AT_CHECKS = (*LAST, "recovered_capacity_mah_per_g")


@dataclass(frozen=True)
class Check:
    """What was measured after one period; each may not have been.

    Attributes:
        retained, recovered: the discharges.
        retained_like, recovered_like: the discharge before the storage that each is compared with.
        held: the discharge before this period that the retained one is compared with.
    """

    retained: Discharge | None = None
    recovered: Discharge | None = None
    retained_like: Discharge | None = None
    recovered_like: Discharge | None = None
    held: Discharge | None = None


def analyse(test: Tested) -> Analysis:
    """The storage periods of a test, with the table `storage`; nothing where it holds none."""
    periods = find_periods(test.steps, test.told.least_storage_day, **_said(test.blocks))
    if periods.is_empty():
        return Analysis()
    discharges = discharges_of(test.steps, periods["step_after"].drop_nulls().to_list())
    checks: list[Check] = []
    rows: list[dict[str, Any]] = []
    beginning: dict[str, Any] = {}
    for number, period in enumerate(periods.iter_rows(named=True)):
        if not rows or _discharges_between(discharges, rows[-1], period) > MOST_CHECKS:
            beginning, day, storage = period, 0.0, (rows[-1]["storage_count"] + 1 if rows else 1)
        day += period["duration_day"]
        until = periods["first_step"][number + 1] if number + 1 < periods.height else None
        checks.append(_check(discharges, beginning, period, until))
        rows.append({**period, "storage_count": storage, "storage_day": day, **_temperature(test, period)})
        rows[-1]["check_day"] = _called(day, test.told.storage_check_days)
    table = _table(rows, checks, test.told.active_mass_mg)
    return Analysis(_scalars(table), {"storage": table}, _warnings(rows, checks, test))


def _said(blocks: pl.DataFrame) -> dict[str, list[int]]:
    """The steps that a person calls storage, and those of which a person says that they are something else."""
    steps: dict[str, list[int]] = {"said": [], "denied": []}
    for block in blocks.filter("said").iter_rows(named=True):
        name = "said" if block["kind"] == "storage" else "denied"
        steps[name] += range(block["first_step"], block["last_step"] + 1)
    return steps


def _discharges_between(discharges: Discharges, earlier: dict[str, Any], later: dict[str, Any]) -> int:
    return sum(earlier["last_step"] <= one.first_step < later["first_step"] for one in discharges.rows)


def _check(discharges: Discharges, beginning: dict[str, Any], period: dict[str, Any], until_step: int | None) -> Check:
    """The retained and the recovered discharge of a period, and what each is compared with."""
    if not period["ended"]:
        return Check()
    after = [
        one
        for one in discharges.rows
        if one.first_step >= period["step_after"] and (until_step is None or one.last_step <= until_step)
    ]
    start = beginning["step_before"] or 0
    retained = after[0] if after and after[0].first_step == period["step_after"] else None
    charged = [one for one in after if (one.charged_from_step or 0) >= period["step_after"]]
    pairs = [(one, discharges.like(one, start)) for one in charged]
    recovered, like = next(
        (pair for pair in pairs if pair[1] is not None and pair[0].same_rate(pair[1])),
        next((pair for pair in pairs if pair[1] is not None), (charged[0] if charged else None, None)),
    )
    return Check(
        retained=retained,
        recovered=recovered,
        retained_like=discharges.like(retained, start) if retained else None,
        recovered_like=like,
        held=discharges.like(retained, period["step_before"] or 0) if retained else None,
    )


def _called(day: float, planned: Sequence[float]) -> int:
    """The planned day that a storage has come to, else its days, rounded."""
    nearest = min(planned, key=lambda one: abs(one - day), default=None)
    if nearest is not None and abs(nearest - day) <= max(NEAR_PLANNED_DAY, NEAR_PLANNED_SHARE * nearest):
        return round(nearest)
    return round(day)


def _temperature(test: Tested, period: dict[str, Any]) -> dict[str, Any]:
    """At which temperature the cell was, over time: of the file, else what a person says."""
    measured = _measured_temperature(test.table, period)
    said = test.told.storage_temperature_celsius if measured is None else None
    return {
        "storage_temperature_celsius": measured if said is None else said,
        "temperature_said": None if measured is None and said is None else said is not None,
    }


def _measured_temperature(table: pl.DataFrame, period: dict[str, Any]) -> float | None:
    begin, end = period["start_time_second"], period["end_time_second"]
    for name in TEMPERATURES:
        if name not in table.columns:
            continue
        rows = table.select("test_time_second", name).filter(pl.col("test_time_second").is_between(begin, end))
        rows = rows.drop_nulls().filter(pl.col(name).is_finite())
        time, celsius = rows["test_time_second"].to_numpy(), rows[name].to_numpy()
        holes = np.diff(np.concatenate([[begin], time, [end]]))
        if time.size > 1 and holes.max() <= HOLE_SHARE * (end - begin):
            return float(np.trapezoid(celsius, time) / (time[-1] - time[0]))
    return None


def _table(rows: Sequence[dict[str, Any]], checks: Sequence[Check], active_mass_mg: float | None) -> pl.DataFrame:
    """The `STORAGE` table."""
    gram = None if active_mass_mg is None else active_mass_mg / 1000
    full = []
    for row, check in zip(rows, checks, strict=True):
        own = dict(row)
        if row["voltage_before_volt"] is not None and row["voltage_after_volt"] is not None:
            own["voltage_loss_volt"] = row["voltage_before_volt"] - row["voltage_after_volt"]
        found = {
            "capacity_before": check.recovered_like or check.retained_like,
            "retained_capacity": check.retained,
            "recovered_capacity": check.recovered,
        }
        for name, discharge in found.items():
            if discharge is not None:
                own[f"{name}_mah"], own[f"{name}_c_rate"] = discharge.capacity_mah, discharge.c_rate
                own[f"{name}_mah_per_g"] = discharge.capacity_mah / gram if gram else None
        own["retained_capacity_share"] = _share(check.retained, check.retained_like)
        own["recovered_capacity_share"] = _share(check.recovered, check.recovered_like)
        held = _share(check.retained, check.held)
        own["self_discharge_share"] = None if held is None else 1 - held
        full.append({name: own.get(name) for name in STORAGE.required})
    return STORAGE.conform(pl.DataFrame(full, schema=dict(STORAGE.required)))


def _share(one: Discharge | None, like: Discharge | None) -> float | None:
    return None if one is None or like is None else one.capacity_mah / like.capacity_mah


def _scalars(table: pl.DataFrame) -> tuple[Scalar, ...]:
    """Of the last storage: each check by its day, and the last one by itself."""
    checked = table.filter(
        pl.col("storage_count") == pl.col("storage_count").max(),
        pl.col("retained_capacity_mah").is_not_null() | pl.col("recovered_capacity_mah").is_not_null(),
    )
    if checked.is_empty():
        return ()
    last = checked.row(-1, named=True)
    found = {name: last[name] for name in ("storage_day", *LAST)}
    found["storage_temperature_celsius"] = last["storage_temperature_celsius"]
    for row in checked.iter_rows(named=True):
        found |= {f"{name}_after_{row['check_day']}_day": row[name] for name in AT_CHECKS}
    return tuple(Scalar(name, value) for name, value in found.items() if value is not None)


def _warnings(rows: Sequence[dict[str, Any]], checks: Sequence[Check], test: Tested) -> tuple[str, ...]:
    sentences = []
    told = test.told.storage_temperature_celsius
    for row, check in zip(rows, checks, strict=True):
        days = f"storage of {row['storage_day']:.3g} days"
        for words, one, like in (
            ("retained", check.retained, check.retained_like),
            ("recovered", check.recovered, check.recovered_like),
        ):
            if one is not None and like is None:
                sentences.append(
                    f"{days}: no discharge between the same voltages stands before it, so the {words} capacity has no"
                    " share; if it was measured, add its file to this test"
                )
            elif one is not None and like is not None and not one.same_rate(like):
                sentences.append(
                    f"{days}: the {words} capacity was drawn at {_rate(one)}, that before the storage at {_rate(like)}"
                )
        measured = row["storage_temperature_celsius"]
        if told is not None and not row["temperature_said"] and abs(measured - told) > OTHER_TEMPERATURE_CELSIUS:
            sentences.append(
                f"{days}: the file says {measured:.1f} °C, where {told:g} °C was planned; the file is kept"
            )
    return tuple(sentences)


def _rate(one: Discharge) -> str:
    return f"{one.ampere * 1000:.3g} mA" if one.c_rate is None else f"{one.c_rate:.2g} C"
