"""What a lab would have typed in, or exported, of a powder: values that have given means and deviations. Pure.

Each function gives the rows that a person types in of a technique; `entry_file` makes of them the file that labdb
writes; `mastersizer_3000` is the file of an instrument. The same arguments give the same values. Replicates scatter at
random, and are then moved so that mean and sample SD are exactly those that are asked for; what is written is rounded
as balances, burettes and cylinders are read.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

from characterization.fracture.entry import ENTRY as CENSUS
from characterization.fracture.table import CLASSES
from characterization.moisture.entry import ENTRY as MOISTURE
from characterization.particle_size.entry import ENTRY as PARTICLE_SIZE
from characterization.residual_lithium.analysis import LI2CO3_G_PER_MOL, LIOH_G_PER_MOL
from characterization.residual_lithium.entry import ENTRY as RESIDUAL_LITHIUM
from characterization.tap_density.entry import ENTRY as TAP_DENSITY
from labdb.ingest.entry import write

ENTRIES = {
    "tap_density": TAP_DENSITY,
    "particle_size": PARTICLE_SIZE,
    "residual_lithium": RESIDUAL_LITHIUM,
    "moisture": MOISTURE,
    "fracture_census": CENSUS,
}
TAPS = 3000
OVEN_CELSIUS, BLANK_MICROGRAM = 280.0, 32.0
ALIQUOT_FRACTION, ACID_MOL_PER_L = 0.5, 0.05
CLASSES_PER_DECADE = 20  # of the Mastersizer's sizes, 0.01 to 3500 µm
DECILE = NormalDist().inv_cdf(0.9)

Rows = list[dict[str, Any]]


def entry_file(technique: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Typed-in rows as the bytes of the file that labdb keeps."""
    entry = ENTRIES[technique]
    return write(technique, entry, entry.checked(rows))


def tap_density(mean_g_per_cm3: float, sd_g_per_cm3: float, n: int = 3, *, seed: int) -> Rows:
    """Fillings of a 25 cm³ cylinder, read to 0.2 cm³, that have this tap density."""
    draw = np.random.default_rng(seed)
    rows = []
    for density in spread(mean_g_per_cm3, sd_g_per_cm3, n, draw):
        volume = round(round(float(draw.uniform(20, 24)) / 0.2) * 0.2, 1)
        rows.append({"mass_g": round(density * volume, 3), "volume_cm3": volume, "taps": TAPS})
    return rows


def particle_size(
    d10_micrometre: float,
    d50_micrometre: float,
    d90_micrometre: float,
    relative_sd: float = 0.008,
    n: int = 3,
    *,
    seed: int,
) -> Rows:
    """Percentiles of a volume distribution, as read off a report; all scatter together."""
    draw = np.random.default_rng(seed)
    sizes = {"d10_micrometre": d10_micrometre, "d50_micrometre": d50_micrometre, "d90_micrometre": d90_micrometre}
    return [
        {name: round(factor * size, 3) for name, size in sizes.items()} for factor in spread(1.0, relative_sd, n, draw)
    ]


def residual_lithium(
    hydroxide_mg_per_kg: float, carbonate_mg_per_kg: float, relative_sd: float = 0.02, n: int = 3, *, seed: int
) -> Rows:
    """Titrations of extracts of about 10 g to two endpoints; both contents scatter together."""
    draw = np.random.default_rng(seed)
    rows = []
    for factor in spread(1.0, relative_sd, n, draw):
        mass = round(float(draw.uniform(9.8, 10.2)), 3)
        ml_per_mol_per_kg = mass * ALIQUOT_FRACTION / ACID_MOL_PER_L
        hydroxide = factor * hydroxide_mg_per_kg / LIOH_G_PER_MOL / 1000 * ml_per_mol_per_kg
        carbonate = factor * carbonate_mg_per_kg / LI2CO3_G_PER_MOL / 1000 * ml_per_mol_per_kg
        rows.append(
            {
                "sample_mass_g": mass,
                "aliquot_fraction": ALIQUOT_FRACTION,
                "acid_molarity_mol_per_l": ACID_MOL_PER_L,
                "first_volume_ml": round(hydroxide + carbonate, 3),
                "second_volume_ml": round(hydroxide + 2 * carbonate, 3),
            }
        )
    return rows


def moisture(mean_mg_per_kg: float, relative_sd: float = 0.04, n: int = 3, *, seed: int) -> Rows:
    """Karl Fischer titrations of about a gram from an oven, with their blank."""
    draw = np.random.default_rng(seed)
    rows = []
    for content in spread(mean_mg_per_kg, relative_sd * mean_mg_per_kg, n, draw):
        mass = round(float(draw.uniform(0.9, 1.3)), 4)
        rows.append(
            {
                "sample_mass_g": mass,
                "water_microgram": round(content * mass + BLANK_MICROGRAM, 1),
                "blank_microgram": BLANK_MICROGRAM,
                "oven_temperature_celsius": OVEN_CELSIUS,
            }
        )
    return rows


def census(shares: Sequence[float], particles: int, cycle_count: int, images: int = 12, *, seed: int) -> Rows:
    """Particles after a number of cycles, spread over images at random.

    Args:
        shares: of intact, mildly damaged and broken ones, which add up to 1; met to the nearest particle.
    """
    draw = np.random.default_rng(seed)
    counted = np.repeat(np.arange(len(CLASSES)), whole_counts(particles, shares))
    draw.shuffle(counted)
    return [
        {
            "cycle_count": cycle_count,
            **dict(zip(CLASSES, np.bincount(image, minlength=len(CLASSES)).tolist(), strict=True)),
            "image": f"SEM {cycle_count}-{number:02d}",
        }
        for number, image in enumerate(np.array_split(counted, images), start=1)
    ]


def whole_counts(total: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers that add up to a total, nearest to its shares (largest remainders).

    Raises:
        ValueError: the shares do not add up to 1.
    """
    if not math.isclose(sum(shares), 1.0, abs_tol=1e-9):
        raise ValueError(f"shares of {', '.join(f'{share:g}' for share in shares)} do not add up to 1")
    exact = [total * share for share in shares]
    counts = [math.floor(each) for each in exact]
    by_remainder = sorted(range(len(exact)), key=lambda number: counts[number] - exact[number])
    for number in by_remainder[: total - sum(counts)]:
        counts[number] += 1
    return counts


def mastersizer_3000(
    sample: str,
    d10_micrometre: float,
    d50_micrometre: float,
    d90_micrometre: float,
    relative_sd: float = 0.008,
    n: int = 3,
    *,
    seed: int,
) -> bytes:
    """Laser diffraction of a powder, as a Mastersizer 3000 exports its records side by side.

    The distribution is log-normal, and skewed as far as the three percentiles ask for.

    Args:
        sample: its name, which is marked as simulated.
        relative_sd: of the sizes from record to record.
    """
    draw = np.random.default_rng(seed)
    lower = 0.01 * 10 ** (np.arange(round(CLASSES_PER_DECADE * math.log10(3500 / 0.01)) + 1) / CLASSES_PER_DECADE)
    edges = np.append(lower, lower[-1] * 10 ** (1 / CLASSES_PER_DECADE))
    records = []
    for factor in spread(1.0, relative_sd, n, draw):
        d10, d50, d90 = (factor * size for size in (d10_micrometre, d50_micrometre, d90_micrometre))
        below = _below(edges, d10, d50, d90)
        records.append(((d10, d50, d90), np.diff(below) * 100 / (below[-1] - below[0])))
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\r\n")
    for key, values in (
        ("Sample Name", [f"{sample} SIMULATED"] * n),
        ("Particle Refractive Index", ["2.190"] * n),
        ("Dispersant Name", ["Water"] * n),
        *((f"Dx ({percent})", [f"{sizes[at]:.4g}" for sizes, _ in records]) for at, percent in enumerate((10, 50, 90))),
    ):
        out.writerow([field for value in values for field in (key, value)])
    out.writerow(["Size Classes (µm)", "Volume Density (%)"] * n)
    for at, size in enumerate(lower):
        out.writerow([field for _, volumes in records for field in (f"{size:.5g}", f"{volumes[at]:.5f}")])
    return text.getvalue().encode("utf-8-sig")


def _below(size: np.ndarray, d10: float, d50: float, d90: float) -> np.ndarray:
    """The share of the volume below each size: ln(size / D50) = a·z + b·z², with z the normal quantile of the share."""
    up, down = math.log(d90 / d50), math.log(d10 / d50)
    a, b = (up - down) / (2 * DECILE), (up + down) / (2 * DECILE**2)
    logs = np.log(size / d50)
    inside = a * a + 4 * b * logs
    z = 2 * logs / (a + np.sqrt(np.maximum(inside, 0)))
    z = np.where(inside < 0, np.copysign(40.0, logs), z)  # beyond where a skewed distribution ends
    normal = NormalDist()
    return np.array([normal.cdf(each) for each in z])


def spread(mean: float, sd: float, n: int, draw: np.random.Generator) -> list[float]:
    """n random values that have exactly this mean and sample SD; a single one is the mean."""
    if n < 2:
        return [mean] * n
    values = draw.standard_normal(n)
    values = (values - values.mean()) / values.std(ddof=1)
    return (mean + sd * values).tolist()
