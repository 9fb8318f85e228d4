"""The cycles of a run as arrays, and what figures of several quantities need of them, encoded once. Pure.

What a run found never changes, so a `Curve` keeps the pieces that it has encoded for the next figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from tsdownsample import MinMaxLTTBDownsampler

from cells.exclusion.ranges import Ranges, covered
from labdb.figures import shown, typed, whole_numbers

Along = Literal["cycle_count", "ageing_index"]

CAPACITIES = ("discharge_capacity_mah_per_g", "discharge_capacity_mah")
EFFICIENCY = "coulombic_efficiency"

# How the cycles that do not age the cell are marked.
SYMBOLS = {
    "formation": "diamond",
    "check-up": "circle-open",
    "rate": "triangle-up-open",
    "HPPC": "square-open",
    "storage": "cross-open",
    "CV hold": "star-open",
    "other": "x-open",
}

# The columns that can be drawn against the cycle, as on the pages.
DRAWN = (
    "discharge_capacity_mah_per_g",
    "capacity_retention",
    "coulombic_efficiency",
    "mean_discharge_voltage_volt",
    "specific_energy_wh_per_kg",
    "discharge_capacity_mah",
    "charge_capacity_mah_per_g",
    "charge_capacity_mah",
    "mean_charge_voltage_volt",
    "energy_efficiency",
)


@dataclass(frozen=True)
class Pieces:
    """One quantity of one run, encoded.

    Attributes:
        line: the ageing cycles; other cycles are gaps that plotly is told to connect.
        marked: the cycles of other kinds, in the order of `SYMBOLS`; a kind that is not there has no entry.
        excluded: the complete cycles that a person left out, of any kind, where there are any.
        last: the value that the line ends at, in the printed unit; nan without a line.
        points: how many ageing cycles have the quantity.
    """

    line: dict[str, Any]
    marked: dict[str, dict[str, Any]]
    excluded: dict[str, Any] | None
    last: float
    points: int


class Curve:
    """The cycles of one run as arrays."""

    def __init__(self, cycles: pl.DataFrame) -> None:
        """
        Args:
            cycles: a `CYCLES` table.
        """
        self.kind = cycles["kind"].cast(pl.String).to_list()
        kind = np.array(self.kind)
        complete = cycles["complete"].to_numpy()
        self.cycle_count = cycles["cycle_count"].to_numpy().astype(np.int32)
        self.ageing_index = cycles["ageing_index"].fill_null(0).to_numpy().astype(np.int32)
        self.ageing = (kind == "ageing") & complete
        self.marked = {name: (kind == name) & complete for name in SYMBOLS if (kind == name).any()}
        self._values = {
            name: cycles[name].cast(pl.Float32).fill_null(float("nan")).to_numpy()
            for name in DRAWN
            if name in cycles.columns
        }
        self._lines: dict[tuple[str, Along, Ranges], tuple[np.ndarray, np.ndarray]] = {}
        self._pieces: dict[tuple[str, Along, int, Ranges], Pieces] = {}
        self._efficiencies: tuple[float, float] | None = None

    def __len__(self) -> int:
        return len(self.cycle_count)

    def values(self, name: str) -> np.ndarray:
        """One value a cycle, in the printed unit; nan where there is none."""
        return shown(self._values[name], name)

    def has(self, name: str) -> bool:
        return bool(np.isfinite(self._values[name]).any())

    def capacity(self) -> str:
        """The discharge capacity that this run can show: per gram where the mass was known."""
        return CAPACITIES[0] if self.has(CAPACITIES[0]) else CAPACITIES[1]

    @property
    def told(self) -> np.ndarray:
        """Which cycles are complete and were for something."""
        found = self.ageing
        for which in self.marked.values():
            found = found | which
        return found

    def telling(self) -> list[int]:
        """The cycles whose voltage profiles say most of a test: the first, and some of the ageing ones to the last."""
        complete = self.cycle_count[self.told]
        ageing = self.cycle_count[self.ageing]
        chosen = complete[:1].tolist()
        if ageing.size:
            steps = [1, *(number for number in (100, 200, 300, 500, 1000) if number < 0.95 * ageing.size), ageing.size]
            if ageing.size < 100:
                steps = [1, (ageing.size + 1) // 2, ageing.size]
            chosen += [int(ageing[number - 1]) for number in steps]
        elif complete.size:
            chosen += complete[np.linspace(0, complete.size - 1, 4).astype(int)].tolist()
        return list(dict.fromkeys(chosen))[:6]

    def excluded(self, name: str, without: Ranges) -> np.ndarray:
        """Which cycles do not count for a quantity; no retention does where its reference does not.

        Args:
            without: the cycles that a person left out.
        """
        found = covered(self.cycle_count, without)
        if name == "capacity_retention" and (found & (self.ageing_index == 1)).any():
            return np.ones_like(found)
        return found

    def line(self, name: str, along: Along, without: Ranges = ()) -> tuple[np.ndarray, np.ndarray]:
        """x and y of the ageing cycles that have the quantity.

        Args:
            without: the cycles that a person left out.
        """
        key = (name, along, without)
        if key not in self._lines:
            y = self.values(name)
            chosen = self.ageing & np.isfinite(y) & ~self.excluded(name, without)
            self._lines[key] = (getattr(self, along)[chosen], y[chosen])
        return self._lines[key]

    def efficiencies(self) -> tuple[float, float]:
        """Between which Coulombic efficiencies all but 1 % of the cycles lie at either end; nan without any."""
        if self._efficiencies is None:
            values = self.values(EFFICIENCY)
            values = values[np.isfinite(values)]
            low, high = np.percentile(values, [1, 99]) if values.size else (np.nan, np.nan)
            self._efficiencies = (float(low), float(high))
        return self._efficiencies

    def pieces(self, name: str, along: Along = "cycle_count", points: int = 0, without: Ranges = ()) -> Pieces:
        """What a figure needs of one quantity, with at most so many points on the line (0: all of them).

        Args:
            without: the cycles that a person left out.
        """
        key = (name, along, points, without)
        if key not in self._pieces:
            self._pieces[key] = self._encode(name, along, points, without)
        return self._pieces[key]

    def _encode(self, name: str, along: Along, points: int, without: Ranges) -> Pieces:
        x, y = self.line(name, along, without)
        excluded = self.excluded(name, without)
        if points and x.size > points:
            chosen = MinMaxLTTBDownsampler().downsample(x, y, n_out=points)
            line = whole_numbers(x[chosen]) | {"y": typed(y[chosen])}
        elif x.size and np.all(np.diff(self.cycle_count) == 1) and along == "cycle_count":
            # Gaps at the few other cycles cost less than saying every x.
            drawn = self.ageing & ~excluded
            first, last = np.flatnonzero(drawn)[[0, -1]]
            gapped = np.where(drawn, self.values(name), np.nan)[first : last + 1]
            line = {"x0": int(self.cycle_count[first]), "dx": 1, "y": typed(gapped)}
        else:
            line = whole_numbers(x) | {"y": typed(y)}
        others = self.marked if along == "cycle_count" else {}
        return Pieces(
            line=line,
            marked={kind: found for kind, which in others.items() if (found := self._marked(name, which & ~excluded))},
            excluded=self._excluded(name, along, excluded) if excluded.any() else None,
            last=float(y[-1]) if y.size else float("nan"),
            points=int(y.size),
        )

    def _excluded(self, name: str, along: Along, excluded: np.ndarray) -> dict[str, Any] | None:
        """Against the ageing cycle only ageing cycles have a place."""
        complete = self.ageing if along == "ageing_index" else self.told
        return self._marked(name, complete & excluded, along)

    def _marked(self, name: str, which: np.ndarray, along: Along = "cycle_count") -> dict[str, Any] | None:
        y = self.values(name)
        which = which & np.isfinite(y)
        x: np.ndarray = getattr(self, along)
        return whole_numbers(x[which]) | {"y": typed(y[which])} if which.any() else None
