"""Changes of a formulation and of a drying in the lab's words, for the history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cells.electrode.formulation import ROLES, Drying, parse, parse_drying


def tell_formulation(before: Any, after: Any) -> Iterable[tuple[str, str, str]]:
    yield "solids by mass", _components(before), _components(after)


def tell_drying(before: Any, after: Any) -> Iterable[tuple[str, str, str]]:
    yield "drying", _stages(before), _stages(after)


def _components(value: Any) -> str:
    lines = parse(value or [])
    return ", ".join(f"{part.name or ROLES[part.role]} {100 * part.mass_fraction:.4g} %" for part in lines) or "none"


def _stages(value: Any) -> str:
    return "; ".join(stage_words(stage) for stage in parse_drying(value or [])) or "none"


def stage_words(stage: Drying) -> str:
    """ "120 °C, 12 h, vacuum, overnight"."""
    words = [f"{stage.temperature_celsius:g} °C"]
    if stage.duration_hour is not None:
        words.append(f"{stage.duration_hour:g} h")
    if stage.vacuum:
        words.append("vacuum")
    if stage.note:
        words.append(stage.note)
    return ", ".join(words)
