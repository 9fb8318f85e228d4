"""Shares of intact, mildly damaged and broken particles, how sure they are, and whether two censuses differ. Pure.

A share is a count / all particles counted after that number of cycles. Its confidence interval is Wilson's, each share
by itself: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209. Where it is chosen, Goodman's simultaneous intervals hold
for all three shares at once: L. A. Goodman, Technometrics 7 (1965) 247, with the Bonferroni quantile.

Censuses are compared by Pearson's chi-square test of homogeneity. Where an expected count is below 5 and there are two
censuses, by Fisher's exact test, for three classes after G. H. Freeman and J. H. Halton, Biometrika 38 (1951) 141. The
effect is Cramér's V, √(χ² / (N · min(rows − 1, columns − 1))); its size in words is that of Cohen's w = V ·
√min(rows − 1, columns − 1), small from 0.1, medium from 0.3, large from 0.5: J. Cohen, Statistical Power Analysis for
the Behavioral Sciences (1988).

All of it takes particles as independent. Particles of one image are not quite, for what broke one pressed its
neighbour; where images differ by more than chance, the intervals are too narrow, and this is said.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl

from characterization.fracture.table import CLASSES, SHARES
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress

CONFIDENCE = 0.95
WILSON, GOODMAN = "wilson", "goodman"
FEWEST_EXPECTED = 5.0
IMAGES_DIFFER = 0.01  # p below which images are said to differ


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """The shares of every cycle number; as results those of the highest one, and of every one by its name.

    Args:
        table: a `CENSUS` table.
        parameters: `confidence` (0.95), `interval` ("wilson" or "goodman"); `opened_after_cycle`, how many cycles the
            cell had made, where it is known.
    """
    progress(0.5, "summing up the images")
    confidence = float(parameters.get("confidence") or CONFIDENCE)
    found = shares(table, confidence, str(parameters.get("interval") or WILSON))
    scalars: list[Scalar] = []
    if found.height:
        last = found.row(-1, named=True)
        scalars += [Scalar(f"{name}_share", last[f"{name}_share"], n=last["particles_counted"]) for name in CLASSES]
        scalars.append(Scalar("particles_counted", last["particles_counted"]))
        scalars.append(Scalar("cycle_count", last["cycle_count"]))
        for row in found.iter_rows(named=True):
            scalars += [
                Scalar(f"{name}_share_at_{row['cycle_count']}", row[f"{name}_share"], n=row["particles_counted"])
                for name in CLASSES
            ]
    return Analysis(tuple(scalars), {"shares": found}, tuple(doubts(table, parameters)))


def shares(table: pl.DataFrame, confidence: float = CONFIDENCE, interval: str = WILSON) -> pl.DataFrame:
    """A `CENSUS` table as a `SHARES` table: images of a cycle number are added up.

    Raises:
        ValueError: the confidence is not between 0 and 1.
    """
    z = quantile(confidence, len(CLASSES) if interval == GOODMAN else 1)
    sums = table.group_by("cycle_count").agg(pl.len().alias("images"), *(pl.col(name).sum() for name in CLASSES))
    sums = sums.with_columns(pl.sum_horizontal(CLASSES).alias("particles_counted")).sort("cycle_count")
    sums = sums.filter(pl.col("particles_counted") > 0)
    columns = {}
    for name in CLASSES:
        pairs = zip(sums[name], sums["particles_counted"], strict=True)
        ends = [score_interval(count, of, z) for count, of in pairs]
        columns[f"{name}_share"] = sums[name] / sums["particles_counted"]
        columns[f"{name}_share_low"] = pl.Series([low for low, _ in ends], dtype=pl.Float64)
        columns[f"{name}_share_high"] = pl.Series([high for _, high in ends], dtype=pl.Float64)
    return SHARES.conform(sums.with_columns(values.alias(name) for name, values in columns.items()))


def quantile(confidence: float, at_once: int = 1) -> float:
    """Two-sided standard normal quantile; for several intervals at once the error is divided among them.

    Raises:
        ValueError: the confidence is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence:g}")
    return NormalDist().inv_cdf(1 - (1 - confidence) / (2 * at_once))


def score_interval(count: int, of: int, z: float) -> tuple[float, float]:
    """Wilson's interval of the share count / of, for a normal quantile."""
    share = count / of
    centre = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    below = 1 + z * z / of
    return max((centre - half) / below, 0.0), min((centre + half) / below, 1.0)


@dataclass(frozen=True)
class Difference:
    """Whether censuses are alike.

    Attributes:
        test: "chi-square" or "Fisher's exact".
        chi_square: Pearson's statistic, also where the exact test decides.
        degrees_of_freedom: of classes that occur and censuses.
        p_value: how often chance alone would differ by as much.
        cramers_v: 0 (alike) to 1.
        particles: of all censuses.
        smallest_expected: count in any class of any census, were they alike.
        censuses: how many.
    """

    test: str
    chi_square: float
    degrees_of_freedom: int
    p_value: float
    cramers_v: float
    particles: int
    smallest_expected: float
    censuses: int

    @property
    def effect(self) -> str:
        """The size of the effect in words, after Cohen."""
        w = math.sqrt(self.chi_square / self.particles)
        return next(
            (word for least, word in ((0.5, "large"), (0.3, "medium"), (0.1, "small")) if w >= least), "very small"
        )

    def words(self, confidence: float = CONFIDENCE) -> str:
        """The outcome in a sentence, without its full stop."""
        p = "p < 0.001" if self.p_value < 0.001 else f"p = {self.p_value:.3f}"
        if self.test == "chi-square":
            p = f"χ² = {self.chi_square:.1f}, {self.degrees_of_freedom} degrees of freedom, {p}"
        else:
            p = f"{self.test} test, {p}"
        told = f"{p}; Cramér's V = {self.cramers_v:.2f}, a {self.effect} effect"
        differ = "the shares differ" if self.p_value < 1 - confidence else "no difference is shown"
        caution = ""
        if self.test == "chi-square" and self.smallest_expected < FEWEST_EXPECTED:
            caution = ", though counts are too small for this test"
        return f"{differ} ({told}){caution}"


def difference(censuses: Sequence[Sequence[int]]) -> Difference:
    """Test whether censuses have the same shares.

    Args:
        censuses: counts of the classes, in the same order, of two or more censuses.

    Raises:
        ValueError: there are fewer than two with a particle, or a count is negative.
    """
    counts = np.array([list(census) for census in censuses], dtype=np.int64)
    if counts.ndim != 2 or (counts < 0).any():
        raise ValueError("a census is a list of counts, one for each class")
    counts = counts[counts.sum(axis=1) > 0]
    if len(counts) < 2:
        raise ValueError("a test of difference needs two censuses with particles")
    counts = counts[:, counts.sum(axis=0) > 0]
    total = int(counts.sum())
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    smaller = min(counts.shape) - 1
    if not smaller:  # all particles are of one class
        return Difference("chi-square", 0.0, 0, 1.0, 0.0, total, float(expected.min()), len(counts))
    chi_square = float(((counts - expected) ** 2 / expected).sum())
    freedom = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    exact = len(counts) == 2 and expected.min() < FEWEST_EXPECTED
    return Difference(
        test="Fisher's exact" if exact else "chi-square",
        chi_square=chi_square,
        degrees_of_freedom=freedom,
        p_value=exact_p(counts) if exact else chi_square_p(chi_square, freedom),
        cramers_v=math.sqrt(chi_square / (total * smaller)),
        particles=total,
        smallest_expected=float(expected.min()),
        censuses=len(counts),
    )


def chi_square_p(statistic: float, degrees_of_freedom: int) -> float:
    """The upper tail of the chi-square distribution."""
    from scipy.special import chdtrc

    return float(chdtrc(degrees_of_freedom, statistic))


def exact_p(counts: np.ndarray) -> float:
    """Fisher's exact test of two censuses of two or three classes: all tables of the same sums that are no likelier.

    Args:
        counts: shape (2, 2) or (2, 3), no empty class.
    """
    row = counts[int(np.argmin(counts.sum(axis=1)))]  # the smaller one has fewer possible tables
    columns, taken = counts.sum(axis=0), int(row.sum())
    order = np.argsort(columns)  # what is left for the largest class follows from the others
    row, columns = row[order], columns[order]
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, columns.sum() + 1)))])

    def log_choices(of: int, some: np.ndarray) -> np.ndarray:
        return log_factorial[of] - log_factorial[some] - log_factorial[of - some]

    free = [np.arange(min(int(column), taken) + 1) for column in columns[:-1]]
    grids = np.meshgrid(*free, indexing="ij")
    rest = taken - np.sum(grids, axis=0)
    possible = (rest >= 0) & (rest <= columns[-1])
    parts = [grid[possible] for grid in grids] + [rest[possible]]
    logs = np.sum([log_choices(int(column), part) for column, part in zip(columns, parts, strict=True)], axis=0)
    seen = sum(float(log_choices(int(column), own)) for column, own in zip(columns, row, strict=True))
    total = float(log_choices(int(columns.sum()), np.array(taken)))
    return float(min(np.exp(logs[logs <= seen + 1e-7] - total).sum(), 1.0))


def doubts(table: pl.DataFrame, parameters: Mapping[str, Any]) -> list[str]:
    """Sentences about what makes the shares less sure than their intervals say."""
    found = []
    opened = parameters.get("opened_after_cycle")
    cycles = table["cycle_count"].unique().sort().to_list()
    if opened is not None and cycles and cycles != [opened]:
        said = ", ".join(str(cycle) for cycle in cycles)
        found.append(f"the cell was opened after {opened} cycles, but the census says {said}; correct one of them")
    if "image" in table.columns:
        twice = (
            table.filter(pl.col("image").is_not_null()).group_by("cycle_count", "image").len().filter(pl.col("len") > 1)
        )
        for row in twice.sort("cycle_count", "image").iter_rows(named=True):
            found.append(f"image {row['image']} after {row['cycle_count']} cycles stands there {row['len']} times")
    for cycle in cycles:
        images = table.filter(pl.col("cycle_count") == cycle).select(CLASSES)
        images = images.filter(pl.sum_horizontal(CLASSES) > 0)
        if images.height < 2:
            continue
        apart = difference(images.rows())
        if apart.smallest_expected >= FEWEST_EXPECTED and apart.p_value < IMAGES_DIFFER:
            found.append(
                f"the images after {cycle} cycles differ by more than chance"
                f" (χ² = {apart.chi_square:.1f}, p = {apart.p_value:.2g}): the intervals are too narrow"
            )
    return found
