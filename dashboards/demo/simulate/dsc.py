"""A calorimeter that heats a charged cathode with its electrolyte until it gives off its oxygen and its heat. Pure.

Model: one exotherm over a straight baseline, a Gaussian flank of σ before its top and of 1.3 σ behind it, in
temperature. The tangent of such a flank meets the baseline 2 σ before the top, so that onset and top give σ, and the
heat gives the height: heat = height · √(π/2) · (σ + 1.3 σ) / heating rate. The file is that which NETZSCH Proteus
exports, with a record every 0.05 °C; the bytes are the same for the same seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

FROM_CELSIUS, TO_CELSIUS, RECORD_CELSIUS = 30.0, 400.0, 0.05
TAIL = 1.3
# The baseline of a pan of 5 mg in an empty calorimeter, and what its sensor adds.
LEVEL_WATT_PER_GRAM, SLOPE_WATT_PER_GRAM_CELSIUS = -0.35, 0.0006
NOISE_WATT_PER_GRAM = 0.002


@dataclass(frozen=True)
class Exotherm:
    """What a charged cathode does when it is heated.

    Attributes:
        onset_celsius, peak_celsius: extrapolated onset and top, the first below the second.
        heat_joule_per_gram: given off, per gram of the sample mass.
    """

    onset_celsius: float
    peak_celsius: float
    heat_joule_per_gram: float


def heat_flow(celsius: np.ndarray, exotherm: Exotherm, rate_celsius_per_min: float) -> np.ndarray:
    """What the calorimeter records in W/g, exothermic up, without noise."""
    sigma = (exotherm.peak_celsius - exotherm.onset_celsius) / 2
    per_second = rate_celsius_per_min / 60
    height = exotherm.heat_joule_per_gram * per_second / (np.sqrt(np.pi / 2) * sigma * (1 + TAIL))
    away = celsius - exotherm.peak_celsius
    width = np.where(away < 0, sigma, TAIL * sigma)
    base = LEVEL_WATT_PER_GRAM + SLOPE_WATT_PER_GRAM_CELSIUS * (celsius - FROM_CELSIUS)
    return base + height * np.exp(-0.5 * (away / width) ** 2)


def write_scan(
    path: Path,
    exotherm: Exotherm,
    sample: str,
    begin: datetime,
    seed: int,
    *,
    sample_mass_mg: float = 5.0,
    rate_celsius_per_min: float = 10.0,
) -> None:
    """Write a scan from 30 to 400 °C as a Proteus text export, exothermic up.

    Args:
        sample: as the operator named it.
        begin: on the instrument's clock.
        sample_mass_mg: what heat is per gram of (charged powder, without its electrolyte).
    """
    celsius = np.arange(FROM_CELSIUS, TO_CELSIUS + RECORD_CELSIUS / 2, RECORD_CELSIUS)
    draw = np.random.default_rng(seed)
    signal = heat_flow(celsius, exotherm, rate_celsius_per_min) + NOISE_WATT_PER_GRAM * draw.standard_normal(
        len(celsius)
    )
    minute = (celsius - FROM_CELSIUS) / rate_celsius_per_min
    programme = f"{FROM_CELSIUS:.0f}°C/{rate_celsius_per_min:.1f}(K/min)/{TO_CELSIUS:.0f}°C"
    header = [
        "#EXPORTTYPE:DATA ALL",
        f"#FILE:{path.stem}.ngb-sd7",
        "#FORMAT:NETZSCH5",
        "#FTYPE:ANSI",
        f"#IDENTITY:{sample}",
        "#DECIMAL:POINT",
        "#SEPARATOR:SEMICOLON",
        "#MTYPE:DSC",
        "#INSTRUMENT:NETZSCH DSC 204F1 Phoenix, simulated",
        f"#DATE/TIME:{begin:%d.%m.%Y %H:%M}",
        f"#REMARK:SIMULATED {sample}",
        f"#SAMPLE:{sample}",
        f"#SAMPLE MASS /mg:{sample_mass_mg:g}",
        "#TYPE OF CRUCIBLE:high pressure, gold plated, closed",
        "#EXO:1",
        f"#RANGE:{programme}",
        "#SEGMENT:S1/1",
        f"#SEG. 1:{programme}",
        "",
        "##Temp./°C;Time/min;DSC/(mW/mg)",
    ]
    rows = [f"{c:9.5f};{m:9.5f};{y:.5e}" for c, m, y in zip(celsius, minute, signal, strict=True)]
    path.write_bytes(("\r\n".join([*header, *rows]) + "\r\n").encode("latin-1"))
