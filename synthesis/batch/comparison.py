"""Two batches side by side: what was meant differently, and what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labdb.provenance.models import Result
from synthesis.batch.models import Batch
from synthesis.batch.story import figures_of, plan_as_done, tell
from synthesis.recipe.difference import Difference, differences

FIGURES = (
    "lithium_to_metals", "flux_ratio", "sintering_loss", "washing_loss", "product_yield", "mass_after_sintering_g",
    "mass_after_washing_g",
)  # fmt: skip
MEASURED = (
    "peak_temperature_celsius", "overshoot_celsius", "soak_time_hour", "heating_rate_celsius_per_min",
    "cooling_rate_celsius_per_min",
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """One number of both; None where a batch has none."""

    quantity: str
    before: float | None
    after: float | None

    @property
    def relative(self) -> float | None:
        if self.before is None or self.after is None or not self.before:
            return None
        return self.after / self.before - 1


@dataclass(frozen=True)
class BatchComparison:
    """
    Attributes:
        differences: recipe and process as done, in the lab's words.
        pairs: numbers that at least one of the two has.
    """

    before: Batch
    after: Batch
    differences: list[Difference]
    pairs: list[Pair]


def compare(before: Batch, after: Batch) -> BatchComparison:
    stories = [tell(batch) for batch in (before, after)]
    plans = [plan_as_done(batch, story.weighed) for batch, story in zip((before, after), stories, strict=True)]
    numbers = [_numbers(batch, vars(figures_of(story))) for batch, story in zip((before, after), stories, strict=True)]
    pairs = [Pair(name, numbers[0].get(name), numbers[1].get(name)) for name in (*FIGURES, *MEASURED)]
    told = [pair for pair in pairs if pair.before is not None or pair.after is not None]
    return BatchComparison(before, after, differences(*plans), told)


def _numbers(batch: Batch, figures: Mapping[str, object]) -> dict[str, float]:
    of_batch = {name: figures.get(name, getattr(batch, name, None)) for name in FIGURES}
    found = {name: float(value) for name, value in of_batch.items() if isinstance(value, int | float)}
    return found | results_of(batch, 1)


def results_of(batch: Batch, heat_treatment: int) -> dict[str, float]:
    """What the current run of the newest log of a heat treatment found, by quantity."""
    log = batch.furnace_logs.filter(heat_treatment=heat_treatment, current_run__isnull=False).order_by("-pk").first()
    if log is None:
        return {}
    return dict(Result.objects.filter(run=log.current_run_id).values_list("quantity", "value"))
