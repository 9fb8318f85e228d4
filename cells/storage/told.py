"""What the plans of a cell tell the analysis of its tests."""

from __future__ import annotations

from typing import Any

from cells.assembly.models import Cell
from cells.storage.models import StoragePlan


def told_by_plans(cell: Cell) -> dict[str, Any]:
    """The days of the checks, and the temperature where all plans of the cell have the same; nothing without plans.

    Asks nothing where `storage_plans__checks` were fetched with the cell.
    """
    plans: list[StoragePlan] = list(cell.storage_plans.all())
    if not plans:
        return {}
    temperatures = {plan.temperature_celsius for plan in plans}
    told: dict[str, Any] = {"storage_check_days": sorted({day for plan in plans for day in plan.check_days})}
    if len(temperatures) == 1:
        told["storage_temperature_celsius"] = temperatures.pop()
    return told
