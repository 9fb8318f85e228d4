"""Drafts that wait for somebody who may approve them."""

from __future__ import annotations

from django.http import HttpRequest

from labdb.accounts.current import in_view
from labdb.accounts.models import Membership, Role
from labdb.accounts.views import person
from labdb.worklist.section import LONGEST, Section
from synthesis.recipe.models import RecipeVersion


def drafts(request: HttpRequest) -> Section:
    """For a verifier: the drafts of others."""
    user = person(request)
    roles = [role for role in Role if role.rank >= Role.VERIFIER.rank]
    verified = Membership.objects.filter(user=user, role__in=roles).values("project_id")
    rows = (
        in_view(request, RecipeVersion.objects.all())
        .filter(state=RecipeVersion.State.DRAFT, recipe__project__in=verified)
        .exclude(created_by=user)
        .select_related("recipe", "created_by")
        .order_by("created_at", "pk")
    )
    lines = list(rows[:LONGEST])
    count = len(lines) if len(lines) < LONGEST else rows.count()
    return Section("drafts", "Recipes to approve", lines, count, "synthesis/recipe/_draft_line.html")
