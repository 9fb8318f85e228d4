"""Thermograms whose peaks are known: 10 °C/min from 25 to 400 °C, a record every 0.05 °C."""

from __future__ import annotations

import numpy as np
import polars as pl

RATE = 10.0
CELSIUS = np.arange(25, 400, 0.05)
SECOND = (CELSIUS - 25) / RATE * 60
SLOPING = 0.3 + 0.002 * (CELSIUS - 25)


def gauss(height: float, at: float, sigma: float, celsius: np.ndarray = CELSIUS) -> np.ndarray:
    return height * np.exp(-0.5 * ((celsius - at) / sigma) ** 2)


def triangle(height: float, foot: float, top: float, end: float, celsius: np.ndarray = CELSIUS) -> np.ndarray:
    return np.interp(celsius, [foot, top, end], [0, height, 0])


def gauss_area(height: float, sigma: float, rate: float = RATE) -> float:
    """∫ dt of a Gaussian in temperature: height · σ · √(2π) / rate."""
    return height * sigma * np.sqrt(2 * np.pi) / (rate / 60)


def table(signal: np.ndarray, column: str = "heat_flow_milliwatt", **more) -> pl.DataFrame:
    """A DSC table of a signal over `CELSIUS`; `more` are further columns."""
    made = pl.DataFrame({"time_second": SECOND, "temperature_celsius": CELSIUS, column: signal})
    made = made.with_columns(exothermic_up=pl.lit(None, pl.Boolean))
    return made.with_columns(**{name: pl.lit(value) for name, value in more.items()})
