"""A calorimeter's record: heating rate, peaks with onset and heat; where a mass stands beside it, its steps. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from characterization.dsc.baseline import LINEAR
from characterization.dsc.peaks import LEAST_PEAK_RECORDS, Limits, Peak, direction, find, measure
from characterization.dsc.table import CURVE, PEAKS
from characterization.thermal import mass
from characterization.thermal.segments import ISOTHERMAL, Segment, chosen, segments, table_of
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress
from labdb.tables.overview import downsample

CURVE_POINTS, RECORD_POINTS = 4_000, 2_000
UP, DOWN = "up", "down"
EXOTHERMIC, ENDOTHERMIC = "exothermic", "endothermic"
# In this order a signal is analysed, if there are several.
UNITS = ("watt_per_gram", "milliwatt", "microvolt")


@dataclass(frozen=True)
class Signal:
    """The heat flow that is analysed.

    Attributes:
        unit: ends the name of its column: `watt_per_gram`, `milliwatt`, `microvolt`.
        values: of every record.
        reference_mass_mg: what it is per gram of; None for a signal that is not.
        power: mW for each of its unit; None where the power is not known.
    """

    unit: str
    values: np.ndarray
    reference_mass_mg: float | None
    power: float | None


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """Peaks of the analysed segment.

    Heat is per gram of the reference mass: what a person enters (`reference_mass_mg`; the cathode powder without its
    electrolyte, say), else the sample mass. It is positive whichever way a peak points; which of both is exothermic is
    said by the file or a person, or by nobody.

    Args:
        table: a `DSC` table.
        parameters: all may be missing. `segment` (from 1), `from_celsius` and `to_celsius` (limits of one peak),
            `baseline`, `sample_mass_mg`, `reference_mass_mg`, `exothermic_up`.

    Raises:
        ValueError: the limits are the wrong way round, or there is no such baseline.
    """
    progress(0.1, "finding the segments")
    second, celsius = table["time_second"].to_numpy(), table["temperature_celsius"].to_numpy()
    warnings: list[str] = []
    signal = signal_of(table, parameters, warnings)
    found_segments = segments(second, celsius)
    segment = chosen(found_segments, celsius, parameters.get("segment"), warnings)
    rows = slice(segment.first, segment.last + 1)
    t, temperature, y = second[rows], celsius[rows], signal.values[rows]
    progress(0.4, "integrating the peaks")
    limits = _limits(t, temperature, y, parameters, warnings)
    kind = str(parameters.get("baseline") or LINEAR)
    peaks = [measure(t, temperature, y, each, kind) for each in limits]
    peaks = [peak for peak in peaks if peak.area > 0]
    if not peaks:
        warnings.append("no peak stands out of the curve; enter the limits of one to measure it")
    exothermic_up = exothermic(table, parameters)
    if exothermic_up is None:
        warnings.append(
            "the file does not say which way exothermic peaks point: choose it; until then they are called up and down"
        )
    if any(peak.open_ended for peak in peaks):
        warnings.append("a peak reaches to the end of its segment; its heat may not be all of it")
    found = _scalars(peaks, signal, segment)
    tables = {
        "curve": _curve(t, temperature, y, peaks, signal),
        "peaks": _table_of_peaks(peaks, temperature, signal, exothermic_up),
        "segments": table_of(found_segments, second, celsius),
        "record": downsample(
            table.select("time_second", "temperature_celsius", pl.Series(f"heat_flow_{signal.unit}", signal.values)),
            RECORD_POINTS,
            x="time_second",
            profiles=[f"heat_flow_{signal.unit}", "temperature_celsius"],
        ),
    }
    if "mass_milligram" in table.columns or "mass_percent" in table.columns:
        progress(0.7, "following the mass")
        of_mass = mass.analyse(table, {"sample_mass_mg": parameters.get("sample_mass_mg")})
        found += list(of_mass.scalars)
        tables |= of_mass.tables
        warnings += of_mass.warnings
    return Analysis(tuple(found), tables, tuple(warnings))


def exothermic(table: pl.DataFrame, parameters: Mapping[str, Any]) -> bool | None:
    """Whether exothermic peaks point up, by a person or else by the file; None where neither says it."""
    said = parameters.get("exothermic_up")
    if said is None and "exothermic_up" in table.columns:
        said = table["exothermic_up"][0]
    return None if said is None else bool(said)


def signal_of(table: pl.DataFrame, parameters: Mapping[str, Any], warnings: list[str]) -> Signal:
    """The heat flow per gram where a mass is known, else in mW, else in µV of the sensor."""
    in_file = _positive(table["sample_mass_mg"][0]) if "sample_mass_mg" in table.columns else None
    sample = _positive(parameters.get("sample_mass_mg")) or in_file
    reference = _positive(parameters.get("reference_mass_mg")) or sample
    if "heat_flow_milliwatt" in table.columns:
        power = table["heat_flow_milliwatt"].to_numpy()
        if reference is not None:
            return Signal("watt_per_gram", power / reference, reference, reference)
        warnings.append("the sample mass is not known: enter it for heat per gram; heat is in mJ until then")
        return Signal("milliwatt", power, None, 1.0)
    if "heat_flow_watt_per_gram" in table.columns:
        per_gram = table["heat_flow_watt_per_gram"].to_numpy()
        computed_with = in_file or sample  # the instrument divided by the mass of its own file
        if computed_with is None or reference is None:
            if parameters.get("reference_mass_mg") is not None:
                warnings.append(
                    "the heat flow is per gram of a sample mass that the file does not state: enter the sample mass"
                    " too; the reference mass was not used"
                )
            return Signal("watt_per_gram", per_gram, None, None)
        return Signal("watt_per_gram", per_gram * (computed_with / reference), reference, reference)
    warnings.append("the DSC signal is in µV of the sensor: its peaks have temperatures, but no heat")
    return Signal("microvolt", table["heat_flow_microvolt"].to_numpy(), None, None)


def _positive(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and value > 0 else None


def _limits(
    t: np.ndarray, celsius: np.ndarray, y: np.ndarray, parameters: Mapping[str, Any], warnings: list[str]
) -> list[Limits]:
    """Those that a person entered, else those that are found; an end that is left empty is found."""
    low, high = parameters.get("from_celsius"), parameters.get("to_celsius")
    found = find(t, y)
    if low is None and high is None:
        return found
    if low is not None and high is not None and low >= high:
        raise ValueError(f"the peak's limits are the wrong way round: from {low:g} °C to {high:g} °C.")
    bottom, top = float(celsius.min()), float(celsius.max())
    if low is None or high is None:
        inside = [
            each
            for each in found
            if (low is None or celsius[_apex(y, each)] > low) and (high is None or celsius[_apex(y, each)] < high)
        ]
        if inside:
            largest = max(inside, key=lambda each: measure(t, celsius, y, each, LINEAR).area)
            ends = sorted((float(celsius[largest.first]), float(celsius[largest.last])))
        else:
            ends = [bottom, top]
        low, high = (ends[0] if low is None else low), (ends[1] if high is None else high)
    within = np.flatnonzero((celsius >= low) & (celsius <= high))
    if len(within) <= LEAST_PEAK_RECORDS:
        warnings.append(
            f"the analysed segment has too few records from {low:g} to {high:g} °C; it goes from {bottom:.4g} to"
            f" {top:.4g} °C"
        )
        return []
    first, last = int(within[0]), int(within[-1])
    return [Limits(first, last, direction(t, y, first, last))]


def _apex(y: np.ndarray, limits: Limits) -> int:
    inside = y[limits.first : limits.last + 1]
    return limits.first + int(np.argmax(inside) if limits.up else np.argmin(inside))


def _scalars(peaks: list[Peak], signal: Signal, segment: Segment) -> list[Scalar]:
    found = [] if segment.kind == ISOTHERMAL else [Scalar("scan_rate_celsius_per_min", segment.rate_celsius_per_min)]
    if signal.reference_mass_mg is not None:
        found.append(Scalar("dsc_reference_mass_mg", signal.reference_mass_mg))
    if not peaks:
        return found
    main = max(peaks, key=lambda peak: peak.area)
    found += [Scalar("dsc_onset_celsius", main.onset_celsius), Scalar("dsc_peak_celsius", main.peak_celsius)]
    if signal.unit == "watt_per_gram":
        found += [
            Scalar("dsc_enthalpy_joule_per_gram", main.area),
            Scalar("dsc_total_enthalpy_joule_per_gram", sum(peak.area for peak in peaks if peak.up == main.up)),
            Scalar("dsc_peak_height_watt_per_gram", main.height),
        ]
    if signal.power is not None:
        found.append(Scalar("dsc_heat_millijoule", main.area * signal.power))
    return [scalar for scalar in found if math.isfinite(scalar.value)]


def _table_of_peaks(peaks: list[Peak], celsius: np.ndarray, signal: Signal, exothermic_up: bool | None) -> pl.DataFrame:
    words: dict[bool, str] = {
        None: {True: UP, False: DOWN},
        True: {True: EXOTHERMIC, False: ENDOTHERMIC},
        False: {True: ENDOTHERMIC, False: EXOTHERMIC},
    }[exothermic_up]
    largest = max((peak.area for peak in peaks), default=0.0)
    per_gram = signal.unit == "watt_per_gram"
    rows = [
        {
            "peak": number,
            "direction": words[peak.up],
            "onset_celsius": _known(peak.onset_celsius),
            "peak_celsius": peak.peak_celsius,
            "end_celsius": _known(peak.end_celsius),
            "from_celsius": float(celsius[peak.first]),
            "to_celsius": float(celsius[peak.last]),
            "inflection_celsius": _known(peak.inflection_celsius),
            "height_watt_per_gram": peak.height if per_gram else None,
            "enthalpy_joule_per_gram": peak.area if per_gram else None,
            "heat_millijoule": None if signal.power is None else peak.area * signal.power,
            "main": peak.area == largest,
        }
        for number, peak in enumerate(peaks, start=1)
    ]
    return PEAKS.conform(pl.DataFrame(rows, schema=PEAKS.required))


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _curve(t: np.ndarray, celsius: np.ndarray, y: np.ndarray, peaks: list[Peak], signal: Signal) -> pl.DataFrame:
    number = np.zeros(len(t), dtype=np.int64)
    under = np.full(len(t), np.nan)
    for at, peak in enumerate(peaks, start=1):
        number[peak.first : peak.last + 1] = at
        under[peak.first : peak.last + 1] = peak.baseline
    made = pl.DataFrame(
        {
            "time_second": t,
            "temperature_celsius": celsius,
            "peak": number,
            f"heat_flow_{signal.unit}": y,
            f"baseline_{signal.unit}": under,
        }
    )
    made = made.with_columns(
        pl.when(pl.col("peak") > 0).then(pl.col("peak")),
        pl.col(f"baseline_{signal.unit}").fill_nan(None),
    )
    return CURVE.conform(
        downsample(made, CURVE_POINTS, x="time_second", profiles=[f"heat_flow_{signal.unit}", "temperature_celsius"])
    )
