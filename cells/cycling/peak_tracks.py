"""The peaks of dQ/dV followed through the cycles, paired between charge and discharge, and named. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from polars import col

from cells.cycling.dq_dv import PEAKS
from labdb.tables.schema import TableSchema

GATE_VOLT = 0.04  # between two cycles that follow each other here; what lies farther off is another peak
MISSED_CYCLES = 4  # of those followed; what stays away longer and comes back is another peak
SEEN_CYCLES = 3  # of those followed; what is seen in fewer is noise
REVERSED_VOLT = 0.02  # by which scatter may put the peak of the discharge above that of the charge
WIDEST_VOLT = 0.30  # between the two peaks of one transition; more polarisation hides which belong together

# Where the phase transitions of nickel-rich layered oxides lie, against Li/Li+: the mean of charge and discharge peak,
# from which the polarisation falls out. H1-M moves most with the nickel content.
# Source: H.-J. Noh et al., J. Power Sources 233 (2013) 121; H.-H. Ryu et al., Chem. Mater. 30 (2018) 1155.
TRANSITIONS = (("H1–M", 3.55, 3.80), ("M–H2", 3.85, 4.08), ("H2–H3", 4.10, 4.28))
H2_H3 = "H2–H3"

PEAK_TRACKS = TableSchema(
    "followed dQ/dV peak",
    required={
        "cycle_count": pl.Int32,
        "ageing_index": pl.Int32,  # null where the cycle is none that ages
        "half": pl.Categorical,  # charge or discharge
        "peak": pl.Int32,  # 1, 2, 3 … from the lowest voltage up; one number for both halves of a transition
        "transition": pl.Categorical,  # one of TRANSITIONS; null where the voltage does not tell
        **{name: dtype for name, dtype in PEAKS.required.items() if name not in ("cycle_count", "half")},
    },
)


@dataclass
class Track:
    """One peak of one half through the cycles.

    Attributes:
        half: "charge" or "discharge".
        rows: of the `PEAKS` table.
        places: its voltage by place of the cycle among those followed.
    """

    half: str
    rows: list[int] = field(default_factory=list)
    places: dict[int, float] = field(default_factory=dict)

    @property
    def last(self) -> tuple[int, float]:
        return next(reversed(self.places.items()))

    @property
    def middle(self) -> float:
        return float(np.median(list(self.places.values())))


@dataclass
class Pair:
    """The peaks of one transition in charge and discharge; one of them may be missing."""

    charge: Track | None
    discharge: Track | None

    @property
    def tracks(self) -> list[Track]:
        return [track for track in (self.charge, self.discharge) if track is not None]

    @property
    def middle(self) -> float:
        return float(np.mean([track.middle for track in self.tracks]))

    def at_first(self) -> float | None:
        """Between charge and discharge peak in the first cycle that has both; None where none has."""
        if self.charge is None or self.discharge is None:
            return None
        shared = [place for place in self.charge.places if place in self.discharge.places]
        return (self.charge.places[shared[0]] + self.discharge.places[shared[0]]) / 2 if shared else None


def follow(
    peaks: pl.DataFrame,
    cycles: pl.DataFrame,
    reference_potential_volt: float | None = None,
    gate_volt: float = GATE_VOLT,
) -> pl.DataFrame:
    """Give the same peak the same number in all cycles, a `PEAK_TRACKS` table in their order.

    In each half, the peaks of a cycle are assigned to those of the cycles before so that the sum of the distances is
    smallest, none beyond the gate. A peak may stay away for four of the followed cycles and come back; one that is
    seen in fewer than three of them (in fewer than half, of less than six) is left out.

    A peak of the charge and one of the discharge, the charge higher by less than 0.3 V when they are first seen
    together, are one transition; of all ways to pair them the one is taken in which near peaks share most cycles. A
    transition is named by where it lies against Li/Li+, as in a nickel-rich layered oxide, and only where both halves
    show it: a spinel with a step at the same place would be named so too.

    Args:
        peaks: a `PEAKS` table of the followed cycles, in their order.
        cycles: the `CYCLES` table.
        reference_potential_volt: of the cell's reference against Li/Li+; None (a full cell) names nothing.
        gate_volt: largest step of a peak from one followed cycle to the next.
    """
    numbers = peaks["cycle_count"].unique(maintain_order=True).to_list()
    enough = min(SEEN_CYCLES, math.ceil(len(numbers) / 2))
    charge, discharge = (
        [track for track in _tracks(peaks, half, numbers, gate_volt) if len(track.places) >= enough]
        for half in ("charge", "discharge")
    )
    pairs = sorted(_paired(charge, discharge), key=lambda pair: pair.middle)
    names = _named(pairs, reference_potential_volt, peaks["prominence_mah_per_volt"].to_list())
    found = [
        (row, number, names.get(number))
        for number, pair in enumerate(pairs, 1)
        for track in pair.tracks
        for row in track.rows
    ]
    labels = pl.DataFrame(
        found, schema={"row": pl.UInt32, "peak": pl.Int32, "transition": pl.String}, orient="row"
    ).sort("row")
    return PEAK_TRACKS.conform(
        peaks.with_row_index("row")
        .join(labels, on="row", how="inner", maintain_order="left")
        .join(cycles.select("cycle_count", "ageing_index"), on="cycle_count", how="left", maintain_order="left")
    )


def _tracks(peaks: pl.DataFrame, half: str, numbers: Sequence[int], gate_volt: float) -> list[Track]:
    """The peaks of one half, each with all its cycles."""
    from scipy.optimize import linear_sum_assignment

    of_half = peaks.with_row_index("row").filter(col("half").cast(pl.String) == half)
    found: dict[int, list[tuple[int, float]]] = {}
    for row, number, voltage in of_half.select("row", "cycle_count", "voltage_volt").iter_rows():
        found.setdefault(number, []).append((row, voltage))
    tracks: list[Track] = []
    for place, number in enumerate(numbers):
        here = found.get(number, [])
        near = [track for track in tracks if place - track.last[0] <= MISSED_CYCLES + 1]
        taken = set()
        if here and near:
            before = np.array([track.last[1] for track in near])
            distance = np.abs(before[:, None] - np.array([voltage for _, voltage in here])[None, :])
            beyond = gate_volt * (len(near) + len(here))  # dearer than any assignment within the gate
            for track, peak in zip(
                *linear_sum_assignment(np.where(distance <= gate_volt, distance, beyond)), strict=True
            ):
                if distance[track, peak] <= gate_volt:
                    near[track].rows.append(here[peak][0])
                    near[track].places[place] = here[peak][1]
                    taken.add(int(peak))
        tracks += [
            Track(half, [row], {place: voltage}) for peak, (row, voltage) in enumerate(here) if peak not in taken
        ]
    return tracks


def _paired(charge: Sequence[Track], discharge: Sequence[Track]) -> list[Pair]:
    """Charge and discharge peaks that belong together: those near each other, and through many of the same cycles."""
    from scipy.optimize import linear_sum_assignment

    pairs: list[Pair] = []
    paired: set[int] = set()
    if charge and discharge:
        apart = np.array([[_polarisation(up, down) for down in discharge] for up in charge])
        shared = np.array([[len(up.places.keys() & down.places.keys()) for down in discharge] for up in charge])
        possible = (apart >= -REVERSED_VOLT) & (apart < WIDEST_VOLT)
        worth = np.where(possible, shared * (1 - np.abs(np.where(possible, apart, 0.0)) / WIDEST_VOLT), 0.0)
        for up, down in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
            if possible[up, down]:
                pairs.append(Pair(charge[up], discharge[down]))
                paired |= {id(charge[up]), id(discharge[down])}
    pairs += [Pair(track, None) for track in charge if id(track) not in paired]
    return pairs + [Pair(None, track) for track in discharge if id(track) not in paired]


def _polarisation(charge: Track, discharge: Track) -> float:
    """Charge peak − discharge peak in the first cycles that have both, before it grows; infinite without any."""
    apart = [voltage - discharge.places[place] for place, voltage in charge.places.items() if place in discharge.places]
    return float(np.median(apart[:SEEN_CYCLES])) if apart else math.inf


def _named(pairs: Sequence[Pair], reference_volt: float | None, prominences: Sequence[float]) -> dict[int, str]:
    """The names of transitions by their number; of two at the place of one the more prominent has it."""
    if reference_volt is None:
        return {}
    names: dict[int, str] = {}
    for name, low, high in TRANSITIONS:
        there = []
        for number, pair in enumerate(pairs, 1):
            middle = pair.at_first()
            if middle is not None and low <= middle + reference_volt <= high:
                stands_out = np.median([prominences[row] for track in pair.tracks for row in track.rows])
                there.append((float(stands_out), number))
        if there:
            names[max(there)[1]] = name
    return names
