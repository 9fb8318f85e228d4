"""Residual LiOH and Li2CO3 on a powder, by titration of its water extract with HCl to two endpoints. Pure.

    to pH 8.3 (first volume, V1):   OH⁻ + H⁺ → H2O     CO3²⁻ + H⁺ → HCO3⁻
    on to pH 4.5 (second volume):   HCO3⁻ + H⁺ → H2O + CO2

With V2 counted from the start, carbonate took V2 − V1 twice, hydroxide the rest:

    n(LiOH) = (2·V1 − V2)·c,   n(Li2CO3) = (V2 − V1)·c,   n(Li) = V2·c

and each divided by the aliquot's share of the extract and the mass of the sample. Where V2 > 2·V1 no hydroxide is left
and the extract holds bicarbonate, from CO2 of the air: n(Li2CO3) = V1·c, n(LiHCO3) = (V2 − 2·V1)·c; the lithium is V2·c
as before. Source: the two-indicator method (Warder); I. M. Kolthoff and V. A. Stenger, Volumetric Analysis II,
Interscience 1947. Standard atomic weights: IUPAC 2021, abridged.

Everything basic in the extract counts as lithium's: the powder's own lithium that water leaches, too, so that volume
and time of the extraction belong to the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from characterization.residual_lithium.table import FOUND, REPLICATES, RESIDUAL_LITHIUM
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress
from labdb.replicates import Replicates

LI_G_PER_MOL = 6.94
LIOH_G_PER_MOL = 6.94 + 15.999 + 1.008
LI2CO3_G_PER_MOL = 2 * 6.94 + 12.011 + 3 * 15.999
LARGEST_RELATIVE_SD = 0.1
FROM_START, FROM_FIRST = "from_start", "from_first"


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """Each replicate's LiOH, Li2CO3 and lithium, their means, sample SD and n.

    Args:
        table: a `RESIDUAL_LITHIUM` table.
        parameters: `second_volume`, "from_start" (as burettes and titrators count) or "from_first" endpoint;
            `largest_relative_sd` (0.1, a fraction), above which the scatter of the lithium is said.
    """
    progress(0.5, "evaluating the titrations")
    replicates = contents(table, str(parameters.get("second_volume") or FROM_START))
    scalars = []
    for name in FOUND:
        told = Replicates.of(replicates[name].drop_nulls().to_list())
        if told is not None:
            scalars.append(Scalar(name, told.mean, told.sd, told.n))
    return Analysis(tuple(scalars), {"replicates": replicates}, tuple(doubts(replicates, parameters)))


def contents(table: pl.DataFrame, second_volume: str = FROM_START) -> pl.DataFrame:
    """A `RESIDUAL_LITHIUM` table as a `REPLICATES` table; its `second_volume_ml` counts from the start."""
    absent = [name for name in RESIDUAL_LITHIUM.columns if name not in table.columns]
    made = table.with_columns(pl.lit(None, pl.Float64).alias(name) for name in absent)
    first, second = pl.col("first_volume_ml"), pl.col("second_volume_ml")
    if second_volume == FROM_FIRST:
        made = made.with_columns((first + second).alias("second_volume_ml"))
    mol_per_kg_ml = pl.col("acid_molarity_mol_per_l") / (pl.col("aliquot_fraction") * pl.col("sample_mass_g"))
    mg_per_mol_ml = {
        FOUND[0]: pl.max_horizontal(2 * first - second, pl.lit(0.0)) * LIOH_G_PER_MOL * 1000,
        FOUND[1]: pl.min_horizontal(second - first, first) * LI2CO3_G_PER_MOL * 1000,
        FOUND[2]: second * LI_G_PER_MOL * 1000,
    }
    final_lithium = LI_G_PER_MOL * (pl.col(FOUND[0]) / LIOH_G_PER_MOL + 2 * pl.col(FOUND[1]) / LI2CO3_G_PER_MOL)
    made = made.with_row_index("replicate", offset=1).with_columns(final_lithium.alias(FOUND[2]))
    made = made.with_columns(
        pl.when(first.is_null()).then(pl.col(name)).when(second >= first).then(mg * mol_per_kg_ml).alias(name)
        for name, mg in mg_per_mol_ml.items()
    )
    return REPLICATES.conform(made)


def doubts(replicates: pl.DataFrame, parameters: Mapping[str, Any]) -> list[str]:
    """Sentences about titrations that cannot be so, and about scatter."""
    largest = float(parameters.get("largest_relative_sd") or LARGEST_RELATIVE_SD)
    found = []
    for row in replicates.filter(pl.col("first_volume_ml").is_not_null()).iter_rows(named=True):
        first, second = row["first_volume_ml"], row["second_volume_ml"]
        if second < first:
            found.append(
                f"replicate {row['replicate']} is left out: its second volume ({second:g} mL) is smaller than the first"
                f" ({first:g} mL), so it does not count from the start of the titration; choose “from the first"
                " endpoint”, or correct it"
            )
        elif second > 2 * first:
            found.append(
                f"replicate {row['replicate']}: the second volume ({second:g} mL) is more than twice the first"
                f" ({first:g} mL), which would be a negative LiOH; it is set to 0, and the rest counted as bicarbonate,"
                " from CO2 that the extract took up"
            )
    told = Replicates.of(replicates[FOUND[2]].drop_nulls().to_list())
    if told and told.sd is not None and told.sd > largest * told.mean:
        found.append(
            f"the replicates scatter by {told.sd:.0f} mg/kg of lithium around {told.mean:.0f} mg/kg, more than"
            f" {largest:.0%} of it"
        )
    one_only = replicates.filter(pl.col(FOUND[0]).is_null() != pl.col(FOUND[1]).is_null())
    if one_only.height:
        numbers = ", ".join(str(number) for number in one_only["replicate"])
        found.append(f"replicate {numbers} has only one of LiOH and Li2CO3, so its lithium is not known")
    return found
