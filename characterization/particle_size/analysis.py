"""D10, D50, D90 and span of a volume distribution by laser diffraction. Pure.

Dx is the size below which x % of the volume of all particles lies: the cumulative curve through the upper edges of the
classes, interpolated linearly over the logarithm of the size. Span = (D90 − D10) / D50. Source: ISO 9276-1 and -2,
Representation of results of particle size analysis; ISO 13320, Laser diffraction methods. Classes are narrow against
the distribution (ratios of 1.1 to 1.2), or interpolation within them matters.

The volume density is that of a class / the width of the class in decades of size, so that curves of instruments with
other classes have one scale.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from characterization.particle_size.table import DISTRIBUTION, LOWER, MIDDLE, PERCENTILES, REPLICATES, UPPER
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress
from labdb.replicates import Replicates

REACHED = 0.999  # of the volume, from where on a cumulative curve is taken as whole
STATED_TOLERANCE = 0.02


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """Percentiles of every replicate, their means, sample SD and n; the distributions with both edges of each class.

    Args:
        table: a `PARTICLE_SIZE` table.
        parameters: `size_is` ("upper", "lower", "middle"), which edge of its class a size is, where it is not as the
            file says; `sample_label`, which of several samples of a file is meant.
    """
    progress(0.3, "adding up the classes")
    if "replicate" not in table.columns:
        table = table.with_row_index("replicate", offset=1)
    warnings: list[str] = []
    table = _of_sample(table, str(parameters.get("sample_label") or ""), warnings)
    curves, rows = [], []
    chosen = str(parameters.get("size_is") or "")
    for (number,), own in table.group_by("replicate", maintain_order=True):
        stated = {name: _first(own, name) for name in PERCENTILES}
        curve = distribution(own, chosen)
        if curve is None:
            rows.append({"replicate": number, **stated})
            continue
        found = {name: percentile(curve, share) for name, share in PERCENTILES.items()}
        warnings += doubts(f"replicate {number}", own, curve, found, stated, chosen)
        curves.append(curve)
        rows.append({"replicate": number, **found})
    replicates = REPLICATES.conform(
        pl.DataFrame(
            rows, schema={name: REPLICATES.columns[name] for name in ("replicate", *PERCENTILES)}
        ).with_columns(
            ((pl.col("d90_micrometre") - pl.col("d10_micrometre")) / pl.col("d50_micrometre")).alias(
                "particle_size_span"
            )
        )
    )
    scalars = []
    for name in (*PERCENTILES, "particle_size_span"):
        told = Replicates.of(replicates[name].drop_nulls().to_list())
        if told is not None:
            scalars.append(Scalar(name, told.mean, told.sd, told.n))
    tables = {"replicates": replicates}
    if curves:
        tables["distribution"] = pl.concat(curves)
    return Analysis(tuple(scalars), tables, tuple(dict.fromkeys(warnings)))


def _of_sample(table: pl.DataFrame, label: str, warnings: list[str]) -> pl.DataFrame:
    """The rows of one sample; none where the file has several and nobody says which."""
    if "sample" not in table.columns:
        return table
    samples = table["sample"].drop_nulls().unique(maintain_order=True).to_list()
    some = ", ".join(samples[:8]) + (" …" if len(samples) > 8 else "")
    if label and label not in samples:
        warnings.append(f"the file has no sample {label}; it has {some or 'no names of samples'}")
        return table.clear()
    if not label and len(samples) > 1:
        warnings.append(f"the file has several samples ({some}); enter which one this is")
        return table.clear()
    return table.filter(pl.col("sample") == label) if label else table


def _first(table: pl.DataFrame, name: str) -> float | None:
    values = table[name].drop_nulls() if name in table.columns else pl.Series(dtype=pl.Float64)
    return float(values[0]) if len(values) else None


def distribution(table: pl.DataFrame, size_is: str = "") -> pl.DataFrame | None:
    """One replicate of a `PARTICLE_SIZE` table as a `DISTRIBUTION` table; None where only percentiles are known.

    The class at either end whose other edge the file does not have is as wide, in decades, as its neighbour.

    Args:
        size_is: which edge of its class a size is, in place of what the file says.
    """
    if "size_micrometre" not in table.columns or table["size_micrometre"].null_count() == table.height:
        return None
    size = table["size_micrometre"].to_numpy()
    cumulative = table["cumulative_volume_share"].to_numpy()
    if np.isfinite(cumulative).all():
        upper, lower = size, np.concatenate([[size[0] ** 2 / size[1]], size[:-1]])
        share = np.diff(cumulative, prepend=0.0)
    else:
        share = table["volume_share"].to_numpy()
        lower, upper = edges(size, size_is or str(table["size_is"].drop_nulls().first() or UPPER))
        cumulative = np.minimum(np.cumsum(share), 1.0)
    share = np.maximum(share, 0.0)
    return DISTRIBUTION.conform(
        pl.DataFrame(
            {
                "replicate": table["replicate"],
                "lower_size_micrometre": lower,
                "size_micrometre": upper,
                "volume_share": share,
                "cumulative_volume_share": cumulative,
                "volume_density_percent_per_decade": 100 * share / np.log10(upper / lower),
            }
        )
    )


def edges(size: np.ndarray, size_is: str) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper edges of classes by their sizes; middles are geometric.

    Args:
        size: rising, two or more.
        size_is: UPPER, LOWER or MIDDLE.
    """
    before, after = size[0] ** 2 / size[1], size[-1] ** 2 / size[-2]
    if size_is == LOWER:
        return size, np.append(size[1:], after)
    if size_is == MIDDLE:
        between = np.sqrt(size[:-1] * size[1:])
        return np.insert(between, 0, math.sqrt(before * size[0])), np.append(between, math.sqrt(size[-1] * after))
    return np.insert(size[:-1], 0, before), size


def percentile(curve: pl.DataFrame, share: float) -> float | None:
    """The size below which a share of the volume lies, in µm; None where the curve does not reach so far.

    Args:
        curve: a `DISTRIBUTION` table of one replicate.
    """
    upper, below = curve["size_micrometre"].to_numpy(), curve["cumulative_volume_share"].to_numpy()
    at = int(np.searchsorted(below, share - 1e-12))
    if at == len(below):
        return None
    if at == 0:
        # Within the first class only where it is one, not all that is finer than the instrument's range.
        return float(upper[0]) if math.isclose(below[0], share) else None
    part = (share - below[at - 1]) / (below[at] - below[at - 1])
    return float(upper[at - 1] * (upper[at] / upper[at - 1]) ** part)


def doubts(
    which: str,
    table: pl.DataFrame,
    curve: pl.DataFrame,
    found: Mapping[str, float | None],
    stated: Mapping[str, float | None],
    chosen: str,
) -> list[str]:
    """Sentences about a curve that is not whole, or not that of which the file states percentiles."""
    said = []
    last = float(curve["cumulative_volume_share"][-1])
    if last < REACHED:
        said.append(
            f"{which}: the cumulative curve ends at {last:.1%}; classes are missing above"
            f" {float(curve['size_micrometre'][-1]):.4g} µm"
        )
    unreached = [_printed(name) for name, value in found.items() if value is None]
    if unreached:
        said.append(f"{which}: the curve does not reach {_and(unreached)}")
    apart = {name: (found[name], value) for name, value in stated.items() if value and found[name]}
    off = {
        name: ours / theirs - 1
        for name, (ours, theirs) in apart.items()
        if ours is not None and theirs is not None and abs(ours / theirs - 1) > STATED_TOLERANCE
    }
    for name, by in off.items():
        said.append(
            f"{which}: {_printed(name)} is {found[name]:.4g} µm by the classes, {by:+.1%} from the"
            f" {stated[name]:.4g} µm that the file states{_better_edge(table, stated, chosen)}"
        )
    return said


def _better_edge(table: pl.DataFrame, stated: Mapping[str, float | None], chosen: str) -> str:
    """Which other edge the sizes would be, by the percentiles that the file states; empty where none fits."""
    if table["cumulative_volume_share"].null_count() < table.height:
        return ""
    for edge in (UPPER, LOWER, MIDDLE):
        curve = distribution(table, edge)
        if curve is None or edge == chosen:
            continue
        pairs = [(percentile(curve, PERCENTILES[name]), value) for name, value in stated.items() if value]
        if pairs and all(ours and abs(ours / value - 1) < STATED_TOLERANCE / 2 for ours, value in pairs):
            return f"; with sizes as the {edge} {'edges' if edge != MIDDLE else 'sizes'} of the classes it fits"
    return ""


def _printed(name: str) -> str:
    return name.partition("_")[0].upper()


def _and(words: Sequence[str]) -> str:
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"
