"""A thermobalance's record: its steps, and the gases that a mass spectrometer saw. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from characterization.thermal import mass
from characterization.thermal.segments import HEATING, segments, table_of
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress
from labdb.tables.overview import downsample

ION_POINTS = 1_500


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """Steps of the mass with onset and change, what is left, the heating rate; the pressures of a mass spectrometer.

    Args:
        table: a `TGA` table.
        parameters: those of `characterization.thermal.mass.analyse`.

    Raises:
        ValueError: the range of temperatures is the wrong way round.
    """
    progress(0.2, "following the mass")
    found: list[Scalar] = []
    tables: dict[str, pl.DataFrame] = {}
    warnings: list[str] = []
    if "mass_milligram" in table.columns or "mass_percent" in table.columns:
        of_mass = mass.analyse(table, parameters)
        found += of_mass.scalars
        tables |= of_mass.tables
        warnings += of_mass.warnings
    second, celsius = table["time_second"].to_numpy(), table["temperature_celsius"]
    if celsius.null_count() < len(celsius):
        stretches = segments(second, celsius.to_numpy())
        tables["segments"] = table_of(stretches, second, celsius.to_numpy())
        ramps = [each for each in stretches if each.kind == HEATING]
        if ramps:
            widest = max(ramps, key=lambda each: abs(celsius[each.last] - celsius[each.first]))
            found.append(Scalar("scan_rate_celsius_per_min", widest.rate_celsius_per_min))
    else:
        warnings.append(
            "this is the record of a mass spectrometer, which knows neither mass nor temperature; the file of the"
            " thermobalance is a measurement of its own"
        )
    ions = [name for name in table.columns if name.startswith("ion_")]
    if ions:
        drawn = table.select("time_second", "temperature_celsius", *ions)
        tables["ions"] = downsample(drawn, ION_POINTS, x="time_second", profiles=ions)
    return Analysis(tuple(found), tables, tuple(warnings))
