"""What a lab would have typed in, or exported, of a powder: values that have given means and deviations. Pure.

Each function gives the bytes of one file, which the technique of its name reads; the same arguments give the same
bytes. Replicates scatter at random, and are then moved so that mean and sample SD are exactly those that are asked for;
what is written is rounded as balances, burettes and cylinders are read.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from characterization.fracture.entry import ENTRY as CENSUS
from characterization.fracture.table import CLASSES
from characterization.moisture.entry import ENTRY as MOISTURE
from characterization.residual_lithium.analysis import LI2CO3_G_PER_MOL, LIOH_G_PER_MOL
from characterization.residual_lithium.entry import ENTRY as RESIDUAL_LITHIUM
from characterization.tap_density.entry import ENTRY as TAP_DENSITY
from labdb.ingest.entry import write

TAPS = 3000
OVEN_CELSIUS, BLANK_MICROGRAM = 280.0, 32.0
ALIQUOT_FRACTION, ACID_MOL_PER_L = 0.5, 0.05
CLASSES_PER_DECADE = 20  # of the Mastersizer's sizes, 0.01 to 3500 µm
DECILE = NormalDist().inv_cdf(0.9)


def tap_density(mean_g_per_cm3: float, sd_g_per_cm3: float, n: int, seed: int) -> bytes:
    """Fillings of a 25 cm³ cylinder, read to 0.2 cm³, that have this tap density, typed in."""
    draw = np.random.default_rng(seed)
    rows = []
    for density in spread(mean_g_per_cm3, sd_g_per_cm3, n, draw):
        volume = round(float(draw.uniform(20, 24)) / 0.2) * 0.2
        rows.append({"mass_g": round(density * volume, 3), "volume_cm3": round(volume, 1), "taps": TAPS})
    return write("tap_density", TAP_DENSITY, TAP_DENSITY.checked(rows))


def moisture(mean_mg_per_kg: float, sd_mg_per_kg: float, n: int, seed: int) -> bytes:
    """Karl Fischer titrations of about a gram from an oven, with their blank, typed in."""
    draw = np.random.default_rng(seed)
    rows = []
    for content in spread(mean_mg_per_kg, sd_mg_per_kg, n, draw):
        mass = round(float(draw.uniform(0.9, 1.3)), 4)
        rows.append(
            {
                "sample_mass_g": mass,
                "water_microgram": round(content * mass + BLANK_MICROGRAM, 1),
                "blank_microgram": BLANK_MICROGRAM,
                "oven_temperature_celsius": OVEN_CELSIUS,
            }
        )
    return write("moisture", MOISTURE, MOISTURE.checked(rows))


def residual_lithium(
    hydroxide_mg_per_kg: float, carbonate_mg_per_kg: float, relative_sd: float, n: int, seed: int
) -> bytes:
    """Titrations of extracts of about 10 g to two endpoints, typed in.

    Args:
        relative_sd: of both contents, which scatter together.
    """
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
    return write("residual_lithium", RESIDUAL_LITHIUM, RESIDUAL_LITHIUM.checked(rows))


@dataclass(frozen=True)
class Counted:
    """The particles of one cycle number.

    Attributes:
        cycle_count: that the cell had made.
        particles: how many were counted.
        shares: of intact, mildly damaged and broken ones, which add up to 1.
        images: over which they are spread at random.
    """

    cycle_count: int
    particles: int
    shares: Sequence[float]
    images: int = 12


def fracture_census(counted: Sequence[Counted], seed: int) -> bytes:
    """A census of images that has these shares, to the nearest particle, typed in."""
    draw = np.random.default_rng(seed)
    rows = []
    for one in counted:
        particles = np.repeat(np.arange(len(CLASSES)), whole_counts(one.particles, one.shares))
        draw.shuffle(particles)
        for number, image in enumerate(np.array_split(particles, one.images), start=1):
            counts = np.bincount(image, minlength=len(CLASSES)).tolist()
            rows.append(
                {
                    "cycle_count": one.cycle_count,
                    **dict(zip(CLASSES, counts, strict=True)),
                    "image": f"SEM {one.cycle_count}-{number:02d}",
                }
            )
    return write("fracture_census", CENSUS, CENSUS.checked(rows))


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


def particle_size(
    percentiles_micrometre: Mapping[int, float], relative_sd: float, n: int, sample: str, seed: int
) -> bytes:
    """Laser diffraction of a powder, as a Mastersizer 3000 exports records side by side.

    The distribution is log-normal, and skewed as far as the three percentiles ask for.

    Args:
        percentiles_micrometre: the sizes of 10, 50 and 90 %.
        relative_sd: of the sizes from record to record.
        sample: its name, which is marked as simulated.
    """
    draw = np.random.default_rng(seed)
    lower = 0.01 * 10 ** (np.arange(round(CLASSES_PER_DECADE * math.log10(3500 / 0.01)) + 1) / CLASSES_PER_DECADE)
    edges = np.append(lower, lower[-1] * 10 ** (1 / CLASSES_PER_DECADE))
    records = []
    for factor in spread(1.0, relative_sd, n, draw):
        d10, d50, d90 = (factor * percentiles_micrometre[percent] for percent in (10, 50, 90))
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
