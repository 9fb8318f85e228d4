"""Columns of an impedance file as our table: what every reader checks and says. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from cells.impedance.table import SPECTRUM
from labdb.ingest.numbers import clock_start
from labdb.ingest.reader import ReaderError, Reading

FREQUENCY, REAL, IMAGINARY = "frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm"
LEAST_POINTS = 3
MOST_POINTS = 200_000
# Beyond these no analyser measures: a wrong column, or a damaged number.
FREQUENCIES_HERTZ = (1e-9, 1e12)
IMPEDANCES_OHM = (1e-12, 1e18)
# A sweep begins anew where the frequency jumps back by a decade, or by half of what the sweeps cover.
JUMP_DECADES = 1.0
# A sweep that ends that far from the frequency that was set did not get there.
SHORT_OF = 1.5
MOSTLY = 0.8


def reading(
    columns: Mapping[str, pl.Series], name: str, metadata: Mapping[str, Any], said: Iterable[str] = ()
) -> Reading:
    """Columns, in our units and signs, as a reading.

    Rows without a frequency and without an impedance are records of direct current and are left out, which is said.

    Raises:
        ReaderError: there are fewer than three points or one frequency only, or a value is missing or impossible.
    """
    warnings = list(said)
    table = pl.DataFrame({column: values for column, values in columns.items() if column in SPECTRUM.columns})
    direct = (table[FREQUENCY] == 0) & (table[REAL] == 0) & (table[IMAGINARY] == 0)
    if direct.any():
        table = table.filter(~direct.fill_null(value=False))
        warnings.append(f"{int(direct.sum())} records of direct current, without a frequency, were left out")
    if table.height > MOST_POINTS:
        raise ReaderError(f"{name}: has {table.height} points, too many for impedance spectra; export fewer at once")
    for column, words in ((FREQUENCY, "frequency"), (REAL, "real part"), (IMAGINARY, "imaginary part")):
        wrong = table[column].is_null() | ~table[column].is_finite().fill_null(value=False)
        if wrong.any():
            raise ReaderError(
                f"{name}: the {words} of point {int(wrong.arg_true()[0]) + 1} is missing or no number;"
                " the file is damaged, export it again"
            )
    if table.height < LEAST_POINTS:
        there = "no point" if not table.height else "1 point" if table.height == 1 else f"{table.height} points"
        raise ReaderError(
            f"{name}: has {there}, and a spectrum needs at least {LEAST_POINTS} frequencies; export the whole spectrum"
        )
    if (table[FREQUENCY] <= 0).any():
        number = int((table[FREQUENCY] <= 0).arg_true()[0])
        raise ReaderError(
            f"{name}: the frequency of point {number + 1} is {table[FREQUENCY][number]:g} Hz, and must be above 0;"
            " export it again with its frequencies"
        )
    different = table[FREQUENCY].n_unique()
    if different < LEAST_POINTS:
        raise ReaderError(
            f"{name}: has only {different} different frequencies, which is no spectrum; export the whole spectrum"
        )
    if ((table[REAL] == 0) & (table[IMAGINARY] == 0)).any():
        raise ReaderError(f"{name}: a point has an impedance of 0 ohm; the file is damaged, export it again")
    _refuse_absurd(table, name)
    counted = spectra(table[FREQUENCY].to_numpy())
    table = table.with_columns(pl.Series("spectrum_count", counted))
    if int((table[IMAGINARY] > 0).sum()) > MOSTLY * table.height:
        warnings.append(
            "the imaginary part is positive nearly everywhere, as of −Im(Z): if the file holds that, choose so and"
            " analyse again"
        )
    return Reading(SPECTRUM.conform(table), {key: value for key, value in metadata.items() if value}, tuple(warnings))


def _refuse_absurd(table: pl.DataFrame, name: str) -> None:
    """
    Raises:
        ReaderError: a frequency or an impedance is none that an analyser measures.
    """
    size = (table[REAL] ** 2 + table[IMAGINARY] ** 2).sqrt()
    for values, (low, high), words in (
        (table[FREQUENCY], FREQUENCIES_HERTZ, "a frequency of {:g} Hz"),
        (size, IMPEDANCES_OHM, "an impedance of {:g} ohm"),
    ):
        outside = ~values.is_between(low, high)
        if outside.any():
            place = int(outside.arg_true()[0])
            raise ReaderError(
                f"{name}: point {place + 1} has {words.format(values[place])}, which nobody measures; choose the"
                " right columns, or export it again"
            )


def spectra(frequency: np.ndarray) -> np.ndarray:
    """The number of the spectrum of each point, from 1: a sweep begins anew where the frequency jumps back."""
    places = np.log10(frequency)
    steps = np.diff(places)
    moves = steps[steps != 0]
    if not moves.size:
        return np.ones(len(frequency), dtype=np.int64)
    direction = math.copysign(1.0, float(np.median(moves)))
    jump = min(JUMP_DECADES, (places.max() - places.min()) / 2)
    return 1 + np.concatenate([[0], np.cumsum(-direction * steps >= jump)]).astype(np.int64)


def ended_early(columns: Mapping[str, pl.Series], final: float | None) -> list[str]:
    """What to say where the last frequency is not the one that was set for the end of the sweep."""
    used = columns[FREQUENCY].drop_nulls().to_numpy()
    used = used[used > 0]
    if final is None or not math.isfinite(final) or final <= 0 or len(used) < 2:
        return []
    first, last = float(used[0]), float(used[-1])
    short = last / final if first > last else final / last
    if short <= SHORT_OF:
        return []
    return [f"the sweep ends at {last:.4g} Hz, {final:.4g} Hz were set: the measurement or its export is incomplete"]


def started(date: str, time: str = "", prefer: str = "month") -> str | None:
    """A clock as ISO 8601, None where it cannot be told."""
    moment = clock_start(f"{date} {time}".strip(), prefer=prefer)
    return moment.isoformat() if moment else None


def number(written: str | None) -> float | None:
    """A number of a header, None where it is none."""
    try:
        value = float((written or "").strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
