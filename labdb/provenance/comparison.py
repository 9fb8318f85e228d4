"""What changed between two runs of one measurement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labdb.provenance.models import AnalysisRun, Result
from labdb.quantities import Quantity


@dataclass(frozen=True)
class InputChange:
    """Something that the numbers depend on; None where a run did not have it."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ResultChange:
    """One number in two runs; None where a run did not find it."""

    about: Quantity
    before: float | None
    after: float | None

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def relative(self) -> float | None:
        """(after − before) / before."""
        if self.before is None or self.after is None or self.before == 0:
            return None
        return (self.after - self.before) / abs(self.before)


@dataclass(frozen=True)
class Comparison:
    before: AnalysisRun
    after: AnalysisRun
    inputs: list[InputChange]
    results: list[ResultChange]

    @property
    def changed(self) -> list[ResultChange]:
        return [result for result in self.results if result.changed]

    @property
    def same(self) -> bool:
        return not self.inputs and not self.changed


def _made_from(run: AnalysisRun) -> dict[str, Any]:
    return {
        "files": ", ".join(f"{item['name']} ({item['sha256'][:12]})" for item in run.inputs),
        "reader": ", ".join(f"{reader['name']} {reader['version']}" for reader in run.readers),
        "analysis version": run.analysis_version,
        "software": run.software_version,
        **run.parameters,
    }


def compare(before: AnalysisRun, after: AnalysisRun) -> Comparison:
    """What two runs were made from and found, side by side; only what differs among the inputs, all results."""
    old, new = _made_from(before), _made_from(after)
    inputs = [
        InputChange(name, old.get(name), new.get(name))
        for name in dict.fromkeys([*new, *old])
        if old.get(name) != new.get(name)
    ]
    found: dict[str, dict[int, Result]] = {}
    for result in Result.objects.filter(run__in=(before, after)).order_by("pk"):
        found.setdefault(result.quantity, {})[result.run_id] = result
    results = [
        ResultChange(
            next(iter(by_run.values())).about,
            by_run[before.pk].value if before.pk in by_run else None,
            by_run[after.pk].value if after.pk in by_run else None,
        )
        for by_run in found.values()
    ]
    return Comparison(before, after, inputs, results)
