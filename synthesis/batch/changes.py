"""The history of a batch: of its record, its weighings and its links, as one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q

from labdb.history import Change, changes_in, changes_of
from synthesis.batch.models import Batch, BatchLink, Weighing
from synthesis.recipe import process
from synthesis.recipe.difference import Plan, differences


def tell_process(before: Any, after: Any) -> Iterable[tuple[str, str, str]]:
    """A changed process in the lab's words, a line for each thing that differs."""
    one, two = (Plan("", "", {}, process.parse(steps or [])) for steps in (before, after))
    return [(line.what, line.before, line.after) for line in differences(one, two)]


def changes(batch: Batch) -> list[Change]:
    """Every change, newest first."""
    found = changes_of(batch, {"process": tell_process})
    weighed = Weighing.history.model.objects.filter(batch_id=batch.pk).select_related("lot__chemical")
    found += _worded(
        changes_in(weighed, leave_out=("chemical", "batch"), name="{row.mass_g:g} g of {row.lot}"),
        {"made": "weighed", "removed": "taken back"},
    )
    links = BatchLink.history.model.objects.filter(Q(child_id=batch.pk) | Q(parent_id=batch.pk))
    found += _worded(
        changes_in(links.select_related("child", "parent"), name="{row.child} as {row.kind} of {row.parent}"),
        {"made": "linked", "removed": "link taken back"},
    )
    return sorted(found, key=lambda change: change.at, reverse=True)


def _worded(found: Iterable[Change], words: Mapping[str, str]) -> list[Change]:
    """The changes with the lab's verbs for what happened."""
    told = []
    for change in found:
        head, _, verb = change.what.rpartition(" ")
        told.append(replace(change, what=f"{head} {words.get(verb, verb)}"))
    return told
