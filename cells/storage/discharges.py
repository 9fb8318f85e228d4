"""The discharges of a test, each with the charge before it, so that like is compared with like. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from cells.storage.periods import AT_LIMIT_SHARE, moves

SAME_RATE_SHARE = 0.1  # currents that differ by less are one rate


@dataclass(frozen=True)
class Discharge:
    """One discharge; its steps are put one after the other, the rests between them are left out.

    Attributes:
        first_step, last_step: step_count of the first and last step that moved charge.
        capacity_mah: that came out.
        ampere: current of the step that moved most; positive.
        c_rate: of that step; None where 1 C is not known.
        end_voltage_volt: at which it ended.
        charged_from_step: step_count of the first step of the charge before; None where there is none, or where another
            discharge stands between.
        charged_to_volt: at which that charge ended.
    """

    first_step: int
    last_step: int
    capacity_mah: float
    ampere: float
    c_rate: float | None
    end_voltage_volt: float
    charged_from_step: int | None
    charged_to_volt: float | None

    def same_rate(self, other: Discharge) -> bool:
        return abs(self.ampere - other.ampere) <= SAME_RATE_SHARE * max(self.ampere, other.ampere)


@dataclass(frozen=True)
class Discharges:
    """All discharges of a test in time order.

    Attributes:
        window_volt: between the highest charge and the lowest discharge; limits are told apart by a share of it.
    """

    rows: Sequence[Discharge]
    window_volt: float

    def same_limits(self, one: Discharge, other: Discharge) -> bool:
        """Whether both went from the same voltage to the same voltage."""
        if one.charged_to_volt is None or other.charged_to_volt is None:
            return False
        near = AT_LIMIT_SHARE * self.window_volt
        return (
            abs(one.end_voltage_volt - other.end_voltage_volt) <= near
            and abs(one.charged_to_volt - other.charged_to_volt) <= near
        )

    def like(self, one: Discharge, before_step: int) -> Discharge | None:
        """The last discharge that ended before a step and has the limits of another: if any, one at its rate."""
        earlier = [other for other in self.rows if other.last_step < before_step and self.same_limits(one, other)]
        alike = [other for other in earlier if one.same_rate(other)]
        return next(iter([*reversed(alike), *reversed(earlier)]), None)


def discharges_of(steps: pl.DataFrame, parted_at: Sequence[int] = ()) -> Discharges:
    """The discharges of a `STEPS` table; a last one that is still running is left out.

    Args:
        parted_at: step_count of steps that begin a half cycle of their own: the first after a storage.
    """
    moving = steps.filter(moves(steps))
    charging = moving["charge_capacity_mah"] > moving["discharge_capacity_mah"]
    highs, lows = moving.filter(charging)["end_voltage_volt"], moving.filter(~charging)["end_voltage_volt"]
    window = float(highs.to_numpy().max() - lows.to_numpy().min()) if highs.len() and lows.len() else 0.0
    rows, charge = [], None
    parts = [sum(step >= begin for begin in parted_at) for step in moving["step_count"]]
    numbered = zip(parts, charging.to_list(), moving.iter_rows(named=True), strict=True)
    for (_, charges), half in groupby(numbered, key=lambda row: row[:2]):
        own = [step for *_, step in half]
        if charges:
            charge = own
            continue
        main = max(own, key=lambda step: step["discharge_capacity_mah"])
        rows.append(
            Discharge(
                first_step=own[0]["step_count"],
                last_step=own[-1]["step_count"],
                capacity_mah=sum(step["discharge_capacity_mah"] for step in own),
                ampere=abs(main["mean_current_ampere"]),
                c_rate=main["c_rate"],
                end_voltage_volt=own[-1]["end_voltage_volt"],
                charged_from_step=charge[0]["step_count"] if charge else None,
                charged_to_volt=charge[-1]["end_voltage_volt"] if charge else None,
            )
        )
        charge = None
    if len(rows) > 1 and rows[-1].last_step == steps["step_count"][-1]:
        near = AT_LIMIT_SHARE * window
        if not any(abs(one.end_voltage_volt - rows[-1].end_voltage_volt) <= near for one in rows[:-1]):
            rows.pop()
    return Discharges(rows, window)
