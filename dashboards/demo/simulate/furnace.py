"""A furnace that follows its programme as furnaces do: late, a little too far, not the same in all zones. Pure.

Model: each zone is one thermal mass behind a controller, dT/dt = (T_set(t) − T)/τ + noise, so that it lags a ramp of
rate r by r·τ; at the end of the ramp an overshoot rises and dies away within the hour. The logger writes every two
minutes; the bytes are the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from synthesis.heat_treatment.programme import Stretch, curve, soak

LAG_HOUR = 0.02
OVERSHOOT_DIES_HOUR = 0.4
RECORD_HOUR = 2 / 60
NOISE_CELSIUS = 0.25
NATURAL_COOLING_LOGGED_HOUR = 4.0


@dataclass(frozen=True)
class Furnace:
    """One run of a furnace.

    Attributes:
        zones: thermocouple → its offset from the controlled one, °C.
        overshoot_celsius: above the set temperature, at its highest.
        seed: of the noise.
    """

    zones: tuple[tuple[str, float], ...]
    overshoot_celsius: float
    seed: int


def temperatures(stretches: Sequence[Stretch], furnace: Furnace) -> tuple[np.ndarray, np.ndarray]:
    """What the logger records.

    Returns:
        Hours since the start, shape (n,), and °C, shape (n, zones).
    """
    drawn = curve(stretches)
    told = drawn.filter("programmed")
    end = min(float(drawn["time_hour"][-1]), float(told["time_hour"][-1]) + NATURAL_COOLING_LOGGED_HOUR)
    hour = np.arange(0.0, end, RECORD_HOUR)
    setpoint = np.interp(hour, drawn["time_hour"].to_numpy(), drawn["temperature_celsius"].to_numpy())
    follow = np.empty_like(setpoint)
    follow[0] = setpoint[0]
    share = 1 - np.exp(-RECORD_HOUR / LAG_HOUR)
    for number in range(1, len(hour)):
        follow[number] = follow[number - 1] + share * (setpoint[number] - follow[number - 1])
    held = soak(stretches)
    if held is not None:
        since = hour - held.start_hour
        inside = (since > 0) & (hour < held.end_hour)
        rise = since[inside] / OVERSHOOT_DIES_HOUR
        follow[inside] += furnace.overshoot_celsius * rise * np.exp(1 - rise)
    draw = np.random.default_rng(furnace.seed)
    warm = (follow - stretches[0].from_celsius) / max(follow.max() - stretches[0].from_celsius, 1.0)
    columns = [follow + offset * warm + NOISE_CELSIUS * draw.standard_normal(len(hour)) for _, offset in furnace.zones]
    return hour, np.column_stack(columns)


def write_log(path: Path, stretches: Sequence[Stretch], furnace: Furnace, begin: datetime, title: str) -> None:
    """Write a logger's csv: two lines of title, a header, a record every two minutes."""
    hour, celsius = temperatures(stretches, furnace)
    lines = [
        f"SIMULATED {title}",
        "Logger: simulated",
        ",".join(["Date time", *(f"{z} (°C)" for z, _ in furnace.zones)]),
    ]
    for after, row in zip(hour, celsius, strict=True):
        moment = begin + timedelta(seconds=round(after * 3600))
        lines.append(f"{moment:%Y-%m-%d %H:%M:%S}," + ",".join(f"{value:.1f}" for value in row))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
