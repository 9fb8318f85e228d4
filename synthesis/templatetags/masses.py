"""Masses of batches: grams at the bench, kilograms in the pilot plant."""

from __future__ import annotations

from django import template

from synthesis.batch.masses import shown

register = template.Library()


@register.filter
def mass(grams: float | None, unit: str) -> str:
    """A mass as a balance shows it, without its unit: more decimals where there is less."""
    if grams is None:
        return "–"
    value = shown(grams, unit)
    size = abs(value)
    decimals = 4 if size < 1 else 3 if size < 10 else 2 if size < 1000 else 1 if size < 10_000 else 0
    return f"{value:,.{decimals}f}".replace(",", "\u202f")
