"""Water in a powder by coulometric Karl Fischer titration. Pure.

Water content = (water found − blank − drift × time) / sample mass, in µg/g, which is mg/kg. Iodine made by the current
reacts with water one to one, so that 1 µg of water is 10.71 mC; the titrator counts it. Source: ASTM E1064, Water in
organic liquids by coulometric Karl Fischer titration; GB/T 45330-2025, Cathode materials for lithium ion batteries:
Determination of water content (the same with an oven). Powders give off more water the hotter the oven: contents
compare only at one temperature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from characterization.moisture.table import MOISTURE, REPLICATES
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress
from labdb.replicates import Replicates

LARGEST_RELATIVE_SD = 0.1
LARGEST_BLANK_SHARE = 0.5


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """Each replicate's water content, their mean, sample SD and n.

    Args:
        table: a `MOISTURE` table.
        parameters: `largest_relative_sd` (0.1, a fraction), above which the scatter is said.
    """
    progress(0.5, "subtracting blanks and drift")
    replicates = contents(table)
    told = Replicates.of(replicates["water_content_mg_per_kg"].to_list())
    scalars = (Scalar("water_content_mg_per_kg", told.mean, told.sd, told.n),) if told else ()
    return Analysis(scalars, {"replicates": replicates}, tuple(doubts(replicates, parameters)))


def contents(table: pl.DataFrame) -> pl.DataFrame:
    """A `MOISTURE` table as a `REPLICATES` table; a blank or a drift that nobody gave is none."""
    absent = [name for name in MOISTURE.optional if name not in table.columns]
    table = table.with_columns(pl.lit(None, pl.Float64).alias(name) for name in absent)
    made = table.with_row_index("replicate", offset=1).with_columns(
        ((pl.col("water_microgram") - _beside()) / pl.col("sample_mass_g")).alias("water_content_mg_per_kg")
    )
    return REPLICATES.conform(made)


def _beside() -> pl.Expr:
    """µg of water that are not the sample's."""
    drift = pl.col("drift_microgram_per_min") * pl.col("titration_time_min")
    return pl.col("blank_microgram").fill_null(0) + drift.fill_null(0)


def doubts(replicates: pl.DataFrame, parameters: Mapping[str, Any]) -> list[str]:
    """Sentences about what makes the number less than a water content."""
    largest = float(parameters.get("largest_relative_sd") or LARGEST_RELATIVE_SD)
    found = []
    negative = replicates.filter(pl.col("water_content_mg_per_kg") < 0)
    if negative.height:
        found.append(
            f"replicate {_numbers(negative)} holds less water than its blank and drift; its negative content is kept in"
            " the mean, as leaving it out would make the others look too wet: measure the blank again"
        )
    mostly = replicates.filter(
        (_beside() > LARGEST_BLANK_SHARE * pl.col("water_microgram")) & (pl.col("water_content_mg_per_kg") >= 0)
    )
    if mostly.height:
        found.append(
            f"more than half of the water of replicate {_numbers(mostly)} is that of blank and drift; weigh in more"
        )
    blanks = replicates["blank_microgram"]
    if blanks.null_count() == replicates.height:
        found.append("no blank was given, so the water of vial and gas counts as that of the powder")
    elif blanks.null_count():
        found.append(f"replicate {_numbers(replicates.filter(pl.col('blank_microgram').is_null()))} has no blank")
    temperatures = replicates["oven_temperature_celsius"].drop_nulls().unique().sort().to_list()
    if len(temperatures) > 1:
        found.append(
            f"the oven was at {', '.join(f'{value:g}' for value in temperatures)} °C; contents of several temperatures"
            " are no replicates of each other"
        )
    told = Replicates.of(replicates["water_content_mg_per_kg"].to_list())
    if told and told.sd is not None and told.sd > largest * abs(told.mean):
        found.append(
            f"the replicates scatter by {told.sd:.0f} mg/kg around {told.mean:.0f} mg/kg, more than {largest:.0%} of it"
        )
    return found


def _numbers(replicates: pl.DataFrame) -> str:
    return ", ".join(str(number) for number in replicates["replicate"])
