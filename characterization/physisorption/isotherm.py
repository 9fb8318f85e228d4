"""An isotherm as it is analysed: what the file says, with what a person chose in its place. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import polars as pl

from characterization.physisorption.gases import Gas, gas_named
from characterization.physisorption.table import ADSORPTION, ISOTHERM

BRANCHES_OF_PORES = ("adsorption", "desorption")
THICKNESS_MODELS = {"harkins-jura": "Harkins/Jura", "halsey": "Halsey"}


@dataclass(frozen=True)
class Parameters:
    """What a person may choose; None is as the file or the analysis says.

    Attributes:
        adsorbate, temperature_kelvin, saturation_pressure_kpa, sample_mass_mg: in place of those of the file.
        p_low, p_high: of the BET range, relative, both included.
        cross_section_nm2: of a molecule of another gas than nitrogen.
        pore_volume_pressure: relative, at which the total pore volume is read.
        pore_size_branch: adsorption or desorption.
        thickness_model: of the adsorbed layer, a name of `THICKNESS_MODELS`.
    """

    adsorbate: str | None = None
    temperature_kelvin: float | None = None
    saturation_pressure_kpa: float | None = None
    sample_mass_mg: float | None = None
    p_low: float | None = None
    p_high: float | None = None
    cross_section_nm2: float | None = None
    pore_volume_pressure: float | None = None
    pore_size_branch: str | None = None
    thickness_model: str = "harkins-jura"

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Parameters:
        """From JSON values by name.

        Raises:
            ValueError: a name is none of ours, or a value impossible.
        """
        names = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - names)
        if unknown:
            raise ValueError(f"the analysis of isotherms has no parameter {', '.join(unknown)}")
        made = cls(**{name: value for name, value in values.items() if value is not None})
        for name in ("temperature_kelvin", "saturation_pressure_kpa", "sample_mass_mg", "cross_section_nm2"):
            value = getattr(made, name)
            if value is not None and not 0 < value < math.inf:
                raise ValueError(f"{name} must be more than 0, not {value}")
        for name in ("p_low", "p_high", "pore_volume_pressure"):
            value = getattr(made, name)
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"{name} must be between 0 and 1, not {value}")
        check_range(made.p_low, made.p_high)
        if made.pore_size_branch not in (None, *BRANCHES_OF_PORES):
            raise ValueError(f"pore_size_branch is {made.pore_size_branch}; it must be adsorption or desorption")
        if made.thickness_model not in THICKNESS_MODELS:
            raise ValueError(
                f"thickness_model is {made.thickness_model}; it must be one of {', '.join(THICKNESS_MODELS)}"
            )
        return made


def check_range(p_low: float | None, p_high: float | None) -> None:
    """
    Raises:
        ValueError: the range is empty.
    """
    if p_low is not None and p_high is not None and p_low >= p_high:
        raise ValueError(f"the BET range ends at {p_high:g}, which is not above its begin at {p_low:g}.")


@dataclass(frozen=True)
class Branch:
    """One branch, in measured order.

    Attributes:
        pressure: relative, shape (n,).
        loading: mmol/g, shape (n,).
    """

    pressure: np.ndarray
    loading: np.ndarray

    def __len__(self) -> int:
        return len(self.pressure)

    def between(self, low: float, high: float) -> np.ndarray:
        """Which points lie in a range of relative pressure, both ends included."""
        return (self.pressure >= low) & (self.pressure <= high)

    def where(self, chosen: np.ndarray) -> Branch:
        return Branch(self.pressure[chosen], self.loading[chosen])


def as_chosen(table: pl.DataFrame, told: Parameters) -> tuple[pl.DataFrame, list[str]]:
    """An `ISOTHERM` table with a person's choices in it, and what could not be followed.

    Another temperature or adsorbate changes p/p0 only where it was computed from them; another mass divides the
    amount of the whole sample, or scales by what the file divided by.
    """
    warnings: list[str] = []
    constants = {
        name: value
        for name in ("adsorbate", "temperature_kelvin")
        if (value := getattr(told, name)) is not None or name not in table.columns
    }
    types = ISOTHERM.columns
    table = table.with_columns(pl.lit(value, types[name]).alias(name) for name, value in constants.items())
    table = _with_pressure(table, told, warnings)
    table = _with_mass(table, told, warnings)
    return ISOTHERM.conform(table), warnings


def _with_pressure(table: pl.DataFrame, told: Parameters, warnings: list[str]) -> pl.DataFrame:
    absolute = "pressure_kpa" in table.columns
    saturation = told.saturation_pressure_kpa
    if saturation is not None and not absolute:
        warnings.append(
            "the file holds relative pressures alone, so the saturation pressure that was entered is not used"
        )
        return table
    if saturation is None:
        if not absolute or "saturation_pressure_kpa" in table.columns:
            return table
        gas, temperature = gas_of(table), temperature_of(table)
        saturation = gas.saturation_pressure_kpa(temperature) if gas else None
    if saturation is None:
        return table
    return table.with_columns(relative_pressure=pl.col("pressure_kpa") / saturation)


def _with_mass(table: pl.DataFrame, told: Parameters, warnings: list[str]) -> pl.DataFrame:
    mass = told.sample_mass_mg
    if mass is None:
        return table
    before = _constant(table, "sample_mass_mg")
    if "loading_mmol" in table.columns:
        specific = pl.col("loading_mmol") / (mass / 1000)
    elif before is not None:
        specific = pl.col("loading_mmol_per_g") * (before / mass)
    else:
        warnings.append("the file does not say what mass its loadings were divided by, so the mass entered is not used")
        return table
    return table.with_columns(loading_mmol_per_g=specific, sample_mass_mg=pl.lit(mass))


def _constant(table: pl.DataFrame, name: str) -> Any:
    return table[name][0] if name in table.columns and table.height else None


def gas_of(table: pl.DataFrame) -> Gas | None:
    """The gas of an isotherm, where it is one that is known here."""
    return gas_named(_constant(table, "adsorbate"))


def adsorbate_of(table: pl.DataFrame) -> str | None:
    return _constant(table, "adsorbate")


def temperature_of(table: pl.DataFrame) -> float | None:
    return _constant(table, "temperature_kelvin")


def branch_of(table: pl.DataFrame, name: str = ADSORPTION) -> Branch:
    """One branch of a table; points without p/p0 or loading are left out."""
    rows = table.filter(pl.col("branch") == name).drop_nulls(["relative_pressure", "loading_mmol_per_g"])
    return Branch(rows["relative_pressure"].to_numpy(), rows["loading_mmol_per_g"].to_numpy())
