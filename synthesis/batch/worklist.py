"""Batches that want somebody: weighed out of band, or out of the furnace and not weighed since."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Section
from synthesis.batch.listing import awaiting_mass, with_story
from synthesis.batch.models import Batch
from synthesis.batch.story import tell
from synthesis.recipe.arithmetic import Verdict

# A batch that is in the furnace cannot be mended any more; among the newest that are not, those out of band are told.
LOOKED_AT = 100


def out_of_band(request: HttpRequest) -> Section:
    """While a batch can still be mended: not yet sintered, and a ratio beyond the band of its recipe."""
    rows = in_view(request, Batch.objects.all()).filter(
        mass_after_sintering_g=None, recipe_version__isnull=False, weighings__isnull=False
    )
    newest = with_story(Batch.objects.filter(pk__in=rows.values("pk"))).select_related(
        "project", "recipe_version__recipe"
    )
    found = []
    for batch in newest.order_by("-pk")[:LOOKED_AT]:
        story = tell(batch)
        if story.verdict == Verdict.FAIL:
            found.append((batch, [ratio for ratio in story.ratios if ratio.verdict == Verdict.FAIL]))
    return Section(
        "out-of-band", "Weighed out of band", found[:LONGEST], len(found), "synthesis/batch/_out_of_band_line.html"
    )


def without_mass(request: HttpRequest) -> Section:
    rows = awaiting_mass(in_view(request, Batch.objects.all())).select_related("project")
    lines = list(rows[:LONGEST])
    count = len(lines) if len(lines) < LONGEST else rows.count()
    more = f"{reverse('batch-list')}?awaiting_mass=on" if count > len(lines) else ""
    return Section(
        "without-batch-mass",
        "Batches without mass after sintering",
        lines,
        count,
        "synthesis/batch/_without_mass_line.html",
        more,
    )
