"""Mean, sample standard deviation and n of replicates, and how they are printed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, stdev

from labdb.quantities import Quantity


@dataclass(frozen=True)
class Replicates:
    """
    Attributes:
        sd: with n − 1; None for a single value, which has no scatter to tell.
        n: of what, the caller says: cells of a batch and batches of a product are different n.
    """

    mean: float
    sd: float | None
    n: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Replicates | None:
        found = list(values)
        if not found:
            return None
        return cls(fmean(found), stdev(found) if len(found) > 1 else None, len(found))

    def text(self, about: Quantity) -> str:
        """As one cell of a table, without the unit: "213.3 ± 0.4 (3)"; n = 1 has no ±."""
        return f"{about.text_with_sd(self.mean, self.sd)} ({self.n})"
