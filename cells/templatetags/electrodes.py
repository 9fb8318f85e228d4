"""How templates say what is kept of an electrode."""

from __future__ import annotations

from django import template

from cells.electrode.formulation import Drying
from cells.electrode.telling import stage_words

register = template.Library()


@register.filter
def stage(drying: Drying) -> str:
    """A stage of the drying in words."""
    return stage_words(drying)
