"""What the analysis of a cycling test has to be told. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cells.cycling.steps import MAX_GAP_SECOND
from cells.storage.periods import LEAST_DAY
from cells.storage.planned import check_storage

DQ_DV_EVERY = 25.0  # ageing cycles
POSITIVE = (
    "active_mass_mg",
    "nominal_capacity_mah",
    "nominal_specific_capacity_mah_per_g",
    "max_gap_second",
    "least_storage_day",
    "dq_dv_every",
)
NUMBERS = (*POSITIVE, "reference_potential_volt", "storage_temperature_celsius")


@dataclass(frozen=True)
class Parameters:
    """What the analysis has to be told about the cell; each may be unknown.

    Attributes:
        active_mass_mg: active material of the cathode only, without binder and carbon.
        nominal_capacity_mah: of the cell, what one hour at 1 C delivers; goes before the specific one.
        nominal_specific_capacity_mah_per_g: of the material; with the mass it says what 1 C is.
        max_gap_second: a longer time between two records is not integrated across.
        reference_potential_volt: of what the voltages are against, against Li/Li+; unknown for a full cell.
        dq_dv_every: the peaks of dQ/dV are followed through one ageing cycle in so many.
        cycle_kinds: kinds set by a person, by cycle number.
        step_kinds: kinds set by a person, by a range of steps: {"12-40": "storage"}.
        least_storage_day: a shorter rest of a charged cell is no storage.
        storage_temperature_celsius: at which the cell was stored, where its files do not say it.
        storage_check_days: after which the cell was to be checked, days since the storage began.
    """

    active_mass_mg: float | None = None
    nominal_capacity_mah: float | None = None
    nominal_specific_capacity_mah_per_g: float | None = None
    max_gap_second: float = MAX_GAP_SECOND
    reference_potential_volt: float | None = None
    dq_dv_every: float = DQ_DV_EVERY
    cycle_kinds: Mapping[str, str] = field(default_factory=dict)
    step_kinds: Mapping[str, str] = field(default_factory=dict)
    least_storage_day: float = LEAST_DAY
    storage_temperature_celsius: float | None = None
    storage_check_days: Sequence[float] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Parameters:
        """From JSON values by name.

        Raises:
            ValueError: a number has no sense, or a name is none of ours.
        """
        unknown = sorted(set(values) - set(cls.__dataclass_fields__))
        if unknown:
            raise ValueError(f"the cycling analysis has no parameter {', '.join(unknown)}")
        for name in NUMBERS:
            value = values.get(name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise ValueError(f"{name} must be a number, not {value!r}")
        for name in POSITIVE:
            value = values.get(name)
            if value is not None and not 0 < value < math.inf:
                raise ValueError(f"{name} must be more than 0, not {value}")
        potential = values.get("reference_potential_volt")
        if potential is not None and not math.isfinite(potential):
            raise ValueError(f"reference_potential_volt must be a number of volts, not {potential}")
        check_storage(values.get("storage_temperature_celsius"), values.get("storage_check_days", ()))
        return cls(**{name: value for name, value in values.items() if value is not None})

    @property
    def one_c_mah(self) -> float | None:
        """The capacity that one hour at 1 C delivers, where it is known."""
        if self.nominal_capacity_mah is not None:
            return self.nominal_capacity_mah
        if self.active_mass_mg is not None and self.nominal_specific_capacity_mah_per_g is not None:
            return self.active_mass_mg / 1000 * self.nominal_specific_capacity_mah_per_g
        return None
