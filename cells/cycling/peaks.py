"""The peaks of dQ/dV through a test: which cycles are followed, what moves, how far. A part of the analysis. Pure."""

from __future__ import annotations

import polars as pl
from polars import col

from cells.cycling.dq_dv import DQ_DV, differentiate, find_dq_dv_peaks
from cells.cycling.part import Tested
from cells.cycling.peak_tracks import H2_H3, follow
from cells.cycling.scalars import AT_CYCLES
from labdb.ingest.technique import Analysis, Scalar

MOST_CYCLES = 80  # are followed, so that a test of thousands of cycles is analysed as quickly
MILLIVOLT = 1000.0


def analyse(tested: Tested) -> Analysis:
    """dQ/dV of the followed cycles, their peaks, and what these say of the test.

    Tables `dq_dv` (a `DQ_DV` table of those followed cycles at which results stand) and `dq_dv_peaks` (`PEAK_TRACKS`).
    The polarisation is that of the highest transition that both halves show in the first ageing cycle; shifts and
    positions are those of H2-H3, where it is named.
    """
    told, more = followed(tested.cycles, tested.told.dq_dv_every)
    curves = differentiate(tested.table, tested.steps, sorted({*told, *more}), tested.told.active_mass_mg)
    if curves.is_empty():
        return Analysis()
    tracks = follow(find_dq_dv_peaks(curves), tested.cycles, tested.told.reference_potential_volt)
    tables = {"dq_dv": DQ_DV.conform(curves.filter(col("cycle_count").is_in(told)))}
    if tracks.height:
        tables["dq_dv_peaks"] = tracks
    return Analysis(peak_scalars(tracks), tables)


def followed(cycles: pl.DataFrame, every: float) -> tuple[list[int], list[int]]:
    """The cycles whose peaks are followed, at most 80; formation where nothing has aged yet.

    Args:
        cycles: a `CYCLES` table.
        every: so many ageing cycles apart; of a shorter test all, of a very long one twice or four times as many.

    Returns:
        Ageing cycle 1, those at which results stand (10, 50, 100 …) and the last one; and those between, every so many.
    """
    ageing = cycles.filter(col("ageing_index").is_not_null())["cycle_count"].to_list()
    if not ageing:
        formation = cycles.filter(col("complete") & (col("kind").cast(pl.String) == "formation"))
        return formation["cycle_count"].to_list()[:MOST_CYCLES], []
    last = len(ageing)
    told = sorted({1, *(number for number in AT_CYCLES if number <= last), last})
    step = max(1, round(every)) if last > every else 1
    while last // step > MOST_CYCLES - len(told):
        step *= 2
    return [ageing[number - 1] for number in told], [ageing[number - 1] for number in range(step, last + 1, step)]


def polarisation(tracks: pl.DataFrame) -> pl.DataFrame:
    """Charge peak − discharge peak of each transition, one row a cycle and peak that both halves show.

    Args:
        tracks: a `PEAK_TRACKS` table.

    Returns:
        `cycle_count`, `ageing_index`, `peak`, `transition`, `charge` and `discharge` in volt, and
        `dq_dv_polarisation_millivolt`.
    """
    keys = ["cycle_count", "ageing_index", "peak", "transition"]
    halves = [
        tracks.filter(col("half").cast(pl.String) == half).select(*keys, col("voltage_volt").alias(half))
        for half in ("charge", "discharge")
    ]
    return (
        halves[0]
        .join(halves[1].drop("ageing_index", "transition"), on=["cycle_count", "peak"], maintain_order="left")
        .with_columns(dq_dv_polarisation_millivolt=(col("charge") - col("discharge")) * MILLIVOLT)
    )


def peak_scalars(tracks: pl.DataFrame) -> tuple[Scalar, ...]:
    """What the first ageing cycle and the N-th say; nothing where the first does not show the transition."""
    ageing = tracks.filter(col("ageing_index").is_not_null())
    scalars: list[Scalar] = []
    both = polarisation(ageing)
    first = both.filter(col("ageing_index") == 1)
    if first.height:
        highest = both.filter(col("peak") == first["peak"].max())
        values = dict(highest.select("ageing_index", "dq_dv_polarisation_millivolt").iter_rows())
        scalars.append(Scalar("first_dq_dv_polarisation_millivolt", values[1]))
        scalars += _at("dq_dv_polarisation_millivolt", values)
    for half in ("charge", "discharge"):
        own = ageing.filter((col("half").cast(pl.String) == half) & (col("transition").cast(pl.String) == H2_H3))
        places = dict(own.select("ageing_index", "voltage_volt").iter_rows())
        if 1 in places:
            scalars.append(Scalar(f"first_h2_h3_{half}_voltage_volt", places[1]))
            shifts = {number: (voltage - places[1]) * MILLIVOLT for number, voltage in places.items()}
            scalars += _at(f"h2_h3_{half}_shift_millivolt", shifts)
    return tuple(scalars)


def _at(name: str, values: dict[int, float]) -> list[Scalar]:
    return [Scalar(f"{name}_at_{number}", value) for number, value in values.items() if number in AT_CYCLES]
