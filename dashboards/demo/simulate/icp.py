"""An ICP-OES run of dissolved powders, as Thermo's Qtegra exports it. Pure.

A powder is LixMO2 with what washing left in it. It is dissolved whole; each emission line shows its concentration with
a bias of its own of some per mille, and three readings that scatter by 0.2 % and by a background. The run begins with a
blank and three standards; a digestion blank, which went through the acid and brought a trace of sodium, comes before
the samples, a blank after them. The first field of the file says that nothing was measured. The same digests and seed
give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import periodictable

from dashboards.demo.simulate.neware_csv import SIMULATED

READINGS = 3
READING_RSD = 0.002
LINE_BIAS = 0.002
BACKGROUND_MG_PER_L = 0.0004
SODIUM_OF_THE_ACID_MG_PER_L = 0.004
STANDARDS = (0.01, 0.1, 1.0)  # of the highest concentration that an element is calibrated to


@dataclass(frozen=True)
class EmissionLine:
    """A line as Qtegra names it, what it is calibrated to, and the counts of 1 mg/L."""

    name: str
    highest_mg_per_l: float
    counts: float

    @property
    def element(self) -> str:
        return self.name.split()[0]


LINES = (
    EmissionLine("Li 610.362 {55} (Radial)", 100.0, 5_200.0),
    EmissionLine("Li 670.784 {50} (Radial)", 100.0, 88_000.0),
    EmissionLine("Ni 221.647 {152} (Radial)", 600.0, 1_900.0),
    EmissionLine("Ni 231.604 {145} (Radial)", 600.0, 1_400.0),
    EmissionLine("Co 228.616 {147} (Radial)", 150.0, 2_300.0),
    EmissionLine("Co 238.892 {141} (Radial)", 150.0, 1_700.0),
    EmissionLine("Mn 257.610 {131} (Radial)", 150.0, 19_000.0),
    EmissionLine("Mn 259.373 {130} (Radial)", 150.0, 12_000.0),
    EmissionLine("Al 396.152 {85} (Radial)", 20.0, 3_100.0),
    EmissionLine("K 766.490 {44} (Radial)", 20.0, 16_000.0),
    EmissionLine("K 769.896 {44} (Radial)", 20.0, 8_100.0),
    EmissionLine("S 180.731 {486} (Radial)", 20.0, 210.0),
    EmissionLine("S 182.034 {485} (Radial)", 20.0, 130.0),
    EmissionLine("Na 589.592 {57} (Radial)", 20.0, 41_000.0),
)


@dataclass(frozen=True)
class Digest:
    """A powder that was dissolved.

    Attributes:
        label: in the file; the code of its sample or batch, by which the measurement finds it.
        ratios: element → moles per mole of transition metal, lithium among them.
        residuals_mg_per_kg: element → what is left of the flux.
        sample_mass_mg, volume_ml, dilution_factor: as one would have to tell labdb, for Qtegra's table does not.
    """

    label: str
    ratios: Mapping[str, float]
    residuals_mg_per_kg: Mapping[str, float] = field(default_factory=dict)
    sample_mass_mg: float = 50.0
    volume_ml: float = 100.0
    dilution_factor: float = 1.0

    @property
    def mass_fractions(self) -> dict[str, float]:
        """Element → kg per kg of powder."""
        masses = {element: ratio * _molar_mass(element) for element, ratio in self.ratios.items()}
        oxide = sum(masses.values()) + 2 * _molar_mass("O")
        left = {element: amount / 1e6 for element, amount in self.residuals_mg_per_kg.items()}
        share = 1 - sum(left.values())
        return {element: mass / oxide * share for element, mass in masses.items()} | left

    @property
    def concentrations_mg_per_l(self) -> dict[str, float]:
        """Element → mg/L of the solution that is measured."""
        factor = self.sample_mass_mg / self.volume_ml * 1000 / self.dilution_factor
        return {element: share * factor for element, share in self.mass_fractions.items()}


def _molar_mass(element: str) -> float:
    return float(periodictable.elements.symbol(element).mass)


def write_qtegra(path: Path, digests: Sequence[Digest], seed: int) -> None:
    """Write one run as Qtegra's table of concentrations: csv with semicolons, four header lines, a row a solution.

    Who ingests it gives each measurement its `sample_mass_mg`, `volume_ml` and `dilution_factor`, and its
    `sample_label` where the code of the sample is not the label.
    """
    draw = np.random.default_rng([seed, len(LINES)])
    bias = 1 + LINE_BIAS * draw.uniform(-1, 1, len(LINES))
    highest = {line.element: line.highest_mg_per_l for line in LINES}
    acid = {"Na": SODIUM_OF_THE_ACID_MG_PER_L}
    solutions: list[tuple[str, Mapping[str, float], float | None]] = [("BLANK", {}, None)]
    solutions += [
        (f"Standard {number}", {element: top * level for element, top in highest.items()}, level)
        for number, level in enumerate(STANDARDS, start=1)
    ]
    solutions.append(("Digestion blank", acid, None))
    for digest in digests:
        found = digest.concentrations_mg_per_l
        brought = {element: found.get(element, 0.0) + amount for element, amount in acid.items()}
        solutions.append((digest.label, {**found, **brought}, None))
    solutions.append(("BLANK", {}, None))
    rows = [
        ";".join([str(number), label, *_row(contents, level, bias, draw)])
        for number, (label, contents, level) in enumerate(solutions, start=1)
    ]
    path.write_text("\n".join([*_header(), *rows, ""]), encoding="utf-8")


CATEGORIES = {
    "Raw.Average": "Y (cps)",
    "Raw.STD": "Y (cps)",
    "Raw.RSD": "Y (%)",
    "ExtCal.Average": "Y (ppm)",
    "ExtCal.STD": "Y (ppm)",
    "ExtCal.RSD": "Y (%)",
    "ExtCal.StandardConcentration": "Y (ppm)",
}


def _header() -> list[str]:
    columns = [(category, line.name, unit) for category, unit in CATEGORIES.items() for line in LINES]
    return [
        ";".join([SIMULATED, "", *(category for category, _, _ in columns)]),
        ";".join(["", "", *("0" for _ in columns)]),
        ";".join(["", "", *(name for _, name, _ in columns)]),
        ";".join(["", "", *(unit for _, _, unit in columns)]),
    ]


def _row(contents: Mapping[str, float], level: float | None, bias: np.ndarray, draw: np.random.Generator) -> list[str]:
    """The columns of a solution; a standard is what its line is calibrated by, and so has no bias."""
    true = np.array([contents.get(line.element, 0.0) for line in LINES]) * (1.0 if level else bias)
    relative = 1 + READING_RSD * draw.standard_normal((READINGS, len(LINES)))
    readings = true * relative + BACKGROUND_MG_PER_L * draw.standard_normal((READINGS, len(LINES)))
    counts = np.array([line.counts for line in LINES])
    mean, sd = readings.mean(axis=0), readings.std(axis=0, ddof=1)
    raw = mean * counts + counts**0.5
    rsd, raw_rsd = 100 * sd / np.abs(mean), 100 * sd * counts / np.abs(raw)
    nominal = [f"{level * line.highest_mg_per_l:.9g}" if level else "" for line in LINES]
    columns = [raw, sd * counts, raw_rsd, mean, sd, rsd]
    return [*(f"{value:.12g}" for column in columns for value in column), *nominal]
