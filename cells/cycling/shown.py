"""Runs of cycling tests as the figures see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from cells.cycling.models import CyclingTest
from labdb.figures import colour
from labdb.ingest.presentation import Shown
from labdb.provenance.models import AnalysisRun
from labdb.provenance.stored import found_in

NO_PRODUCT = "no product"


def shown(pairs: Sequence[tuple[CyclingTest, AnalysisRun]], chosen: Sequence[int] = ()) -> list[Shown]:
    """Tests, each with the run that is drawn. Two queries; the tables are read when a figure asks for them.

    Args:
        chosen: the whole numbers that a person typed for the figure.
    """
    found = found_in(run.pk for _, run in pairs)
    groups = list(dict.fromkeys(test.cell.product or NO_PRODUCT for test, _ in pairs))
    colours: Mapping[str, str] = {group: colour(number) for number, group in enumerate(groups)}
    return [
        Shown(
            label=test.cell.code,
            table=found[run.pk].table,
            results=found[run.pk].results,
            parameters=run.parameters,
            metadata=run.metadata,
            simulated=test.cell.simulated,
            colour=colours[test.cell.product or NO_PRODUCT],
            group=test.cell.product or NO_PRODUCT,
            history=reverse("run-history", args=[run.pk]),
            chosen=tuple(chosen),
        )
        for test, run in pairs
    ]
