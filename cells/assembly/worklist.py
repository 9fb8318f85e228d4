"""Cells in the worklist: those that need a person before their numbers are per gram."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from cells.assembly.models import Cell
from labdb.accounts.current import in_view
from labdb.worklist.section import LONGEST, Section


def without_mass(request: HttpRequest) -> Section:
    """Where an electrode is to give the mass, the line says what it lacks, and leads to its weighing."""
    waiting = in_view(request, Cell.objects.all()).without_mass()
    rows = waiting.select_related("project", "positive_electrode__sheet").order_by("-pk")
    shown = list(rows[:LONGEST])
    count = len(shown) if len(shown) < LONGEST else rows.count()
    more = f"{reverse('cell-list')}?without_mass=on" if count > len(shown) else ""
    return Section("without-mass", "Cells without active mass", shown, count, "cells/assembly/_without_mass.html", more)
