"""Tap density of replicates. Pure.

Tap density = mass of the powder / its volume after tapping, where tapping has gone on until the volume no longer
falls. Source: ISO 3953:2011, Metallic powders: Determination of tap density; ASTM B527-15, Tap density of metal powders
and compounds (both: a graduated cylinder of 25 or 100 cm³ on a tapping apparatus). Labs of cathode powders commonly fix
the number of taps at 3000.

Not valid for a volume read after too few taps, which is what the warnings are for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from characterization.tap_density.table import REPLICATES
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress
from labdb.replicates import Replicates

FEWEST_TAPS = 3000
LARGEST_RELATIVE_SD = 0.05
# LiCoO2, the densest of the common oxides, has crystals of 5.06 g/cm³; no powder of them packs as densely.
CRYSTAL_DENSITY_G_PER_CM3 = 5.06


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """Each replicate's density, their mean, sample SD and n.

    Args:
        table: a `TAP_DENSITY` table.
        parameters: `fewest_taps` (3000) and `largest_relative_sd` (0.05, a fraction), from where on nothing is said.
    """
    progress(0.5, "dividing masses by volumes")
    replicates = densities(table)
    values = replicates["tap_density_g_per_cm3"].to_list()
    told = Replicates.of(values)
    scalars = (Scalar("tap_density_g_per_cm3", told.mean, told.sd, told.n),) if told else ()
    return Analysis(scalars, {"replicates": replicates}, tuple(doubts(replicates, parameters)))


def densities(table: pl.DataFrame) -> pl.DataFrame:
    """A `TAP_DENSITY` table as a `REPLICATES` table."""
    if "taps" not in table.columns:
        table = table.with_columns(pl.lit(None, pl.Int64).alias("taps"))
    made = table.with_row_index("replicate", offset=1).with_columns(
        (pl.col("mass_g") / pl.col("volume_cm3")).alias("tap_density_g_per_cm3")
    )
    return REPLICATES.conform(made)


def doubts(replicates: pl.DataFrame, parameters: Mapping[str, Any]) -> list[str]:
    """Sentences about what makes the number less than a tap density."""
    fewest = int(parameters.get("fewest_taps") or FEWEST_TAPS)
    largest = float(parameters.get("largest_relative_sd") or LARGEST_RELATIVE_SD)
    found = []
    few = replicates.filter(pl.col("taps") < fewest)
    if few.height:
        found.append(
            f"replicate {numbers(few)} was tapped {', '.join(f'{taps:,}' for taps in few['taps'])} times, fewer than"
            f" {fewest:,}; the volume may still fall, and the density is then too low"
        )
    if replicates["taps"].null_count():
        found.append("the number of taps was not said of every replicate, so nobody can see whether it was enough")
    dense = replicates.filter(pl.col("tap_density_g_per_cm3") > CRYSTAL_DENSITY_G_PER_CM3)
    if dense.height:
        found.append(
            f"replicate {numbers(dense)} is denser than the crystals of any common cathode oxide"
            f" ({CRYSTAL_DENSITY_G_PER_CM3} g/cm³); look at its mass, its volume and their units"
        )
    told = Replicates.of(replicates["tap_density_g_per_cm3"].to_list())
    if told and told.sd is not None and told.sd > largest * told.mean:
        found.append(
            f"the replicates scatter by {told.sd / told.mean:.1%} (SD / mean), more than {largest:.1%};"
            " read the volumes again, or measure another one"
        )
    return found


def numbers(replicates: pl.DataFrame) -> str:
    """Which replicates, as people count them."""
    return ", ".join(str(number) for number in replicates["replicate"])
